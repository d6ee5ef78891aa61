//! The evidence of an electronic callback for people of the company: what the customer saw, word for
//! word, what was answered, and whether all of it is as it was written.

use super::chain::{ChainState, verify};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::electronic::EvidenceStep;
use domain::ids::LinkId;
use domain::questionnaires::Answer;
use domain::time::Instant;
use store::Reads as _;
use store::electronic::{self as rows, EvidenceRow, InspectionRow, LinkRow};

/// One line of the timeline.
#[derive(Clone, Debug)]
pub struct EvidenceLine {
    /// The row.
    pub row: EvidenceRow,
    /// What the browser called itself.
    pub agent: String,
    /// The address of the browser.
    pub address: String,
    /// Seconds from reading to answering.
    pub dwell_seconds: Option<i64>,
}

/// The evidence of a link.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The link.
    pub link: LinkRow,
    /// The timeline.
    pub lines: Vec<EvidenceLine>,
    /// What verification found; nothing when it was not asked for.
    pub chain: Option<ChainState>,
    /// Inspections of it.
    pub inspections: Vec<InspectionRow>,
}

impl EvidenceLine {
    fn of(row: EvidenceRow) -> Self {
        let device: serde_json::Value = row
            .device
            .as_deref()
            .and_then(|d| serde_json::from_str(d).ok())
            .unwrap_or_default();
        let text = |name: &str| device[name].as_str().unwrap_or_default().to_owned();
        Self {
            agent: text("agent"),
            address: text("address"),
            dwell_seconds: row.dwell_millis.map(|ms| ms / 1_000),
            row,
        }
    }

    /// Whether there is something to replay.
    pub fn is_screen(&self) -> bool {
        matches!(self.row.kind, EvidenceStep::Shown | EvidenceStep::Reviewed)
    }

    /// Code of the answer; empty for rows without one.
    pub fn answer_code(&self) -> &'static str {
        self.row.answer.map_or("", Answer::as_str)
    }
}

/// The evidence of a link in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not listen to recordings, as which this counts, or it is not in sight.
pub async fn evidence_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: LinkId,
    check: bool,
) -> Result<Evidence> {
    let scope = actor.scope(Permission::RecordingsListen)?;
    let db = app.store();
    let link = rows::find_link_row(db, &scope, id).await?;
    let link = link.ok_or(Error::NotFound)?;
    let of = (link.callback.0, Some(link.customer));
    crate::audit::seen(
        app,
        actor,
        now,
        ("electronic.evidence_viewed", "callback"),
        of,
    )
    .await?;
    let evidence = rows::list_evidence(db, &scope, id).await?;
    let record = rows::find_link(db, id).await?.ok_or(Error::NotFound)?;
    let chain = check.then(|| verify(db.keys(), &record, &evidence));
    Ok(Evidence {
        inspections: rows::list_inspections_of_link(db, &scope, id).await?,
        lines: evidence.into_iter().map(EvidenceLine::of).collect(),
        chain,
        link,
    })
}
