//! The monthly irregular spot check of payout callbacks (B13 §10): drawn at random and drawn again from its
//! number, judged on each point by somebody who did not call, put right, closed.

use crate::{App, Error, Refusal, Result};
use chrono::{Datelike as _, Days, Months, NaiveDate};
use domain::access::{Actor, Permission};
use domain::callbacks::{Judgement, SpotCheckError, Verdict, draw};
use domain::ids::CallbackId;
use domain::time::{self, Instant};
use store::AuditEntry;
use store::callbacks::{
    self as rows, NewSpotCheck, SpotCheckItem, SpotCheckRow, find_spot_check, list_called_between,
    list_spot_check_items,
};
use uuid::Uuid;

/// Longest finding, correction or conclusion.
const TEXT_MAX: usize = 2_000;
/// The parameter that says how many are drawn.
const SIZE: &str = "payout_spot_check_size";

/// A spot check with its callbacks.
#[derive(Clone, Debug)]
pub struct SpotCheck {
    /// The check.
    pub check: SpotCheckRow,
    /// The callbacks, in the order of the draw.
    pub items: Vec<SpotCheckItem>,
}

/// Spot checks in sight, the newest first.
///
/// # Errors
/// When the actor may not.
pub async fn spot_checks(app: &App, actor: &Actor) -> Result<Vec<SpotCheckRow>> {
    let scope = actor.scope(Permission::PayoutsInspect)?;
    Ok(rows::list_spot_checks(app.store(), &scope).await?)
}

/// A spot check in sight.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn spot_check(app: &App, actor: &Actor, id: Uuid) -> Result<SpotCheck> {
    let scope = actor.scope(Permission::PayoutsInspect)?;
    let check = find_spot_check(app.store(), &scope, id).await?;
    Ok(SpotCheck {
        check: check.ok_or(Error::NotFound)?,
        items: list_spot_check_items(app.store(), &scope, id).await?,
    })
}

/// Draws the sample of a month among the payout callbacks of the actor's unit and those below it.
///
/// # Errors
/// When the actor may not, the month is wrong or has not begun, or nobody was called in it.
pub async fn draw_spot_check(app: &App, actor: &Actor, now: Instant, month: &str) -> Result<Uuid> {
    let scope = actor.scope(Permission::PayoutsInspect)?;
    let Some(by) = actor.user() else {
        return Err(Refusal::new("person-needed").into());
    };
    let today = time::date_in_china(now);
    let (first, last) = month_of(month).ok_or_else(|| Error::invalid("month", "month"))?;
    if first > today {
        return Err(Error::invalid("month", "month"));
    }
    let rules = app.rules();
    let size = rules.payout_setting(SIZE, today).unwrap_or(0);
    let work = app.store().begin(now).await?;
    let org = store::access::find_user(&work, by)
        .await?
        .ok_or(Error::NotFound)?
        .org_id;
    let called =
        list_called_between(&work, &scope, &rules.payout_programmes(), (first, last)).await?;
    if called.is_empty() || size < 1 {
        return Err(Refusal::new("spot-check-empty").into());
    }
    let pool: Vec<CallbackId> = called.iter().map(|(id, _)| *id).collect();
    let reached = called.iter().filter(|(_, reached)| *reached).count();
    let id = work.next_id();
    let drawn = draw(id, &pool, usize::try_from(size).unwrap_or(0));
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let check = NewSpotCheck {
        id,
        org,
        month: first,
        pool: (count(pool.len()), count(reached)),
        by,
    };
    rows::insert_spot_check(&work, &check, &drawn).await?;
    let detail = serde_json::json!({ "month": first, "pool": pool.len(), "drawn": drawn.len() });
    let entry = AuditEntry::new(actor, "spot_check.drawn", "spot_check", id);
    work.commit(entry.detail(detail)).await?;
    Ok(id)
}

/// First and last day of a month such as `2026-11`.
fn month_of(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let first: NaiveDate = format!("{}-01", text.trim()).parse().ok()?;
    let next = first.checked_add_months(Months::new(1))?;
    Some((first.with_day(1)?, next.checked_sub_days(Days::new(1))?))
}

/// A judgement, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct JudgementForm {
    /// Verdicts as codes: records, follow-up measures, truth, script.
    pub verdicts: [String; 4],
    /// What was found.
    pub finding: String,
    /// What is to be put right.
    pub correction: String,
    /// The defect was put right; nothing else is looked at.
    pub corrected: bool,
}

impl JudgementForm {
    fn read(&self) -> Result<Judgement> {
        let verdict = |at: usize, field: &'static str| {
            Verdict::parse(&self.verdicts[at]).map_err(|_| Error::invalid(field, "missing"))
        };
        for (field, text) in [("finding", &self.finding), ("correction", &self.correction)] {
            if text.chars().count() > TEXT_MAX {
                return Err(Error::invalid(field, "too-long"));
            }
        }
        Ok(Judgement {
            records: verdict(0, "records")?,
            follow_up: verdict(1, "follow_up")?,
            truthful: verdict(2, "truthful")?,
            script: verdict(3, "script")?,
            finding: self.finding.trim().to_owned(),
            correction: self.correction.trim().to_owned(),
        })
    }
}

/// Judges a callback of a spot check, or notes that its defect was put right.
///
/// # Errors
/// When the actor may not, made the call, the check is closed, or a field is wrong.
pub async fn judge_spot_check(
    app: &App,
    actor: &Actor,
    now: Instant,
    (id, item): (Uuid, Uuid),
    form: &JudgementForm,
) -> Result<()> {
    let scope = actor.scope(Permission::PayoutsInspect)?;
    let Some(by) = actor.user() else {
        return Err(Refusal::new("person-needed").into());
    };
    let work = app.store().begin(now).await?;
    let check = find_spot_check(&work, &scope, id).await?;
    let check = check.ok_or(Error::NotFound)?;
    let items = list_spot_check_items(&work, &scope, id).await?;
    let found = items.into_iter().find(|i| i.id == item);
    let found = found.ok_or(Error::NotFound)?;
    if check.closed.is_some() {
        return Err(SpotCheckError::Closed.into());
    }
    let step = if form.corrected {
        if !found.judgement.is_some_and(|j| j.is_defect()) {
            return Err(Refusal::new("spot-check-no-defect").into());
        }
        rows::mark_corrected(&work, item).await?;
        "corrected"
    } else {
        let judgement = form.read()?;
        let callers = rows::list_callers_of(&work, found.callback).await?;
        judgement.check(by, &callers)?;
        rows::save_judgement(&work, item, &judgement, &actor.name).await?;
        "judged"
    };
    let detail = serde_json::json!({ "callback": found.number, "step": step });
    let entry = AuditEntry::new(actor, "spot_check.judged", "spot_check", id);
    Ok(work.commit(entry.detail(detail)).await?)
}

/// Closes a spot check with what follows from it.
///
/// # Errors
/// When the actor may not, something is not judged or not put right, or the conclusion is missing.
pub async fn close_spot_check(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    conclusion: &str,
) -> Result<()> {
    let scope = actor.scope(Permission::PayoutsInspect)?;
    let conclusion = conclusion.trim();
    if conclusion.is_empty() {
        return Err(Error::invalid("conclusion", "missing"));
    }
    if conclusion.chars().count() > TEXT_MAX {
        return Err(Error::invalid("conclusion", "too-long"));
    }
    let work = app.store().begin(now).await?;
    let check = find_spot_check(&work, &scope, id).await?;
    let check = check.ok_or(Error::NotFound)?;
    if check.closed.is_some() {
        return Err(SpotCheckError::Closed.into());
    }
    if check.judged < check.drawn || check.corrected < check.defects {
        return Err(SpotCheckError::Unfinished.into());
    }
    rows::close_spot_check(&work, id, check.version, &actor.name, conclusion).await?;
    let entry = AuditEntry::new(actor, "spot_check.closed", "spot_check", id);
    Ok(work.commit(entry).await?)
}

impl From<SpotCheckError> for Error {
    fn from(error: SpotCheckError) -> Self {
        match error {
            SpotCheckError::OwnCall => Refusal::new("spot-check-own-call").into(),
            SpotCheckError::FindingMissing => Self::invalid("finding", "missing"),
            SpotCheckError::Closed => Refusal::new("spot-check-closed").into(),
            SpotCheckError::Unfinished => Refusal::new("spot-check-unfinished").into(),
        }
    }
}
