//! On-site visits from the request to the archive, sales visits with their slips and callbacks,
//! gatherings, formatted questionnaires.

mod archive;
mod form;
mod formatted;
mod gatherings;
mod list;
mod page;
mod paper;
mod problems;
mod refusals;
mod report;
mod request;
mod sign;
mod slip_calls;
mod slip_list;
mod slips;
mod step;
mod write;

pub use archive::archive_visit;
pub use form::{FORM_FIELDS, FormContent, GivenAnswer, VisitForm};
pub use formatted::{
    FormattedForm, FormattedPage, create_formatted, formatted_page, list_formatted,
    ready_questionnaires, take_chain_step, write_formatted,
};
pub use gatherings::{
    Attendance, GatheringForm, GatheringPage, add_participant, cancel_gathering, create_gathering,
    gathering_page, hold_gathering, list_gatherings, remove_participant,
};
pub use list::{VisitQuery, find_visit, list_visits, page_of_visits};
pub use page::{
    FormPage, GuideItem, VisitPage, form_page, open_signature, respondents_for, visit_page,
};
pub use paper::annex_pdf;
pub use report::{DocumentReport, DocumentSum, QuotaPage, document_report, quota_page};
pub use request::{NewVisitForm, VisitSubject, request_visit, visit_subject};
pub use sign::{sign_on_paper, sign_on_screen};
pub use slip_calls::{CallForm, read_result, record_call, reveal_contact, verify_suspicion};
pub use slip_list::{SlipPage, SlipQuery, find_slip, list_slips, page_of_slips, slip_page};
pub use slips::{EndForm, SlipForm, cancel_slip, end_visit, register_slip};
pub use step::{StepForm, list_visitors, take_step};
pub use write::{Written, write_form};

use crate::{App, Error, Result};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use domain::access::Actor;
use domain::ids::UserId;
use domain::numbers::NumberKind;
use domain::time::{self, Instant};
use store::UnitOfWork;

/// Longest text of a field.
const TEXT_MAX: usize = 2_000;
/// Longest name, title or place.
const SHORT_MAX: usize = 200;

/// The person who acts; systems do not visit.
pub(crate) fn person(actor: &Actor) -> Result<UserId> {
    actor
        .user()
        .ok_or_else(|| crate::Refusal::new("person-needed").into())
}

/// A number of the rules in force, by the name of its parameter.
fn setting(app: &App, id: &str, on: NaiveDate) -> Result<i64> {
    let missing = || Error::Fault(format!("no pack in force has the parameter {id}"));
    app.rules().setting(id, on).ok_or_else(missing)
}

/// Takes the next number of a kind.
pub(crate) async fn next_number(work: &UnitOfWork, kind: NumberKind) -> Result<String> {
    use chrono::Datelike as _;
    let year = time::date_in_china(work.now()).year();
    Ok(store::obligations::take_number(work, kind, year)
        .await?
        .to_string())
}

/// Reads RFC 3339, or a date and time in China.
pub(crate) fn moment(field: &str, text: &str) -> Result<Option<Instant>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(at.to_utc()));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    let local = local.map_err(|_| Error::invalid(field, "instant"))?;
    Ok(Some(time::at_in_china(local.date(), local.time())))
}

/// A text of a form within its length; nothing when it is empty.
pub(crate) fn text<'t>(field: &str, text: &'t str, max: usize) -> Result<Option<&'t str>> {
    let text = text.trim();
    match text.chars().count() {
        0 => Ok(None),
        n if n > max => Err(Error::invalid(field, "too-long")),
        _ => Ok(Some(text)),
    }
}

/// A text of a form that must be there.
pub(crate) fn demanded<'t>(field: &str, given: &'t str, max: usize) -> Result<&'t str> {
    text(field, given, max)?.ok_or_else(|| Error::invalid(field, "missing"))
}

/// Collects what is wrong with each field, so that a form shows all of it at once.
#[derive(Default)]
pub(crate) struct Problems(Vec<crate::FieldProblem>);

impl Problems {
    /// The value, or nothing and a problem more.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::Invalid(problems)) => {
                self.0.extend(problems);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    pub(crate) fn end(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}
