//! The organisation: units, their place in the tree, what they are there for, who holds which post.

use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::NaiveDate;
use domain::access::{Actor, OrgLevel, Permission, PlaceError, Scope, may_lie_under};
use domain::time::{self, Instant};
use store::access::{
    self as rows, Colleague, PostHolderRow, PostRow, UnitChange, UnitContents, UnitFacts,
};
use store::orgs::{self, Org};
use store::{AuditEntry, StoreError};

/// Longest name of a unit or department.
const NAME_MAX: usize = 80;
/// Longest code of a unit.
const CODE_MAX: usize = 40;

/// A unit with what is known of it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The unit.
    pub org: Org,
    /// What is known of it.
    pub facts: UnitFacts,
    /// People that its posts need.
    pub planned: i64,
    /// People that hold one of its posts today.
    pub held: i64,
}

/// A post with those who hold it, held it or will.
#[derive(Clone, Debug)]
pub struct Post {
    /// The post.
    pub row: PostRow,
    /// Its holders, the newest first.
    pub holders: Vec<PostHolderRow>,
}

/// All about one unit.
#[derive(Clone, Debug)]
pub struct UnitPage {
    /// The unit.
    pub unit: Unit,
    /// The unit above, when it is in sight.
    pub parent: Option<Org>,
    /// What lies under it.
    pub contents: UnitContents,
    /// Its posts.
    pub posts: Vec<Post>,
    /// Who may be given a post.
    pub colleagues: Vec<Colleague>,
    /// Units under which it could lie.
    pub places: Vec<Org>,
}

/// What a form says of a unit.
#[derive(Clone, Debug, Default)]
pub struct UnitForm {
    /// Its code; only for a new unit.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level; only for a new unit.
    pub level: String,
    /// Code of the unit above; only for a new unit.
    pub parent: String,
    /// Region code of six digits.
    pub region: String,
    /// Whether it is an outlet.
    pub is_outlet: bool,
    /// The department in charge of callbacks.
    pub managing_department: String,
    /// The day by which its telephone callbacks have moved up.
    pub phone_until: String,
}

/// Units in sight with what is known of them, from the top down.
///
/// # Errors
/// When the actor may not.
pub async fn list_units(app: &App, actor: &Actor, now: Instant) -> Result<Vec<Unit>> {
    let scope = actor.scope(Permission::OrgsManage)?;
    load_units(app, &scope, time::date_in_china(now)).await
}

/// Units of a scope with what is known of them.
pub(crate) async fn load_units(app: &App, scope: &Scope, today: NaiveDate) -> Result<Vec<Unit>> {
    let orgs = orgs::list_orgs(app.store(), scope).await?;
    let facts = rows::list_unit_facts(app.store(), scope).await?;
    let posts = rows::list_posts(app.store(), scope).await?;
    let holders = rows::list_post_holders(app.store(), scope).await?;
    let unit = |(org, facts): (Org, UnitFacts)| Unit {
        planned: posts
            .iter()
            .filter(|p| p.org_id == org.id.0)
            .map(|p| p.headcount)
            .sum(),
        held: count_holders(holders.iter().filter(|h| h.org_id == org.id.0), today),
        org,
        facts,
    };
    Ok(orgs.into_iter().zip(facts).map(unit).collect())
}

/// How many of some holders hold their post on a day.
pub(crate) fn count_holders<'h>(
    holders: impl Iterator<Item = &'h PostHolderRow>,
    today: NaiveDate,
) -> i64 {
    let held = holders.filter(|h| h.from_on <= today && h.until_on.is_none_or(|u| today <= u));
    i64::try_from(held.count()).unwrap_or(i64::MAX)
}

/// All about a unit.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when the unit is not in sight.
pub async fn unit_page(app: &App, actor: &Actor, now: Instant, code: &str) -> Result<UnitPage> {
    let scope = actor.scope(Permission::OrgsManage)?;
    let units = load_units(app, &scope, time::date_in_china(now)).await?;
    let found = units.iter().find(|u| u.org.code == code);
    let unit = found.ok_or(Error::NotFound)?.clone();
    let holders = rows::list_post_holders(app.store(), &scope).await?;
    let posts = rows::list_posts(app.store(), &scope).await?;
    let posts = posts
        .into_iter()
        .filter(|p| p.org_id == unit.org.id.0)
        .map(|row| Post {
            holders: holders
                .iter()
                .filter(|h| h.post_id == row.id)
                .cloned()
                .collect(),
            row,
        });
    let level = level_of(&unit.org)?;
    let fits = |place: &Org| {
        Some(place.id) != unit.org.parent
            && level_of(place).is_ok_and(|above| {
                may_lie_under(Some(&unit.org.path), level, &place.path, above).is_ok()
            })
    };
    Ok(UnitPage {
        parent: units
            .iter()
            .find(|u| Some(u.org.id) == unit.org.parent)
            .map(|u| u.org.clone()),
        contents: rows::count_unit_contents(app.store(), &scope, &unit.org.path).await?,
        posts: posts.collect(),
        colleagues: rows::list_colleagues(app.store(), &scope).await?,
        places: units
            .iter()
            .map(|u| &u.org)
            .filter(|o| fits(o))
            .cloned()
            .collect(),
        unit,
    })
}

/// Adds a unit.
///
/// # Errors
/// All problems of the form at once.
pub async fn create_unit(app: &App, actor: &Actor, now: Instant, form: &UnitForm) -> Result<()> {
    let scope = actor.scope(Permission::OrgsManage)?;
    let (change, mut problems) = read(form);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let code = form.code.trim();
    if code.is_empty() {
        problems.push(FieldProblem::new("code", "missing"));
    } else if code.len() > CODE_MAX || !code.chars().all(plain) {
        problems.push(FieldProblem::new("code", "code-shape"));
    }
    let level = OrgLevel::parse(&form.level);
    if level.is_err() {
        problems.push(FieldProblem::new("level", "unknown-code"));
    }
    let parent = orgs::find_org_by_code(app.store(), form.parent.trim()).await?;
    let parent = parent.filter(|p| scope.covers(&p.path));
    if parent.is_none() {
        problems.push(FieldProblem::new("parent", "unknown-org"));
    }
    let (Ok(level), Some(parent), true) = (level, parent, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    may_lie_under(None, level, &parent.path, level_of(&parent)?).map_err(refusal)?;
    let work = app.store().begin(now).await?;
    let id = match rows::insert_unit(&work, code, level, &parent, &change.as_change()).await {
        Ok(id) => id,
        Err(StoreError::Constraint(_)) => return Err(Error::invalid("code", "taken")),
        Err(error) => return Err(error.into()),
    };
    let detail =
        serde_json::json!({ "code": code, "level": level.as_str(), "parent": parent.code });
    let entry = AuditEntry::new(actor, "access.unit_created", "org", id.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// Changes what is known of a unit; its place changes by [`move_unit`].
///
/// # Errors
/// All problems of the form at once; [`Error::NotFound`] when the unit is not in sight.
pub async fn change_unit(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
    form: &UnitForm,
) -> Result<()> {
    let (_, org) = in_sight(app, actor, code).await?;
    let (change, problems) = read(form);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if change.phone_until.is_some() && !level_of(&org)?.phones_only_for_now() {
        return Err(Refusal::new("unit-phones-on").into());
    }
    let work = app.store().begin(now).await?;
    rows::update_unit(&work, org.id, &change.as_change()).await?;
    let detail = serde_json::json!({
        "code": org.code, "name": change.name, "managing_department": change.managing_department,
        "phone_until": change.phone_until.map(|d| d.to_string()),
    });
    let entry = AuditEntry::new(actor, "access.unit_changed", "org", org.id.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// Moves a unit, with everything under it and all its work, below another.
///
/// # Errors
/// [`Error::Refused`] when it cannot lie there; [`Error::NotFound`] when one of them is not in sight.
pub async fn move_unit(
    app: &App,
    actor: &Actor,
    now: Instant,
    code: &str,
    parent: &str,
) -> Result<()> {
    let (scope, org) = in_sight(app, actor, code).await?;
    let parent = orgs::find_org_by_code(app.store(), parent.trim()).await?;
    let parent = parent
        .filter(|p| scope.covers(&p.path))
        .ok_or_else(|| Error::invalid("parent", "unknown-org"))?;
    // Whoever moves their own root would move themselves.
    if scope.org() == &org.path {
        return Err(Refusal::new("unit-own-root").into());
    }
    may_lie_under(
        Some(&org.path),
        level_of(&org)?,
        &parent.path,
        level_of(&parent)?,
    )
    .map_err(refusal)?;
    let contents = rows::count_unit_contents(app.store(), &scope, &org.path).await?;
    let work = app.store().begin(now).await?;
    rows::move_unit(&work, &org, &parent).await?;
    let detail = serde_json::json!({
        "code": org.code, "from": org.path.as_str(), "to": parent.path.as_str(),
        "units": contents.units, "callbacks": contents.callbacks, "tickets": contents.tickets,
    });
    let entry = AuditEntry::new(actor, "access.unit_moved", "org", org.id.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// A unit that the actor may change.
pub(super) async fn in_sight(app: &App, actor: &Actor, code: &str) -> Result<(Scope, Org)> {
    let scope = actor.scope(Permission::OrgsManage)?;
    let org = orgs::find_org_by_code(app.store(), code).await?;
    let org = org
        .filter(|o| scope.covers(&o.path))
        .ok_or(Error::NotFound)?;
    Ok((scope, org))
}

pub(super) fn level_of(org: &Org) -> Result<OrgLevel> {
    OrgLevel::parse(&org.level).map_err(|e| Error::Fault(e.to_string()))
}

fn refusal(error: PlaceError) -> Error {
    Refusal::new(match error {
        PlaceError::UnderItself => "unit-under-itself",
        PlaceError::Level => "unit-level",
    })
    .into()
}

/// A form whose texts are good.
struct Read {
    name: String,
    region: Option<String>,
    is_outlet: bool,
    managing_department: Option<String>,
    phone_until: Option<NaiveDate>,
}

impl Read {
    fn as_change(&self) -> UnitChange<'_> {
        UnitChange {
            name: &self.name,
            region: self.region.as_deref(),
            is_outlet: self.is_outlet,
            managing_department: self.managing_department.as_deref(),
            phone_until: self.phone_until,
        }
    }
}

fn read(form: &UnitForm) -> (Read, Vec<FieldProblem>) {
    let mut problems = Vec::new();
    let name = form.name.trim().to_owned();
    match name.chars().count() {
        0 => problems.push(FieldProblem::new("name", "missing")),
        n if n > NAME_MAX => problems.push(FieldProblem::new("name", "too-long")),
        _ => {}
    }
    let region = listing::some(&form.region);
    let six_digits = |r: &String| r.len() == 6 && r.chars().all(|c| c.is_ascii_digit());
    if region.as_ref().is_some_and(|r| !six_digits(r)) {
        problems.push(FieldProblem::new("region", "region"));
    }
    let managing_department = listing::some(&form.managing_department);
    if managing_department
        .as_ref()
        .is_some_and(|d| d.chars().count() > NAME_MAX)
    {
        problems.push(FieldProblem::new("managing_department", "too-long"));
    }
    let phone_until = listing::date("phone_until", &form.phone_until).unwrap_or_else(|_| {
        problems.push(FieldProblem::new("phone_until", "date"));
        None
    });
    let read = Read {
        name,
        region,
        is_outlet: form.is_outlet,
        managing_department,
        phone_until,
    };
    (read, problems)
}
