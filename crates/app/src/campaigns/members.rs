//! The list of a campaign: put together from a list of sales, from the register, or singly.

use super::{SHORT_MAX, decision_view, load, right_to_list};
use crate::jobs::{Task, enqueue};
use crate::listing;
use crate::visits::{person, text};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::campaigns::{CampaignCommand, CampaignState, CampaignStep, Listed, MemberSource};
use domain::customers::{CustomerKind, ValueClass};
use domain::ids::{CampaignId, CustomerId};
use domain::time::{self, Instant};
use std::collections::HashSet;
use store::campaigns::{self as rows, CampaignRow, MemberRow, NewMember, Selection};
use store::{AuditEntry, UnitOfWork};

/// Customers on a list; what needs more is made in several campaigns.
pub(super) const LIST_MAX: usize = 5_000;
/// Numbers that are named when they were not found.
const NAMED_MAX: usize = 50;

/// A list of customers, as it comes from the page, a file or the API.
#[derive(Clone, Debug, Default)]
pub struct ListForm {
    /// Where it comes from, as a code; `single` when empty.
    pub source: String,
    /// What customers without a purpose of their own are called for.
    pub purpose: String,
    /// Numbers of customers, each with its purpose or nothing.
    pub customers: Vec<(String, String)>,
    /// Why, after the release.
    pub reason: String,
}

/// Reads a list that was pasted or uploaded: a line for each customer, the number first, then the purpose behind a
/// comma, a semicolon or a tabulator. A heading and empty lines are passed over.
pub fn list_of(text: &str) -> Vec<(String, String)> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let cells = lines.map(|line| {
        let (number, purpose) = line
            .split_once([',', ';', '\t', '，', '；'])
            .unwrap_or((line, ""));
        let bare = |cell: &str| cell.trim().trim_matches('"').trim().to_owned();
        (bare(number), bare(purpose))
    });
    cells
        .enumerate()
        .filter(|(at, (number, _))| *at > 0 || !is_heading(number))
        .map(|(_, cells)| cells)
        .collect()
}

fn is_heading(cell: &str) -> bool {
    matches!(cell, "customer_no" | "客户号" | "客户编号" | "客户号码")
}

/// What became of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddReport {
    /// Customers that were put on the list.
    pub added: usize,
    /// Customers that stood on it before, or twice in what was given.
    pub known: usize,
    /// Numbers that no customer of the unit has, the first of them.
    pub unknown: Vec<String>,
    /// How many those are.
    pub unknown_count: usize,
    /// There are more customers in the selection than a list takes.
    pub more: bool,
}

/// Puts customers on the list, each with a purpose. After the release their callbacks follow at once.
///
/// # Errors
/// When the actor may not, the list is before sales or closed, or a field is wrong.
pub async fn add_members(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    form: &ListForm,
) -> Result<AddReport> {
    let source = listing::code("source", &form.source, MemberSource::parse)?;
    let source = source.unwrap_or(MemberSource::Single);
    let purpose = text("purpose", &form.purpose, SHORT_MAX)?;
    if form.customers.is_empty() {
        return Err(Error::invalid("customers", "missing"));
    }
    if form.customers.len() > LIST_MAX {
        return Err(Error::invalid("customers", "too-many"));
    }
    let right = right_to_list(actor);
    let scope = actor.scope(right)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, right, (id, None)).await?;
    let numbers: Vec<_> = form.customers.iter().map(|(n, _)| n.clone()).collect();
    let path = row.org_path.as_str();
    let found = rows::find_customers_by_number(&work, &scope, path, &numbers).await?;
    let mut report = AddReport::default();
    let (mut seen, mut members) = (HashSet::new(), Vec::new());
    for (number, own) in &form.customers {
        let Some(customer) = found.get(number) else {
            report.unknown_count += 1;
            if report.unknown.len() < NAMED_MAX {
                report.unknown.push(number.chars().take(40).collect());
            }
            continue;
        };
        if !seen.insert(*customer) {
            report.known += 1;
            continue;
        }
        // For each customer of a generic programme the purpose is stated beforehand (CBK-11).
        let own = text("purpose", own, SHORT_MAX)?.or(purpose);
        let own = own.ok_or_else(|| Error::invalid("purpose", "missing"))?;
        members.push(NewMember {
            customer: *customer,
            purpose: own.to_owned(),
        });
    }
    put(work, actor, &row, (members, source, &form.reason), report).await
}

/// A selection from the register, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct SelectionForm {
    /// Kind of customer, as a code.
    pub kind: String,
    /// Value class, as a code.
    pub value_class: String,
    /// `true` for large customers, `false` for others.
    pub large: String,
    /// `true` with a policy in force, `false` without.
    pub in_force: String,
    /// Code of a unit; the campaign's when empty.
    pub org: String,
    /// What the customers are called for.
    pub purpose: String,
    /// Why, after the release.
    pub reason: String,
}

/// Puts the customers of a selection on the list.
///
/// # Errors
/// When the actor may not, the list is before sales or closed, or a field is wrong.
pub async fn add_selection(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    form: &SelectionForm,
) -> Result<AddReport> {
    let right = right_to_list(actor);
    let scope = actor.scope(right)?;
    let purpose = crate::visits::demanded("purpose", &form.purpose, SHORT_MAX)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, right, (id, None)).await?;
    let under = listing::org_path(app, &scope, &form.org).await?;
    let under = under.unwrap_or_else(|| row.org_path.as_str().to_owned());
    if !under.starts_with(row.org_path.as_str()) {
        return Err(Error::invalid("org", "unknown-org"));
    }
    let selection = Selection {
        kind: listing::code("kind", &form.kind, CustomerKind::parse)?,
        value_class: listing::code("value_class", &form.value_class, ValueClass::parse)?,
        large: flag("large", &form.large)?,
        in_force: flag("in_force", &form.in_force)?,
        org_path: under,
    };
    let room = LIST_MAX.saturating_sub(usize::try_from(row.members).unwrap_or(LIST_MAX));
    let limit = i64::try_from(room + 1).unwrap_or(i64::MAX);
    let mut customers = rows::select_customers(&work, &scope, &selection, id, limit).await?;
    let report = AddReport {
        more: customers.len() > room,
        ..AddReport::default()
    };
    customers.truncate(room);
    let member = |customer: CustomerId| NewMember {
        customer,
        purpose: purpose.to_owned(),
    };
    let members = customers.into_iter().map(member).collect();
    let what = (members, MemberSource::Selection, form.reason.as_str());
    put(work, actor, &row, what, report).await
}

fn flag(field: &str, text: &str) -> Result<Option<bool>> {
    match text.trim() {
        "" => Ok(None),
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        _ => Err(Error::invalid(field, "unknown-code")),
    }
}

async fn put(
    work: UnitOfWork,
    actor: &Actor,
    row: &CampaignRow,
    (members, source, reason): (Vec<NewMember>, MemberSource, &str),
    mut report: AddReport,
) -> Result<AddReport> {
    let by = person(actor)?;
    let reason = text("reason", reason, SHORT_MAX)?;
    let scope = actor.scope(right_to_list(actor))?;
    let view = decision_view(&work, &scope, row).await?;
    let command = CampaignCommand::Add {
        reason: reason.unwrap_or_default().to_owned(),
    };
    let state = view.decide(&command, by)?;
    if state == CampaignState::Released {
        actor.demand(Permission::CampaignsPlan)?;
    }
    if usize::try_from(view.members).unwrap_or(LIST_MAX) + members.len() > LIST_MAX {
        return Err(Refusal::with("campaign-list-full", LIST_MAX.to_string()).into());
    }
    let whom = (by, actor.name.as_str(), reason);
    let added = rows::insert_members(&work, row.id, &members, source, whom).await?;
    report.added = added.len();
    report.known += members.len() - added.len();
    if state == CampaignState::Released && !added.is_empty() {
        rows::forget_step(&work, row.id, CampaignStep::Execution).await?;
        begin_callbacks(&work, row).await?;
    }
    let detail = serde_json::json!({
        "source": source.as_str(), "added": report.added, "known": report.known,
        "unknown": report.unknown_count, "released": state == CampaignState::Released,
    });
    let entry = AuditEntry::new(actor, "campaign.listed", "campaign", row.id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(report)
}

/// Lets callbacks come into being for those on the list who have none: an event each, and the planner is called.
pub(super) async fn begin_callbacks(work: &UnitOfWork, row: &CampaignRow) -> Result<()> {
    let today = time::date_in_china(work.now());
    rows::insert_contact_events(work, row, row.starts_on.max(today)).await?;
    plan_soon(work).await
}

async fn plan_soon(work: &UnitOfWork) -> Result<()> {
    let task = Task::Plan {
        since: None,
        as_of: None,
    };
    enqueue(work, &Actor::system(), work.now(), &task).await?;
    Ok(())
}

/// Takes a customer off the list. After the release the reason is kept and the rule cancels the callback;
/// programmes of law and supervision accept no removal (C-24).
///
/// # Errors
/// When the actor may not, the customer is not on the list, the call is under way or ended, the programme
/// accepts no removal, or the reason is missing.
pub async fn remove_member(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    customer_no: &str,
    reason: &str,
) -> Result<()> {
    let by = person(actor)?;
    let reason = text("reason", reason, SHORT_MAX)?;
    let right = right_to_list(actor);
    let scope = actor.scope(right)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, right, (id, None)).await?;
    let member = rows::find_member(&work, &scope, (id, customer_no.trim())).await?;
    let member = member.ok_or(Error::NotFound)?;
    let view = decision_view(&work, &scope, &row).await?;
    let command = CampaignCommand::Remove {
        reason: reason.unwrap_or_default().to_owned(),
    };
    if view.decide(&command, by)? == CampaignState::Released {
        actor.demand(Permission::CampaignsPlan)?;
        listed(app, &member).check_removal()?;
        rows::remove_member(&work, member.id, &actor.name, reason.unwrap_or_default()).await?;
        rows::withdraw_contact(&work, member.id, time::date_in_china(now)).await?;
        plan_soon(&work).await?;
    } else {
        rows::delete_member(&work, member.id).await?;
    }
    let detail = serde_json::json!({ "customer_no": member.customer_no });
    let entry = AuditEntry::new(actor, "campaign.unlisted", "campaign", id.0);
    let entry = entry.customer(member.customer_id.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// What of a customer on a released list decides whether they may leave it. Before the planner looked, nothing is
/// owed yet.
fn listed(app: &App, member: &MemberRow) -> Listed {
    let programme = member.programme.as_deref();
    let removal_allowed = programme.is_none_or(|code| app.rules().is_removal_allowed(code));
    Listed {
        removal_allowed,
        callback: member.callback.as_ref().map(|(_, _, state)| *state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_people_paste_them() {
        let cells = |text: &str| list_of(text);
        let two = [
            ("C1".to_owned(), "满意度".to_owned()),
            ("C2".to_owned(), String::new()),
        ];
        for text in [
            "C1,满意度\nC2",
            "\u{feff}customer_no,purpose\r\nC1,\"满意度\"\r\n\r\nC2,\r\n",
            "客户号\t目的\nC1\t满意度\n C2 ",
            "C1；满意度\nC2；",
        ] {
            assert_eq!(cells(text), two, "{text:?}");
        }
        assert!(cells(" \n").is_empty());
    }
}
