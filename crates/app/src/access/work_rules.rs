//! The written rules of the work (ORG-12) and of information security (SEC-01): versions with the day
//! from which they hold and the person who answers for them, for everybody to read.

use crate::{App, Error, FieldProblem, Result, listing};
use domain::access::{Actor, Permission};
use domain::time::Instant;
use store::access::{self as rows, NewWorkRule, WorkRuleRow};
use store::{AuditEntry, StoreError};

/// Kinds of written rules.
pub const WORK_RULE_KINDS: [&str; 5] = [
    "callbacks",
    "information_security",
    "complaints",
    "quality",
    "other",
];
/// Longest title.
const TITLE_MAX: usize = 100;
/// Longest text.
const BODY_MAX: usize = 50_000;
/// Longest code.
const CODE_MAX: usize = 40;

/// What a form says of a written rule.
#[derive(Clone, Debug, Default)]
pub struct WorkRuleForm {
    /// What stays the same over versions.
    pub code: String,
    /// Code of the kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Code of the unit that issues it.
    pub org: String,
    /// User name of the person who answers for it.
    pub responsible: String,
    /// First day on which it holds.
    pub effective_from: String,
}

/// The newest version of each written rule.
///
/// # Errors
/// When the actor may not read rules.
pub async fn list_work_rules(app: &App, actor: &Actor) -> Result<Vec<WorkRuleRow>> {
    actor.demand(Permission::RulesRead)?;
    Ok(rows::load_work_rules(app.store()).await?)
}

/// Every version of a written rule, the newest first.
///
/// # Errors
/// When the actor may not read rules; [`Error::NotFound`] when there is none of that code.
pub async fn work_rule(app: &App, actor: &Actor, code: &str) -> Result<Vec<WorkRuleRow>> {
    actor.demand(Permission::RulesRead)?;
    let versions = rows::load_work_rule(app.store(), code).await?;
    if versions.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(versions)
}

/// Adds a version of a written rule, the first or the next; older ones stay as they are.
///
/// # Errors
/// All problems of the form at once.
pub async fn write_work_rule(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &WorkRuleForm,
) -> Result<i64> {
    let scope = actor.scope(Permission::OrgsManage)?;
    let mut problems = texts(form);
    let org = store::orgs::find_org_by_code(app.store(), form.org.trim()).await?;
    let org = org.filter(|o| scope.covers(&o.path));
    if org.is_none() {
        problems.push(FieldProblem::new("org", "unknown-org"));
    }
    let colleagues = rows::list_colleagues(app.store(), &scope).await?;
    let responsible = form.responsible.trim();
    let responsible = colleagues.iter().find(|c| c.username == responsible);
    if responsible.is_none() {
        problems.push(FieldProblem::new("responsible", "unknown-user"));
    }
    let day = listing::date("effective_from", &form.effective_from);
    match day {
        Ok(None) => problems.push(FieldProblem::new("effective_from", "missing")),
        Err(_) => problems.push(FieldProblem::new("effective_from", "date")),
        Ok(Some(_)) => {}
    }
    let (Some(org), Some(responsible), Ok(Some(effective_from)), true) =
        (org, responsible, day, problems.is_empty())
    else {
        return Err(Error::Invalid(problems));
    };
    let work = app.store().begin(now).await?;
    let new = NewWorkRule {
        code: form.code.trim(),
        kind: &form.kind,
        title: form.title.trim(),
        body: form.body.trim(),
        org: org.id,
        responsible: responsible.id,
        effective_from,
        made_by: &actor.name,
    };
    let version = match rows::insert_work_rule(&work, &new).await {
        Ok(version) => version,
        Err(StoreError::Constraint(_)) => return Err(Error::Conflict),
        Err(error) => return Err(error.into()),
    };
    let detail = serde_json::json!({
        "code": new.code, "version": version, "effective_from": effective_from.to_string(),
        "responsible": responsible.username,
    });
    let entry = AuditEntry::new(actor, "access.work_rule_written", "work_rule", None);
    work.commit(entry.detail(detail)).await?;
    Ok(version)
}

fn texts(form: &WorkRuleForm) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let code = form.code.trim();
    if code.is_empty() {
        problems.push(FieldProblem::new("code", "missing"));
    } else if code.len() > CODE_MAX || !code.chars().all(plain) {
        problems.push(FieldProblem::new("code", "code-shape"));
    }
    if !WORK_RULE_KINDS.contains(&form.kind.as_str()) {
        problems.push(FieldProblem::new("kind", "unknown-code"));
    }
    for (field, text, max) in [
        ("title", &form.title, TITLE_MAX),
        ("body", &form.body, BODY_MAX),
    ] {
        match text.trim().chars().count() {
            0 => problems.push(FieldProblem::new(field, "missing")),
            n if n > max => problems.push(FieldProblem::new(field, "too-long")),
            _ => {}
        }
    }
    problems
}
