//! Verifying the log: every entry, every root, every seal and every head, in constant memory.

use super::content::StoredEntry;
use super::heads::{self, Head, LANES};
use super::merkle::Tree;
use super::seals::{Seal, list_seals};
use super::spans::{self, Span, walk};
use crate::sql::instant;
use crate::{Reads, Result, Snapshot, Store};
use domain::time::Instant;
use uuid::Uuid;

/// Seals that are read at once.
const SEALS: i64 = 200;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The entry is not as it was written.
    Changed,
    /// The entry was not written by the program.
    Inserted,
    /// Entries between others are gone.
    Removed,
    /// The entry was written, but in another place.
    Reordered,
    /// The last entries are gone.
    Truncated,
    /// The entries are genuine, but not those that the seal was made over.
    Replaced,
    /// The seal is not as it was made.
    SealChanged,
    /// A seal between others is gone.
    SealRemoved,
    /// The last seals are gone.
    SealsTruncated,
    /// The head of a lane was altered, put back or removed.
    HeadChanged,
}

impl Flaw {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Inserted => "inserted",
            Self::Removed => "removed",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
            Self::Replaced => "replaced",
            Self::SealChanged => "seal_changed",
            Self::SealRemoved => "seal_removed",
            Self::SealsTruncated => "seals_truncated",
            Self::HeadChanged => "head_changed",
        }
    }
}

/// The entry at which something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEntry {
    /// Its id.
    pub id: Uuid,
    /// When it says that it was written.
    pub at: Instant,
    /// What it says was done.
    pub action: String,
}

impl BadEntry {
    pub(super) fn of(row: &StoredEntry) -> Self {
        Self {
            id: row.id,
            at: instant(row.at),
            action: row.action.clone(),
        }
    }
}

/// Something that is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub flaw: Flaw,
    /// At which entry; of entries that are gone their neighbour.
    pub entry: Option<BadEntry>,
    /// How many entries are gone.
    pub missing: i64,
    /// They are gone after the entry instead of before it.
    pub is_after: bool,
    /// In which seal.
    pub seal: Option<i64>,
}

impl Problem {
    pub(super) fn of(flaw: Flaw) -> Self {
        Self {
            flaw,
            entry: None,
            missing: 0,
            is_after: false,
            seal: None,
        }
    }

    pub(super) fn at(flaw: Flaw, row: &StoredEntry) -> Self {
        Self {
            entry: Some(BadEntry::of(row)),
            ..Self::of(flaw)
        }
    }

    pub(super) fn missing(self, missing: i64) -> Self {
        Self { missing, ..self }
    }

    pub(super) fn after(self) -> Self {
        Self {
            is_after: true,
            ..self
        }
    }

    pub(super) fn seal(self, number: i64) -> Self {
        Self {
            seal: Some(number),
            ..self
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Entries that were looked at.
    pub entries: i64,
    /// Seals that were looked at.
    pub seals: i64,
    /// Entries that no seal covers yet.
    pub unsealed: i64,
    /// The first thing that is wrong.
    pub problem: Option<Problem>,
}

/// How far a verification has come.
struct Course {
    heads: Vec<Head>,
    /// The last place of each lane that was looked at.
    ends: [i64; LANES as usize + 1],
    /// Hash of the last seal.
    previous: Vec<u8>,
    found: Verified,
}

/// Verifies the whole log as it stands at this moment; `each` is told of every seal that is right.
/// It ends at the first thing that is wrong.
///
/// # Errors
/// What the database says.
pub async fn verify(store: &Store, each: &mut (dyn FnMut(&Seal) + Send)) -> Result<Verified> {
    let db = store.snapshot().await?;
    let mut course = Course {
        heads: heads::list_heads(&db).await?,
        ends: [0; LANES as usize + 1],
        previous: Vec::new(),
        found: Verified::default(),
    };
    loop {
        let seals = list_seals(&db, course.found.seals, SEALS).await?;
        if seals.is_empty() {
            break;
        }
        for seal in seals {
            if let Some(problem) = course.seal(&db, &seal).await? {
                return Ok(course.stopped(problem));
            }
            each(&seal);
        }
    }
    if let Some(problem) = course.tails(&db).await? {
        return Ok(course.stopped(problem));
    }
    Ok(course.found)
}

impl Course {
    fn stopped(mut self, problem: Problem) -> Verified {
        self.found.problem = Some(problem);
        self.found
    }

    fn end(&mut self, lane: i64) -> Option<&mut i64> {
        let lane = usize::try_from(lane).ok().filter(|l| *l > 0)?;
        self.ends.get_mut(lane)
    }

    /// The next seal, with the entries that it covers.
    async fn seal(&mut self, db: &Snapshot, seal: &Seal) -> Result<Option<Problem>> {
        let expected = self.found.seals + 1;
        let changed = || Some(Problem::of(Flaw::SealChanged).seal(seal.number));
        if seal.number != expected {
            return Ok(Some(Problem::of(Flaw::SealRemoved).seal(expected)));
        }
        if !seal.is_genuine(db.keys()) || seal.previous != self.previous {
            return Ok(changed());
        }
        let mut tree = Tree::default();
        for span in &seal.spans {
            match self.end(span.lane) {
                Some(end) if *end + 1 == span.first => *end = span.last,
                _ => return Ok(changed()),
            }
            if let Some(problem) = walk(db, &self.heads, *span, &mut tree).await? {
                return Ok(Some(problem.seal(seal.number)));
            }
            self.found.entries += span.count();
        }
        if tree.root().as_slice() != seal.root {
            return Ok(Some(Problem::of(Flaw::Replaced).seal(seal.number)));
        }
        self.previous.clone_from(&seal.hash);
        self.found.seals = seal.number;
        Ok(None)
    }

    /// What no seal covers yet, and the heads.
    async fn tails(&mut self, db: &Snapshot) -> Result<Option<Problem>> {
        let (number, keys) = (self.found.seals, db.keys());
        let genuine = |h: &&Head| h.is_genuine(keys);
        if self.heads.iter().filter(genuine).any(|h| h.seal > number) {
            return Ok(Some(Problem::of(Flaw::SealsTruncated).seal(number + 1)));
        }
        let mut suspect = None;
        for lane in 1..=LANES {
            let sealed = self.end(lane).map_or(0, |end| *end);
            let head = self.heads.iter().find(|h| h.lane == lane);
            let good = head.filter(genuine);
            let good = good.filter(|h| h.seal == number && h.sealed == sealed);
            if good.is_none() && suspect.is_none() {
                let entry = spans::neighbour(db, lane, i64::MAX).await?;
                let entry = entry.map(|row| BadEntry::of(&row));
                suspect = Some(
                    Problem {
                        entry,
                        ..Problem::of(Flaw::HeadChanged)
                    }
                    .after(),
                );
            }
            // Whatever the head says, what is there must be genuine.
            let last = match good {
                Some(head) => head.entries,
                None => spans::last_place(db, lane).await?,
            };
            let span = Span {
                lane,
                first: sealed + 1,
                last,
            };
            let found = walk(db, &self.heads, span, &mut Tree::default()).await?;
            let found = match found {
                None => spans::beyond(db, lane, last).await?,
                found => found,
            };
            if found.is_some() {
                return Ok(found);
            }
            self.found.unsealed += span.count().max(0);
            self.found.entries += span.count().max(0);
        }
        match suspect {
            None => spans::astray(db, self.found.entries).await,
            suspect => Ok(suspect),
        }
    }
}
