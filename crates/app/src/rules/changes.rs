//! What a comparison of rules found: counts, and the obligations one by one.

use crate::obligations::plan::preview::Dates;
use crate::{Error, Result};
use rules::NaiveDate;

/// What would become of an obligation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It would be owed, and is not now.
    Appears,
    /// It would not be owed any more.
    Vanishes,
    /// Its dates would be others.
    Moves,
}

impl Kind {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Appears => "appears",
            Self::Vanishes => "vanishes",
            Self::Moves => "moves",
        }
    }
}

/// One obligation that would change.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// What would become of it.
    pub kind: Kind,
    /// Its number, when it exists.
    pub number: Option<String>,
    /// Programme code.
    pub programme: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Code of the unit.
    pub org_code: String,
    /// The day of the trigger.
    pub trigger_on: NaiveDate,
    /// Earliest day, due day, end of the customer's right by the present rules.
    pub before: Option<Dates>,
    /// The same by the other rules.
    pub after: Option<Dates>,
    /// Why it would not be owed: a reason's code.
    pub reason: Option<String>,
    /// Pack and article that say so.
    pub cite: String,
}

/// How many obligations of a programme and unit would change.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Count {
    /// Programme code.
    pub programme: String,
    /// Code of the unit.
    pub org_code: String,
    /// Would be owed.
    pub appears: u64,
    /// Would not be owed any more.
    pub vanishes: u64,
    /// Would have other dates.
    pub moves: u64,
}

/// The whole comparison.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Diff {
    /// Triggers before this day were not looked at.
    pub since: NaiveDate,
    /// Nor anything after this day.
    pub as_of: NaiveDate,
    /// Counts by programme and unit.
    pub counts: Vec<Count>,
    /// The obligations, at most the first few thousand.
    pub lines: Vec<Line>,
    /// What would become of classes of customers, for each model that is not the same.
    #[serde(default)]
    pub classes: Vec<crate::segments::ClassDiff>,
}

impl Diff {
    /// How many would change in each way: appear, vanish, move.
    pub fn totals(&self) -> [u64; 3] {
        self.counts.iter().fold([0; 3], |[a, v, m], c| {
            [a + c.appears, v + c.vanishes, m + c.moves]
        })
    }

    /// The list as CSV.
    ///
    /// # Errors
    /// [`Error::Fault`] when it cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let fault = |e: csv::Error| Error::Fault(e.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = [
            "change",
            "number",
            "programme",
            "policy_no",
            "org_code",
            "trigger_on",
            "earliest_before",
            "due_before",
            "right_end_before",
            "earliest_after",
            "due_after",
            "right_end_after",
            "reason_code",
            "cite",
        ];
        writer.write_record(head).map_err(fault)?;
        let day = |dates: &Option<Dates>, at: usize| {
            let day = dates.and_then(|d| d[at]);
            day.map_or_else(String::new, |d| d.to_string())
        };
        for l in &self.lines {
            let mut record = vec![
                l.kind.as_str().to_owned(),
                l.number.clone().unwrap_or_default(),
                l.programme.clone(),
                l.policy_no.clone().unwrap_or_default(),
                l.org_code.clone(),
                l.trigger_on.to_string(),
            ];
            record.extend((0..3).map(|at| day(&l.before, at)));
            record.extend((0..3).map(|at| day(&l.after, at)));
            record.extend([l.reason.clone().unwrap_or_default(), l.cite.clone()]);
            writer.write_record(&record).map_err(fault)?;
        }
        writer.into_inner().map_err(|e| Error::Fault(e.to_string()))
    }
}
