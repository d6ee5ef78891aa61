//! Symposia and satisfaction-survey events: announced, held with minutes and findings, and counted for
//! the callbacks of those who were there.

use super::{Problems, SHORT_MAX, TEXT_MAX, demanded, moment, next_number, person, text};
use crate::callbacks::{Decided, carry_out, record};
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::{Command, ContactChannel};
use domain::ids::{CustomerId, GatheringId, UserId};
use domain::numbers::NumberKind;
use domain::tickets::ProblemType;
use domain::time::Instant;
use domain::visits::{Gathering, GatheringKind, GatheringState, GatheringStep};
use store::callbacks::CallbackFilter;
use store::visits::{self as rows, GatheringRow, NewGathering, ParticipantRow};
use store::{AuditEntry, Page, UnitOfWork};

/// Callbacks of one participant that are looked at.
const CALLBACKS_MAX: u64 = 50;

/// A gathering, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct GatheringForm {
    /// Code of the kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Where it takes place.
    pub place: String,
    /// When it begins.
    pub begins_at: String,
}

/// Who was there, and what was said.
#[derive(Clone, Debug, Default)]
pub struct Attendance {
    /// Numbers of customers who were there, with what each said.
    pub there: Vec<(String, String)>,
    /// Minutes.
    pub minutes: String,
    /// Findings.
    pub findings: String,
}

/// A gathering with its participants.
#[derive(Clone, Debug)]
pub struct GatheringPage {
    /// The gathering.
    pub row: GatheringRow,
    /// Participants.
    pub participants: Vec<ParticipantRow>,
}

/// Gatherings in sight, the newest first.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn list_gatherings(app: &App, actor: &Actor, after: &str) -> Result<Page<GatheringRow>> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let after = listing::after(after)?;
    Ok(rows::list_gatherings(app.store(), &scope, None, after.as_ref(), PAGE_ROWS).await?)
}

/// A gathering in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn gathering_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: GatheringId,
) -> Result<GatheringPage> {
    let scope = actor.scope(Permission::VisitsRead)?;
    let row = rows::find_gathering(app.store(), &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let what = ("gathering.viewed", "gathering");
    crate::audit::seen(app, actor, now, what, (id.0, None)).await?;
    let participants = rows::list_participants(app.store(), &scope, id).await?;
    Ok(GatheringPage { row, participants })
}

/// Announces a gathering.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn create_gathering(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &GatheringForm,
) -> Result<GatheringId> {
    actor.demand(Permission::VisitsMake)?;
    let host = person(actor)?;
    let org = actor.org_id.ok_or_else(|| Refusal::new("person-needed"))?;
    let mut problems = Problems::default();
    let kind = problems.take(listing::code("kind", &form.kind, GatheringKind::parse))?;
    let title = problems.take(demanded("title", &form.title, SHORT_MAX))?;
    let place = problems.take(demanded("place", &form.place, SHORT_MAX))?;
    let begins_at = moment("begins_at", &form.begins_at);
    let begins_at =
        begins_at.and_then(|at| at.ok_or_else(|| Error::invalid("begins_at", "missing")));
    let begins_at = problems.take(begins_at)?;
    problems.end()?;
    let work = app.store().begin(now).await?;
    let number = next_number(&work, NumberKind::Gathering).await?;
    let new = NewGathering {
        number: &number,
        kind: kind.flatten().unwrap_or(GatheringKind::Symposium),
        org,
        title: title.unwrap_or_default(),
        place: place.unwrap_or_default(),
        begins_at: begins_at.unwrap_or(now),
        host,
    };
    let id = rows::insert_gathering(&work, &new).await?;
    let detail = serde_json::json!({ "number": number, "kind": new.kind.as_str() });
    let entry = AuditEntry::new(actor, "gathering.announced", "gathering", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(id)
}

fn decision_view(row: &GatheringRow, attended: i64) -> Gathering {
    Gathering {
        state: row.state,
        attended,
    }
}

async fn load(work: &UnitOfWork, actor: &Actor, id: GatheringId) -> Result<GatheringRow> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let row = rows::find_gathering(work, &scope, id).await?;
    row.ok_or(Error::NotFound)
}

async fn customer(work: &UnitOfWork, actor: &Actor, number: &str) -> Result<CustomerId> {
    let scope = actor.scope(Permission::VisitsMake)?;
    let number = demanded("customer_no", number, SHORT_MAX)?;
    let found = store::customers::find_customer_by_number(work, &scope, number).await?;
    let found = found.ok_or_else(|| Error::invalid("customer_no", "unknown-customer"))?;
    Ok(found.id)
}

/// Invites a customer.
///
/// # Errors
/// When the actor may not, the gathering was held, or the customer is not in sight.
pub async fn add_participant(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: GatheringId,
    customer_no: &str,
) -> Result<()> {
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, id).await?;
    decision_view(&row, 0).decide(&GatheringStep::Change)?;
    let customer = customer(&work, actor, customer_no).await?;
    rows::add_participant(&work, id, customer).await?;
    let entry = AuditEntry::new(actor, "gathering.invited", "gathering", id.0);
    Ok(work.commit(entry.customer(customer.0)).await?)
}

/// Takes a customer off the list.
///
/// # Errors
/// When the actor may not, or the gathering was held.
pub async fn remove_participant(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: GatheringId,
    customer_no: &str,
) -> Result<()> {
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, id).await?;
    decision_view(&row, 0).decide(&GatheringStep::Change)?;
    let customer = customer(&work, actor, customer_no).await?;
    rows::remove_participant(&work, id, customer).await?;
    let entry = AuditEntry::new(actor, "gathering.uninvited", "gathering", id.0);
    Ok(work.commit(entry.customer(customer.0)).await?)
}

/// Gives a gathering up.
///
/// # Errors
/// When the actor may not, it was held, or the reason is missing.
pub async fn cancel_gathering(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: GatheringId,
    reason: &str,
) -> Result<()> {
    let reason = text("reason", reason, SHORT_MAX)?.unwrap_or_default();
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, id).await?;
    let step = GatheringStep::Cancel {
        reason: reason.to_owned(),
    };
    let state = decision_view(&row, 0).decide(&step)?;
    rows::save_gathering(&work, &row, state, None, Some(reason)).await?;
    let entry = AuditEntry::new(actor, "gathering.cancelled", "gathering", id.0);
    Ok(work.commit(entry).await?)
}

/// Files minutes and findings; callbacks of those who were there are completed where their programme
/// takes a gathering as contact.
///
/// # Errors
/// When the actor may not, nobody was there, or minutes or findings are missing.
pub async fn hold_gathering(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: GatheringId,
    attendance: &Attendance,
) -> Result<GatheringState> {
    let by = person(actor)?;
    let minutes = text("minutes", &attendance.minutes, TEXT_MAX)?.unwrap_or_default();
    let findings = text("findings", &attendance.findings, TEXT_MAX)?.unwrap_or_default();
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, id).await?;
    let there = i64::try_from(attendance.there.len()).unwrap_or(i64::MAX);
    let step = GatheringStep::Hold {
        minutes: minutes.to_owned(),
        findings: findings.to_owned(),
        has_begun: row.begins_at <= now,
    };
    let state = decision_view(&row, there).decide(&step)?;
    let mut audit = Vec::new();
    for (number, remark) in &attendance.there {
        let customer = customer(&work, actor, number).await?;
        let remark = text("remark", remark, TEXT_MAX)?;
        let (count, completed) =
            complete_callbacks(app, &work, actor, by, (&row, customer)).await?;
        audit.extend(completed);
        rows::set_attendance(&work, id, customer, true, remark, count).await?;
    }
    rows::save_gathering(&work, &row, state, Some((minutes, findings)), None).await?;
    let detail = serde_json::json!({ "number": row.number, "attended": there });
    let entry = AuditEntry::new(actor, "gathering.held", "gathering", id.0);
    work.commit(store::Audit::with(entry.detail(detail), audit))
        .await?;
    Ok(state)
}

/// Completes the open callbacks of a participant whose programme takes a gathering as contact; how many
/// there were, and what to record.
async fn complete_callbacks(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    by: UserId,
    (gathering, customer): (&GatheringRow, CustomerId),
) -> Result<(i64, Vec<AuditEntry>)> {
    let whole = Actor::system().scope(Permission::CallbacksRead)?;
    let filter = CallbackFilter {
        customer: Some(customer),
        open: Some(true),
        ..CallbackFilter::default()
    };
    let open = store::callbacks::list_callbacks(work, &whole, &filter, CALLBACKS_MAX).await?;
    let rules = app.rules();
    let (mut count, mut audit) = (0, Vec::new());
    for row in open.rows {
        let record = record(work, &whole, row.id).await?;
        let discharge = rules.discharge_of(record.pack, &record.programme)?;
        let decided = Decided {
            command: &Command::MetAtGathering,
            kind: "met_at_gathering",
            reason: Some(&gathering.number),
            channel: ContactChannel::Gathering,
            problem: ProblemType::Other,
        };
        let fits = discharge.channels.contains(&ContactChannel::Gathering);
        if !fits {
            continue;
        }
        match carry_out(app, work, actor, by, &record, &decided).await {
            Ok((_, entries)) => {
                count += 1;
                audit.extend(entries);
            }
            // One that somebody is calling, or that waits for a letter, goes on as it is.
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((count, audit))
}
