//! What a proposed version would change, before anybody approves it: which open obligations would
//! appear, vanish or move, each with its reason and article.

pub use super::changes::{Count, Diff, Kind, Line};

use super::set::{Library, Rules, Version, unfit};
use super::steps::{as_version, first_day};
use crate::jobs::{Task, start};
use crate::obligations::plan::preview::{Difference, Fate, Question, compare};
use crate::segments::preview;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission, Scope};
use domain::rules::Span;
use domain::time::{self, Instant};
use rules::pack::text_hash;
use rules::{FactSchema, NaiveDate, RuleBook, Source};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::AuditEntry;
use store::rules::{self as rows, DiffRow, StoredPack};
use uuid::Uuid;

/// Lines of a list; counts are complete.
const LINES_MAX: usize = 5_000;

/// A comparison to make, as a job keeps it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct DiffTask {
    /// The proposed version.
    pub proposal: Uuid,
    /// Its first day; chosen as at approval when missing.
    pub effective_from: Option<NaiveDate>,
    /// Open obligations that nobody has begun move to it.
    #[serde(default)]
    pub redate_open: bool,
}

fn may_see(actor: &Actor) -> Result<Scope> {
    let makers = [
        Permission::RulesDraft,
        Permission::RulesReview,
        Permission::RulesApprove,
    ];
    if !makers.iter().any(|p| actor.may(*p)) {
        actor.demand(Permission::RulesDraft)?;
    }
    Ok(actor.scope(Permission::ObligationsRead)?)
}

/// Queues the comparison of a proposed version.
///
/// # Errors
/// When the actor has no part in making rules, or it does not exist.
pub async fn start_diff(app: &App, actor: &Actor, now: Instant, task: DiffTask) -> Result<Uuid> {
    may_see(actor)?;
    let found = rows::find_proposal(app.store(), task.proposal).await?;
    found.ok_or(Error::NotFound)?;
    start(app, actor, now, &Task::RulesDiff(task)).await
}

/// Compares a proposed version with the rules in force and keeps the result. Gives its id and how
/// many policies were looked at.
///
/// # Errors
/// When the actor has no part in making rules, or the text does not load.
pub(crate) async fn make_diff(
    app: &App,
    actor: &Actor,
    now: Instant,
    task: &DiffTask,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(Uuid, u64)> {
    let scope = may_see(actor)?;
    app.refresh_rules(now).await?;
    let row = rows::find_proposal(app.store(), task.proposal).await?;
    let row = row.ok_or(Error::NotFound)?;
    let rules = app.rules();
    let checked = super::check_text(&rules, &row.file, &row.body).await?;
    let text = checked.pack().map(|p| Span {
        from: p.in_force.from,
        until: p.in_force.until,
    });
    let text = text.ok_or_else(|| Refusal::new("rules-unsound"))?;
    let chosen = task.effective_from.map(|d| d.to_string());
    let from = first_day(app, now, &row, text, &chosen.unwrap_or_default())?;
    let version = as_version(&row, rules.generation() + 1, from);
    let other = rules.with(version).map_err(|findings| {
        let first = findings.first().map(ToString::to_string);
        Refusal::with("rules-do-not-fit", first.unwrap_or_default())
    })?;
    let question = Question {
        rules: Arc::new(other),
        redate_open: task.redate_open,
        as_of: None,
    };
    let looked_at = std::sync::atomic::AtomicU64::new(0);
    let on = from.max(time::date_in_china(now));
    let diff = run(app, &scope, now, (&question, on), &|n| {
        looked_at.store(n, std::sync::atomic::Ordering::Relaxed);
        progress(n);
    })
    .await?;
    let body = serde_json::to_string(&diff).map_err(|e| Error::Fault(e.to_string()))?;
    let work = app.store().begin(now).await?;
    let kept = DiffRow {
        id: work.next_id(),
        proposal: row.id,
        hash: row.hash,
        scope: scope.org().clone(),
        as_of: diff.as_of,
        effective_from: from,
        redate_open: task.redate_open,
        body,
        actor_name: actor.name.clone(),
        made_at: now,
    };
    rows::insert_diff(&work, &kept).await?;
    let [appears, vanishes, moves] = diff.totals();
    let detail = serde_json::json!({
        "hash": kept.hash, "effective_from": from, "redate_open": task.redate_open,
        "appears": appears, "vanishes": vanishes, "moves": moves,
    });
    let entry = AuditEntry::new(actor, "rules.compared", "rule_proposal", row.id).detail(detail);
    work.commit(entry).await?;
    Ok((kept.id, looked_at.into_inner()))
}

/// A comparison that was made.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist or shows units that are not in the actor's sight.
pub async fn find_diff(app: &App, actor: &Actor, id: Uuid) -> Result<(DiffRow, Diff)> {
    let scope = may_see(actor)?;
    let row = rows::find_diff(app.store(), id).await?;
    let row = row.filter(|d| scope.covers(&d.scope));
    let row = row.ok_or(Error::NotFound)?;
    let diff = serde_json::from_str(&row.body).map_err(|e| Error::Fault(e.to_string()))?;
    Ok((row, diff))
}

/// The latest comparison that was made of a text, when the actor may see it.
///
/// # Errors
/// When the database fails.
pub async fn latest_diff(
    app: &App,
    actor: &Actor,
    proposal: Uuid,
    hash: &str,
) -> Result<Option<(DiffRow, Diff)>> {
    let Ok(scope) = may_see(actor) else {
        return Ok(None);
    };
    let row = rows::find_latest_diff(app.store(), proposal, hash).await?;
    let Some(row) = row.filter(|d| scope.covers(&d.scope)) else {
        return Ok(None);
    };
    let diff = serde_json::from_str(&row.body).map_err(|e| Error::Fault(e.to_string()))?;
    Ok(Some((row, diff)))
}

/// Compares the packs of a folder, in place of those of the same names, with the rules in force;
/// each counts on the days that its text claims, and open obligations that nobody has begun move.
///
/// # Errors
/// When the actor may not, or the packs do not fit together.
pub async fn diff_folder(
    app: &App,
    actor: &Actor,
    now: Instant,
    (schema, sources): (FactSchema, Vec<Source>),
    as_of: Option<NaiveDate>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Diff> {
    let scope = may_see(actor)?;
    let present = app.rules();
    let (schema, calendar) = (Arc::new(schema), Arc::new(present.calendar().clone()));
    let book = RuleBook::load(Arc::clone(&schema), calendar, &sources).map_err(|f| unfit(&f))?;
    let generation = present.generation() + 1;
    let mut versions: Vec<Version> = present
        .versions()
        .filter(|v| !book.packs().iter().any(|p| p.id == v.pack.pack))
        .cloned()
        .collect();
    let evaluated = book.packs().iter().filter(|p| p.status.is_evaluated());
    for (pack, n) in evaluated.zip(1..) {
        let text = sources.iter().find(|s| s.name == pack.file);
        let body = text.map(|s| s.text.clone()).unwrap_or_default();
        let hash = text_hash(&body);
        let known = present.packs().iter().find(|k| k.hash == hash);
        versions.push(Version {
            pack: StoredPack {
                id: known.map_or(Uuid::from_u128(n), |k| k.id),
                pack: pack.id.clone(),
                version: i64::from(pack.version),
                hash,
                status: pack.status.as_str().to_owned(),
                file: pack.file.clone(),
                body,
            },
            generation,
            from: None,
        });
    }
    let library = Library {
        schema,
        calendar: Arc::new(present.calendar().clone()),
        calendar_id: present.calendar_id(),
        calendars: present.calendars().to_vec(),
        versions,
        today: time::date_in_china(now),
    };
    let other = Rules::of(Arc::new(library), generation).map_err(|f| unfit(&f))?;
    let question = Question {
        rules: Arc::new(other),
        redate_open: true,
        as_of,
    };
    let on = as_of.unwrap_or_else(|| time::date_in_china(now));
    run(app, &scope, now, (&question, on), progress).await
}

async fn run(
    app: &App,
    scope: &Scope,
    now: Instant,
    (question, on): (&Question, NaiveDate),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Diff> {
    let orgs = store::orgs::load_all_orgs(app.store()).await?;
    let mut codes = BTreeMap::new();
    for org in orgs.into_iter().filter(|o| scope.covers(&o.path)) {
        codes.insert(Uuid::from(org.id), org.code);
    }
    let mut counts: BTreeMap<(String, String), Count> = BTreeMap::new();
    let mut listed: Vec<(Kind, Difference)> = Vec::new();
    let window = compare(app, now, question, progress, &mut |found| {
        for difference in found {
            let Some(code) = codes.get(&difference.org) else {
                continue;
            };
            let kind = kind(&difference);
            let key = (difference.programme.clone(), code.clone());
            let count = counts.entry(key).or_insert_with(|| Count {
                programme: difference.programme.clone(),
                org_code: code.clone(),
                ..Count::default()
            });
            match kind {
                Kind::Appears => count.appears += 1,
                Kind::Vanishes => count.vanishes += 1,
                Kind::Moves => count.moves += 1,
            }
            if listed.len() < LINES_MAX {
                listed.push((kind, difference));
            }
        }
    })
    .await?;
    let ids: Vec<_> = listed.iter().filter_map(|(_, d)| d.existing).collect();
    let numbers = rows::read_obligation_numbers(app.store(), &ids).await?;
    let ids: Vec<_> = listed.iter().filter_map(|(_, d)| d.policy).collect();
    let policies = rows::read_policy_numbers(app.store(), &ids).await?;
    let present = app.rules();
    let sight = |org: Uuid| codes.contains_key(&org);
    let both = (&present, &question.rules, on);
    let classes = preview(app, now, both, &sight, &|_| {}).await?;
    let lines = listed.into_iter().map(|(kind, d)| {
        let open = |fate: &Option<Fate>| fate.as_ref().and_then(|f| f.open);
        Line {
            kind,
            number: d.existing.and_then(|id| numbers.get(&id).cloned()),
            policy_no: d.policy.and_then(|id| policies.get(&id).cloned()),
            org_code: codes.get(&d.org).cloned().unwrap_or_default(),
            trigger_on: d.trigger_on,
            before: open(&d.before),
            after: open(&d.after),
            reason: d.after.as_ref().and_then(|f| f.reason.clone()),
            cite: cite(&question.rules, &present, &d),
            programme: d.programme,
        }
    });
    Ok(Diff {
        since: window.since,
        as_of: window.as_of,
        counts: counts.into_values().collect(),
        lines: lines.collect(),
        classes,
    })
}

fn kind(difference: &Difference) -> Kind {
    let open = |fate: &Option<Fate>| fate.as_ref().is_some_and(|f| f.open.is_some());
    match (open(&difference.before), open(&difference.after)) {
        (false, _) => Kind::Appears,
        (true, false) => Kind::Vanishes,
        (true, true) => Kind::Moves,
    }
}

/// The pack and article that say what would become of an obligation.
fn cite(other: &Rules, present: &Rules, difference: &Difference) -> String {
    let fate = difference.after.as_ref().or(difference.before.as_ref());
    let Some(fate) = fate else {
        return String::new();
    };
    for rules in [other, present] {
        let mine =
            |p: &&rules::Programme| p.code == difference.programme && rules.pack_id(p) == fate.pack;
        let Some(programme) = rules.book().programmes().iter().find(mine) else {
            continue;
        };
        let because = fate.reason.as_ref().and_then(|code| {
            let mut all = programme.require.iter().chain(&programme.cancel);
            let said = all.find(|c| c.reason.as_ref().is_some_and(|r| r.code == *code));
            said.map(|c| &c.cite)
        });
        let due = programme.dates.iter().find(|d| d.name == "due");
        let cite = because.or(due.map(|d| &d.cite)).unwrap_or(&programme.cite);
        let pack = rules.book().pack(cite.pack);
        return format!("{} v{} {}", pack.title.zh, pack.version, cite.article);
    }
    String::new()
}
