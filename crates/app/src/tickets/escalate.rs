//! What is over its time goes to the head of the unit, once (TKT-16).

use super::clock::setting;
use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::tickets::{self as rows, NewTicketEntry, TicketRow};

/// Tickets that one run looks at; the next run goes on.
const ESCALATE_MAX: i64 = 500;

/// Escalates tickets whose due date passed without anything done; says how many.
///
/// # Errors
/// What the store says.
pub async fn escalate_overdue(app: &App, now: Instant) -> Result<usize> {
    let today = time::date_in_china(now);
    let rules = app.rules();
    let days = rules.setting("ticket_escalate_days", today).unwrap_or(0);
    let before = rules.working_days_after(today, -days);
    let actor = Actor::system();
    let whole = actor.scope(Permission::TicketsRead)?;
    let late = rows::list_to_escalate(app.store(), before, ESCALATE_MAX).await?;
    let post = setting(&rules, "ticket_escalate_post", today).map(|(post, _)| post);
    let mut escalated = 0;
    for id in late {
        let work = app.store().begin(now).await?;
        let Some(ticket) = rows::find_ticket(&work, &whole, id).await? else {
            continue;
        };
        if ticket.escalated_at.is_some() || !ticket.is_overdue(today) {
            continue;
        }
        let heads = match &post {
            Some(post) => heads(app, &ticket, post, today).await?,
            None => String::new(),
        };
        match rows::save_escalation(&work, id, ticket.version).await {
            // Somebody is working on it at this very moment.
            Err(store::StoreError::Conflict) => continue,
            other => other?,
        }
        let state = ticket.state.as_str();
        let entry = NewTicketEntry {
            actor: &actor.name,
            unit: None,
            step: "escalate",
            from: state,
            to: state,
            note: Some(heads.as_str()).filter(|h| !h.is_empty()),
        };
        rows::insert_ticket_entry(&work, id, &entry).await?;
        let detail = serde_json::json!({ "due_on": ticket.due_on });
        let entry = AuditEntry::new(&actor, "ticket.escalated", "ticket", id.0);
        work.commit(entry.customer(ticket.customer_id.0).detail(detail))
            .await?;
        escalated += 1;
    }
    Ok(escalated)
}

/// Who holds the post nearest above the ticket, by name and unit.
async fn heads(
    app: &App,
    ticket: &TicketRow,
    post: &str,
    today: chrono::NaiveDate,
) -> Result<String> {
    let mut holders = rows::find_post_holders(app.store(), post, today).await?;
    holders.retain(|(_, _, _, path)| path.contains(&ticket.org_path));
    let nearest = holders
        .iter()
        .map(|(_, _, _, path)| path.as_str().len())
        .max();
    let names = holders
        .iter()
        .filter(|(_, _, _, path)| Some(path.as_str().len()) == nearest)
        .map(|(_, name, unit, _)| format!("{name}（{unit}）"));
    Ok(names.collect::<Vec<_>>().join("、"))
}
