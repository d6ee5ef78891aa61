//! The risk that customers are: assessments that a second person confirms, reviews that come round, signals
//! and what is done about them, credit files, grades for money laundering, registers of units.
//!
//! What concerns money laundering is for those with its right alone: it stands in no list, number or badge
//! that others see.

mod aml;
mod assess;
mod credit;
mod measures;
mod monitor;
mod page;
mod quality;
mod refusals;
mod registers;
mod review;
mod score;
mod signals;
mod watch;

pub use aml::{AmlOverview, AmlQuery, CheckForm, Remediation, aml_overview, check_payment};
pub use assess::{
    AssessmentForm, AssessmentPage, StepForm, assessment_page, save_assessment,
    take_assessment_step,
};
pub use credit::{EntryForm, FlagForm, add_credit_entry, ask_flag, decide_credit_flag};
pub use measures::{
    DoneForm, MeasureForm, add_risk_measure, finish_risk_measure, list_risk_owners,
};
pub use monitor::{Monitored, Monitoring};
pub use page::{
    AmlView, DimensionView, RiskFlags, RiskPage, customer_flags, flags_of, risk_page, summary,
};
pub use quality::{UrgeForm, contract_quality, urge_sales};
pub use registers::{
    ErrorForm, MarketForm, ProcessForm, add_error, add_market_risk, add_process, finish_error,
    finish_market_risk, list_errors, list_market_risks, list_processes,
};
pub use review::{ReviewQuery, Reviews, list_reviews};
pub use score::{
    ExplainedChange, ExplainedCite, ExplainedClass, ExplainedFloor, ExplainedTerm, Explanation,
    FormField,
};
pub use signals::{
    ResponseForm, RiskQuery, SignalDetail, SignalForm, enter_risk_signal, handle_risk_signal,
    list_risk_signals,
};
pub use watch::{Watched, watch_risks};

use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::risk::RiskDimension;
use domain::time::Instant;
use store::customers::CustomerRow;

/// Longest text of a field.
const TEXT_MAX: usize = 2_000;
/// Longest line.
const LINE_MAX: usize = 200;

/// A customer in sight of somebody with a right; for one out of sight the answer is the same as for one who
/// does not exist.
async fn find(app: &App, scope: &Scope, customer_no: &str) -> Result<CustomerRow> {
    let found = store::customers::find_customer_by_number(app.store(), scope, customer_no.trim());
    found.await?.ok_or(Error::NotFound)
}

/// Whether somebody hears of money laundering.
fn confidential(actor: &Actor) -> bool {
    actor.may(Permission::RiskConfidential)
}

/// The right that an assessment of a dimension needs: to write it, or to confirm it.
fn right_for(dimension: RiskDimension, confirms: bool) -> Permission {
    match (dimension, confirms) {
        (RiskDimension::Aml, _) => Permission::RiskConfidential,
        (_, true) => Permission::RiskConfirm,
        (_, false) => Permission::RiskAssess,
    }
}

/// Notes that somebody looks at what is confidential about a customer.
async fn note_confidential(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: &CustomerRow,
) -> Result<()> {
    let id = customer.id.0;
    let what = ("risk.confidential_viewed", "customer");
    crate::audit::seen(app, actor, now, what, (id, Some(id))).await
}

/// A number of the rules in force, by the name of its parameter.
fn setting(app: &App, id: &str, on: NaiveDate) -> Result<i64> {
    let missing = || Error::Fault(format!("no pack in force has the parameter {id}"));
    app.rules().setting(id, on).ok_or_else(missing)
}

/// Words of the rules in force, by the name of their parameter.
fn wording(app: &App, id: &str, on: NaiveDate) -> Option<String> {
    let rules = app.rules();
    let facts = rules::Facts::new(rules.book().schema());
    match rules.book().parameter_value(id, &facts, on)? {
        rules::Value::Code(words) => Some(words.into_owned()),
        _ => None,
    }
}
