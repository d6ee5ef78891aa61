//! The rules in force: shipped packs are added to the store once, then everything is read from it,
//! so that any past decision can be replayed from what it was made with.

use crate::{Error, Result};
use domain::callbacks::{CallingHours, ContactChannel, DayOff, Discharge, Success};
use domain::obligations::Respondent;
use domain::policies::WorkingDays;
use domain::time::Instant;
use include_dir::{Dir, include_dir};
use rules::{Calendar, DayKind, FactSchema, Facts, NaiveDate, Programme, RuleBook, Source, Value};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use store::rules::{StoredCalendar, StoredPack};
use store::{AuditEntry, Store};
use uuid::Uuid;

static PACKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rulepacks");
static CALENDARS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../calendars");

/// Name of the file that lists facts and events.
const FACTS_FILE: &str = "facts.toml";

/// Everything that decisions rest on.
#[derive(Debug)]
pub struct Rules {
    book: RuleBook,
    pack_ids: HashMap<(String, u32), Uuid>,
    calendar_id: Uuid,
    calendars: Vec<StoredCalendar>,
    packs: Vec<StoredPack>,
    discharges: HashMap<String, Discharge>,
}

impl Rules {
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
        self.calendar_id
    }

    /// The calendars that were ever loaded.
    pub fn calendars(&self) -> &[StoredCalendar] {
        &self.calendars
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

    /// How callbacks of a programme are discharged.
    ///
    /// # Errors
    /// [`Error::Fault`] when the programme is not among the rules any more.
    pub fn discharge(&self, programme: &str) -> Result<&Discharge> {
        self.discharges
            .get(programme)
            .ok_or_else(|| Error::Fault(format!("no rules for programme {programme}")))
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

/// The calendar in the words of the domain.
#[derive(Clone, Copy, Debug)]
pub struct BusinessCalendar<'c>(pub &'c Calendar);

impl DayOff for BusinessCalendar<'_> {
    fn is_public_holiday(&self, date: NaiveDate) -> bool {
        self.0.kind(date) == DayKind::Holiday
    }
}

impl WorkingDays for BusinessCalendar<'_> {
    fn on_or_after(&self, date: NaiveDate) -> NaiveDate {
        self.0.on_or_after(date)
    }
}

/// The facts and events that packs may use.
///
/// # Errors
/// [`Error::Fault`] when the shipped schema is broken.
pub fn shipped_schema() -> Result<FactSchema> {
    let text = PACKS
        .get_file(FACTS_FILE)
        .and_then(|f| f.contents_utf8())
        .unwrap_or_default();
    FactSchema::parse(text).map_err(|e| Error::Fault(e.to_string()))
}

/// The calendar that the program brings.
///
/// # Errors
/// [`Error::Fault`] when it is broken.
pub fn shipped_calendar() -> Result<Calendar> {
    Calendar::parse(shipped_calendar_text()).map_err(|e| Error::Fault(e.to_string()))
}

fn shipped_calendar_text() -> &'static str {
    CALENDARS
        .get_file("cn.toml")
        .and_then(|f| f.contents_utf8())
        .unwrap_or_default()
}

/// The packs that the program brings.
pub fn shipped_packs() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in PACKS.dirs() {
        for file in folder
            .files()
            .filter(|f| f.path().extension().is_some_and(|e| e == "toml"))
        {
            let name = file.path().to_string_lossy().into_owned();
            let text = file.contents_utf8().unwrap_or_default().to_owned();
            sources.push(Source { name, text });
        }
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources
}

/// Packs in a folder and its folders, with the schema beside them or the shipped one.
///
/// # Errors
/// [`Error::Fault`] when the folder cannot be read or holds no packs.
pub fn packs_in(folder: &Path) -> Result<(FactSchema, Vec<Source>)> {
    let mut sources = Vec::new();
    let mut schema = None;
    let mut folders = vec![folder.to_owned()];
    let unreadable =
        |path: &Path, e: std::io::Error| Error::Fault(format!("{}: {e}", path.display()));
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).map_err(|e| unreadable(&next, e))? {
            let path = entry.map_err(|e| unreadable(&next, e))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).map_err(|e| unreadable(&path, e))?;
            let name = path
                .strip_prefix(folder)
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            if name == FACTS_FILE {
                schema = Some(FactSchema::parse(&text).map_err(|e| Error::Fault(e.to_string()))?);
            } else {
                sources.push(Source { name, text });
            }
        }
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    if sources.is_empty() {
        return Err(Error::Fault(format!(
            "{}: no packs (*.toml) here",
            folder.display()
        )));
    }
    let schema = match schema {
        Some(schema) => schema,
        None => shipped_schema()?,
    };
    Ok((schema, sources))
}

/// Adds what the store lacks, then loads everything from it.
pub(crate) async fn install(store: &Store, now: Instant) -> Result<Rules> {
    let schema = Arc::new(shipped_schema()?);
    let calendar = shipped_calendar()?;
    let shipped = load(&schema, calendar.clone(), &shipped_packs())?;
    add_missing(store, &shipped, now).await?;
    let calendars = store::rules::load_calendars(store).await?;
    let packs = store::rules::load_packs(store).await?;
    let newest = calendars.iter().find(|c| c.hash == calendar.hash());
    let calendar_id = newest.map(|c| c.id).unwrap_or_default();
    let sources: Vec<_> = packs
        .iter()
        .map(|p| Source {
            name: p.file.clone(),
            text: p.body.clone(),
        })
        .collect();
    let book = load(&schema, calendar, &sources)?;
    let pack_ids = packs
        .iter()
        .map(|p| {
            (
                (p.pack.clone(), u32::try_from(p.version).unwrap_or(0)),
                p.id,
            )
        })
        .collect();
    for (stored, loaded) in packs.iter().zip(book.packs()) {
        stored.verify(&loaded.hash)?;
    }
    let discharges = discharges(&book)?;
    Ok(Rules {
        book,
        pack_ids,
        calendar_id,
        calendars,
        packs,
        discharges,
    })
}

fn load(schema: &Arc<FactSchema>, calendar: Calendar, sources: &[Source]) -> Result<RuleBook> {
    RuleBook::load(Arc::clone(schema), Arc::new(calendar), sources).map_err(|findings| {
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        Error::Fault(format!("rule packs do not load:\n{}", lines.join("\n")))
    })
}

async fn add_missing(store: &Store, shipped: &RuleBook, now: Instant) -> Result<()> {
    let known_packs = store::rules::load_packs(store).await?;
    let known_calendars = store::rules::load_calendars(store).await?;
    let texts: HashMap<_, _> = shipped_packs()
        .into_iter()
        .map(|s| (s.name, s.text))
        .collect();
    let new_packs: Vec<_> = shipped
        .packs()
        .iter()
        .filter(|p| !known_packs.iter().any(|k| k.hash == p.hash))
        .collect();
    let calendar = shipped.calendar();
    let new_calendar = !known_calendars.iter().any(|c| c.hash == calendar.hash());
    if new_packs.is_empty() && !new_calendar {
        return Ok(());
    }
    let work = store.begin(now).await?;
    let mut audit = Vec::new();
    for pack in new_packs {
        let same = known_packs
            .iter()
            .any(|k| k.pack == pack.id && k.version == i64::from(pack.version));
        if same {
            let what = "a pack is never edited in place: give the changed text a new version";
            return Err(Error::Fault(format!(
                "{} version {}: {what}",
                pack.id, pack.version
            )));
        }
        let row = StoredPack {
            id: work.next_id(),
            pack: pack.id.clone(),
            version: i64::from(pack.version),
            hash: pack.hash.clone(),
            status: pack.status.as_str().to_owned(),
            file: pack.file.clone(),
            body: texts.get(&pack.file).cloned().unwrap_or_default(),
        };
        store::rules::insert_pack(&work, &row).await?;
        let detail =
            serde_json::json!({ "pack": row.pack, "version": row.version, "hash": row.hash });
        let actor = domain::access::Actor::system();
        audit.push(AuditEntry::new(&actor, "rules.pack_added", "rule_pack", row.id).detail(detail));
    }
    if new_calendar {
        let row = StoredCalendar {
            id: work.next_id(),
            hash: calendar.hash().to_owned(),
            body: shipped_calendar_text().to_owned(),
        };
        store::rules::insert_calendar(&work, &row).await?;
        let detail =
            serde_json::json!({ "hash": row.hash, "official_until": calendar.official_until() });
        let actor = domain::access::Actor::system();
        audit.push(
            AuditEntry::new(&actor, "rules.calendar_added", "calendar", row.id).detail(detail),
        );
    }
    let first = audit.remove(0);
    Ok(work.commit(store::Audit::with(first, audit)).await?)
}

/// Reads what each callback programme wants done; a pack that says nonsense there does not load.
pub fn discharges(book: &RuleBook) -> Result<HashMap<String, Discharge>> {
    let mut discharges = HashMap::new();
    for programme in book.programmes().iter().filter(|p| p.kind == "callback") {
        let discharge = read_discharge(book, programme).map_err(|what| {
            Error::Fault(format!("programme {}: discharge: {what}", programme.code))
        })?;
        discharges.insert(programme.code.clone(), discharge);
    }
    Ok(discharges)
}

fn read_discharge(
    book: &RuleBook,
    programme: &Programme,
) -> std::result::Result<Discharge, String> {
    let table = &programme.discharge;
    let text = |key: &str| {
        table
            .get(key)
            .and_then(toml::Value::as_str)
            .ok_or(format!("{key} is missing"))
    };
    let flag = |key: &str| {
        table
            .get(key)
            .and_then(toml::Value::as_bool)
            .unwrap_or(false)
    };
    let list = |key: &str| -> Vec<&str> {
        let values = table.get(key).and_then(toml::Value::as_array);
        values
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect()
    };
    let number = |key: &str| -> std::result::Result<Option<i64>, String> {
        let Some(name) = table.get(key).and_then(toml::Value::as_str) else {
            return Ok(None);
        };
        let id = name
            .strip_prefix("param:")
            .ok_or(format!("{key} must name a parameter"))?;
        parameter(book, programme, id).ok_or(format!("{key}: parameter {id} is not known"))
    };
    let channels: std::result::Result<Vec<_>, _> = list("channels")
        .iter()
        .map(|c| ContactChannel::parse(c))
        .collect();
    let channels = channels.map_err(|e| e.to_string())?;
    let respondents: std::result::Result<Vec<_>, _> = list("respondents")
        .iter()
        .map(|r| Respondent::parse(r))
        .collect();
    let success = Success::parse(text("success")?).map_err(|e| e.to_string())?;
    if success == Success::Life && channels.iter().any(|c| c.is_text()) {
        return Err("text messages never satisfy a life compliance programme".into());
    }
    let positive = |key: &str, n: Option<i64>| -> std::result::Result<u32, String> {
        n.and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n > 0)
            .ok_or(format!("{key} must be positive"))
    };
    Ok(Discharge {
        questionnaire: text("questionnaire")?.to_owned(),
        channels,
        respondents: respondents.map_err(|e| e.to_string())?,
        proxy_allowed: flag("proxy_allowed"),
        success,
        recording_required: flag("recording_required"),
        bars_salesperson: list("barred").contains(&"policy_salesperson"),
        rounds: positive("rounds", number("rounds")?)?,
        attempts_per_round: positive("attempts_per_round", number("attempts_per_round")?)?,
        contact_fix: flag("contact_fix"),
        branch_round: flag("branch_round"),
        ticket_due_days: number("ticket_due_days")?.unwrap_or(0),
        warn_before_due_days: number("warn_before_due_days")?
            .or(number("warn_before_due_working_days")?)
            .unwrap_or(0),
        deemed_days: number("deemed_days")?.and_then(|n| u32::try_from(n).ok()),
        promotion_allowed: flag("promotion_allowed"),
    })
}

/// The value of a parameter for a case inside the programme's own pack. `Some(None)` is a parameter
/// that is set to nothing on purpose.
fn parameter(book: &RuleBook, programme: &Programme, id: &str) -> Option<Option<i64>> {
    book.find_parameter(id)?;
    let mut facts = Facts::new(book.schema());
    for condition in &book.pack(programme.pack).scope {
        if let rules::pack::Operand::Literals(values) = &condition.operand
            && let Some(first) = values.first()
        {
            facts.set(condition.fact, first.clone());
        }
    }
    let far = NaiveDate::from_ymd_opt(2100, 1, 1).unwrap_or(NaiveDate::MAX);
    let on = book.pack(programme.pack).in_force.until.unwrap_or(far);
    Some(
        book.parameter_value(id, &facts, on)
            .and_then(|v| v.as_int()),
    )
}
