//! Identities. Internally every row has a UUIDv7; a newtype keeps them apart.

use uuid::Uuid;

macro_rules! id_types {
    ($( $(#[$meta:meta])* $name:ident ),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+ };
}

id_types! {
    /// A unit of the organisation.
    OrgId,
    /// A salesperson, bank outlet, adjuster, repair shop or agency.
    AgentId,
    /// An individual or group customer.
    CustomerId,
    /// A policy.
    PolicyId,
    /// Something that happened.
    EventId,
    /// Something owed to a customer.
    ObligationId,
    /// The work of discharging an obligation by conversation.
    CallbackId,
    /// One call, letter or visit.
    AttemptId,
    /// A telephone call.
    CallId,
    /// A link to an electronic callback.
    LinkId,
    /// A problem ticket.
    TicketId,
    /// A letter on paper.
    LetterId,
    /// An on-site visit.
    VisitId,
    /// A callback campaign.
    CampaignId,
    /// A customer on the list of a campaign.
    MemberId,
    /// A measure of improvement.
    MeasureId,
    /// A service team.
    TeamId,
    /// A formatted visit questionnaire.
    FormattedId,
    /// The slip of a sales visit.
    SlipId,
    /// A symposium or satisfaction-survey event.
    GatheringId,
    /// An online survey.
    SurveyId,
    /// A recording or scan.
    RecordingId,
    /// A version of a questionnaire.
    QuestionnaireId,
    /// A version of a rule pack.
    PackId,
    /// A person who signs in.
    UserId,
    /// A system that uses the API.
    ClientId,
    /// A run of an import.
    ImportId,
    /// A run of the planner.
    RunId,
    /// A message to a customer.
    MessageId,
    /// A version of a template of messages.
    TemplateId,
}
