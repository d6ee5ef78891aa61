//! What follows from a step of a link: a row of evidence, the end of the link, the call instead.

use super::case::whole;
use super::chain::{Entry, Pen};
use crate::Result;
use crate::callbacks::record;
use domain::access::{Actor, Permission};
use domain::electronic::{EvidenceStep, LinkState, LinkStep};
use domain::time::Instant;
use store::UnitOfWork;
use store::callbacks::{self as calls, CallbackRecord, Saved};
use store::electronic::{self as rows, LinkChange, LinkRecord};

/// Writes one row of evidence with a change of its link.
pub(super) async fn note(
    work: &UnitOfWork,
    link: &LinkRecord,
    step: EvidenceStep,
    entry: &Entry<'_>,
    change: LinkChange<'_>,
) -> Result<i64> {
    let mut pen = Pen::of(work, link);
    let seq = pen.write(step, entry).await?;
    let change = LinkChange {
        head: pen.head(),
        ..change
    };
    rows::save_link(work, link, &change).await?;
    Ok(seq)
}

/// Ends a link with a row of evidence.
pub(super) async fn end(
    work: &UnitOfWork,
    actor: &Actor,
    link: &LinkRecord,
    step: LinkStep,
    why: &str,
    now: Instant,
) -> Result<LinkState> {
    let state = link.link.decide(step, now)?;
    let entry = Entry {
        detail: serde_json::json!({ "state": state.as_str(), "why": why, "by": actor.name })
            .to_string(),
        ..Entry::default()
    };
    let change = LinkChange {
        state: Some(state),
        ended_by: Some(&actor.name),
        ..LinkChange::default()
    };
    note(work, link, EvidenceStep::Ended, &entry, change).await?;
    rows::close_sessions(work, link.id).await?;
    Ok(state)
}

/// The callback is called again, from now on or from the time that the customer wishes.
pub(super) async fn back_to_phone(
    work: &UnitOfWork,
    actor: &Actor,
    callback: &CallbackRecord,
    from: Instant,
    appointment_at: Option<Instant>,
    command: &str,
) -> Result<()> {
    let Ok(change) = callback.callback.back_to_phone(from) else {
        // It is called just now, or nothing is owed any more.
        return Ok(());
    };
    let saved = Saved {
        appointment_at,
        is_recall: callback.callback.is_recall,
        ..Saved::default()
    };
    calls::save_change(work, callback, &change, &saved).await?;
    let (from, to) = (callback.callback.state.as_str(), change.to.as_str());
    calls::insert_entry(work, callback.id, &actor.name, command, from, to, None).await?;
    Ok(())
}

/// The callback of a link, whoever's it is.
pub(super) async fn callback_of(
    work: &impl store::Reads,
    link: &LinkRecord,
) -> Result<CallbackRecord> {
    record(work, &whole(Permission::CallbacksRead)?, link.callback).await
}
