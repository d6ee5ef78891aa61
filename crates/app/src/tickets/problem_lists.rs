//! Numbered lists of cases. Of bancassurance (TKT-03, TKT-04): items 1 to 6 of a period and unit, made by branch
//! operations, sent to the business-quality supervision post, copied to channel management. To departments (TKT-13):
//! every case of a period with its result, and what its maker thinks and plans. A list that was made stays as it was.

use super::clock::setting;
use crate::{App, Error, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission};
use domain::numbers::NumberKind;
use domain::tickets::{CaseListKind, listed_items, reported_item};
use domain::time::{self, Instant};
use sha2::{Digest as _, Sha256};
use store::AuditEntry;
use store::orgs::Org;
use store::tickets::{
    self as rows, ListRecipient, NewProblemList, ProblemListHead, ProblemListRow,
};
use store::{Page, PageKey};

/// Cases that a list looks at.
const CASES_MAX: i64 = 20_000;
/// Longest period of a list: a year.
const PERIOD_DAYS_MAX: i64 = 366;
/// Rows of a page.
const PAGE_ROWS: u64 = 50;
/// Longest opinion or plan.
const WORDS_MAX: usize = 2_000;

/// A list to make.
#[derive(Clone, Debug, Default)]
pub struct ListForm {
    /// Code of the unit.
    pub org: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// What it is made for, as a code; of bancassurance when empty.
    pub kind: String,
    /// What its maker thinks of the cases; for reports to departments.
    pub opinion: String,
    /// What is planned; for reports to departments.
    pub plan: String,
}

/// A list with all that belongs to it.
#[derive(Clone, Debug)]
pub struct ProblemListPage {
    /// The head.
    pub head: ProblemListHead,
    /// The rows.
    pub rows: Vec<ProblemListRow>,
    /// Who got it.
    pub recipients: Vec<ListRecipient>,
}

/// Lists in sight, the newest first.
///
/// # Errors
/// When the actor may not, or the start of the page cannot be read.
pub async fn list_lists(app: &App, actor: &Actor, after: &str) -> Result<Page<ProblemListHead>> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let after = match after {
        "" => None,
        text => Some(PageKey::decode(text).ok_or_else(|| Error::invalid("after", "unknown-code"))?),
    };
    Ok(rows::list_problem_lists(app.store(), &scope, after.as_ref(), PAGE_ROWS).await?)
}

struct Wanted {
    org: Org,
    from: NaiveDate,
    to: NaiveDate,
    kind: CaseListKind,
}

async fn wanted(app: &App, actor: &Actor, now: Instant, form: &ListForm) -> Result<Wanted> {
    let scope = actor.scope(Permission::TicketsList)?;
    let mut problems = Vec::new();
    let mut date = |field: &str, text: &str| {
        let parsed = text.trim().parse::<NaiveDate>().ok();
        if parsed.is_none() {
            problems.push(crate::FieldProblem::new(field, "date"));
        }
        parsed
    };
    let (from, to) = (date("from", &form.from), date("to", &form.to));
    let kind = crate::listing::code("kind", &form.kind, CaseListKind::parse)?;
    let org = store::orgs::find_org_by_code(app.store(), form.org.trim()).await?;
    let org = org.filter(|o| scope.covers(&o.path));
    if org.is_none() {
        problems.push(crate::FieldProblem::new("org", "unknown-org"));
    }
    let (Some(from), Some(to), Some(org)) = (from, to, org) else {
        return Err(Error::Invalid(problems));
    };
    if to < from || (to - from).num_days() > PERIOD_DAYS_MAX || to > time::date_in_china(now) {
        return Err(Error::invalid("to", "period"));
    }
    Ok(Wanted {
        org,
        from,
        to,
        kind: kind.unwrap_or(CaseListKind::Bancassurance),
    })
}

/// What a list would hold if it were made now.
///
/// # Errors
/// When the actor may not make lists, or a field is wrong.
pub async fn preview_list(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &ListForm,
) -> Result<Vec<ProblemListRow>> {
    let wanted = wanted(app, actor, now, form).await?;
    rows_of(app, actor, &wanted).await
}

async fn rows_of(app: &App, actor: &Actor, wanted: &Wanted) -> Result<Vec<ProblemListRow>> {
    let scope = actor.scope(Permission::TicketsList)?;
    let (from, to) = (wanted.from, wanted.to);
    let what = (wanted.kind, wanted.org.path.as_str());
    let cases = rows::list_listed_cases(app.store(), &scope, what, from, to, CASES_MAX).await?;
    let mut listed = Vec::new();
    for found in &cases {
        if wanted.kind == CaseListKind::Departments {
            listed.push(ProblemListRow {
                item: i64::from(reported_item(found.is_open)),
                ..found.row.clone()
            });
            continue;
        }
        for item in listed_items(&found.case, from, to) {
            listed.push(ProblemListRow {
                item: i64::from(item.item),
                occurred_on: item.on,
                ..found.row.clone()
            });
        }
    }
    listed.sort_by(|a, b| {
        (a.item, a.occurred_on, &a.ticket_number).cmp(&(b.item, b.occurred_on, &b.ticket_number))
    });
    for (seq, row) in (1..).zip(&mut listed) {
        row.seq = seq;
    }
    Ok(listed)
}

/// Makes a list and sends it to those who have to get it.
///
/// # Errors
/// When the actor may not make lists, a field is wrong, or there is nothing to list.
pub async fn make_list(app: &App, actor: &Actor, now: Instant, form: &ListForm) -> Result<String> {
    let wanted = wanted(app, actor, now, form).await?;
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    let words = words(&wanted, form)?;
    let listed = rows_of(app, actor, &wanted).await?;
    if listed.is_empty() {
        return Err(crate::Refusal::new("problem-list-empty").into());
    }
    let today = time::date_in_china(now);
    let rules = app.rules();
    let setting = |id| setting(&rules, id, today);
    let (penalty_rule, penalty_article) = match wanted.kind {
        CaseListKind::Bancassurance => setting("banc_penalty_rule").unwrap_or_default(),
        CaseListKind::Departments => Default::default(),
    };
    let work = app.store().begin(now).await?;
    let number = store::obligations::take_number(&work, NumberKind::ProblemList, today.year());
    let number = number.await?.to_string();
    let new = NewProblemList {
        number: &number,
        kind: wanted.kind,
        words,
        org: wanted.org.id,
        from: wanted.from,
        to: wanted.to,
        rows: &listed,
        hash: &hash_of(&listed),
        penalty_rule: &penalty_rule,
        penalty_article: &penalty_article,
        by,
        by_name: &actor.name,
    };
    let id = rows::insert_problem_list(&work, &new).await?;
    let mut sent = 0;
    for (setting_id, is_copy) in receivers(wanted.kind) {
        let Some((post, _)) = setting(setting_id) else {
            continue;
        };
        for (user, name, unit, path) in rows::find_post_holders(&work, &post, today).await? {
            if path.contains(&wanted.org.path) || wanted.org.path.contains(&path) {
                let names = (name.as_str(), unit.as_str());
                rows::insert_list_recipient(&work, id, user, names, &post, is_copy).await?;
                sent += 1;
            }
        }
    }
    let detail = serde_json::json!({
        "number": number, "org": wanted.org.code, "from": wanted.from, "to": wanted.to,
        "rows": listed.len(), "recipients": sent, "hash": new.hash,
    });
    let entry = AuditEntry::new(actor, "ticket.list_made", "problem_list", id).detail(detail);
    work.commit(entry).await?;
    Ok(number)
}

/// What a report to departments says beside the cases: both are demanded there, and nowhere else.
fn words<'f>(wanted: &Wanted, form: &'f ListForm) -> Result<(&'f str, &'f str)> {
    if wanted.kind == CaseListKind::Bancassurance {
        return Ok(("", ""));
    }
    let (opinion, plan) = (form.opinion.trim(), form.plan.trim());
    let mut problems = Vec::new();
    for (field, text) in [("opinion", opinion), ("plan", plan)] {
        match text.chars().count() {
            0 => problems.push(crate::FieldProblem::new(field, "missing")),
            n if n > WORDS_MAX => problems.push(crate::FieldProblem::new(field, "too-long")),
            _ => {}
        }
    }
    if problems.is_empty() {
        Ok((opinion, plan))
    } else {
        Err(Error::Invalid(problems))
    }
}

/// Parameters that name the posts which get a list, each with whether it is a copy.
fn receivers(kind: CaseListKind) -> [(&'static str, bool); 2] {
    match kind {
        CaseListKind::Bancassurance => [("banc_list_to", false), ("banc_list_copy", true)],
        CaseListKind::Departments => [("case_report_to", false), ("case_report_copy", true)],
    }
}

/// SHA-256 over the rows as they are kept.
fn hash_of(listed: &[ProblemListRow]) -> String {
    let mut hash = Sha256::new();
    for row in listed {
        hash.update(format!("{row:?}\n"));
    }
    hex::encode(hash.finalize())
}

/// A list in sight, without a receipt.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn find_list(app: &App, actor: &Actor, number: &str) -> Result<ProblemListPage> {
    let scope = actor.scope(Permission::TicketsRead)?;
    let db = app.store();
    let head = rows::find_problem_list(db, &scope, number)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(ProblemListPage {
        rows: rows::list_problem_list_rows(db, head.id).await?,
        recipients: rows::list_recipients(db, head.id).await?,
        head,
    })
}

/// A list in sight; that somebody who got it has read it is kept as the receipt.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn read_list(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
) -> Result<ProblemListPage> {
    let page = find_list(app, actor, number).await?;
    let unread = |r: &&ListRecipient| Some(r.user) == actor.user() && r.read_at.is_none();
    let Some(user) = page.recipients.iter().find(unread).map(|r| r.user) else {
        return Ok(page);
    };
    let work = app.store().begin(now).await?;
    if rows::mark_list_read(&work, page.head.id, user).await? {
        let entry = AuditEntry::new(actor, "ticket.list_read", "problem_list", page.head.id);
        work.commit(entry.detail(serde_json::json!({ "number": page.head.number })))
            .await?;
    }
    find_list(app, actor, number).await
}
