//! The risk that customers are: assessments, signals, measures, credit files, checks before payments; the
//! registers of market risks and operational errors; how sales departments are urged.
//!
//! What concerns money laundering is left out of every list unless it is asked for.

mod aml;
mod assessments;
mod credit;
mod facts;
mod measures;
mod monitored;
mod processes;
mod registers;
mod signals;
mod urgings;
mod watch;

pub use aml::{
    AmlCheckRow, DuePaymentRow, GradeCounts, NewAmlCheck, UngradedRow, count_grades,
    find_due_payment, insert_aml_check, list_aml_checks, list_due_payments, list_ungraded,
};
pub use assessments::{
    AssessmentChange, AssessmentFilter, AssessmentRow, NewAssessment, change_assessment,
    find_assessment, insert_assessment, list_assessments, save_assessment, supersede_assessments,
};
pub use credit::{
    CreditEntryRow, FlagRow, NewCreditEntry, decide_flag, find_flag, insert_credit_entry,
    insert_flag, list_credit_entries, list_flags, list_waiting_flags,
};
pub use facts::{RiskFacts, find_risk_facts};
pub use measures::{
    MeasureFilter, NewRiskMeasure, RiskMeasureRow, find_risk_measure, finish_risk_measure,
    insert_risk_measure, list_risk_measures,
};
pub use monitored::{
    Asked, MonitoredFilter, MonitoredRow, RiskStanding, find_risk_standing, list_monitored,
};
pub use processes::{NewProcess, ProcessRow, insert_process, list_processes};
pub use registers::{
    ErrorRow, MarketRow, NewError, NewMarket, find_market_risk, find_operational_error,
    finish_error, finish_market, insert_error, insert_market, list_market_risks,
    list_operational_errors,
};
pub use signals::{
    NewRiskSignal, RiskSignalFilter, RiskSignalRow, count_risk_signals, find_risk_signal,
    handle_risk_signal, insert_risk_signal, list_risk_signals,
};
pub use urgings::{QualityRow, insert_urging, list_contract_quality, list_open_quality_tickets};
pub use watch::{
    FoundSignal, Known, WatchedIncident, insert_found_signals, read_customer_numbers,
    read_known_signals, read_own_incidents, read_raised_classes, read_same_sellers,
    read_shared_numbers, read_span_customers,
};

use crate::customers::shown_name;
use crate::sealing::Keyring;
use crate::{Reads, Result};
use uuid::Uuid;

/// What lists show of the customer.
const CUSTOMER: &str =
    "c.customer_no, c.kind AS customer_kind, c.name AS customer_name, o.name AS org_name";

/// A customer as lists name it.
#[derive(Clone, Debug)]
pub struct NamedCustomer {
    /// Its number.
    pub customer_no: String,
    /// Its name: persons masked, organisations in full.
    pub name: String,
    /// Name of its unit.
    pub org_name: String,
}

fn named(
    keys: &Keyring,
    id: Uuid,
    customer_no: String,
    (kind, sealed): (&str, &[u8]),
    org_name: String,
) -> Result<NamedCustomer> {
    Ok(NamedCustomer {
        customer_no,
        name: shown_name(keys, id, kind, sealed)?,
        org_name,
    })
}

/// Opens a sealed column, if it has a value.
fn opened(
    db: &impl Reads,
    column: &str,
    id: Uuid,
    sealed: Option<Vec<u8>>,
) -> Result<Option<String>> {
    sealed.map(|s| db.keys().open(column, id, &s)).transpose()
}
