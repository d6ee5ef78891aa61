//! What the copy of a customer's data takes from the work around callbacks: notes, what was said at
//! gatherings, the evidence of electronic callbacks.

use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A note about a customer.
#[derive(Clone, Debug)]
pub struct CopiedNote {
    /// Number of the ticket, letter, visit or gathering.
    pub number: String,
    /// When it was written.
    pub at: Instant,
    /// The step that it came with, as a code.
    pub step: String,
    /// What it says.
    pub note: String,
}

/// A step of an electronic callback.
#[derive(Clone, Debug)]
pub struct CopiedEvidence {
    /// Number of the callback.
    pub number: String,
    /// When.
    pub at: Instant,
    /// What it says, as a code.
    pub step: String,
    /// The item.
    pub item: Option<String>,
    /// What was answered, as a code.
    pub answer: Option<String>,
    /// What was on the screen.
    pub content: Option<String>,
    /// The customer's own words.
    pub words: Option<String>,
    /// The device and its address.
    pub device: Option<String>,
}

/// What the copy takes.
#[derive(Clone, Debug, Default)]
pub struct Copied {
    /// Notes of tickets, letters and visits, and what was said at gatherings.
    pub notes: Vec<CopiedNote>,
    /// Electronic callbacks, step by step.
    pub evidence: Vec<CopiedEvidence>,
}

/// Where notes lie: the query, the sealed column, the columns of the note, the customer and the unit.
const NOTES: [(&str, &str, &str, &str, &str); 8] = [
    (
        "SELECT n.id, t.number, n.at, n.step, n.note FROM ticket_entries n JOIN tickets t ON t.id = n.ticket_id",
        "ticket_entries.note",
        "n.note",
        "t.customer_id",
        "t.org_id",
    ),
    (
        "SELECT n.id, l.number, n.at, n.step, n.note FROM letter_entries n JOIN letters l ON l.id = n.letter_id",
        "letter_entries.note",
        "n.note",
        "l.customer_id",
        "l.org_id",
    ),
    (
        "SELECT n.id, v.number, n.at, n.step, n.note FROM visit_entries n JOIN visits v ON v.id = n.visit_id",
        "visit_entries.note",
        "n.note",
        "v.customer_id",
        "v.org_id",
    ),
    (
        "SELECT n.id, g.number, g.begins_at AS at, g.kind AS step, n.remark AS note FROM gathering_participants n \
         JOIN gatherings g ON g.id = n.gathering_id",
        "gathering_participants.remark",
        "n.remark",
        "n.customer_id",
        "g.org_id",
    ),
    (
        "SELECT n.id, c.customer_no AS number, n.recorded_at AS at, n.way AS step, n.note FROM information_verifications n \
         JOIN customers c ON c.id = n.customer_id",
        "information_verifications.note",
        "n.note",
        "n.customer_id",
        "c.org_id",
    ),
    (
        "SELECT n.id, c.customer_no AS number, n.explained_at AS at, n.check_code AS step, n.explanation AS note \
         FROM information_findings n JOIN customers c ON c.id = n.customer_id",
        "information_findings.explanation",
        "n.explanation",
        "n.customer_id",
        "n.org_id",
    ),
    (
        "SELECT n.id, p.policy_no AS number, n.checked_at AS at, n.result AS step, n.finding AS note \
         FROM information_samples n JOIN policies p ON p.id = n.policy_id",
        "information_samples.finding",
        "n.finding",
        "n.customer_id",
        "n.org_id",
    ),
    (
        "SELECT n.id, p.policy_no AS number, n.rectified_at AS at, n.state AS step, n.rectification AS note \
         FROM information_samples n JOIN policies p ON p.id = n.policy_id",
        "information_samples.rectification",
        "n.rectification",
        "n.customer_id",
        "n.org_id",
    ),
];

#[derive(FromQueryResult)]
struct NoteRow {
    id: Uuid,
    number: String,
    at: i64,
    step: String,
    note: Vec<u8>,
}

#[derive(FromQueryResult)]
struct EvidenceRow {
    id: Uuid,
    number: String,
    at: i64,
    step: String,
    item: Option<String>,
    answer: Option<String>,
    content: Option<Vec<u8>>,
    words: Option<Vec<u8>>,
    device: Option<Vec<u8>>,
}

/// What was noted about a customer in sight, at most `limit` rows of each source.
///
/// # Errors
/// What the database says.
pub async fn load_copied(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: i64,
) -> Result<Copied> {
    let mut copied = Copied::default();
    for (text, column, note, whose, org) in NOTES {
        let mut select = Select::new(text);
        select.scope(scope, org).own(scope, whose);
        let condition = format!("{whose} = ? AND {note} IS NOT NULL");
        select.filter(&condition, params![customer.0]);
        select.then("ORDER BY n.id LIMIT ?", params![limit]);
        let rows: Vec<NoteRow> = select.list(db).await?;
        for r in rows {
            copied.notes.push(CopiedNote {
                note: db.keys().open(column, r.id, &r.note)?,
                number: r.number,
                at: instant(r.at),
                step: r.step,
            });
        }
    }
    copied.evidence = evidence(db, scope, customer, limit).await?;
    Ok(copied)
}

async fn evidence(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<CopiedEvidence>> {
    let mut select = Select::new(
        "SELECT e.id, b.number, e.at, e.kind AS step, e.item, e.answer, e.content, e.words, e.device \
         FROM electronic_evidence e JOIN electronic_links l ON l.id = e.link_id JOIN callbacks b ON b.id = l.callback_id",
    );
    select.scope(scope, "b.org_id").own(scope, "l.customer_id");
    select.filter("l.customer_id = ?", params![customer.0]);
    select.then("ORDER BY e.link_id, e.seq LIMIT ?", params![limit]);
    let rows: Vec<EvidenceRow> = select.list(db).await?;
    let keys = db.keys();
    rows.into_iter()
        .map(|r| {
            let open = |column: &str, sealed: Option<Vec<u8>>| {
                let column = format!("electronic_evidence.{column}");
                sealed.map(|s| keys.open(&column, r.id, &s)).transpose()
            };
            Ok(CopiedEvidence {
                content: open("content", r.content)?,
                words: open("words", r.words)?,
                device: open("device", r.device)?,
                number: r.number,
                at: instant(r.at),
                step: r.step,
                item: r.item,
                answer: r.answer,
            })
        })
        .collect()
}
