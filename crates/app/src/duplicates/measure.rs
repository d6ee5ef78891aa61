//! Measuring what comparing finds against pairs that are known.

use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::duplicates::Grade;
use domain::time::Instant;
use std::collections::BTreeSet;
use store::AuditEntry;
use store::customers::{Derived, enqueue_derived_for_all};
use store::duplicates::{self as rows, DuplicateFilter};

/// Pairs that are read at once.
const ROWS: u64 = 1_000;

/// How much was found from one grade on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredLine {
    /// The grade.
    pub grade: Grade,
    /// Pairs of the grade and those above it.
    pub pairs: u64,
    /// Of those, known to be one customer.
    pub found: u64,
    /// Pairs that are known to be one customer.
    pub truth: u64,
}

impl MeasuredLine {
    /// The share of the pairs that are one customer.
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

/// Numbers of two customers each, the smaller first.
pub type NumberPairs = Vec<(String, String)>;

/// How much was found, from each grade on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// From the highest grade to the lowest.
    pub lines: Vec<MeasuredLine>,
    /// Known pairs that were not found, and pairs that are not known.
    pub wrong: (NumberPairs, NumberPairs),
}

/// Compares what was found with pairs that are known, the smaller number first.
///
/// # Errors
/// When the actor may not, or the store fails.
pub async fn measure(
    app: &App,
    actor: &Actor,
    truth: &BTreeSet<(String, String)>,
) -> Result<Measured> {
    let scope = actor.scope(Permission::DuplicatesRead)?;
    let mut counts = [(0, 0); 3];
    let (mut seen, mut false_pairs) = (BTreeSet::new(), Vec::new());
    let mut filter = DuplicateFilter::default();
    loop {
        let page = rows::list_duplicates(app.store(), &scope, &filter, ROWS).await?;
        for row in page.rows {
            let (a, b) = (row.low.customer_no, row.high.customer_no);
            let pair = if a < b { (a, b) } else { (b, a) };
            let is_true = truth.contains(&pair);
            let count = &mut counts[row.grade as usize];
            count.0 += 1;
            count.1 += u64::from(is_true);
            if is_true {
                seen.insert(pair);
            } else if row.grade != Grade::Possible {
                false_pairs.push(pair);
            }
        }
        filter.after = page.next;
        if filter.after.is_none() {
            break;
        }
    }
    let (mut pairs, mut found) = (0, 0);
    let lines = Grade::ALL.iter().map(|grade| {
        pairs += counts[*grade as usize].0;
        found += counts[*grade as usize].1;
        MeasuredLine {
            grade: *grade,
            pairs,
            found,
            truth: truth.len() as u64,
        }
    });
    Ok(Measured {
        lines: lines.collect(),
        wrong: (truth.difference(&seen).cloned().collect(), false_pairs),
    })
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
