//! Inspection (抽检): a random sample that anybody can draw again from its seed, and what was found.

use super::case::whole;
use super::chain::verify;
use super::follow::callback_of;
use super::terms::terms_of;
use crate::listing::{PAGE_ROWS, after};
use crate::rules::Rules;
use crate::tickets::{Finding, open_ticket};
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::callbacks::ContactChannel;
use domain::electronic::{Verdict, sample_size};
use domain::ids::LinkId;
use domain::tickets::ProblemType;
use domain::time::{self, Instant};
use sha2::{Digest as _, Sha256};
use store::callbacks as calls;
use store::electronic::{self as rows, InspectionRow, LinkRecord, NewSample, SampleRow};
use store::{Audit, AuditEntry, Page, Reads as _, UnitOfWork};
use uuid::Uuid;

/// Longest finding.
const FINDING_MAX: usize = 2_000;
/// Longest period of a sample.
const DAYS_MAX: i64 = 366;

/// Which callbacks are drawn from.
#[derive(Clone, Debug, Default)]
pub struct DrawForm {
    /// Submitted from this day.
    pub from: String,
    /// Submitted until this day.
    pub to: String,
    /// How many of a thousand; the company's rate when empty.
    pub per_mille: String,
}

/// A sample with what was drawn.
#[derive(Clone, Debug)]
pub struct SamplePage {
    /// The sample.
    pub sample: SampleRow,
    /// What was drawn, in sight.
    pub lines: Vec<InspectionRow>,
}

/// What an inspection found.
#[derive(Clone, Debug, Default)]
pub struct InspectionForm {
    /// Code of the verdict.
    pub verdict: String,
    /// What was found; needed for problems.
    pub finding: String,
}

/// Draws a sample of the callbacks in sight that were submitted in some days.
///
/// # Errors
/// When the actor may not, or a field is wrong; [`Error::Refused`] when nothing was submitted then.
pub async fn draw(app: &App, actor: &Actor, now: Instant, form: &DrawForm) -> Result<Uuid> {
    let scope = actor.scope(Permission::ElectronicInspect)?;
    let org = actor.org_id.ok_or(Error::NotFound)?;
    let day = |field: &str, text: &str| -> Result<NaiveDate> {
        text.trim()
            .parse()
            .map_err(|_| Error::invalid(field, "date"))
    };
    let (from_on, to_on) = (day("from", &form.from)?, day("to", &form.to)?);
    if to_on < from_on || (to_on - from_on).num_days() > DAYS_MAX {
        return Err(Error::invalid("to", "date"));
    }
    let per_mille = match form.per_mille.trim() {
        "" => terms_of(&app.rules(), time::date_in_china(now)).inspected_per_mille,
        text => text
            .parse()
            .ok()
            .filter(|n| (1..=1_000).contains(n))
            .ok_or_else(|| Error::invalid("per_mille", "number"))?,
    };
    let work = app.store().begin(now).await?;
    let population = rows::list_population(&work, &scope, from_on, to_on).await?;
    if population.is_empty() {
        return Err(Refusal::new("electronic-nothing-to-draw").into());
    }
    let seed = hex::encode(app.store().ids().bytes::<16>());
    let drawn = pick(&seed, &population, per_mille);
    let new = NewSample {
        org: org.0,
        from_on,
        to_on,
        per_mille,
        seed: &seed,
        population: i64::try_from(population.len()).unwrap_or(i64::MAX),
        population_hash: &population_hash(&population),
        drawn: &drawn,
        drawn_by: &actor.name,
    };
    let id = rows::draw_sample(&work, &new).await?;
    let detail = serde_json::json!({
        "from": from_on, "to": to_on, "per_mille": per_mille, "seed": seed,
        "population": new.population, "population_hash": new.population_hash, "drawn": drawn.len(),
    });
    let entry = AuditEntry::new(actor, "electronic.sample_drawn", "electronic_sample", id);
    work.commit(entry.detail(detail)).await?;
    Ok(id)
}

/// The callbacks that a seed draws: those whose hash with the seed is smallest.
fn pick(seed: &str, population: &[LinkId], per_mille: u32) -> Vec<LinkId> {
    let mut ranked: Vec<_> = population
        .iter()
        .map(|link| (Sha256::digest(format!("{seed}\t{link}")), *link))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(sample_size(population.len(), per_mille));
    ranked.into_iter().map(|(_, link)| link).collect()
}

fn population_hash(population: &[LinkId]) -> String {
    let mut hasher = Sha256::new();
    for link in population {
        hasher.update(format!("{link}\n"));
    }
    hex::encode(hasher.finalize())
}

/// Samples in sight, the newest first.
///
/// # Errors
/// When the actor may not.
pub async fn list_samples(app: &App, actor: &Actor, from: &str) -> Result<Page<SampleRow>> {
    let scope = actor.scope(Permission::ElectronicInspect)?;
    let from = after(from)?;
    Ok(rows::list_samples(app.store(), &scope, from.as_ref(), PAGE_ROWS).await?)
}

/// A sample in sight.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn sample_page(app: &App, actor: &Actor, id: Uuid) -> Result<SamplePage> {
    let scope = actor.scope(Permission::ElectronicInspect)?;
    let sample = rows::find_sample(app.store(), &scope, id).await?;
    Ok(SamplePage {
        sample: sample.ok_or(Error::NotFound)?,
        lines: rows::list_inspections(app.store(), &scope, id).await?,
    })
}

/// Keeps what an inspection found. A callback that does not count is open again: a ticket says why, and
/// the customer is called by telephone when it is solved.
///
/// # Errors
/// When the actor may not, somebody was first, or a problem has no finding.
pub async fn inspect(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &InspectionForm,
) -> Result<Uuid> {
    let scope = actor.scope(Permission::ElectronicInspect)?;
    let verdict =
        Verdict::parse(&form.verdict).map_err(|_| Error::invalid("verdict", "missing"))?;
    let finding = form.finding.trim();
    if finding.chars().count() > FINDING_MAX {
        return Err(Error::invalid("finding", "too-long"));
    }
    if finding.is_empty() && verdict == Verdict::Problem {
        return Err(Error::invalid("finding", "missing"));
    }
    let work = app.store().begin(now).await?;
    let row = rows::find_inspection(&work, &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    if row.verdict.is_some() {
        return Err(Refusal::new("electronic-inspected").into());
    }
    let link = rows::find_link(&work, row.link)
        .await?
        .ok_or(Error::NotFound)?;
    let all = whole(Permission::CallbacksRead)?;
    let evidence = rows::list_evidence(&work, &all, row.link).await?;
    let sound = verify(work.keys(), &link, &evidence).is_sound();
    if !sound && verdict == Verdict::Sound {
        return Err(Refusal::new("electronic-evidence-broken").into());
    }
    let note = Some(finding).filter(|f| !f.is_empty());
    let by = (actor.name.as_str(), actor.user().map(|u| u.0));
    rows::save_inspection(&work, &row, verdict, sound, note, by).await?;
    let mut audit = Vec::new();
    if verdict == Verdict::Problem {
        audit.extend(contest(&work, actor, &app.rules(), &link, finding).await?);
    }
    let detail = serde_json::json!({
        "verdict": verdict.as_str(), "evidence_is_sound": sound, "link": row.link.0,
    });
    let first = AuditEntry::new(actor, "electronic.inspected", "callback", row.callback.0)
        .customer(link.customer.0)
        .detail(detail);
    work.commit(Audit::with(first, audit)).await?;
    Ok(row.sample)
}

/// Opens a ticket, and the callback again where the electronic answers completed it.
async fn contest(
    work: &UnitOfWork,
    actor: &Actor,
    rules: &Rules,
    link: &LinkRecord,
    finding: &str,
) -> Result<Vec<AuditEntry>> {
    let record = callback_of(work, link).await?;
    let whole = whole(Permission::CallbacksRead)?;
    let row = calls::find_callback(work, &whole, record.id).await?;
    let counts = row.is_some_and(|r| r.completed_at.is_some() && r.completed_at == link.ended_at);
    let mut audit = Vec::new();
    if let (true, Ok(change)) = (counts, record.callback.find_wanting()) {
        rows::reopen_callback(work, record.id, record.version).await?;
        rows::reopen_obligation(work, record.obligation).await?;
        let (from, to) = (record.callback.state.as_str(), change.to.as_str());
        let command = "electronic_found_wanting";
        calls::insert_entry(work, record.id, &actor.name, command, from, to, None).await?;
        let detail = serde_json::json!({ "channel": ContactChannel::Electronic.as_str() });
        let entry = AuditEntry::new(actor, "callback.reopened", "callback", record.id.0);
        audit.push(entry.customer(record.customer.0).detail(detail));
    }
    let found = Finding {
        words: Some(finding),
        ..ProblemType::Other.into()
    };
    audit.push(open_ticket(work, actor, rules, &record, found).await?);
    Ok(audit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_again_and_another_seed_others() {
        let population: Vec<_> = (0..200).map(|n| LinkId(Uuid::from_u128(n))).collect();
        let drawn = pick("a", &population, 100);
        assert_eq!(drawn.len(), 20);
        let mut turned = population.clone();
        turned.reverse();
        assert_eq!(drawn, pick("a", &turned, 100));
        assert_ne!(drawn, pick("b", &population, 100));
    }
}
