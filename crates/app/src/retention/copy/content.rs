//! Everything held about a person, as tables. Third persons stay masked; names of staff are left out.

use crate::{App, Error, Result};
use domain::access::Scope;
use domain::customers::{PersonalField, Reveal};
use domain::money::Money;
use domain::time::{self, Instant};
use store::callbacks::CallbackFilter;
use store::policies::{EventFilter, PolicyFilter};
use store::retention::{self as rows, DataRequestFilter, DataRequestRow};
use store::tickets::TicketFilter;
use store::visits::VisitFilter;
use uuid::Uuid;

/// Rows of each table; a person has far fewer.
pub(super) const ROWS_MAX: u64 = 5_000;

/// A table of the copy, all of it as text.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<String>>,
}

/// All tables about the person of a request, those of records that were merged into theirs included.
pub(super) async fn tables(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
) -> Result<Vec<Table>> {
    let mut tables = of_record(app, scope, row, trace).await?;
    super::merged::add_merged(app, scope, row, trace, &mut tables).await?;
    Ok(tables)
}

/// All tables about one record.
pub(super) async fn of_record(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    trace: Reveal,
) -> Result<Vec<Table>> {
    let mut tables = person(app, scope, row, trace).await?;
    tables.extend(business(app, scope, row).await?);
    tables.extend(conversations(app, scope, row).await?);
    tables.extend(super::field::field(app, scope, row, trace).await?);
    tables.extend(super::messages::messages(app, scope, row, trace).await?);
    tables.push(super::classes::classes(app, scope, row).await?);
    tables.extend(super::relations::relations(app, scope, row, trace).await?);
    tables.extend(super::service::service(app, scope, row).await?);
    tables.extend(super::risk::risk(app, scope, row).await?);
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
        ("value_class", text(c.value_class)),
        ("risk_class", text(c.risk_class)),
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
    Ok(vec![
        policies(app, scope, row).await?,
        events(app, scope, row).await?,
        requests(app, scope, row).await?,
    ])
}

async fn policies(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Table> {
    let filter = PolicyFilter {
        customer: Some(row.customer),
        ..PolicyFilter::default()
    };
    let policies = store::policies::list_policies(app.store(), scope, &filter, ROWS_MAX).await?;
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
    Ok(Table {
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
    })
}

async fn events(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Table> {
    let filter = EventFilter {
        customer: Some(row.customer),
        newest_first: true,
        ..EventFilter::default()
    };
    let events = store::policies::list_events(app.store(), scope, &filter, ROWS_MAX).await?;
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
    Ok(Table {
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
    })
}

async fn requests(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Table> {
    let filter = DataRequestFilter {
        customer: Some(row.customer),
        ..DataRequestFilter::default()
    };
    let requests = rows::list_data_requests(app.store(), scope, &filter, ROWS_MAX).await?;
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
    Ok(Table {
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
    })
}

/// Callbacks with what was said, tickets, and which recordings there are.
async fn conversations(app: &App, scope: &Scope, row: &DataRequestRow) -> Result<Vec<Table>> {
    let mut owners = Vec::new();
    let [calls, answers] = callbacks(app, scope, row, &mut owners).await?;
    let tickets = tickets(app, scope, row, &mut owners).await?;
    let visits = visits(app, scope, row, &mut owners).await?;
    let recordings = recordings(app, scope, &owners).await?;
    Ok(vec![calls, answers, tickets, visits, recordings])
}

/// Visits with what was written down and signed; notes whose signatures there may be.
async fn visits(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    owners: &mut Vec<Uuid>,
) -> Result<Table> {
    let filter = VisitFilter {
        customer: Some(row.customer),
        ..VisitFilter::default()
    };
    let visits = store::visits::list_visits(app.store(), scope, &filter, ROWS_MAX).await?;
    owners.extend(visits.rows.iter().map(|v| v.id.0));
    let visits = visits.rows.into_iter().map(|v| {
        vec![
            v.number,
            v.purpose.to_string(),
            v.state.to_string(),
            text(v.visited_at.map(moment)),
            text(v.place),
            text(v.form),
        ]
    });
    Ok(Table {
        name: "visits",
        columns: &["number", "purpose", "state", "visited_at", "place", "form"],
        rows: visits.collect(),
    })
}

/// Calls and what was answered; notes whose recordings there may be.
async fn callbacks(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    owners: &mut Vec<Uuid>,
) -> Result<[Table; 2]> {
    let db = app.store();
    let filter = CallbackFilter {
        customer: Some(row.customer),
        ..CallbackFilter::default()
    };
    let callbacks = store::callbacks::list_callbacks(db, scope, &filter, ROWS_MAX).await?;
    let (mut calls, mut answers) = (Vec::new(), Vec::new());
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
    Ok([
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
    ])
}

/// Tickets; notes whose recordings there may be.
async fn tickets(
    app: &App,
    scope: &Scope,
    row: &DataRequestRow,
    owners: &mut Vec<Uuid>,
) -> Result<Table> {
    let filter = TicketFilter {
        customer: Some(row.customer),
        ..TicketFilter::default()
    };
    let tickets = store::tickets::list_tickets(app.store(), scope, &filter, ROWS_MAX).await?;
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
    Ok(Table {
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
    })
}

async fn recordings(app: &App, scope: &Scope, owners: &[Uuid]) -> Result<Table> {
    let recordings = store::recordings::list_recordings(app.store(), scope, owners).await?;
    let recordings = recordings
        .into_iter()
        .map(|r| vec![r.kind.to_string(), r.file_name, moment(r.added_at)]);
    Ok(Table {
        name: "recordings",
        columns: &["kind", "file", "added_at"],
        rows: recordings.collect(),
    })
}

pub(super) fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

/// A moment as it is written in the copy: with the time of China.
pub(super) fn moment(at: Instant) -> String {
    at.with_timezone(&time::china()).to_rfc3339()
}
