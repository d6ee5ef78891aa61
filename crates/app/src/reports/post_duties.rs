//! The duties of posts as a list for spreadsheets.

use super::staffing::keep_csv;
use super::write::ReportFile;
use crate::access::{DutyOfUnit, duty_report};
use crate::listing::harmless;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::time::Instant;

const COLUMNS: [&str; 11] = [
    "org_code",
    "org_name",
    "post",
    "post_name",
    "duty",
    "duty_text",
    "source",
    "holders",
    "unable",
    "last_done_on",
    "last_note",
];

/// The duties of the posts of the units in sight as a file (ORG-04 to ORG-06).
///
/// # Errors
/// When the actor may not, or the unit is not in sight.
pub async fn duties_csv(app: &App, actor: &Actor, now: Instant, org: &str) -> Result<ReportFile> {
    actor.demand(Permission::DataExport)?;
    let report = duty_report(app, actor, now, org).await?;
    let bytes = write(&report.duties).map_err(|e| Error::Fault(e.to_string()))?;
    keep_csv(app, actor, now, ("post-duties", report.duties.len()), bytes).await
}

fn write(duties: &[DutyOfUnit]) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(COLUMNS)?;
    for d in duties {
        file.write_record([
            d.org.code.clone(),
            harmless(&d.org.name),
            d.kind.code.clone(),
            d.kind.name.zh.clone(),
            d.duty.code.clone(),
            d.duty.text.zh.clone(),
            d.duty.source.clone(),
            harmless(&d.holders.join("、")),
            harmless(&d.unable.join("、")),
            d.last
                .as_ref()
                .map_or_else(String::new, |r| r.done_on.to_string()),
            d.last
                .as_ref()
                .map_or_else(String::new, |r| harmless(&r.note)),
        ])?;
    }
    Ok(file.into_inner()?)
}
