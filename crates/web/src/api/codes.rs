//! Lists of codes as the document shows them, from the lists of the domain.

use domain::access::Role;
use domain::callbacks::{AttemptResult, CallbackState, ContactChannel};
use domain::customers::{CustomerKind, PersonalField, Purpose, RelationshipStage, SpokenLanguage};
use domain::obligations::{ObligationStatus, Respondent, Timing};
use domain::policies::{Channel, ClaimOutcome, EventType, Line, PayeeRole, PayoutMethod};
use domain::policies::{PolicyStatus, ProductClass};
use domain::questionnaires::{Answer, ItemKind};
use domain::tickets::{CaseKind, EvidenceKind, ProblemType, TicketState};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};

macro_rules! lists_of_codes {
    ($($function:ident = $list:ty),+ $(,)?) => { $(
        /// Codes of the list.
        pub(crate) fn $function() -> Object {
            let codes = <$list>::ALL.iter().map(|c| c.as_str());
            ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::String))
                .enum_values(Some(codes))
                .build()
        }
    )+ };
}

lists_of_codes! {
    answer = Answer,
    attempt_result = AttemptResult,
    callback_state = CallbackState,
    case_kind = CaseKind,
    channel = Channel,
    claim_outcome = ClaimOutcome,
    contact_channel = ContactChannel,
    customer_kind = CustomerKind,
    event_type = EventType,
    evidence_kind = EvidenceKind,
    item_kind = ItemKind,
    language = SpokenLanguage,
    line = Line,
    obligation_status = ObligationStatus,
    payee_role = PayeeRole,
    payout_method = PayoutMethod,
    personal_field = PersonalField,
    policy_status = PolicyStatus,
    problem_type = ProblemType,
    product_class = ProductClass,
    purpose = Purpose,
    relationship_stage = RelationshipStage,
    respondent = Respondent,
    role = Role,
    ticket_state = TicketState,
    timing = Timing,
}

/// A list of roles.
pub(crate) fn roles() -> utoipa::openapi::schema::Array {
    ArrayBuilder::new().items(role()).build()
}

/// A list of codes that only the API has.
pub(crate) fn of<const N: usize>(codes: [&'static str; N]) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(codes))
        .build()
}
