//! Everything held about a person, as an archive with a JSON file and a workbook. Third persons stay
//! masked; names of staff are left out.

use super::requests::find;
use crate::jobs::{self, Task, enqueue};
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, Permission, Scope};
use domain::customers::{PersonalField, Reveal};
use domain::money::Money;
use domain::retention::{Outcome, RequestState};
use domain::time::{self, Instant};
use rust_xlsxwriter::{Format, Workbook};
use std::io::{Cursor, Write as _};
use store::callbacks::CallbackFilter;
use store::policies::{EventFilter, PolicyFilter};
use store::retention::{DataRequestFilter, DataRequestRow, RequestChange};
use store::tickets::TicketFilter;
use store::{AuditEntry, retention as rows};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

/// Rows of each table; a person has far fewer.
const ROWS_MAX: u64 = 5_000;
/// How long a copy can be fetched.
pub(crate) const COPY_LIFE: Duration = Duration::days(7);
/// Width of a column, in characters.
const COLUMN_WIDTH: f64 = 22.0;

/// Queues the making of the copy that a granted request needs.
///
/// # Errors
/// [`Error::Refused`] when the request was not granted or needs no copy.
pub async fn start_copy(app: &App, actor: &Actor, now: Instant, number: &str) -> Result<Uuid> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let granted = row.request.outcome.is_some_and(|o| o != Outcome::Refused)
        && row.request.state == RequestState::Decided;
    if !row.request.kind.needs_copy() || !granted {
        return Err(Refusal::new("data-request-wrong-state").into());
    }
    let work = app.store().begin(now).await?;
    let task = Task::CopyData {
        request: row.number.clone(),
    };
    let job = enqueue(&work, actor, now, &task).await?;
    let change = RequestChange {
        job: Some(job),
        ..RequestChange::default()
    };
    let state = row.request.state;
    rows::save_data_request(&work, &row, "make_copy", state, &actor.name, &change).await?;
    let entry = AuditEntry::new(actor, "data_request.copy_asked", "data_request", row.id)
        .customer(row.customer.0);
    work.commit(entry).await?;
    Ok(job)
}

/// Makes the copy of a request and keeps it; where it lies. That it was made is recorded before
/// anything is read in full.
///
/// # Errors
/// When the owner may not any more, or the store or the files fail.
pub(crate) async fn make_copy(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
) -> Result<String> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let work = app.store().begin(now).await?;
    let trace = work.next_id();
    let entry = AuditEntry::new(actor, "data_request.copy_made", "data_request", row.id)
        .customer(row.customer.0)
        .detail(serde_json::json!({ "number": row.number, "trace": trace }));
    work.commit(entry).await?;
    let tables = tables(app, &scope, &row, Reveal::traced(trace)).await?;
    let bytes = archive(&row, now, &tables)?;
    let key = jobs::new_key(app, now, "copies", "zip");
    crate::files::put(app, now, &key, &bytes).await?;
    let work = app.store().begin(now).await?;
    rows::note_copy(&work, row.id, Some(&key)).await?;
    let entry = AuditEntry::new(actor, "data_request.copy_kept", "data_request", row.id)
        .customer(row.customer.0);
    work.commit(entry).await?;
    Ok(key)
}

/// Opens the copy of a request for a stated purpose, which is recorded.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or its time is over.
pub async fn open_copy(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
    purpose: &str,
    note: &str,
) -> Result<(String, bytes::Bytes)> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let purpose = crate::customers::stated_purpose(purpose, note)?;
    let key = row.copy_key.clone().ok_or(Error::NotFound)?;
    let bytes = crate::files::open(app, &key).await?.bytes().await?;
    let work = app.store().begin(now).await?;
    let entry = AuditEntry::new(actor, "data_request.copy_fetched", "data_request", row.id)
        .customer(row.customer.0)
        .purpose(purpose.to_string());
    work.commit(entry).await?;
    Ok((format!("{}.zip", row.number), bytes))
}

struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn moment(at: Instant) -> String {
    at.with_timezone(&time::china()).to_rfc3339()
}

async fn tables(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
) -> Result<Vec<Table>> {
    let mut tables = person(app, scope, row, trace).await?;
    tables.extend(business(app, scope, row).await?);
    tables.extend(conversations(app, scope, row).await?);
    Ok(tables)
}

/// Who the person is: in full, for it is theirs.
async fn person(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
) -> Result<Vec<Table>> {
    let c = store::customers::find_customer(app.store(), scope, row.customer)
        .await?
        .ok_or(Error::NotFound)?;
    let mut facts: Vec<Vec<String>> = PersonalField::ALL
        .iter()
        .map(|field| {
            let value = crate::customers::revealed(&c, *field, trace);
            vec![field.as_str().to_owned(), value.unwrap_or_default()]
        })
        .collect();
    for (name, value) in [
        ("customer_no", c.customer_no.clone()),
        ("kind", c.kind.to_string()),
        ("sex", text(c.sex)),
        ("birth_date", text(c.birth_date)),
        ("id_type", text(c.id_type)),
        ("id_expires_on", text(c.id_expires_on)),
        ("nationality", text(c.nationality)),
        ("occupation", text(c.occupation)),
        ("language", text(c.language)),
        ("preferred_channel", text(c.preferred_channel)),
        ("relationship_stage", text(c.relationship_stage)),
        ("risk_appetite", text(c.risk_appetite)),
        ("risk_tolerance", text(c.risk_tolerance)),
        ("annual_income", text(c.annual_income_fen.map(Money))),
        ("marketing_consent", text(c.marketing_consent)),
        ("source_channel", text(c.source_channel)),
        ("unit", c.org_name.clone()),
        ("known_since", moment(c.created_at)),
    ] {
        facts.push(vec![name.to_owned(), value]);
    }
    let contacts = store::customers::list_contacts(app.store(), scope, row.customer).await?;
    let contacts = contacts.into_iter().map(|p| {
        let mobile = text(p.mobile);
        vec![p.role, p.name.to_string(), text(p.position), mobile]
    });
    Ok(vec![
        Table {
            name: "customer",
            columns: &["field", "value"],
            rows: facts,
        },
        Table {
            name: "contacts",
            columns: &["role", "name", "position", "mobile"],
            rows: contacts.collect(),
        },
    ])
}

/// Policies, events, earlier requests.
async fn business(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Vec<Table>> {
    let db = app.store();
    let filter = PolicyFilter {
        customer: Some(row.customer),
        ..PolicyFilter::default()
    };
    let policies = store::policies::list_policies(db, scope, &filter, ROWS_MAX).await?;
    let policies = policies.rows.into_iter().map(|p| {
        vec![
            p.policy_no,
            p.product_name,
            p.line,
            p.channel,
            p.status,
            p.issue_date.to_string(),
            text(p.effective_date),
            text(p.expiry_date),
            text(p.premium_fen.map(Money)),
            text(p.sum_insured_fen.map(Money)),
            text(p.ack_signed_on),
            p.policyholder_name,
            text(p.insured_name),
            text(p.beneficiary_name),
        ]
    });
    let filter = EventFilter {
        customer: Some(row.customer),
        newest_first: true,
        ..EventFilter::default()
    };
    let events = store::policies::list_events(db, scope, &filter, ROWS_MAX).await?;
    let events = events.rows.into_iter().map(|e| {
        vec![
            e.kind,
            e.occurred_on.to_string(),
            text(e.policy_no),
            text(e.claim_no),
            text(e.amount_fen.map(Money)),
            text(e.outcome),
        ]
    });
    let filter = DataRequestFilter {
        customer: Some(row.customer),
        ..DataRequestFilter::default()
    };
    let requests = rows::list_data_requests(db, scope, &filter, ROWS_MAX).await?;
    let requests = requests.rows.into_iter().map(|r| {
        let state = r.request.state.to_string();
        vec![
            r.number,
            r.request.kind.to_string(),
            r.received_on.to_string(),
            state,
            text(r.request.outcome),
            text(r.answer),
        ]
    });
    Ok(vec![
        Table {
            name: "policies",
            columns: &[
                "policy_no",
                "product_name",
                "line",
                "channel",
                "status",
                "issue_date",
                "effective_date",
                "expiry_date",
                "premium",
                "sum_insured",
                "ack_signed_on",
                "policyholder",
                "insured",
                "beneficiary",
            ],
            rows: policies.collect(),
        },
        Table {
            name: "events",
            columns: &[
                "type",
                "occurred_on",
                "policy_no",
                "claim_no",
                "amount",
                "outcome",
            ],
            rows: events.collect(),
        },
        Table {
            name: "requests",
            columns: &[
                "number",
                "kind",
                "received_on",
                "state",
                "outcome",
                "answer",
            ],
            rows: requests.collect(),
        },
    ])
}

/// Callbacks with what was said, tickets, and which recordings there are.
async fn conversations(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Vec<Table>> {
    let db = app.store();
    let filter = CallbackFilter {
        customer: Some(row.customer),
        ..CallbackFilter::default()
    };
    let callbacks = store::callbacks::list_callbacks(db, scope, &filter, ROWS_MAX).await?;
    let (mut calls, mut answers, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    for c in callbacks.rows {
        owners.push(c.id.0);
        for a in store::callbacks::list_attempts(db, scope, c.id).await? {
            owners.push(a.id.0);
            calls.push(vec![
                c.number.clone(),
                c.programme.clone(),
                text(c.policy_no.clone()),
                moment(a.started_at),
                a.channel,
                text(a.result),
                text(a.note),
            ]);
        }
        for a in store::callbacks::list_answers(db, scope, c.id).await? {
            answers.push(vec![
                c.number.clone(),
                moment(a.answered_at),
                a.given.item.clone(),
                a.given.answer.to_string(),
                text(a.words),
            ]);
        }
    }
    let filter = TicketFilter {
        customer: Some(row.customer),
        ..TicketFilter::default()
    };
    let tickets = store::tickets::list_tickets(db, scope, &filter, ROWS_MAX).await?;
    owners.extend(tickets.rows.iter().map(|t| t.id.0));
    let tickets = tickets.rows.into_iter().map(|t| {
        vec![
            t.number,
            t.problem.to_string(),
            t.state.to_string(),
            moment(t.opened_at),
            text(t.finding),
            text(t.feedback),
        ]
    });
    let recordings = store::recordings::list_recordings(db, scope, &owners).await?;
    let recordings = recordings
        .into_iter()
        .map(|r| vec![r.kind.to_string(), r.file_name, moment(r.added_at)]);
    Ok(vec![
        Table {
            name: "calls",
            columns: &[
                "callback",
                "programme",
                "policy_no",
                "at",
                "channel",
                "result",
                "note",
            ],
            rows: calls,
        },
        Table {
            name: "answers",
            columns: &["callback", "at", "item", "answer", "words"],
            rows: answers,
        },
        Table {
            name: "tickets",
            columns: &[
                "number",
                "problem",
                "state",
                "opened_at",
                "finding",
                "feedback",
            ],
            rows: tickets.collect(),
        },
        Table {
            name: "recordings",
            columns: &["kind", "file", "added_at"],
            rows: recordings.collect(),
        },
    ])
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::Fault(format!("copy: {error}"))
}

fn archive(row: &DataRequestRow, now: Instant, tables: &[Table]) -> Result<Vec<u8>> {
    let mut json = serde_json::Map::new();
    json.insert("request".into(), row.number.clone().into());
    json.insert("made_at".into(), moment(now).into());
    for table in tables {
        let rows = table.rows.iter().map(|cells| {
            let pairs = table.columns.iter().zip(cells);
            let object: serde_json::Map<_, _> = pairs
                .map(|(column, cell)| ((*column).to_owned(), cell.clone().into()))
                .collect();
            serde_json::Value::Object(object)
        });
        json.insert(table.name.into(), rows.collect());
    }
    let json = serde_json::to_vec_pretty(&json).map_err(|e| broken(&e))?;
    let sheet = workbook(tables)?;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in [("data.json", json), ("data.xlsx", sheet)] {
        zip.start_file(name, options).map_err(|e| broken(&e))?;
        zip.write_all(&bytes).map_err(|e| broken(&e))?;
    }
    Ok(zip.finish().map_err(|e| broken(&e))?.into_inner())
}

fn workbook(tables: &[Table]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(table.name).map_err(|e| broken(&e))?;
        for (at, column) in (0_u16..).zip(table.columns) {
            sheet
                .set_column_width(at, COLUMN_WIDTH)
                .map_err(|e| broken(&e))?;
            sheet
                .write_string_with_format(0, at, *column, &bold)
                .map_err(|e| broken(&e))?;
        }
        for (line, cells) in (1_u32..).zip(&table.rows) {
            for (at, cell) in (0_u16..).zip(cells) {
                sheet.write_string(line, at, cell).map_err(|e| broken(&e))?;
            }
        }
    }
    book.save_to_buffer().map_err(|e| broken(&e))
}
