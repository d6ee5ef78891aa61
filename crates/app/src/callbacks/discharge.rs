//! What the end of a callback means for its obligation and its policy.

use crate::Result;
use crate::rules::Rules;
use domain::access::Actor;
use domain::callbacks::{CallbackState, Cause, Change, Discharge};
use domain::obligations::{ObligationStatus, Timing};
use domain::policies::CoolingOff;
use domain::time::{self, Instant};
use store::callbacks::{self as rows, CallbackRecord};
use store::{AuditEntry, UnitOfWork};

/// How a completion now lies to the period of a callback.
pub(crate) fn timing_of(rules: &Rules, record: &CallbackRecord, now: Instant) -> Option<Timing> {
    let start = rules.period_start(&record.programme, &record.facts);
    let counts_early = rules
        .programme(&record.programme)
        .is_some_and(|p| p.discharge.contains_key("early_before"));
    let start = if counts_early {
        start
    } else {
        record.callback.earliest_on
    };
    Timing::at(now, start, record.due_on, record.due_at)
}

/// Ends the obligation when the callback has ended: discharged with its timing and what a late
/// callback opens, or not discharged with its cause.
pub(crate) async fn complete(
    work: &UnitOfWork,
    actor: &Actor,
    record: &CallbackRecord,
    discharge: &Discharge,
    change: &Change,
    timing: Option<Timing>,
) -> Result<Vec<AuditEntry>> {
    let mut audit = Vec::new();
    let obligation = record.obligation;
    match change.to {
        CallbackState::Completed => {
            let status = ObligationStatus::Discharged;
            rows::discharge_obligation(work, obligation, status, timing, None).await?;
            rows::insert_completed_event(work, record).await?;
            let called_on = time::date_in_china(work.now());
            let window = record
                .due_on
                .and_then(|due| CoolingOff::deemed_window(due, called_on, discharge.deemed_days));
            if let (Some(until), Some(policy)) = (window, record.policy) {
                rows::open_deemed_right(work, policy, until).await?;
                let detail = serde_json::json!({ "until": until });
                let entry =
                    AuditEntry::new(actor, "policy.deemed_right_opened", "policy", policy.0);
                audit.push(entry.customer(record.customer.0).detail(detail));
            }
            let detail = serde_json::json!({ "timing": timing.map(Timing::as_str) });
            let entry = AuditEntry::new(actor, "obligation.discharged", "obligation", obligation.0);
            audit.push(entry.customer(record.customer.0).detail(detail));
        }
        CallbackState::NotCompleted => {
            let status = ObligationStatus::NotDischarged;
            let cause = change.cause.map(Cause::as_str);
            rows::discharge_obligation(work, obligation, status, None, cause).await?;
            // Where a programme samples, the next case is drawn.
            rows::look_again(work, record).await?;
            let detail = serde_json::json!({ "cause": cause });
            let entry = AuditEntry::new(
                actor,
                "obligation.not_discharged",
                "obligation",
                obligation.0,
            );
            audit.push(entry.customer(record.customer.0).detail(detail));
        }
        CallbackState::Cancelled => {
            let status = ObligationStatus::Cancelled;
            rows::discharge_obligation(work, obligation, status, None, Some("cancelled")).await?;
        }
        _ => {}
    }
    Ok(audit)
}
