//! Callback campaigns (回访专项): customers on a list, each with a purpose, that sales confirm and customer
//! service carries out in six recorded steps (B12 5; B15 四; B01 §5; B07 1.1–1.3).

mod life;
mod period;

pub use life::{Campaign, CampaignCommand, CampaignError, Listed};
pub use period::next_period;

use crate::questionnaires::Topic;

codes! {
    /// Where a campaign stands.
    pub enum CampaignState ("campaign state") {
        /// The list is being made.
        Draft = "draft",
        /// Sales are to confirm the list.
        ToConfirm = "to_confirm",
        /// Sales confirmed the list.
        Confirmed = "confirmed",
        /// Callbacks follow from it.
        Released = "released",
        /// Every step was taken.
        Closed = "closed",
        /// Given up before it was released.
        Cancelled = "cancelled",
    }
}

codes! {
    /// A step of the generic workflow (B12 5; B15 四), in order.
    pub enum CampaignStep ("campaign step") {
        /// Goal and customers are set: sales confirmed the list.
        Goal = "goal",
        /// Time and channel are set.
        Channel = "channel",
        /// Material and questions are prepared.
        Material = "material",
        /// The callbacks were carried out and recorded.
        Execution = "execution",
        /// The results were analysed.
        Analysis = "analysis",
        /// Measures of improvement are set, each with a person and a day.
        Improvement = "improvement",
    }
}

codes! {
    /// Where a customer on the list comes from.
    pub enum MemberSource ("source of a listed customer") {
        /// The list of the sales department.
        Sales = "sales",
        /// A selection from the register.
        Selection = "selection",
        /// Added singly.
        Single = "single",
    }
}

codes! {
    /// Which customers of a list are shown.
    pub enum MemberView ("view of a list") {
        /// All that are on it.
        All = "all",
        /// No callback has ended.
        Open = "open",
        /// Completed.
        Done = "done",
        /// With a problem.
        Problem = "problem",
        /// Taken off after the release.
        Removed = "removed",
    }
}

/// What a campaign may ask about beyond its core (B01 §6; B10 二.3.1; B11 四.2).
pub const TOPICS: [Topic; 9] = [
    Topic::Product,
    Topic::Service,
    Topic::Complaints,
    Topic::Needs,
    Topic::Market,
    Topic::Offers,
    Topic::Use,
    Topic::Aftercare,
    Topic::StaffAttitude,
];
