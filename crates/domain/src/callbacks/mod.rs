//! Callbacks: the task, its attempts, and the rules for calling people.

mod assign;
mod attempt;
mod authorisation;
mod electronic;
mod life;
mod outcome;
mod payout;
mod records;
mod schedule;
mod spot_check;
mod together;

pub use assign::{AssignError, Caller, Executor, Load, Wanted, assignable, pick_caller};
pub use attempt::{AttemptResult, Contact, Reached};
pub use authorisation::{Authorisation, AuthorisedBy, ProxyReason, ProxyRelation};
pub use life::{Callback, CallbackError, Change, Command, Discharge, Success};
pub use outcome::{Cause, Outcome};
pub use payout::{Payout, PayoutError, PayoutList, PayoutNext, PayoutStep};
pub use records::{
    RecordVerdict, ResultVerdict, Signal, SignalKind, SignalLimits, SignalState, TracedAnswer,
    Trail,
};
pub use schedule::{CallingHours, DayOff, ScheduleError};
pub use spot_check::{Judgement, SpotCheckError, Verdict, draw};
pub use together::{Talk, TogetherError};

codes! {
    /// Where a callback stands (requirements §4.1). Candidates and exclusions are kept by the
    /// planner; `planned` reads as ready from its earliest day on; overdue is computed.
    pub enum CallbackState ("callback state") {
        /// In scope, with its dates.
        Planned = "planned",
        /// Given to a caller.
        Assigned = "assigned",
        /// A call, letter or visit is under way.
        InProgress = "in_progress",
        /// To be tried again at a time.
        RetryWait = "retry_wait",
        /// The number is being corrected.
        ContactFix = "contact_fix",
        /// The branch makes the second callback.
        BranchSecond = "branch_second",
        /// A letter is out.
        LetterOut = "letter_out",
        /// A visit is planned.
        VisitPlanned = "visit_planned",
        /// A problem ticket is open.
        ProblemOpen = "problem_open",
        /// The second callback is due after a ticket was solved.
        RecallDue = "recall_due",
        /// Completed.
        Completed = "completed",
        /// Cannot be completed; reason and cause are recorded.
        NotCompleted = "not_completed",
        /// No longer owed.
        Cancelled = "cancelled",
    }
}

impl CallbackState {
    /// Whether anything is still to be done.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Completed | Self::NotCompleted | Self::Cancelled)
    }

    /// Whether a caller may start an attempt from here.
    pub fn is_callable(self) -> bool {
        matches!(
            self,
            Self::Assigned | Self::RetryWait | Self::BranchSecond | Self::RecallDue
        )
    }
}

codes! {
    /// How a customer is contacted.
    pub enum ContactChannel ("contact channel") {
        /// Telephone.
        Phone = "phone",
        /// Letter.
        Letter = "letter",
        /// On-site visit.
        Visit = "visit",
        /// Text message.
        Sms = "sms",
        /// E-mail.
        Email = "email",
        /// WeChat.
        Wechat = "wechat",
        /// QQ.
        Qq = "qq",
        /// Electronic callback: the customer answers on a page of the company's own.
        Electronic = "electronic",
        /// Symposium or satisfaction-survey event.
        Gathering = "gathering",
    }
}

impl ContactChannel {
    /// Text never satisfies a life compliance programme (C-03).
    pub fn is_text(self) -> bool {
        matches!(self, Self::Sms | Self::Email | Self::Wechat | Self::Qq)
    }
}
