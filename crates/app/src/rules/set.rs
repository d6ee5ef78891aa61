//! One set of rules: every version that was approved by then, each on its days. Sets are numbered;
//! the number of a set, its *generation*, grows with each approval, and every obligation keeps the
//! number of the set that it was decided with (GOV-04).

use super::ServiceItem;
use super::discharge::{discharges, samplings};
use crate::{Error, Result};
use domain::callbacks::{CallingHours, Discharge};
use domain::obligations::Sampling;
use domain::rules::Span;
use rules::{
    Calendar, FactSchema, Facts, Finding, NaiveDate, Programme, RuleBook, Source, Standing, Status,
    Value,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use store::rules::{StoredCalendar, StoredPack};
use uuid::Uuid;

/// A version of a pack that was approved.
#[derive(Clone, Debug)]
pub struct Version {
    /// The pack as it is stored.
    pub pack: StoredPack,
    /// The set of rules that began with its approval.
    pub generation: i64,
    /// Its first day, as it was approved; that of its text when missing.
    pub from: Option<NaiveDate>,
}

/// What sets of rules are made of.
#[derive(Clone, Debug)]
pub(super) struct Library {
    pub schema: Arc<FactSchema>,
    pub calendar: Arc<Calendar>,
    pub calendar_id: Uuid,
    pub calendars: Vec<StoredCalendar>,
    pub versions: Vec<Version>,
    /// The day on which it was read; numbers that bear dates are taken for it.
    pub today: NaiveDate,
}

/// Everything that decisions rest on.
#[derive(Debug)]
pub struct Rules {
    library: Arc<Library>,
    generation: i64,
    book: RuleBook,
    packs: Vec<StoredPack>,
    pack_ids: HashMap<(String, u32), Uuid>,
    discharges: HashMap<(Uuid, String), Discharge>,
    /// Programmes that sample their candidates.
    samplings: BTreeMap<String, Sampling>,
    /// The version of each programme that counts today, else the latest.
    current: HashMap<String, Uuid>,
    earlier: Mutex<HashMap<i64, Arc<Rules>>>,
    /// The table of servicing items, read when it is first asked for.
    pub(super) items: OnceLock<Vec<ServiceItem>>,
}

impl Rules {
    /// Fits together what was approved up to a generation.
    pub(super) fn of(
        library: Arc<Library>,
        generation: i64,
    ) -> std::result::Result<Self, Vec<Finding>> {
        let standing = standings(&library.versions, generation);
        let sources: Vec<_> = standing.iter().map(|(v, _)| source(&v.pack)).collect();
        let stands: Vec<_> = standing.iter().map(|(_, s)| *s).collect();
        let (schema, calendar) = (Arc::clone(&library.schema), Arc::clone(&library.calendar));
        let book = RuleBook::fit(schema, calendar, &sources, &stands)?;
        let mut wrong = crate::quality::check_penalties(&book, library.today);
        wrong.extend(crate::segments::check_models(&book));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let version = |p: &StoredPack| u32::try_from(p.version).unwrap_or(0);
        let packs: Vec<_> = standing.iter().map(|(v, _)| v.pack.clone()).collect();
        let pack_ids: HashMap<_, _> = packs
            .iter()
            .map(|p| ((p.pack.clone(), version(p)), p.id))
            .collect();
        let samplings = samplings(&book, library.today);
        let (mut by_pack, mut current) = (HashMap::new(), HashMap::new());
        for (at, discharge) in discharges(&book, library.today)? {
            let programme = &book.programmes()[at];
            let pack = book.pack(programme.pack);
            let id = pack_ids
                .get(&(pack.id.clone(), pack.version))
                .copied()
                .unwrap_or_default();
            let code = programme.code.clone();
            if pack.in_force.covers(library.today) || !current.contains_key(&code) {
                current.insert(code.clone(), id);
            }
            by_pack.insert((id, code), discharge);
        }
        Ok(Self {
            generation,
            book,
            packs,
            pack_ids,
            discharges: by_pack,
            samplings,
            current,
            earlier: Mutex::default(),
            items: OnceLock::new(),
            library,
        })
    }

    /// The number of this set of rules.
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// The day on which this set was read.
    pub(crate) fn read_on(&self) -> NaiveDate {
        self.library.today
    }

    /// The set of rules of a generation, which an older obligation was decided with.
    ///
    /// # Errors
    /// [`Error::Fault`] when what it was made of does not fit any more.
    pub fn as_of(self: &Arc<Self>, generation: i64) -> Result<Arc<Self>> {
        if generation >= self.generation {
            return Ok(Arc::clone(self));
        }
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = earlier.get(&generation) {
            return Ok(Arc::clone(known));
        }
        let made = Self::of(Arc::clone(&self.library), generation).map_err(|f| unfit(&f))?;
        let made = Arc::new(made);
        earlier.insert(generation, Arc::clone(&made));
        Ok(made)
    }

    /// The set of rules that would follow if a version were approved.
    ///
    /// # Errors
    /// What does not fit together.
    pub fn with(&self, version: Version) -> std::result::Result<Self, Vec<Finding>> {
        let mut library = Library::clone(&self.library);
        let generation = version.generation;
        library.versions.push(version);
        Self::of(Arc::new(library), generation)
    }

    /// The same packs over another calendar.
    pub(crate) fn book_over(
        &self,
        calendar: Calendar,
    ) -> std::result::Result<RuleBook, Vec<Finding>> {
        let standing = standings(&self.library.versions, self.generation);
        let sources: Vec<_> = standing.iter().map(|(v, _)| source(&v.pack)).collect();
        let stands: Vec<_> = standing.iter().map(|(_, s)| *s).collect();
        let schema = Arc::clone(&self.library.schema);
        RuleBook::fit(schema, Arc::new(calendar), &sources, &stands)
    }

    /// A book in which a text takes the place of every version of its pack, on the days that it
    /// claims itself: for checking it, and for running its tests.
    pub(super) fn book_with_text(
        &self,
        pack: &str,
        text: Source,
    ) -> std::result::Result<RuleBook, Vec<Finding>> {
        let standing = standings(&self.library.versions, self.generation);
        let others = standing.iter().filter(|(v, _)| v.pack.pack != pack);
        let (mut sources, mut stands): (Vec<_>, Vec<_>) =
            others.map(|(v, s)| (source(&v.pack), *s)).unzip();
        sources.push(text);
        stands.push(Standing {
            status: Some(Status::Approved),
            ..Standing::default()
        });
        let (schema, calendar) = (&self.library.schema, &self.library.calendar);
        RuleBook::fit(Arc::clone(schema), Arc::clone(calendar), &sources, &stands)
    }

    /// Every version that was approved up to this set, those that never counted too.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        let own = |v: &&Version| v.generation <= self.generation;
        self.library.versions.iter().filter(own)
    }

    /// The days of an approved version; empty when it was replaced before it began.
    pub fn span(&self, pack: &str, version: i64) -> Span {
        let found = self
            .book
            .packs()
            .iter()
            .find(|p| p.id == pack && i64::from(p.version) == version);
        found.map_or_else(
            || Span::default().before(None),
            |p| Span {
                from: p.in_force.from,
                until: p.in_force.until,
            },
        )
    }

    /// The packs, fitted together.
    pub fn book(&self) -> &RuleBook {
        &self.book
    }

    /// The working-day calendar.
    pub fn calendar(&self) -> &Calendar {
        self.book.calendar()
    }

    /// The row of the calendar in use.
    pub fn calendar_id(&self) -> Uuid {
        self.library.calendar_id
    }

    /// The calendars that were ever loaded.
    pub fn calendars(&self) -> &[StoredCalendar] {
        &self.library.calendars
    }

    /// The packs as they are stored.
    pub fn packs(&self) -> &[StoredPack] {
        &self.packs
    }

    /// The row of a programme's pack.
    pub fn pack_id(&self, programme: &Programme) -> Uuid {
        let pack = self.book.pack(programme.pack);
        self.pack_ids
            .get(&(pack.id.clone(), pack.version))
            .copied()
            .unwrap_or_default()
    }

    /// How callbacks of a programme are discharged today.
    ///
    /// # Errors
    /// [`Error::Fault`] when the programme is not among the rules any more.
    pub fn discharge(&self, programme: &str) -> Result<&Discharge> {
        self.current
            .get(programme)
            .and_then(|pack| self.discharges.get(&(*pack, programme.to_owned())))
            .ok_or_else(|| Error::Fault(format!("no rules for programme {programme}")))
    }

    /// How a callback is discharged by the version of the pack that its obligation started with.
    ///
    /// # Errors
    /// [`Error::Fault`] when the programme is not among the rules any more.
    pub fn discharge_of(&self, pack: Uuid, programme: &str) -> Result<&Discharge> {
        match self.discharges.get(&(pack, programme.to_owned())) {
            Some(own) => Ok(own),
            None => self.discharge(programme),
        }
    }

    /// Programmes that sample their candidates, and how.
    pub fn samplings(&self) -> &BTreeMap<String, Sampling> {
        &self.samplings
    }

    /// Codes of the programmes whose records the responsible supervisor examines (CBK-47).
    pub fn reviewed_programmes(&self) -> Vec<String> {
        let wants = |p: &&Programme| {
            let wanted = p.discharge.get("supervisor_review");
            wanted.and_then(toml::Value::as_bool) == Some(true)
        };
        let programmes = self.book.programmes().iter().filter(wants);
        let mut codes: Vec<_> = programmes.map(|p| p.code.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// The programme of a code that is in force; the newest pack first.
    pub fn programme(&self, code: &str) -> Option<&Programme> {
        self.book.programmes().iter().rev().find(|p| p.code == code)
    }

    /// A company setting that is written as a parameter.
    pub fn setting(&self, id: &str, on: NaiveDate) -> Option<i64> {
        let facts = Facts::new(self.book.schema());
        self.book.parameter_value(id, &facts, on)?.as_int()
    }

    /// A company setting that is yes or no.
    pub fn flag(&self, id: &str, on: NaiveDate) -> Option<bool> {
        let facts = Facts::new(self.book.schema());
        match self.book.parameter_value(id, &facts, on)? {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// When people may be called.
    pub fn calling_hours(&self, on: NaiveDate) -> CallingHours {
        let number = |id| self.setting(id, on).and_then(|n| u32::try_from(n).ok());
        let hour = |id, otherwise| {
            let hour = number(id).unwrap_or(otherwise);
            chrono::NaiveTime::from_hms_opt(hour.min(23), 0, 0).unwrap_or_default()
        };
        let facts = Facts::new(self.book.schema());
        let holidays = self
            .book
            .parameter_value("call_on_public_holidays", &facts, on);
        CallingHours {
            from: hour("calling_hours_from", 0),
            until: hour("calling_hours_until", 23),
            on_public_holidays: holidays == Some(Value::Bool(true)),
            attempts_per_round: number("attempts_per_round").unwrap_or(1),
            days_min: number("attempt_days_min").unwrap_or(1),
            gap: chrono::Duration::hours(i64::from(number("attempt_gap_hours").unwrap_or(0))),
        }
    }

    /// The day before which a callback of a programme counts as early, from the facts that its
    /// obligation rests on; nothing when the programme names none.
    pub fn period_start(&self, programme: &str, facts: &str) -> Option<NaiveDate> {
        let name = self
            .programme(programme)?
            .discharge
            .get("early_before")?
            .as_str()?;
        let facts: serde_json::Value = serde_json::from_str(facts).ok()?;
        facts.get(name)?.as_str()?.parse().ok()
    }

    /// The working day on which a period of working days from a date ends.
    pub fn working_days_after(&self, from: NaiveDate, days: i64) -> NaiveDate {
        rules::dates::add_working_days(self.calendar(), from, days, false)
    }
}

/// Findings as a fault: what was approved once does not fit any more.
pub(super) fn unfit(findings: &[Finding]) -> Error {
    let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
    Error::Fault(format!("rule packs do not load:\n{}", lines.join("\n")))
}

fn source(pack: &StoredPack) -> Source {
    Source {
        name: pack.file.clone(),
        text: pack.body.clone(),
    }
}

/// The versions that count in a generation, each with its days: from its first day on a later
/// version of the same pack takes its place.
fn standings(versions: &[Version], generation: i64) -> Vec<(&Version, Standing)> {
    let known: Vec<_> = versions
        .iter()
        .filter(|v| v.generation <= generation)
        .collect();
    let mut standing = Vec::with_capacity(known.len());
    for version in &known {
        let mut span = Span {
            from: version.from,
            until: None,
        };
        let later = known
            .iter()
            .filter(|w| w.pack.pack == version.pack.pack && w.generation > version.generation);
        for next in later {
            span = span.before(next.from);
        }
        if !span.is_empty() {
            let stands = Standing {
                status: Some(Status::Approved),
                from: span.from,
                until: span.until,
            };
            standing.push((*version, stands));
        }
    }
    standing.sort_by(|(a, _), (b, _)| {
        (&a.pack.pack, a.pack.version).cmp(&(&b.pack.pack, b.pack.version))
    });
    standing
}
