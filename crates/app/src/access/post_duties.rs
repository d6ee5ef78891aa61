//! Duties of posts: what their holders have to do, where, and what they put on record (ORG-04 to ORG-06).

use super::posts::{Duty, PostKind, post_kind, post_kinds};
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Role};
use domain::ids::{OrgId, UserId};
use domain::time::{self, Instant};
use std::collections::HashMap;
use store::AuditEntry;
use store::access::{self as rows, DutyRecordRow, OwnPostRow, PostHolderRow, PostRow};
use store::orgs::{self, Org};
use uuid::Uuid;

/// Longest note on a duty.
const NOTE_MAX: usize = 500;

/// A post that somebody holds, with its duties.
#[derive(Clone, Debug)]
pub struct OwnPost {
    /// The post.
    pub row: OwnPostRow,
    /// Its kind.
    pub kind: &'static PostKind,
    /// Its duties.
    pub duties: Vec<DutySeen>,
}

/// A duty as its holder sees it.
#[derive(Clone, Debug)]
pub struct DutySeen {
    /// The duty.
    pub duty: &'static Duty,
    /// Rights that the holder lacks for it.
    pub lacks: Vec<Permission>,
    /// What was put on record last.
    pub last: Option<DutyRecordRow>,
}

/// The posts that a person holds today, with their duties.
///
/// # Errors
/// [`Error::NotFound`] when no person asks.
pub async fn list_own_posts(app: &App, actor: &Actor, now: Instant) -> Result<Vec<OwnPost>> {
    let user = actor.user().ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    let held = rows::list_own_posts(app.store(), user, today).await?;
    let last = rows::list_last_records_of_own_posts(app.store(), user, today).await?;
    let mut posts = Vec::with_capacity(held.len());
    for row in held {
        let kind = post_kind(&row.kind)?;
        let duties = kind.duties.iter().map(|duty| DutySeen {
            lacks: lacking(duty, |right| actor.may(right)),
            last: find_last(&last, row.org_id, kind, duty).cloned(),
            duty,
        });
        posts.push(OwnPost {
            duties: duties.collect(),
            kind,
            row,
        });
    }
    Ok(posts)
}

fn lacking(duty: &Duty, may: impl Fn(Permission) -> bool) -> Vec<Permission> {
    duty.needs.iter().copied().filter(|n| !may(*n)).collect()
}

fn find_last<'r>(
    records: &'r [DutyRecordRow],
    org: Uuid,
    kind: &PostKind,
    duty: &Duty,
) -> Option<&'r DutyRecordRow> {
    let is_it = |r: &&DutyRecordRow| r.org_id == org && r.post == kind.code && r.duty == duty.code;
    records.iter().find(is_it)
}

/// What a holder puts on record.
#[derive(Clone, Debug, Default)]
pub struct DutyForm {
    /// Id of the unit.
    pub org: String,
    /// Code of the post's kind.
    pub post: String,
    /// Code of the duty.
    pub duty: String,
    /// The day of which it speaks; today when empty.
    pub done_on: String,
    /// What was done.
    pub note: String,
}

/// Puts on record that the holder of a post did one of its duties. Records are never changed.
///
/// # Errors
/// All problems of the form at once; a refusal when the actor does not hold the post today.
pub async fn record_duty(app: &App, actor: &Actor, now: Instant, form: &DutyForm) -> Result<()> {
    let user = actor.user().ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    let kind = post_kind(&form.post)?;
    let duty = kind.duties.iter().find(|d| d.code == form.duty);
    let duty = duty.ok_or_else(|| Error::invalid("duty", "unknown-code"))?;
    let held = rows::list_own_posts(app.store(), user, today).await?;
    let is_it = |p: &&OwnPostRow| p.kind == kind.code && p.org_id.to_string() == form.org;
    let held = held.iter().find(is_it);
    let held = held.ok_or_else(|| Refusal::new("post-not-held"))?;
    let (done_on, note) = read(form, held, today)?;
    let work = app.store().begin(now).await?;
    let place = (OrgId(held.org_id), kind.code.as_str(), duty.code.as_str());
    let id = rows::insert_duty_record(&work, place, user, done_on, &note).await?;
    let detail = serde_json::json!({
        "org": held.org_name, "post": kind.code, "duty": duty.code, "done_on": done_on.to_string(),
    });
    let entry =
        AuditEntry::new(actor, "access.duty_recorded", "post_duty_record", id).detail(detail);
    Ok(work.commit(entry).await?)
}

fn read(form: &DutyForm, held: &OwnPostRow, today: NaiveDate) -> Result<(NaiveDate, String)> {
    let mut problems = Vec::new();
    let done_on = match listing::date("done_on", &form.done_on) {
        Ok(day) => day.unwrap_or(today),
        Err(_) => {
            problems.push(FieldProblem::new("done_on", "date"));
            today
        }
    };
    if done_on > today {
        problems.push(FieldProblem::new("done_on", "in-the-future"));
    }
    if done_on < held.from_on {
        problems.push(FieldProblem::new("done_on", "before-start"));
    }
    let note = form.note.trim();
    match note.chars().count() {
        0 => problems.push(FieldProblem::new("note", "missing")),
        n if n > NOTE_MAX => problems.push(FieldProblem::new("note", "too-long")),
        _ => {}
    }
    if problems.is_empty() {
        Ok((done_on, note.to_owned()))
    } else {
        Err(Error::Invalid(problems))
    }
}

/// A duty of a unit's post: who has it, whether they can do it, what is on record.
#[derive(Clone, Debug)]
pub struct DutyOfUnit {
    /// The unit.
    pub org: Org,
    /// The kind of post.
    pub kind: &'static PostKind,
    /// The duty.
    pub duty: &'static Duty,
    /// Who holds the post today.
    pub holders: Vec<String>,
    /// Those of them whose roles lack a right that it needs.
    pub unable: Vec<String>,
    /// What was put on record last.
    pub last: Option<DutyRecordRow>,
}

impl DutyOfUnit {
    /// Whether nobody has it, or somebody cannot do it.
    pub fn has_gap(&self) -> bool {
        self.holders.is_empty() || !self.unable.is_empty()
    }
}

/// The duties of the posts of the units in sight.
#[derive(Clone, Debug)]
pub struct DutyReport {
    /// Duties, unit by unit from the top down.
    pub duties: Vec<DutyOfUnit>,
    /// How many have a gap.
    pub gaps: usize,
}

/// The duties of the posts of the units in sight, of one unit and those below it when it is named.
///
/// # Errors
/// When the actor may not, or the unit is not in sight.
pub async fn duty_report(app: &App, actor: &Actor, now: Instant, org: &str) -> Result<DutyReport> {
    let scope = actor.scope(Permission::ReportsRead)?;
    let path = listing::org_path(app, &scope, org).await?;
    let store = app.store();
    let people = rows::list_users(store, &scope).await?;
    let facts = Facts {
        holders: rows::list_post_holders(store, &scope).await?,
        last: rows::list_last_duty_records(store, &scope).await?,
        roles: people.into_iter().map(|u| (u.id, u.roles)).collect(),
        today: time::date_in_china(now),
    };
    let posts = rows::list_posts(store, &scope).await?;
    let inside = |o: &&Org| {
        path.as_deref()
            .is_none_or(|p| o.path.as_str().starts_with(p))
    };
    let mut duties = Vec::new();
    for org in orgs::list_orgs(store, &scope).await?.iter().filter(inside) {
        let of_unit = |kind: &&PostKind| {
            posts
                .iter()
                .find(|p| p.org_id == org.id.0 && p.kind == kind.code)
        };
        for kind in post_kinds()? {
            if let Some(post) = of_unit(&kind) {
                duties.extend(facts.duties(app, org, post, kind));
            }
        }
    }
    Ok(DutyReport {
        gaps: duties.iter().filter(|d| d.has_gap()).count(),
        duties,
    })
}

struct Facts {
    holders: Vec<PostHolderRow>,
    last: Vec<DutyRecordRow>,
    roles: HashMap<UserId, Vec<Role>>,
    today: NaiveDate,
}

impl Facts {
    fn duties(
        &self,
        app: &App,
        org: &Org,
        post: &PostRow,
        kind: &'static PostKind,
    ) -> Vec<DutyOfUnit> {
        let rights = app.rights();
        let is_there = |h: &&PostHolderRow| {
            h.post_id == post.id
                && h.from_on <= self.today
                && h.until_on.is_none_or(|u| self.today <= u)
        };
        let holders: Vec<_> = self.holders.iter().filter(is_there).collect();
        let of_duty = |duty: &'static Duty| {
            // Somebody of a unit out of sight is not judged.
            let is_unable = |h: &&&PostHolderRow| {
                let roles = self.roles.get(&UserId(h.user_id));
                roles.is_some_and(|roles| !lacking(duty, |n| rights.grants(roles, n)).is_empty())
            };
            let name = |h: &&PostHolderRow| h.display_name.clone();
            DutyOfUnit {
                org: org.clone(),
                kind,
                duty,
                unable: holders.iter().filter(is_unable).map(name).collect(),
                holders: holders.iter().map(name).collect(),
                last: find_last(&self.last, org.id.0, kind, duty).cloned(),
            }
        };
        kind.duties.iter().map(of_duty).collect()
    }
}
