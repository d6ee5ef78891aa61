//! Measuring what comparing finds against pairs that are known: of one customer, and of two who look alike.

use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::duplicates::Grade;
use domain::time::Instant;
use std::collections::BTreeMap;
use store::AuditEntry;
use store::customers::{Derived, enqueue_derived_for_all};
use store::duplicates::{self as rows, DuplicateFilter};

/// Pairs that are read at once.
const ROWS: u64 = 1_000;

/// A pair that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPair {
    /// What happened to it, such as a kind of error; empty when nobody says.
    pub kind: String,
    /// The records are of one customer; otherwise they are of two.
    pub is_one: bool,
}

/// Known pairs by the numbers of the customers, the smaller first.
pub type KnownPairs = BTreeMap<(String, String), KnownPair>;

/// How much was found from one grade on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredLine {
    /// The grade.
    pub grade: Grade,
    /// Pairs of the grade and those above it.
    pub pairs: u64,
    /// Of those, known to be one customer.
    pub found: u64,
    /// Of those, known to be two customers.
    pub two: u64,
    /// Pairs that are known to be one customer.
    pub truth: u64,
}

impl MeasuredLine {
    /// The share of the pairs that are known to be one customer. Pairs of which nothing is known count as
    /// two.
    pub fn precision(&self) -> f64 {
        share(self.found, self.pairs)
    }

    /// The share of the known pairs that were found.
    pub fn recall(&self) -> f64 {
        share(self.found, self.truth)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// How many pairs of a kind were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredKind {
    /// The kind.
    pub kind: String,
    /// The records are of one customer.
    pub is_one: bool,
    /// Known pairs of the kind.
    pub truth: u64,
    /// Found as certain, at least likely, and at least possible.
    pub found: [u64; 3],
}

impl MeasuredKind {
    /// The share of the kind that was found from a grade on.
    pub fn share(&self, grade: Grade) -> f64 {
        share(self.found[grade as usize], self.truth)
    }
}

/// Numbers of two customers each, the smaller first.
pub type NumberPairs = Vec<(String, String)>;

/// How much was found, from each grade on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// From the highest grade to the lowest.
    pub lines: Vec<MeasuredLine>,
    /// Kind by kind, those of one customer first.
    pub kinds: Vec<MeasuredKind>,
    /// Known pairs that were not found, and likely pairs that are not known.
    pub wrong: (NumberPairs, NumberPairs),
}

/// Compares what was found with pairs that are known.
///
/// # Errors
/// When the actor may not, or the store fails.
pub async fn measure(app: &App, actor: &Actor, truth: &KnownPairs) -> Result<Measured> {
    let scope = actor.scope(Permission::DuplicatesRead)?;
    let (mut seen, mut unknown) = (BTreeMap::new(), Vec::new());
    let mut filter = DuplicateFilter::default();
    loop {
        let page = rows::list_duplicates(app.store(), &scope, &filter, ROWS).await?;
        for row in page.rows {
            let (a, b) = (row.low.customer_no, row.high.customer_no);
            let pair = if a < b { (a, b) } else { (b, a) };
            if truth.contains_key(&pair) {
                seen.insert(pair, row.grade);
            } else {
                unknown.push((pair, row.grade));
            }
        }
        filter.after = page.next;
        if filter.after.is_none() {
            break;
        }
    }
    let lines = Grade::ALL.iter().map(|g| line(*g, truth, &seen, &unknown));
    let missed = truth.iter().filter(|(pair, _)| !seen.contains_key(*pair));
    let missed = missed.filter(|(_, known)| known.is_one);
    let missed = missed.map(|(pair, _)| pair.clone()).collect();
    let lines = lines.collect();
    let unknown = unknown.into_iter().filter(|(_, g)| *g != Grade::Possible);
    Ok(Measured {
        lines,
        kinds: kinds(truth, &seen),
        wrong: (missed, unknown.map(|(pair, _)| pair).collect()),
    })
}

type Seen = BTreeMap<(String, String), Grade>;

fn line(
    grade: Grade,
    truth: &KnownPairs,
    seen: &Seen,
    unknown: &[((String, String), Grade)],
) -> MeasuredLine {
    let count = |is_one: bool| {
        let known = seen.iter().filter(|(_, g)| **g as usize <= grade as usize);
        known
            .filter(|(pair, _)| truth[*pair].is_one == is_one)
            .count() as u64
    };
    let (found, two) = (count(true), count(false));
    let others = unknown
        .iter()
        .filter(|(_, g)| *g as usize <= grade as usize);
    MeasuredLine {
        grade,
        pairs: found + two + others.count() as u64,
        found,
        two,
        truth: truth.values().filter(|known| known.is_one).count() as u64,
    }
}

fn kinds(truth: &KnownPairs, seen: &Seen) -> Vec<MeasuredKind> {
    let mut kinds: BTreeMap<(bool, &str), MeasuredKind> = BTreeMap::new();
    for (pair, known) in truth {
        let kind = kinds.entry((!known.is_one, &known.kind));
        let kind = kind.or_insert_with(|| MeasuredKind {
            kind: known.kind.clone(),
            is_one: known.is_one,
            truth: 0,
            found: [0; 3],
        });
        kind.truth += 1;
        for grade in Grade::ALL {
            let reached = seen
                .get(pair)
                .is_some_and(|g| *g as usize <= *grade as usize);
            kind.found[*grade as usize] += u64::from(reached);
        }
    }
    kinds.into_values().collect()
}

/// Asks for everybody to be compared anew, as after a change of the weights.
///
/// # Errors
/// When the actor may not, or the store fails.
pub async fn ask_for_all(app: &App, actor: &Actor, now: Instant) -> Result<()> {
    actor.demand(Permission::PlanRun)?;
    let work = app.store().begin(now).await?;
    rows::forget_oversized(&work).await?;
    enqueue_derived_for_all(&work, Derived::Duplicates).await?;
    let entry = AuditEntry::new(actor, "duplicates.asked", "customers", None);
    Ok(work.commit(entry).await?)
}
