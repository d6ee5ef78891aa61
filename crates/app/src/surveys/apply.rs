//! The application for a survey: everything that B09 §13(1) wants stated, and the draft questionnaire.

use super::{find, year_of};
use crate::listing;
use crate::visits::{Problems, demanded, moment, next_number, person};
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::customers::CustomerKind;
use domain::ids::OrgId;
use domain::numbers::NumberKind;
use domain::surveys::{Counted, Platform, SurveyIdentity, SurveyKind, SurveyState};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::surveys::{self as rows, Department, NewSurvey, SurveyRow};

/// Longest title, department.
const SHORT_MAX: usize = 100;
/// Longest purpose and scope in words.
const TEXT_MAX: usize = 2_000;
/// Longest draft questionnaire.
const DRAFT_MAX: usize = 12_000;
/// Most moments at which invitations go out.
const POINTS_MAX: usize = 10;
/// Longest date range, in days: nobody remembers after a year what they are asked about.
const RANGE_DAYS_MAX: i64 = 366;

/// The application, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct ApplicationForm {
    /// Code of the kind.
    pub kind: String,
    /// Code of the identity.
    pub identity: String,
    /// Code of the platform.
    pub platform: String,
    /// The requesting department.
    pub department: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// The draft questionnaire.
    pub draft: String,
    /// Scope of respondents, in words.
    pub respondents: String,
    /// Code of the unit whose customers are asked; the requester's own when empty.
    pub scope_org: String,
    /// Code of the kind of customers; all when empty.
    pub customer_kind: String,
    /// Share that is drawn, in per cent; all when empty.
    pub sample_percent: String,
    /// First day.
    pub from_on: String,
    /// Last day.
    pub to_on: String,
    /// When invitations go out, one moment a line.
    pub time_points: String,
}

/// An application whose fields are all right.
struct Read {
    kind: SurveyKind,
    identity: SurveyIdentity,
    platform: Platform,
    customer_kind: Option<CustomerKind>,
    sample_percent: i64,
    from_on: NaiveDate,
    to_on: NaiveDate,
    time_points: String,
    scope_org: OrgId,
}

fn missing<T>(field: &str, found: Option<T>) -> Result<T> {
    found.ok_or_else(|| Error::invalid(field, "missing"))
}

impl ApplicationForm {
    /// Reads all fields; what is wrong with any of them is said at once.
    async fn read(&self, app: &App, actor: &Actor, scope: &Scope, now: Instant) -> Result<Read> {
        let mut p = Problems::default();
        for (field, text, max) in [
            ("department", &self.department, SHORT_MAX),
            ("title", &self.title, SHORT_MAX),
            ("purpose", &self.purpose, TEXT_MAX),
            ("draft", &self.draft, DRAFT_MAX),
            ("respondents", &self.respondents, TEXT_MAX),
        ] {
            p.take(demanded(field, text, max))?;
        }
        let kind = listing::code("kind", &self.kind, SurveyKind::parse);
        let kind = p.take(kind.and_then(|k| missing("kind", k)))?;
        let identity = listing::code("identity", &self.identity, SurveyIdentity::parse);
        let identity = p.take(identity.and_then(|i| missing("identity", i)))?;
        let platform = listing::code("platform", &self.platform, Platform::parse);
        let platform = p.take(platform.and_then(|i| missing("platform", i)))?;
        let named = identity == Some(SurveyIdentity::Named);
        if named && platform == Some(Platform::OpenLink) {
            // Nobody knows who opens the link for everybody.
            p.take::<()>(Err(Error::invalid("identity", "survey-open-named")))?;
        }
        let customers = listing::code("customer_kind", &self.customer_kind, CustomerKind::parse);
        let customer_kind = p.take(customers)?.flatten();
        let sample_percent = p.take(percent(&self.sample_percent))?;
        let range = p.take(self.range(now))?;
        let points = match range {
            Some(range) => p.take(points(&self.time_points, range))?,
            None => None,
        };
        let scope_org = p.take(self.org(app, actor, scope).await)?;
        p.end()?;
        let found = (kind, identity, platform, range, points, scope_org);
        let (Some(kind), Some(identity), Some(platform), Some(range), Some(points), Some(org)) =
            found
        else {
            return Err(Error::Fault(
                "an application without problems is whole".into(),
            ));
        };
        Ok(Read {
            kind,
            identity,
            platform,
            customer_kind,
            sample_percent: sample_percent.unwrap_or(100),
            from_on: range.0,
            to_on: range.1,
            time_points: points,
            scope_org: org,
        })
    }

    fn range(&self, now: Instant) -> Result<(NaiveDate, NaiveDate)> {
        let mut p = Problems::default();
        let from = listing::date("from_on", &self.from_on);
        let from = p.take(from.and_then(|d| missing("from_on", d)))?;
        let to = listing::date("to_on", &self.to_on);
        let to = p.take(to.and_then(|d| missing("to_on", d)))?;
        if let Some((from, to)) = from.zip(to) {
            let problem = match (to - from).num_days() {
                days if days < 0 => Some("before-from"),
                days if days > RANGE_DAYS_MAX => Some("survey-range"),
                _ if to < time::date_in_china(now) => Some("in-the-past"),
                _ => None,
            };
            p.take(problem.map_or(Ok(()), |code| Err(Error::invalid("to_on", code))))?;
        }
        p.end()?;
        from.zip(to)
            .ok_or_else(|| Error::invalid("from_on", "missing"))
    }

    async fn org(&self, app: &App, actor: &Actor, scope: &Scope) -> Result<OrgId> {
        if self.scope_org.trim().is_empty() {
            return actor
                .org_id
                .ok_or_else(|| Error::invalid("scope_org", "missing"));
        }
        let org = store::orgs::find_org_by_code(app.store(), self.scope_org.trim()).await?;
        let org = org.filter(|o| scope.covers(&o.path));
        Ok(org
            .ok_or_else(|| Error::invalid("scope_org", "unknown-org"))?
            .id)
    }

    fn row<'n>(&'n self, read: &'n Read) -> NewSurvey<'n> {
        NewSurvey {
            kind: read.kind,
            identity: read.identity,
            platform: read.platform,
            department: self.department.trim(),
            title: self.title.trim(),
            purpose: self.purpose.trim(),
            draft: self.draft.trim(),
            respondents: self.respondents.trim(),
            scope_org: read.scope_org,
            customer_kind: read.customer_kind,
            sample_percent: read.sample_percent,
            from_on: read.from_on,
            to_on: read.to_on,
            time_points: &read.time_points,
        }
    }
}

fn percent(text: &str) -> Result<i64> {
    let Some(text) = listing::some(text) else {
        return Ok(100);
    };
    let read = text.trim_end_matches(['%', '％']).trim().parse().ok();
    read.filter(|n| (1..=100).contains(n))
        .ok_or_else(|| Error::invalid("sample_percent", "survey-percent"))
}

/// Moments, one a line, each within the date range; as they are kept.
fn points(text: &str, (from, to): (NaiveDate, NaiveDate)) -> Result<String> {
    let mut points = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let line = line.replace([' ', '　'], "T").replace('：', ":");
        let at = moment("time_points", &line)?
            .ok_or_else(|| Error::invalid("time_points", "instant"))?;
        let day = time::date_in_china(at);
        if day < from || day > to {
            return Err(Error::invalid("time_points", "survey-point-outside"));
        }
        points.push(at);
    }
    points.sort_unstable();
    points.dedup();
    match points.len() {
        0 => Err(Error::invalid("time_points", "missing")),
        n if n > POINTS_MAX => Err(Error::invalid("time_points", "survey-points")),
        _ => {
            let lines = points.iter().map(|at| {
                let at = at.with_timezone(&time::china());
                at.format("%Y-%m-%d %H:%M").to_string()
            });
            Ok(lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

/// The moments of an application, as it was kept.
pub(super) fn read_points(kept: &str) -> Vec<Instant> {
    let read = |line: &str| {
        moment("time_points", &line.replace(' ', "T"))
            .ok()
            .flatten()
    };
    kept.lines().filter_map(read).collect()
}

/// Writes a new application.
///
/// # Errors
/// When the actor may not, or fields are missing or wrong: all of them at once.
pub async fn create_survey(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &ApplicationForm,
) -> Result<String> {
    let scope = actor.scope(Permission::SurveysRequest)?;
    let by = person(actor)?;
    let org = actor.org_id.ok_or_else(|| Refusal::new("person-needed"))?;
    let read = form.read(app, actor, &scope, now).await?;
    let work = app.store().begin(now).await?;
    let number = next_number(&work, NumberKind::Survey).await?;
    let id = rows::insert_survey(&work, &number, &form.row(&read), org, by).await?;
    let moved = (None, SurveyState::Draft);
    rows::insert_survey_entry(&work, id, &actor.name, "draft", moved, None).await?;
    let detail = serde_json::json!({ "number": number, "kind": read.kind.as_str(), "identity": read.identity.as_str() });
    let entry = AuditEntry::new(actor, "survey.drafted", "survey", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(number)
}

/// An application that its requester may write anew.
///
/// # Errors
/// When it is another's or no draft any more.
pub async fn own_draft(app: &App, actor: &Actor, key: &str) -> Result<SurveyRow> {
    let scope = actor.scope(Permission::SurveysRequest)?;
    let row = find(app.store(), &scope, key).await?;
    demand_own_draft(&row, actor)?;
    Ok(row)
}

fn demand_own_draft(row: &SurveyRow, actor: &Actor) -> Result<()> {
    if row.state != SurveyState::Draft {
        return Err(Refusal::with("survey-wrong-state", row.state.as_str()).into());
    }
    if Some(row.requester) != actor.user() {
        return Err(Refusal::new("survey-not-requester").into());
    }
    Ok(())
}

/// Writes an application anew.
///
/// # Errors
/// When it is another's or no draft any more, or fields are missing or wrong.
pub async fn write_survey(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    form: &ApplicationForm,
) -> Result<String> {
    let scope = actor.scope(Permission::SurveysRequest)?;
    let work = app.store().begin(now).await?;
    let row = find(&work, &scope, key).await?;
    demand_own_draft(&row, actor)?;
    let read = form.read(app, actor, &scope, now).await?;
    rows::write_application(&work, &row, &form.row(&read)).await?;
    let entry = AuditEntry::new(actor, "survey.written", "survey", row.id.0);
    work.commit(entry).await?;
    Ok(row.number)
}

/// What helps to fill in an application.
#[derive(Clone, Debug)]
pub struct ApplicationHelp {
    /// Departments of the unit that asked before, each with what it used of the year's limit.
    pub departments: Vec<(String, Option<Counted>)>,
    /// The limit counts for all departments together.
    pub in_total: bool,
}

/// What helps to fill in an application.
///
/// # Errors
/// When the actor may not.
pub async fn application_help(app: &App, actor: &Actor, now: Instant) -> Result<ApplicationHelp> {
    actor.demand(Permission::SurveysRequest)?;
    let org = actor.org_id.ok_or_else(|| Refusal::new("person-needed"))?;
    let (rules, today) = (app.rules(), time::date_in_china(now));
    let kind = SurveyKind::Routine;
    let limit = rules.setting(kind.limit_parameter(), today);
    let in_total = rules.flag("survey_limit_per_department", today) == Some(false);
    let names = rows::list_departments(app.store(), org).await?;
    let launched = rows::list_launched(app.store(), kind, year_of(today)).await?;
    let of = |name: &str| -> i64 {
        let counts = launched
            .iter()
            .filter(|l| in_total || (l.org == org && l.department == name));
        counts.map(|l| l.launched).sum()
    };
    let departments = names.into_iter().map(|name| {
        let counted = limit.map(|limit| Counted {
            launched: of(&name),
            limit,
        });
        (name, counted)
    });
    Ok(ApplicationHelp {
        departments: departments.collect(),
        in_total,
    })
}

/// The department against whose limit a survey counts.
pub(super) fn department(row: &SurveyRow) -> Department<'_> {
    Department {
        org: row.org,
        name: &row.department,
    }
}
