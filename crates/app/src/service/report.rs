//! Figures of service over a period: plan against done by class and unit, and what became of watched customers.

use super::standard::Standard;
use crate::listing;
use crate::{App, Error, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission};
use domain::customers::ValueClass;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::service::{self as rows, ClassFigures, ConversionFigures};

/// Filters of the report, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportQuery {
    /// First day; the first of the year when empty.
    pub from: String,
    /// Last day; today when empty.
    pub to: String,
    /// Code of a unit; everything in sight when empty.
    pub org: String,
}

/// The report.
#[derive(Clone, Debug)]
pub struct Report {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// By unit and class.
    pub rows: Vec<ClassFigures>,
    /// The classes over all units.
    pub classes: Vec<ClassFigures>,
    /// What became of watched customers.
    pub conversion: ConversionFigures,
    /// Classes that ask for a person in charge, as codes.
    pub with_person: Vec<&'static str>,
}

/// The report over a period, of the units in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn service_report(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ReportQuery,
) -> Result<Report> {
    actor.demand(Permission::ReportsRead)?;
    let scope = actor.scope(Permission::ServiceRead)?;
    let today = time::date_in_china(now);
    let first = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
    let from = listing::date("from", &query.from)?.unwrap_or(first);
    let to = listing::date("to", &query.to)?.unwrap_or(today);
    if to < from {
        return Err(Error::invalid("to", "past"));
    }
    let org = listing::org_path(app, &scope, &query.org).await?;
    let rules = app.rules();
    let each = ValueClass::ALL.iter().map(|class| {
        let standard = Standard::of(&rules, Some(class.as_str()), None, today);
        let programme = standard.code("service_callbacks_programme");
        (
            *class,
            programme.map(str::to_owned),
            standard.needs_person(),
        )
    });
    let each: Vec<_> = each.collect();
    let programmes: Vec<_> = each.iter().filter_map(|(_, p, _)| p.clone()).collect();
    let db = app.store();
    let period = (from, to);
    let rows = rows::read_class_figures(db, &scope, period, &programmes, org.as_deref()).await?;
    Ok(Report {
        classes: ValueClass::ALL
            .iter()
            .filter_map(|class| total(&rows, class.as_str()))
            .collect(),
        conversion: rows::read_conversion(db, &scope, period, org.as_deref()).await?,
        with_person: each
            .iter()
            .filter(|(_, _, needs)| *needs)
            .map(|(class, _, _)| class.as_str())
            .collect(),
        from,
        to,
        rows,
    })
}

fn total(rows: &[ClassFigures], class: &str) -> Option<ClassFigures> {
    let of_class = rows.iter().filter(|r| r.value_class == class);
    of_class.cloned().reduce(|sum, r| ClassFigures {
        customers: sum.customers + r.customers,
        in_charge: sum.in_charge + r.in_charge,
        callbacks_owed: sum.callbacks_owed + r.callbacks_owed,
        callbacks_done: sum.callbacks_done + r.callbacks_done,
        contacts: sum.contacts + r.contacts,
        care: sum.care + r.care,
        privileges: sum.privileges + r.privileges,
        recommendations: sum.recommendations + r.recommendations,
        accepted: sum.accepted + r.accepted,
        ..sum
    })
}

/// The report as a file.
///
/// # Errors
/// When the actor may not take data out, or a filter cannot be read.
pub async fn report_csv(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ReportQuery,
) -> Result<Vec<u8>> {
    actor.demand(Permission::DataExport)?;
    let report = service_report(app, actor, now, query).await?;
    let bytes = table(&report).map_err(|e| Error::Fault(format!("report of service: {e}")))?;
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(actor, "service.report_exported", "report", None);
    let detail = serde_json::json!({ "from": report.from, "to": report.to });
    work.commit(entry.detail(detail)).await?;
    Ok(bytes)
}

fn table(report: &Report) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "org_code",
        "org_name",
        "value_class",
        "customers",
        "in_charge",
        "callbacks_owed",
        "callbacks_done",
        "contacts",
        "care",
        "privileges",
        "recommendations",
        "accepted",
    ])?;
    for r in &report.rows {
        let name = listing::harmless(&r.org_name);
        let numbers = [
            r.customers,
            r.in_charge,
            r.callbacks_owed,
            r.callbacks_done,
            r.contacts,
            r.care,
            r.privileges,
            r.recommendations,
            r.accepted,
        ];
        let numbers = numbers.map(|n| n.to_string());
        let cells = [r.org_code.as_str(), &name, &r.value_class];
        writer.write_record(cells.into_iter().chain(numbers.iter().map(String::as_str)))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}
