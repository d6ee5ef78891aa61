//! What is derived from customers, and what is still to be looked at again: search keys, findings on the
//! quality of the data, pairs of duplicates, scores. Entries are written in the transaction that made them
//! necessary; a worker takes them in chunks and works out what follows, so that nobody who writes waits
//! for it and nothing is missed.

use crate::dialect::bulk::{Bulk, Cell, CellType, Table};
use crate::sql::params;
use crate::{Reads, Result, UnitOfWork};
use domain::ids::CustomerId;
use uuid::Uuid;

/// Something that is worked out from customers and what belongs to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// Keys by which names are found.
    Search,
    /// Findings and scores of the quality of the data.
    Quality,
    /// Pairs that may be one customer.
    Duplicates,
    /// Scores and classes.
    Scores,
    /// Signals of risk.
    RiskSignals,
}

impl Derived {
    /// Every value.
    pub const ALL: [Self; 5] = [
        Self::Search,
        Self::Quality,
        Self::Duplicates,
        Self::Scores,
        Self::RiskSignals,
    ];

    /// The code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Quality => "quality",
            Self::Duplicates => "duplicates",
            Self::Scores => "scores",
            Self::RiskSignals => "risk_signals",
        }
    }

    /// Whether a change of such a row may change it.
    fn follows(self, subject: Subject) -> bool {
        match subject {
            Subject::Customers => true,
            Subject::Policies => matches!(
                self,
                Self::Search | Self::Quality | Self::Scores | Self::RiskSignals
            ),
            Subject::Events => matches!(self, Self::Quality | Self::Scores | Self::RiskSignals),
        }
    }
}

/// What a span is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Customers themselves.
    Customers,
    /// Policies: their policyholders are meant.
    Policies,
    /// Events: the policyholders of their policies, or their customers.
    Events,
}

impl Subject {
    fn as_str(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Policies => "policies",
            Self::Events => "events",
        }
    }

    fn parse(code: &str) -> Self {
        match code {
            "policies" => Self::Policies,
            "events" => Self::Events,
            _ => Self::Customers,
        }
    }
}

/// A span of rows to look at again, both ids included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Id of the entry.
    pub id: Uuid,
    /// What it spans.
    pub subject: Subject,
    /// First id.
    pub low: Uuid,
    /// Last id.
    pub high: Uuid,
}

static DERIVATIONS: Table = Table {
    name: "derivations",
    columns: &[
        ("derived", CellType::Text),
        ("id", CellType::Id),
        ("subject", CellType::Text),
        ("low", CellType::Id),
        ("high", CellType::Id),
    ],
};

/// Asks for everything that follows from rows to be worked out again.
///
/// # Errors
/// What the database says.
pub async fn enqueue_derivations(
    bulk: &mut Bulk,
    subject: Subject,
    spans: &[(Uuid, Uuid)],
) -> Result<()> {
    let mut cells = Vec::new();
    for derived in Derived::ALL.into_iter().filter(|d| d.follows(subject)) {
        for (low, high) in spans {
            cells.extend([
                Cell::Code(derived.as_str()),
                Cell::Id(bulk.next_id()),
                Cell::Code(subject.as_str()),
                Cell::Id(*low),
                Cell::Id(*high),
            ]);
        }
    }
    bulk.insert(&DERIVATIONS, &cells).await
}

/// Asks for one thing to be worked out again for single customers.
///
/// # Errors
/// What the database says.
pub async fn enqueue_derived(bulk: &mut Bulk, derived: Derived, customers: &[Uuid]) -> Result<()> {
    let mut cells = Vec::new();
    for customer in customers {
        cells.extend([
            Cell::Code(derived.as_str()),
            Cell::Id(bulk.next_id()),
            Cell::Code(Subject::Customers.as_str()),
            Cell::Id(*customer),
            Cell::Id(*customer),
        ]);
    }
    bulk.insert(&DERIVATIONS, &cells).await
}

/// Asks for one thing to be worked out again for all customers, such as scores after a model changed.
///
/// # Errors
/// What the database says.
pub async fn enqueue_derived_for_all(work: &UnitOfWork, derived: Derived) -> Result<()> {
    let forget = "DELETE FROM derivations WHERE derived = $1";
    work.execute(forget, params![derived.as_str()]).await?;
    insert(work, derived, Uuid::nil(), Uuid::max()).await
}

/// Asks for everything that follows from a customer to be worked out again, in the transaction that
/// changed what it follows from.
///
/// # Errors
/// What the database says.
pub async fn enqueue_derivations_of(work: &UnitOfWork, customer: CustomerId) -> Result<()> {
    for derived in Derived::ALL {
        enqueue_derived_of(work, derived, customer).await?;
    }
    Ok(())
}

/// Asks for one thing to be worked out again for a customer, in the transaction that changed what it follows
/// from.
///
/// # Errors
/// What the database says.
pub async fn enqueue_derived_of(
    work: &UnitOfWork,
    derived: Derived,
    customer: CustomerId,
) -> Result<()> {
    insert(work, derived, customer.0, customer.0).await
}

/// As [`enqueue_derived_for_all`], among streaming work.
///
/// # Errors
/// What the database says.
pub async fn enqueue_derived_for_everybody(bulk: &mut Bulk, derived: Derived) -> Result<()> {
    let forget = "DELETE FROM derivations WHERE derived = $1";
    bulk.execute(forget, &[Cell::Code(derived.as_str())])
        .await?;
    let cells = [
        Cell::Code(derived.as_str()),
        Cell::Id(bulk.next_id()),
        Cell::Code(Subject::Customers.as_str()),
        Cell::Id(Uuid::nil()),
        Cell::Id(Uuid::max()),
    ];
    bulk.insert(&DERIVATIONS, &cells).await
}

async fn insert(work: &UnitOfWork, derived: Derived, low: Uuid, high: Uuid) -> Result<()> {
    let sql = "INSERT INTO derivations (derived, id, subject, low, high) \
               VALUES ($1, $2, 'customers', $3, $4)";
    let values = params![derived.as_str(), work.next_id(), low, high];
    work.execute(sql, values).await.map(|_| ())
}

/// Entries to look at, in the order in which they came. On PostgreSQL they are held for this
/// transaction, so that workers side by side take different ones.
///
/// # Errors
/// What the database says.
pub async fn take_derivations(bulk: &mut Bulk, derived: Derived, limit: i64) -> Result<Vec<Span>> {
    let sql = format!(
        "SELECT id, subject, low, high FROM derivations WHERE derived = $1 ORDER BY id LIMIT $2 {}",
        bulk.backend().skip_locked()
    );
    let cells = [Cell::Code(derived.as_str()), Cell::Int(limit)];
    bulk.query(&sql, &cells, |row| {
        Ok(Span {
            id: row.id(0)?.unwrap_or_default(),
            subject: Subject::parse(&row.text(1)?.unwrap_or_default()),
            low: row.id(2)?.unwrap_or_default(),
            high: row.id(3)?.unwrap_or_default(),
        })
    })
    .await
}

/// Notes that a span has been looked at as far as the id before `next`.
///
/// # Errors
/// What the database says.
pub async fn shrink_derivation(
    bulk: &mut Bulk,
    derived: Derived,
    span: Uuid,
    next: Uuid,
) -> Result<()> {
    let sql = "UPDATE derivations SET low = $1 WHERE derived = $2 AND id = $3";
    let cells = [Cell::Id(next), Cell::Code(derived.as_str()), Cell::Id(span)];
    bulk.execute(sql, &cells).await.map(|_| ())
}

/// Removes spans that have been looked at.
///
/// # Errors
/// What the database says.
pub async fn remove_derivations(bulk: &mut Bulk, derived: Derived, spans: &[Uuid]) -> Result<()> {
    for span in spans {
        let sql = "DELETE FROM derivations WHERE derived = $1 AND id = $2";
        let cells = [Cell::Code(derived.as_str()), Cell::Id(*span)];
        bulk.execute(sql, &cells).await?;
    }
    Ok(())
}

/// Whether something is still to be worked out.
///
/// # Errors
/// What the database says.
pub async fn has_derivations(db: &impl Reads, derived: Derived) -> Result<bool> {
    let mut select =
        crate::sql::Select::new("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM derivations d");
    select.filter("d.derived = ?", params![derived.as_str()]);
    select.then("LIMIT 1) AS capped", Vec::new());
    Ok(select.count(db).await? > 0)
}
