//! Events that other systems send: the same checks and the same writing as for files.

use super::events::{self, Event};
use super::mapping::Mapping;
use super::reason::Reason;
use super::row::{Heading, RowReader};
use super::run::{ErrorsFile, Import, Parsed, References, load_references, set_since};
use super::source::RawRow;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::imports::{ImportKind, Tally};
use domain::time::Instant;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use store::imports::{Fate, Rejection};
use store::{AuditActor, AuditEntry};

/// Events of one request; they are written in one transaction.
pub const EVENTS_MAX: usize = 500;

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventFate {
    /// It is new.
    Created,
    /// It was known, and something of it changed.
    Updated,
    /// It was known as it is.
    Unchanged,
    /// It was not taken; every problem on its field.
    Rejected(Vec<EventProblem>),
}

/// Why an event was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventProblem {
    /// The field; empty when the event is no object.
    pub field: String,
    /// Code of the reason.
    pub code: String,
    /// The reason in words.
    pub detail: String,
}

/// What became of one event of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventResult {
    /// Its id in the system it came from, when it says one.
    pub event_id: Option<String>,
    /// What became of it.
    pub fate: EventFate,
}

/// Takes events. A bad one is rejected with its reasons and stops no other; sending the same events
/// again changes nothing.
///
/// # Errors
/// When the actor may not, there are none or too many, or the database fails.
pub async fn put_events(
    app: &App,
    actor: &Actor,
    now: Instant,
    sent: &[Value],
) -> Result<Vec<EventResult>> {
    let scope = actor.scope(Permission::ImportsRun)?;
    match sent.len() {
        0 => return Err(Error::invalid("events", "missing")),
        n if n > EVENTS_MAX => return Err(Error::invalid("events", "too-many")),
        _ => {}
    }
    let mut bulk = app.store().bulk(now, false).await?;
    let references = Arc::new(load_references(app, &mut bulk, now).await?);
    let mut problems: BTreeMap<usize, Vec<EventProblem>> = BTreeMap::new();
    let mut good = Vec::new();
    for (at, value) in sent.iter().enumerate() {
        match parse(at, value, &references) {
            Ok(event) => good.push((at, event)),
            Err(rejections) => {
                problems.insert(at, rejections.into_iter().map(problem).collect());
            }
        }
    }
    let foreign = out_of_sight(app, &scope, &good).await?;
    good.retain(|(at, _)| !foreign.contains_key(at));
    for (at, (field, reason)) in foreign {
        problems.insert(at, vec![refused(field, reason)]);
    }
    let mut import = Import {
        bulk,
        actor: AuditActor::from(actor),
        kind: ImportKind::Events,
        references,
        run: None,
        seen: now,
        tally: Tally::default(),
        shown: Vec::new(),
        errors: ErrorsFile::none(),
    };
    let fates = write(app, &mut import, good, &mut problems).await?;
    Ok(sent
        .iter()
        .enumerate()
        .map(|(at, value)| EventResult {
            event_id: value["event_id"].as_str().map(str::to_owned),
            fate: match (fates.get(&at), problems.remove(&at)) {
                (Some(fate), _) => fate.clone(),
                (None, problems) => EventFate::Rejected(problems.unwrap_or_default()),
            },
        })
        .collect())
}

/// Writes all good events in one transaction, in turns without two of one key.
async fn write(
    app: &App,
    import: &mut Import,
    good: Vec<(usize, Event)>,
    problems: &mut BTreeMap<usize, Vec<EventProblem>>,
) -> Result<BTreeMap<usize, EventFate>> {
    import.bulk.begin().await?;
    let written = write_turns(app, import, good, problems).await;
    let fates = match written {
        Ok(fates) => fates,
        Err(error) => {
            import.bulk.roll_back().await?;
            return Err(error);
        }
    };
    let count = |fate: &EventFate| fates.values().filter(|f| *f == fate).count();
    let detail = serde_json::json!({
        "created": count(&EventFate::Created), "updated": count(&EventFate::Updated),
        "unchanged": count(&EventFate::Unchanged), "rejected": problems.len(),
    });
    let entry = AuditEntry::new(import.actor.clone(), "events.received", "event", None);
    import.bulk.commit(entry.detail(detail)).await?;
    Ok(fates)
}

async fn write_turns(
    app: &App,
    import: &mut Import,
    mut good: Vec<(usize, Event)>,
    problems: &mut BTreeMap<usize, Vec<EventProblem>>,
) -> Result<BTreeMap<usize, EventFate>> {
    set_since(app, &mut import.bulk, import.references.today).await?;
    let mut fates = BTreeMap::new();
    while !good.is_empty() {
        let mut keys = HashSet::new();
        let (turn, later): (Vec<_>, Vec<_>) = good
            .into_iter()
            .partition(|(_, event)| keys.insert(event.key.clone()));
        good = later;
        let places: Vec<usize> = turn.iter().map(|(at, _)| *at).collect();
        let chunk = turn
            .into_iter()
            .map(|(at, event)| (line(at), Parsed::Event(Box::new(event))))
            .collect();
        let written = import.write_rows(chunk).await?;
        for rejection in written.rejections {
            let at = usize::try_from(rejection.line).unwrap_or(1) - 1;
            problems.entry(at).or_default().push(problem(rejection));
        }
        let taken = places.into_iter().filter(|at| !problems.contains_key(at));
        for (at, outcome) in taken.zip(written.outcomes) {
            let fate = match outcome.fate {
                Fate::Created => EventFate::Created,
                Fate::Updated(_) => EventFate::Updated,
                Fate::Unchanged => EventFate::Unchanged,
            };
            fates.insert(at, fate);
        }
    }
    Ok(fates)
}

fn line(at: usize) -> u64 {
    at as u64 + 1
}

fn parse(
    at: usize,
    value: &Value,
    references: &References,
) -> std::result::Result<Event, Vec<Rejection>> {
    let no_object = || vec![rejection(at, "", Reason::Json)];
    let object = value.as_object().ok_or_else(no_object)?;
    let cells = cells(at, object)?;
    let columns: Vec<String> = object.keys().cloned().collect();
    let heading = Heading::new(&columns, &events::COLUMNS, &[], &Mapping::default())
        .map_err(|_| no_object())?;
    let raw = RawRow {
        line: line(at),
        cells: Ok(cells),
    };
    let mut row = RowReader::new(&heading, &raw).map_err(|r| vec![r])?;
    let event = events::parse(&mut row, &references.agents, "api");
    let rejections = row.finish();
    match event {
        Some(event) if rejections.is_empty() => Ok(event),
        _ => Err(rejections),
    }
}

/// The values of an object as cells, in the order of its keys.
fn cells(
    at: usize,
    object: &Map<String, Value>,
) -> std::result::Result<Vec<String>, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let mut cells = Vec::with_capacity(object.len());
    for (key, value) in object {
        if !events::COLUMNS.contains(&key.as_str()) {
            rejections.push(rejection(at, key, Reason::UnknownField));
        }
        match value {
            Value::Null => cells.push(String::new()),
            Value::String(text) => cells.push(text.clone()),
            Value::Bool(value) => cells.push(value.to_string()),
            Value::Number(number) => cells.push(number.to_string()),
            Value::Array(_) | Value::Object(_) => {
                rejections.push(rejection(at, key, Reason::Json));
            }
        }
    }
    if rejections.is_empty() {
        Ok(cells)
    } else {
        Err(rejections)
    }
}

fn rejection(at: usize, field: &str, reason: Reason) -> Rejection {
    Rejection {
        line: line(at),
        column: field.chars().take(60).collect(),
        value_masked: String::new(),
        reason_code: reason.code().to_owned(),
        detail: reason.to_string(),
    }
}

fn problem(rejection: Rejection) -> EventProblem {
    EventProblem {
        field: rejection.column,
        code: rejection.reason_code,
        detail: rejection.detail,
    }
}

fn refused(field: &'static str, reason: Reason) -> EventProblem {
    EventProblem {
        field: field.to_owned(),
        code: reason.code().to_owned(),
        detail: reason.to_string(),
    }
}

/// Events that name something out of the sender's sight: for them it does not exist. Who sees the
/// whole company needs no second look.
async fn out_of_sight(
    app: &App,
    scope: &Scope,
    events: &[(usize, Event)],
) -> Result<BTreeMap<usize, (&'static str, Reason)>> {
    let mut foreign = BTreeMap::new();
    if scope.is_whole_company() && scope.own_list_of().is_none() {
        return Ok(foreign);
    }
    let all = |pick: fn(&Event) -> Option<&String>| -> Vec<String> {
        let named: HashSet<_> = events.iter().filter_map(|(_, e)| pick(e)).collect();
        named.into_iter().cloned().collect()
    };
    let db = app.store();
    let whole = Actor::system().scope(Permission::ImportsRun)?;
    let policies =
        store::policies::list_policy_nos_in_sight(db, scope, &all(|e| e.policy_no.as_ref()))
            .await?;
    let customers =
        store::policies::list_customer_nos_in_sight(db, scope, &all(|e| e.customer_no.as_ref()))
            .await?;
    let agents =
        store::policies::list_agent_codes_in_sight(db, scope, &all(|e| e.agent_code.as_ref()))
            .await?;
    let ids = all(|e| Some(&e.id));
    let known = store::policies::list_event_ids_in_sight(db, &whole, &ids).await?;
    let own = store::policies::list_event_ids_in_sight(db, scope, &ids).await?;
    for (at, event) in events {
        let unknown = |named: &Option<String>, seen: &HashSet<String>| {
            named.as_ref().is_some_and(|n| !seen.contains(n))
        };
        let problem = if unknown(&event.policy_no, &policies) {
            ("policy_no", Reason::UnknownPolicy)
        } else if unknown(&event.customer_no, &customers) {
            ("customer_no", Reason::UnknownCustomer)
        } else if unknown(&event.agent_code, &agents) {
            ("agent_code", Reason::UnknownAgent)
        } else if known.contains(&event.id) && !own.contains(&event.id) {
            ("event_id", Reason::EventIdTaken)
        } else {
            continue;
        };
        foreign.insert(*at, problem);
    }
    Ok(foreign)
}
