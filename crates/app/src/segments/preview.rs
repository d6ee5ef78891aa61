//! What another set of rules would make of the classes of customers: both class everybody, and what they say
//! is laid side by side. Nothing is written.

use super::facts::Cases;
use super::models::{Models, Said};
use crate::rules::Rules;
use crate::{App, Result};
use chrono::NaiveDate;
use domain::segments::ClassModel;
use domain::time::Instant;
use rules::{Facts, Text};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::dialect::bulk::Bulk;
use store::segments::Whom;
use uuid::Uuid;

/// Customers read at once.
const CHUNK_CUSTOMERS: i64 = 5_000;
/// Customers shown of each cell of a matrix.
const EXAMPLES_MAX: usize = 5;
/// Points of a column of the histogram, in hundredths.
const COLUMN_POINTS: i64 = 500;

/// A customer whose class would be another.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ClassExample {
    /// Number of the customer.
    pub customer_no: String,
    /// Class and points in hundredths by the present model.
    pub before: Option<(String, i64)>,
    /// By the other.
    pub after: Option<(String, i64)>,
}

/// A column of points, by both models.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct PointsColumn {
    /// Its first point.
    pub first_point: i64,
    /// Customers by the present model.
    pub before: u64,
    /// By the other.
    pub after: u64,
}

/// What another model would make of the classes.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ClassDiff {
    /// Code of the model: `value` or `risk`.
    pub model: String,
    /// Its name in Chinese and in English.
    pub title: (String, String),
    /// Customers looked at.
    pub customers: u64,
    /// How many the present model puts in one class and the other in another; nothing where a model leaves
    /// them out.
    pub matrix: Vec<(Option<String>, Option<String>, u64)>,
    /// How the points would lie.
    pub points: Vec<PointsColumn>,
    /// Some customers of each cell off the diagonal.
    pub examples: Vec<ClassExample>,
}

impl ClassDiff {
    /// How many would have another class.
    pub fn moved(&self) -> u64 {
        let other = self.matrix.iter().filter(|(from, to, _)| from != to);
        other.map(|(_, _, n)| n).sum()
    }

    /// How many go from a class to another; empty codes stand for those who are left out.
    pub fn cell(&self, from: &str, to: &str) -> u64 {
        let code = |c: &Option<String>| c.clone().unwrap_or_default();
        let found =
            |(f, t, _): &&(Option<String>, Option<String>, u64)| code(f) == from && code(t) == to;
        self.matrix.iter().find(found).map_or(0, |(_, _, n)| *n)
    }
}

/// Whether two sets of rules class customers by different models on a day.
pub(crate) fn differ(present: &Arc<Rules>, other: &Arc<Rules>, on: NaiveDate) -> Result<bool> {
    let (a, b) = (Models::of(present, on)?, Models::of(other, on)?);
    Ok(ClassModel::ALL.iter().any(|m| a.hash(*m) != b.hash(*m)))
}

/// Who is looked at: customers of units in sight.
type Sight<'s> = &'s (dyn Fn(Uuid) -> bool + Sync);

/// Class and points, where a model places the customer.
type Placed = Option<(String, i64)>;

#[derive(Default)]
struct Tally {
    customers: u64,
    matrix: BTreeMap<(Option<&'static str>, Option<&'static str>), u64>,
    points: BTreeMap<i64, [u64; 2]>,
    examples: Vec<(Uuid, Placed, Placed)>,
}

/// Classes the customers in sight by both sets of rules, by those models that are not the same.
pub(crate) async fn preview(
    app: &App,
    now: Instant,
    (present, other, on): (&Arc<Rules>, &Arc<Rules>, NaiveDate),
    sight: Sight<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<ClassDiff>> {
    let (before, after) = (Models::of(present, on)?, Models::of(other, on)?);
    let differs = |m: &ClassModel| before.hash(*m) != after.hash(*m);
    let models: Vec<_> = ClassModel::ALL.iter().copied().filter(differs).collect();
    if models.is_empty() {
        return Ok(Vec::new());
    }
    let mut tallies: Vec<Tally> = models.iter().map(|_| Tally::default()).collect();
    let mut bulk = app.store().bulk(now, true).await?;
    let (mut low, mut seen) = (Uuid::nil(), 0);
    while let Some(last) = chunk(
        &mut bulk,
        (&before, &after),
        &models,
        low,
        sight,
        &mut tallies,
    )
    .await?
    {
        seen += last.1;
        progress(seen);
        let Some(next) = last.0.as_u128().checked_add(1) else {
            break;
        };
        low = Uuid::from_u128(next);
    }
    let mut found = Vec::new();
    for (model, tally) in models.into_iter().zip(tallies) {
        let outline = after.outline(model).or_else(|| before.outline(model));
        let title = outline.map_or_else(|| Text::new("", ""), |o| o.title);
        found.push(tally.finish(app, model, title).await?);
    }
    Ok(found)
}

/// Looks at the next customers; gives the last one and how many there were.
async fn chunk(
    bulk: &mut Bulk,
    (before, after): (&Models, &Models),
    models: &[ClassModel],
    low: Uuid,
    sight: Sight<'_>,
    tallies: &mut [Tally],
) -> Result<Option<(Uuid, u64)>> {
    let whom = Whom::Between(low, Uuid::max());
    let look = |m: &Models| (m.as_of, m.periods);
    let ours = Cases::read(bulk, &whom, look(before), CHUNK_CUSTOMERS).await?;
    let theirs = Cases::read(bulk, &whom, look(after), CHUNK_CUSTOMERS).await?;
    let Some(last) = ours.customers.last() else {
        return Ok(None);
    };
    let mut facts = Facts::new(before.rules.book().schema());
    let mut other = Facts::new(after.rules.book().schema());
    for (at, customer) in ours.customers.iter().enumerate() {
        if !sight(customer.org) {
            continue;
        }
        before.fill(&ours, &mut facts, at);
        after.fill(&theirs, &mut other, at);
        for (model, tally) in models.iter().zip(tallies.iter_mut()) {
            let (was, is) = (before.say(*model, &facts), after.say(*model, &other));
            tally.add(customer.id, was, is);
        }
    }
    Ok(Some((last.id, ours.customers.len() as u64)))
}

impl Tally {
    fn add(&mut self, customer: Uuid, was: Option<Said>, is: Option<Said>) {
        self.customers += 1;
        let code = |s: Option<Said>| s.map(|s| s.class.as_str());
        let key = (code(was), code(is));
        let count = self.matrix.entry(key).or_default();
        *count += 1;
        for (side, said) in [was, is].into_iter().enumerate() {
            if let Some(said) = said {
                let column = said.points.div_euclid(COLUMN_POINTS) * COLUMN_POINTS / 100;
                self.points.entry(column).or_default()[side] += 1;
            }
        }
        if key.0 != key.1 && *count <= EXAMPLES_MAX as u64 {
            let pair = |s: Option<Said>| s.map(|s| (s.class.to_string(), s.points));
            self.examples.push((customer, pair(was), pair(is)));
        }
    }

    async fn finish(self, app: &App, model: ClassModel, title: Text) -> Result<ClassDiff> {
        let ids: Vec<_> = self.examples.iter().map(|(id, ..)| *id).collect();
        let numbers = store::segments::read_customer_numbers(app.store(), &ids).await?;
        let owned = |code: Option<&'static str>| code.map(str::to_owned);
        let examples = self
            .examples
            .into_iter()
            .map(|(id, before, after)| ClassExample {
                customer_no: numbers.get(&id).cloned().unwrap_or_default(),
                before,
                after,
            });
        Ok(ClassDiff {
            model: model.to_string(),
            title: (title.zh, title.en),
            customers: self.customers,
            matrix: self
                .matrix
                .into_iter()
                .map(|((from, to), n)| (owned(from), owned(to), n))
                .collect(),
            points: self
                .points
                .into_iter()
                .map(|(first_point, [before, after])| PointsColumn {
                    first_point,
                    before,
                    after,
                })
                .collect(),
            examples: examples.collect(),
        })
    }
}
