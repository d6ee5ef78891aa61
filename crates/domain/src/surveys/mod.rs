//! Online surveys: a department asks for one, it is agreed to, built, sent out, collected, collated,
//! reported and archived (B09 §11–15).

mod answer;
mod form;
mod life;
mod results;

pub use answer::{Given, Rules, Verdict, given_of, judge};
pub use form::{FormError, Question, QuestionKind, parse_form};
pub use life::{Counted, Survey, SurveyError, SurveyStep};
pub use results::{ItemResult, OptionResult, item_results};

codes! {
    /// Kind of a survey, by which B09 §11 sets the limit and the approval.
    pub enum SurveyKind ("kind of survey") {
        /// Routine service survey (常规服务问卷).
        Routine = "routine",
        /// Product and business survey (产品及业务问卷).
        Product = "product",
    }
}

impl SurveyKind {
    /// The programme that it belongs to.
    pub fn programme(self) -> &'static str {
        match self {
            Self::Routine => "SV-ROUT",
            Self::Product => "SV-PROD",
        }
    }

    /// The parameter with the number of surveys in a year that need no general manager; without the
    /// parameter there is no limit.
    pub fn limit_parameter(self) -> &'static str {
        match self {
            Self::Routine => "survey_routine_per_year",
            Self::Product => "survey_product_per_year",
        }
    }
}

codes! {
    /// Whether answers are somebody's (B09 §12).
    pub enum SurveyIdentity ("identity of respondents") {
        /// Nobody can tell who answered what.
        Anonymous = "anonymous",
        /// Each answer is that of a customer.
        Named = "named",
    }
}

codes! {
    /// Where a survey is put before customers (B09 §13(1)).
    pub enum Platform ("platform of a survey") {
        /// A link by text message to each customer.
        Sms = "sms",
        /// A link by e-mail to each customer.
        Email = "email",
        /// A link through the company's official account to each follower.
        Wechat = "wechat",
        /// One link and picture code for everybody.
        OpenLink = "open_link",
    }
}

codes! {
    /// Where a survey stands (requirements §4.11).
    pub enum SurveyState ("state of a survey") {
        /// Being written.
        Draft = "draft",
        /// Put forward.
        Submitted = "submitted",
        /// The head of the department agreed.
        HeadApproved = "head_approved",
        /// The supervising executive agreed.
        ExecutiveApproved = "executive_approved",
        /// The general manager agreed to one over the limit.
        ManagerApproved = "manager_approved",
        /// The customer-service office built the electronic questionnaire.
        Built = "built",
        /// The requester gave the electronic questionnaire back.
        Returned = "returned",
        /// The requester confirmed the electronic questionnaire.
        Confirmed = "confirmed",
        /// Customers are answering.
        Running = "running",
        /// Nothing is taken any more.
        Closed = "closed",
        /// Results are put together; those concerned were told.
        Collated = "collated",
        /// The requester reported and gave feedback.
        Reported = "reported",
        /// Improvement measures are set.
        MeasuresSet = "measures_set",
        /// Filed.
        Archived = "archived",
        /// Refused.
        Rejected = "rejected",
    }
}

impl SurveyState {
    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Archived | Self::Rejected)
    }
}

codes! {
    /// Why somebody is told of a survey (B09 §13(4), §14).
    pub enum ToldAs ("part of somebody who is told") {
        /// Of a department responsible.
        Department = "department",
        /// Head of the operations department.
        OperationsHead = "operations_head",
        /// Head of the customer-service office.
        OfficeHead = "office_head",
    }
}
