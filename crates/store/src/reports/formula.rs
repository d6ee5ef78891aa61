//! How each figure is computed: facts of a callback, and questions about a counted unit.
//!
//! A fact is a condition on one callback `b`. A unit `u` (a policy, a callback, a case) has a fact
//! when one of its callbacks has it. A figure is a condition on the facts of a unit.

use crate::dialect::Backend;
use crate::sql::params;
use chrono::NaiveDate;
use domain::reports::{BEFORE_RECEIPT, Figure};
use sea_orm::Value;

/// 成功: reached in person, told, warned (K-01).
const SUCCEEDED: &str = "b.reached AND b.identity_verified AND b.content_delivered";

/// A condition on one callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// Not cancelled.
    Due,
    /// The last day has passed.
    Ended,
    Succeeded,
    Affirmed,
    Problem,
    Phoned,
    SucceededIn,
    SucceededDeemed,
    CompletedIn,
    CompletedDeemed,
    ByPhone,
    ByLetter,
    ByVisit,
    Early,
    InTime,
    Late,
    NotCompleted,
    OwnCause,
    Called,
    Failed(&'static str),
    SecondDue,
    SecondSucceeded,
    Interviewed,
    InterviewedInTime,
    CalledInWindow,
    CalledBeforeExpiry,
    Resolved,
    /// A ticket of one of these types was opened.
    Ticket(&'static str),
}

use Fact as X;

/// Results of an attempt that make a failed case, by reason.
const WRONG_NUMBER: &str = "'wrong_number'";
const DIALECT: &str = "'dialect'";
const HEARING: &str = "'hearing_difficulty'";
const NO_ANSWER: &str = "'no_answer', 'busy'";
const NOT_IN_PERSON: &str = "'not_in_person', 'proxy_offered'";
const REFUSED: &str = "'refused_now', 'refused_finally'";
const INTERRUPTED: &str = "'interrupted'";
const WRONG_PHONE: &str = "'wrong_phone'";
const WRONG_ADDRESS: &str = "'wrong_address'";
const WRONG_CONTACT: &str = "'wrong_phone', 'wrong_address'";
const ANY_FAILURE: &str = "'wrong_number', 'dialect', 'hearing_difficulty', 'no_answer', 'busy', \
     'not_in_person', 'proxy_offered', 'refused_now', 'refused_finally', 'interrupted'";

/// The condition of a figure on a unit `u`, in which `{0}`, `{1}` … stand for facts.
pub(super) fn figure(figure: Figure) -> (&'static str, &'static [Fact]) {
    use Figure as F;
    match figure {
        F::Due | F::Ended | F::Opened => ("{0} = 1", &[X::Due]),
        F::Cancelled => ("{0} = 0", &[X::Due]),
        F::Running => ("{0} = 1 AND {1} = 0", &[X::Due, X::Ended]),
        F::Succeeded => ("{0} = 1", &[X::Succeeded]),
        // A policy with an unaffirmed callback is a problem case, whatever its others say.
        F::Completed => ("{0} = 1 AND {1} = 0", &[X::Affirmed, X::Problem]),
        F::Problem => ("{0} = 1", &[X::Problem]),
        F::Phoned => ("{0} = 1", &[X::Phoned]),
        F::SucceededInPeriod => ("{0} = 1", &[X::SucceededIn]),
        F::SucceededDeemed => ("{0} = 0 AND {1} = 1", &[X::SucceededIn, X::SucceededDeemed]),
        F::SucceededCounted => (
            "({0} = 1 OR {1} = 1)",
            &[X::SucceededIn, X::SucceededDeemed],
        ),
        F::CompletedInPeriod => ("{0} = 1", &[X::CompletedIn]),
        F::CompletedDeemed => ("{0} = 0 AND {1} = 1", &[X::CompletedIn, X::CompletedDeemed]),
        F::CompletedCounted => (
            "({0} = 1 OR {1} = 1)",
            &[X::CompletedIn, X::CompletedDeemed],
        ),
        F::CompletedByPhone => ("{0} = 1", &[X::ByPhone]),
        F::CompletedByLetter => ("{0} = 0 AND {1} = 1", &[X::ByPhone, X::ByLetter]),
        F::CompletedByVisit => (
            "{0} = 0 AND {1} = 0 AND {2} = 1",
            &[X::ByPhone, X::ByLetter, X::ByVisit],
        ),
        F::Made => (
            "({0} = 1 OR {1} = 1 OR {2} = 1)",
            &[X::Early, X::InTime, X::Late],
        ),
        F::Outstanding => (
            "{0} = 1 AND {1} = 0 AND {2} = 0 AND {3} = 0",
            &[X::Due, X::Early, X::InTime, X::Late],
        ),
        F::Early => ("{0} = 1", &[X::Early]),
        F::InTime => ("{0} = 1", &[X::InTime]),
        F::Late => ("{0} = 1", &[X::Late]),
        F::NotCompleted => ("{0} = 1", &[X::NotCompleted]),
        F::NotCompletedOwn => ("{0} = 1", &[X::OwnCause]),
        F::NotCompletedOther => ("{0} = 1 AND {1} = 0", &[X::NotCompleted, X::OwnCause]),
        F::Called => ("{0} = 1", &[X::Called]),
        F::Failed => ("{0} = 1", &[X::Failed(ANY_FAILURE)]),
        F::FailedWrongNumber => ("{0} = 1", &[X::Failed(WRONG_NUMBER)]),
        F::FailedDialect => ("{0} = 1", &[X::Failed(DIALECT)]),
        F::FailedHearing => ("{0} = 1", &[X::Failed(HEARING)]),
        F::FailedNoAnswer => ("{0} = 1", &[X::Failed(NO_ANSWER)]),
        F::FailedNotInPerson => ("{0} = 1", &[X::Failed(NOT_IN_PERSON)]),
        F::FailedRefused => ("{0} = 1", &[X::Failed(REFUSED)]),
        F::FailedInterrupted => ("{0} = 1", &[X::Failed(INTERRUPTED)]),
        F::SecondDue => ("{0} = 1", &[X::SecondDue]),
        F::SecondSucceeded => ("{0} = 1", &[X::SecondSucceeded]),
        F::Interviewed => ("{0} = 1", &[X::Interviewed]),
        F::InterviewedInTime => ("{0} = 1", &[X::InterviewedInTime]),
        F::CalledInWindow => ("{0} = 1", &[X::CalledInWindow]),
        F::CalledBeforeExpiry => ("{0} = 1", &[X::CalledBeforeExpiry]),
        F::Resolved => ("{0} = 1", &[X::Resolved]),
        F::Unresolved => ("{0} = 1 AND {1} = 0", &[X::Due, X::Resolved]),
        F::WrongContact => ("{0} = 1", &[X::Ticket(WRONG_CONTACT)]),
        F::WrongPhone => ("{0} = 1", &[X::Ticket(WRONG_PHONE)]),
        F::WrongAddress => ("{0} = 1", &[X::Ticket(WRONG_ADDRESS)]),
    }
}

/// What conditions depend on besides the callback.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'c> {
    pub(super) backend: Backend,
    pub(super) today: NaiveDate,
    /// Programmes in which a late success is deemed in time.
    pub(super) deemed: &'c [String],
}

impl Context<'_> {
    /// The condition of a fact on a callback `b`, with the values of its `?`.
    pub(super) fn condition(&self, fact: Fact) -> (String, Vec<Value>) {
        let plain = |text: &str| (text.to_owned(), Vec::new());
        let start = period_start();
        match fact {
            X::Due => plain("1 = 1"),
            X::Ended => ("b.due_on < ?".to_owned(), params![self.today]),
            X::Succeeded => plain(SUCCEEDED),
            X::Affirmed => plain(&format!("{SUCCEEDED} AND b.affirmed")),
            X::Problem => plain(&format!("{SUCCEEDED} AND NOT b.affirmed")),
            X::Phoned => (self.phoned(), Vec::new()),
            X::SucceededIn => plain(&format!(
                "(b.timing = 'in_time' AND {SUCCEEDED}) OR (b.succeeded_on <= b.due_on AND b.succeeded_on >= {start})"
            )),
            X::SucceededDeemed => self.deemed("b.succeeded_on > b.due_on"),
            X::CompletedIn => plain(&completed("in_time")),
            X::CompletedDeemed => self.deemed(&completed("late")),
            X::ByPhone => self.by_channel("phone"),
            X::ByLetter => self.by_channel("letter"),
            X::ByVisit => self.by_channel("visit"),
            X::Early => plain("b.timing = 'early'"),
            X::InTime => plain("b.timing = 'in_time'"),
            X::Late => plain("b.timing = 'late'"),
            X::NotCompleted => plain("b.state = 'not_completed'"),
            X::OwnCause => plain("b.state = 'not_completed' AND b.cause = 'policyholder'"),
            X::Called => plain("b.first_called_on IS NOT NULL"),
            X::Failed(results) => plain(&format!(
                "b.last_result IN ({results}) AND b.first_called_on IS NOT NULL AND b.succeeded_on IS NULL \
                 AND b.state <> 'completed'"
            )),
            X::SecondDue => plain(&second_due()),
            X::SecondSucceeded => plain(&second_succeeded()),
            X::Interviewed => plain("b.succeeded_on IS NOT NULL"),
            X::InterviewedInTime => {
                plain("b.succeeded_on <= b.due_on OR b.timing IN ('early', 'in_time')")
            }
            X::CalledInWindow => {
                plain("b.first_called_on >= b.earliest_on AND b.first_called_on <= b.due_on")
            }
            X::CalledBeforeExpiry => plain(
                "b.first_called_on >= b.earliest_on AND (b.first_called_on <= b.due_on OR b.first_called_on <= \
                 (SELECT r.expiry_date FROM policies r WHERE r.id = b.policy_id))",
            ),
            X::Ticket(types) => plain(&format!(
                "EXISTS (SELECT 1 FROM tickets k WHERE k.callback_id = b.id AND k.type IN ({types}))"
            )),
            X::Resolved => plain(&format!(
                "b.state = 'completed' AND {SUCCEEDED} AND b.affirmed"
            )),
        }
    }

    /// A call before the receipt was signed does not count; a later one within the period does. What
    /// was completed by telephone in time needs no look at the policy or the attempts.
    fn phoned(&self) -> String {
        let start = period_start();
        let from = self.backend.start_of_day(&start);
        let to = self.backend.start_of_day("b.due_on");
        format!(
            "(b.timing = 'in_time' AND b.completed_channel = 'phone') OR (b.first_called_on <= b.due_on \
             AND (b.first_called_on >= {start} OR EXISTS (SELECT 1 FROM attempts a \
             WHERE a.callback_id = b.id AND a.channel = 'phone' AND a.started_at >= {from} \
             AND a.started_at < {to} + 86400000)))"
        )
    }

    fn deemed(&self, condition: &str) -> (String, Vec<Value>) {
        if self.deemed.is_empty() {
            return ("1 = 0".to_owned(), Vec::new());
        }
        let places = vec!["?"; self.deemed.len()].join(", ");
        let values = self.deemed.iter().map(|p| p.as_str().into()).collect();
        (
            format!("({condition}) AND b.programme IN ({places})"),
            values,
        )
    }

    fn by_channel(&self, channel: &str) -> (String, Vec<Value>) {
        let (deemed, values) = self.deemed(&completed("late"));
        let condition = format!(
            "b.completed_channel = '{channel}' AND (({}) OR ({deemed}))",
            completed("in_time")
        );
        (condition, values)
    }
}

/// The first day of the cooling-off period: the receipt's signature. Where a programme may call
/// before it, the policy knows; elsewhere it is the earliest day.
fn period_start() -> String {
    let programmes = BEFORE_RECEIPT
        .iter()
        .map(|p| format!("'{p}'"))
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "(CASE WHEN b.programme IN ({programmes}) THEN (SELECT r.ack_signed_on FROM policies r \
         WHERE r.id = b.policy_id) ELSE b.earliest_on END)"
    )
}

fn completed(timing: &str) -> String {
    format!("b.timing = '{timing}' AND {SUCCEEDED} AND b.affirmed")
}

/// A call after a solved problem; it comes after a first one.
fn recall(and: &str) -> String {
    format!(
        "(b.attempts_total > 1 AND b.succeeded_on IS NOT NULL AND EXISTS (SELECT 1 FROM attempts a \
         WHERE a.callback_id = b.id AND a.is_recall{and}))"
    )
}

/// A second callback is due at the branch, after a corrected number, or after a solved problem
/// (B04, article 6; B13).
fn second_due() -> String {
    format!(
        "b.in_branch OR b.round > 1 OR b.is_recall OR b.state = 'recall_due' OR {}",
        recall("")
    )
}

fn second_succeeded() -> String {
    format!(
        "((b.in_branch OR b.round > 1) AND {SUCCEEDED}) OR ({SUCCEEDED} AND {})",
        recall(" AND a.result = 'finished'")
    )
}
