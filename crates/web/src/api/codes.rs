//! Lists of codes as the document shows them, from the lists of the domain.

use domain::access::Role;
use domain::callbacks::{
    AttemptResult, CallbackState, ContactChannel, RecordVerdict, ResultVerdict, SignalKind,
    SignalState,
};
use domain::campaigns::{CampaignState, CampaignStep, MemberSource, MemberView};
use domain::care::CareState;
use domain::customers::{
    CustomerField, CustomerKind, Origin, PersonalField, Purpose, RelationshipStage, SourceChannel,
    SpokenLanguage,
};
use domain::data_quality::{Aspect, Check, Field as InformationField, FindingState, Severity};
use domain::duplicates::{Decision, Field, Grade, Level, MergedField, PairState};
use domain::electronic::{LinkState, Proof};
use domain::information::{CustomerMark, Demand, DerivedMark};
use domain::letters::{LetterKind, LetterState};
use domain::messaging::{MessageChannel, MessagePurpose, MessageReason, MessageState};
use domain::obligations::{ObligationStatus, Respondent, Timing};
use domain::policies::{Channel, ClaimOutcome, EventType, Line, PayeeRole, PayoutMethod};
use domain::policies::{PolicyStatus, ProductClass};
use domain::questionnaires::{Answer, ItemKind};
use domain::risk::{CreditFlag, RiskLevel, RiskSignalKind, SignalResponse};
use domain::segments::{ClassCause, ClassModel, CustomerClass};
use domain::service::{FlagKind, FlagSource, FlagState, WatchEnd, WatchSign, WatchSource};
use domain::surveys::{
    Platform, QuestionKind, SurveyIdentity, SurveyKind, SurveyState, Verdict as SurveyVerdict,
};
use domain::tickets::{CaseKind, CaseListKind, EvidenceKind, ProblemType, TicketState};
use domain::visits::{SlipState, VisitPurpose, VisitState};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! lists_of_codes {
    ($($name:ident = $codes:expr),+ $(,)?) => { $(
        /// A list of codes, as a schema of its own.
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                of($codes).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+ };
}

macro_rules! all {
    ($list:ty) => {
        <$list>::ALL.iter().map(|code| code.as_str())
    };
}

lists_of_codes! {
    DuplicateDecisionCode = all!(Decision),
    DuplicateFieldCode = all!(Field),
    DuplicateGradeCode = all!(Grade),
    DuplicateLevelCode = all!(Level),
    DuplicateStateCode = all!(PairState),
    MergedFieldCode = all!(MergedField),
    InformationFieldCode = all!(InformationField),
    FindingSeverityCode = all!(Severity),
    FindingStateCode = all!(FindingState),
    InformationAspectCode = all!(Aspect),
    InformationCheckCode = all!(Check),
    CreditFlagCode = all!(CreditFlag),
    RiskLevelCode = all!(RiskLevel),
    RiskResponseCode = all!(SignalResponse),
    RiskSignalCode = all!(RiskSignalKind),
    SlipStateCode = all!(SlipState),
    SurveyIdentityCode = all!(SurveyIdentity),
    SurveyKindCode = all!(SurveyKind),
    SurveyPlatformCode = all!(Platform),
    SurveyQuestionCode = all!(QuestionKind),
    SurveyStateCode = all!(SurveyState),
    SurveyVerdictCode = all!(SurveyVerdict),
    VisitPurposeCode = all!(VisitPurpose),
    WatchEndCode = all!(WatchEnd),
    WatchSignCode = all!(WatchSign),
    WatchSourceCode = all!(WatchSource),
    VisitStateCode = all!(VisitState),
    AnswerCode = all!(Answer),
    AttemptResultCode = all!(AttemptResult),
    CallbackStateCode = all!(CallbackState),
    CareStateCode = all!(CareState),
    CampaignCommandCode = [
        "submit",
        "confirm",
        "send_back",
        "release",
        "finish",
        "analyse",
        "improve",
        "close",
        "cancel",
    ],
    CampaignStateCode = all!(CampaignState),
    CampaignStepCode = all!(CampaignStep),
    CaseKindCode = all!(CaseKind),
    CaseListKindCode = all!(CaseListKind),
    ChannelCode = all!(Channel),
    ClaimOutcomeCode = all!(ClaimOutcome),
    ClassCauseCode = all!(ClassCause),
    ClassModelCode = all!(ClassModel),
    ContactChannelCode = all!(ContactChannel),
    CustomerClassCode = all!(CustomerClass),
    CustomerMarkCode = all!(CustomerMark).chain(all!(DerivedMark)),
    CustomerFieldCode = all!(CustomerField),
    CustomerKindCode = all!(CustomerKind),
    DemandCode = all!(Demand),
    EventTypeCode = all!(EventType),
    FlagKindCode = all!(FlagKind),
    FlagSourceCode = all!(FlagSource),
    FlagStateCode = all!(FlagState),
    EvidenceKindCode = all!(EvidenceKind),
    ItemKindCode = all!(ItemKind),
    LetterKindCode = all!(LetterKind),
    LetterStateCode = all!(LetterState),
    LetterStepCode = [
        "send",
        "deliver",
        "sign",
        "return",
        "accept",
        "reject",
        "enter",
        "undeliverable",
        "reply_affirmed",
        "reply_negative",
        "no_reply",
        "void",
    ],
    LineCode = all!(Line),
    MemberSourceCode = all!(MemberSource),
    LinkStateCode = all!(LinkState),
    MessageChannelCode = all!(MessageChannel),
    MessagePurposeCode = all!(MessagePurpose),
    MessageReasonCode = all!(MessageReason),
    MessageStateCode = all!(MessageState),
    ObligationStatusCode = all!(ObligationStatus),
    OriginCode = all!(Origin),
    PayeeRoleCode = all!(PayeeRole),
    PayoutMethodCode = all!(PayoutMethod),
    PersonalFieldCode = all!(PersonalField),
    PolicyStatusCode = all!(PolicyStatus),
    ProblemTypeCode = all!(ProblemType),
    ProofCode = all!(Proof),
    ProductClassCode = all!(ProductClass),
    PurposeCode = all!(Purpose),
    RecordVerdictCode = all!(RecordVerdict),
    RespondentCode = all!(Respondent),
    ResultVerdictCode = all!(ResultVerdict),
    RoleCode = all!(Role),
    SignalKindCode = all!(SignalKind),
    SignalStateCode = all!(SignalState),
    SignalDecisionCode = ["explained", "confirmed"],
    SourceChannelCode = all!(SourceChannel),
    TicketStateCode = all!(TicketState),
    TicketStepCode = [
        "issue",
        "accept",
        "declare_special",
        "approve_special",
        "refuse_special",
        "give_feedback",
        "judge_valid",
        "judge_invalid",
        "redo",
        "correct_contact",
        "contact_uncorrectable",
        "close",
        "transfer",
        "remind",
    ],
    BulkStepCode = ["issue", "accept", "remind", "transfer"],
    EventFateCode = ["created", "updated", "unchanged", "rejected"],
}

macro_rules! filters_by_code {
    ($($function:ident = $list:ty),+ $(,)?) => { $(
        /// Codes to filter by.
        pub(crate) fn $function() -> Object {
            of(all!($list))
        }
    )+ };
}

filters_by_code! {
    case_kind = CaseKind,
    channel = Channel,
    customer_class = CustomerClass,
    customer_kind = CustomerKind,
    member_view = MemberView,
    language = SpokenLanguage,
    letter_kind = LetterKind,
    letter_state = LetterState,
    line = Line,
    obligation_status = ObligationStatus,
    policy_status = PolicyStatus,
    problem_type = ProblemType,
    product_class = ProductClass,
    relationship_stage = RelationshipStage,
    signal_kind = SignalKind,
    timing = Timing,
}

/// Flags of customers to filter by: those that are set, and those that follow from what happened.
pub(crate) fn customer_flag() -> Object {
    of(all!(CustomerMark).chain(all!(DerivedMark)))
}

/// A text that is one of some codes.
pub(crate) fn of(codes: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(codes))
        .build()
}
