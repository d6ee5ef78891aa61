//! The figures of metrics: each a question about one counted unit.

use super::Text;

codes! {
    /// A figure.
    pub enum Figure ("figure") {
        /// Owed and not cancelled.
        Due = "due",
        /// Owed, and the period has ended.
        Ended = "ended",
        /// Cancelled; left out of every other figure.
        Cancelled = "cancelled",
        /// Owed, and the period still runs.
        Running = "running",
        /// Reached in person, told, warned (K-01).
        Succeeded = "succeeded",
        /// Succeeded and affirmed without objection (K-02).
        Completed = "completed",
        /// Succeeded but not affirmed (K-03).
        Problem = "problem",
        /// Telephoned within the period.
        Phoned = "phoned",
        /// Succeeded within the period.
        SucceededInPeriod = "succeeded_in_period",
        /// Succeeded later and deemed in time under the company's registered rule.
        SucceededDeemed = "succeeded_deemed",
        /// Succeeded within the period or deemed so.
        SucceededCounted = "succeeded_counted",
        /// Completed within the period.
        CompletedInPeriod = "completed_in_period",
        /// Completed later and deemed in time.
        CompletedDeemed = "completed_deemed",
        /// Completed within the period or deemed so.
        CompletedCounted = "completed_counted",
        /// Of those counted as completed: by telephone.
        CompletedByPhone = "completed_by_phone",
        /// Of those counted as completed: by letter.
        CompletedByLetter = "completed_by_letter",
        /// Of those counted as completed: by visit.
        CompletedByVisit = "completed_by_visit",
        /// Made, at whatever time.
        Made = "made",
        /// Made before the period began.
        Early = "early",
        /// Made within the period.
        InTime = "in_time",
        /// Made after the due date.
        Late = "late",
        /// Not made.
        Outstanding = "outstanding",
        /// Ended without completion.
        NotCompleted = "not_completed",
        /// Ended without completion, for reasons of the policyholder's own.
        NotCompletedOwn = "not_completed_own",
        /// Ended without completion, for other reasons.
        NotCompletedOther = "not_completed_other",
        /// Telephoned at least once.
        Called = "called",
        /// Telephoned, not interviewed so far.
        Failed = "failed",
        /// Failed: wrong number.
        FailedWrongNumber = "failed_wrong_number",
        /// Failed: dialect.
        FailedDialect = "failed_dialect",
        /// Failed: hearing difficulty.
        FailedHearing = "failed_hearing",
        /// Failed: no answer or busy.
        FailedNoAnswer = "failed_no_answer",
        /// Failed: someone else answered.
        FailedNotInPerson = "failed_not_in_person",
        /// Failed: refused.
        FailedRefused = "failed_refused",
        /// Failed: the call broke off.
        FailedInterrupted = "failed_interrupted",
        /// A second callback was due.
        SecondDue = "second_due",
        /// The second callback succeeded.
        SecondSucceeded = "second_succeeded",
        /// Interviewed by the due date.
        InterviewedInTime = "interviewed_in_time",
        /// Telephoned between the earliest and the last day.
        CalledInWindow = "called_in_window",
        /// Telephoned in the quarter before the policy expires.
        CalledBeforeExpiry = "called_before_expiry",
        /// Interviewed, at whatever time.
        Interviewed = "interviewed",
        /// A problem case was opened.
        Opened = "opened",
        /// The problem case was completed later.
        Resolved = "resolved",
        /// The problem case is not completed.
        Unresolved = "unresolved",
        /// A callback showed a wrong number or a wrong address (K-40).
        WrongContact = "wrong_contact",
        /// A callback showed a wrong number.
        WrongPhone = "wrong_phone",
        /// A callback showed a wrong address.
        WrongAddress = "wrong_address",
    }
}

impl Figure {
    /// Its name for people.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Due => ("应访", "Due"),
            Self::Ended => ("期限已届满", "Period ended"),
            Self::Cancelled => ("已撤销（不计入分母）", "Cancelled (left out)"),
            Self::Running => ("期限内（不计入分母）", "Period running (left out)"),
            Self::Succeeded => ("回访成功", "Succeeded"),
            Self::Completed => ("回访完成", "Completed"),
            Self::Problem => ("问题件", "Problem cases"),
            Self::Phoned => ("犹豫期内电话回访", "Phoned in cooling-off"),
            Self::SucceededInPeriod => ("犹豫期内成功", "Succeeded in cooling-off"),
            Self::SucceededDeemed => ("视同犹豫期内成功", "Deemed succeeded"),
            Self::SucceededCounted => ("成功合计", "Succeeded, counted"),
            Self::CompletedInPeriod => ("期限内完成", "Completed in the period"),
            Self::CompletedDeemed => ("视同犹豫期内完成", "Deemed completed"),
            Self::CompletedCounted => ("完成合计", "Completed, counted"),
            Self::CompletedByPhone => ("其中：电话", "of which by phone"),
            Self::CompletedByLetter => ("其中：信函", "of which by letter"),
            Self::CompletedByVisit => ("其中：上门", "of which by visit"),
            Self::Made => ("已完成回访", "Made"),
            Self::Early => ("提前", "Early"),
            Self::InTime => ("按时", "In time"),
            Self::Late => ("超期", "Late"),
            Self::Outstanding => ("未完成回访", "Not made"),
            Self::NotCompleted => ("未能完成", "Not completed"),
            Self::NotCompletedOwn => ("投保人自身原因", "Policyholder’s own reasons"),
            Self::NotCompletedOther => ("非投保人自身原因", "Other reasons"),
            Self::Called => ("已拨打", "Called"),
            Self::Failed => ("失败件", "Failed"),
            Self::FailedWrongNumber => ("号码错误", "Wrong number"),
            Self::FailedDialect => ("方言", "Dialect"),
            Self::FailedHearing => ("听力不便", "Hearing difficulty"),
            Self::FailedNoAnswer => ("无人接听或占线", "No answer or busy"),
            Self::FailedNotInPerson => ("非本人接听", "Not in person"),
            Self::FailedRefused => ("拒访", "Refused"),
            Self::FailedInterrupted => ("通话中断", "Interrupted"),
            Self::SecondDue => ("应二次回访", "Second callback due"),
            Self::SecondSucceeded => ("二次回访成功", "Second callback succeeded"),
            Self::InterviewedInTime => ("按时回访", "Interviewed in time"),
            Self::CalledInWindow => ("期限内拨打", "Called in the window"),
            Self::CalledBeforeExpiry => ("到期前一季度内拨打", "Called before expiry"),
            Self::Interviewed => ("已访到", "Interviewed"),
            Self::Opened => ("问题件立案", "Problem cases opened"),
            Self::Resolved => ("已解决", "Resolved"),
            Self::Unresolved => ("未解决", "Unresolved"),
            Self::WrongContact => ("号码或地址错误", "Wrong number or address"),
            Self::WrongPhone => ("其中：电话错误", "of which wrong number"),
            Self::WrongAddress => ("其中：地址错误", "of which wrong address"),
        };
        Text { zh, en }
    }
}
