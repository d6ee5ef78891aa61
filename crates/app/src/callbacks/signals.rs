//! Signs of records that were entered late, forged or concealed (SEC-09): looked for by the program,
//! explained or confirmed by a person. Limits come from the packs.

use super::reviews::text;
use crate::rules::Rules;
use crate::{App, Error, Refusal, Result};
use chrono::{Days, NaiveDate, TimeDelta};
use domain::access::{Actor, Permission};
use domain::callbacks::{SignalKind, SignalLimits, SignalState};
use domain::time::{self, Instant};
use rules::Facts;
use std::collections::BTreeMap;
use store::callbacks::{self as rows, NewSignal, SignalFilter, SignalRow};
use store::{AuditEntry, Page, PageKey};
use uuid::Uuid;

/// Rows of a page.
const PAGE_ROWS: u64 = 50;
/// Attempts that are looked at in one transaction.
const CHUNK: i64 = 500;
/// Attempts that one run looks at.
const SCAN_MAX: usize = 200_000;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default)]
pub struct SignalQuery {
    /// `open` when empty, `explained`, `confirmed` or `all`.
    pub state: String,
    /// Kind of sign, as a code.
    pub kind: String,
    /// Start of the page.
    pub after: String,
}

/// Signs in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_record_signals(
    app: &App,
    actor: &Actor,
    query: &SignalQuery,
) -> Result<Page<SignalRow>> {
    let scope = actor.scope(Permission::CallbacksCheck)?;
    let unknown = |field| move |_| Error::invalid(field, "unknown-code");
    let state = match query.state.as_str() {
        "" => Some(SignalState::Open),
        "all" => None,
        code => Some(SignalState::parse(code).map_err(unknown("state"))?),
    };
    let kind = match query.kind.as_str() {
        "" => None,
        code => Some(SignalKind::parse(code).map_err(unknown("kind"))?),
    };
    let after = match query.after.as_str() {
        "" => None,
        key => Some(PageKey::decode(key).ok_or_else(|| Error::invalid("after", "unknown-code"))?),
    };
    let filter = SignalFilter { state, kind, after };
    Ok(rows::list_signals(app.store(), &scope, &filter, PAGE_ROWS).await?)
}

/// Explains or confirms a sign.
///
/// # Errors
/// When the actor may not, made the call, gave no reason, or somebody decided before.
pub async fn decide_record_signal(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    state: &str,
    reason: &str,
) -> Result<()> {
    let scope = actor.scope(Permission::CallbacksCheck)?;
    if actor.user().is_none() {
        return Err(Refusal::new("person-needed").into());
    }
    let state = SignalState::parse(state).ok();
    let state = state.filter(|s| *s != SignalState::Open);
    let state = state.ok_or_else(|| Error::invalid("state", "unknown-code"))?;
    let reason = text(reason, "reason")?.ok_or_else(|| Error::invalid("reason", "missing"))?;
    let work = app.store().begin(now).await?;
    let signal = rows::find_signal(&work, &scope, id).await?;
    let signal = signal.ok_or(Error::NotFound)?;
    if Some(signal.caller_id) == actor.user() {
        return Err(Refusal::new("signal-own").into());
    }
    rows::decide_signal(&work, id, state, &actor.name, reason).await?;
    let detail = serde_json::json!({ "kind": signal.kind.as_str(), "state": state.as_str() });
    let entry = AuditEntry::new(
        actor,
        "callback.signal_decided",
        "callback",
        signal.callback_id.0,
    );
    Ok(work.commit(entry.detail(detail)).await?)
}

/// The limits of a day, and where each is written.
fn limits(rules: &Rules, on: NaiveDate) -> (SignalLimits, BTreeMap<&'static str, String>) {
    let book = rules.book();
    let facts = Facts::new(book.schema());
    let mut limits = SignalLimits {
        answers_min: rules.setting("signal_answers_min", on).unwrap_or(0),
        ..SignalLimits::default()
    };
    let mut written = BTreeMap::new();
    for kind in SignalKind::ALL.iter().copied() {
        let Some(id) = kind.parameter() else { continue };
        let Some((value, source)) = book.parameter_source(id, &facts, on) else {
            continue;
        };
        if let Some(limit) = value.as_int() {
            limits.of.push((kind, limit));
            let pack = &book.pack(source.cite.pack).title.zh;
            written.insert(kind.as_str(), format!("{pack} {}", source.cite.article));
        }
    }
    (limits, written)
}

/// Looks at the records of the last days; says how many signs are new.
///
/// # Errors
/// What the store says.
pub async fn check_records(app: &App, now: Instant) -> Result<usize> {
    let today = time::date_in_china(now);
    let rules = app.rules();
    let days = rules.setting("signal_look_back_days", today).unwrap_or(0);
    let back = Days::new(u64::try_from(days).unwrap_or(0));
    let from = time::at_in_china(today - back, chrono::NaiveTime::MIN);
    let (limits, written) = limits(&rules, today);
    let actor = Actor::system();
    let (mut after, mut seen, mut found) = (None, 0, 0);
    while seen < SCAN_MAX {
        let to = now - TimeDelta::seconds(1);
        let trails = rows::list_trails(app.store(), from, to, after, CHUNK).await?;
        let Some(last) = trails.last() else { break };
        after = Some(last.attempt);
        seen += trails.len();
        let mut signals = Vec::new();
        for row in &trails {
            for signal in row.trail.signals(&limits, now) {
                signals.push((row, signal));
            }
        }
        if signals.is_empty() {
            continue;
        }
        let work = app.store().begin(now).await?;
        let mut new = 0;
        for (row, signal) in signals {
            let rule = written.get(signal.kind.as_str());
            let new_signal = NewSignal {
                callback: row.callback,
                attempt: row.attempt,
                org: row.org,
                caller: row.caller,
                happened_at: row.trail.started_at,
                signal,
                rule: rule.map_or("", String::as_str),
            };
            new += usize::from(rows::insert_signal(&work, &new_signal).await?);
        }
        if new > 0 {
            let detail = serde_json::json!({ "new": new });
            let entry = AuditEntry::new(&actor, "callback.signals_found", "callback", None);
            work.commit(entry.detail(detail)).await?;
            found += new;
        }
    }
    Ok(found)
}
