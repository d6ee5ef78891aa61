//! What an accepted and entered copy changes: tickets, the policy's receipt, contact data, the account.

use super::review::{Changes, read_review};
use crate::callbacks::record;
use crate::customers::put_facts;
use crate::tickets::{Finding, open_ticket};
use crate::{App, Error, Result};
use chrono::{NaiveDate, NaiveTime};
use domain::access::{Actor, Permission};
use domain::customers::{Origin, Reveal};
use domain::questionnaires::Item;
use domain::tickets::ProblemType;
use domain::time;
use store::customers::Learned;
use store::letters::{LetterRow, NewAccount};
use store::{AuditActor, AuditEntry, UnitOfWork};

/// Why contact data changes, as its history says.
const REASON: &str = "客户回访函暨保险单签收回执";

/// The items that a letter asks, in the version that was printed.
pub(super) fn items_of(app: &App, letter: &LetterRow) -> Vec<Item> {
    let scripts = app.scripts();
    let Some(script) = scripts.find(letter.questionnaire_id) else {
        return Vec::new();
    };
    let find = |code: &String| script.items.iter().find(|i| i.item.code == *code);
    let found = letter.items.iter().filter_map(find);
    found.map(|i| i.item.clone()).collect()
}

/// A ticket for each answer that is not the one hoped for.
pub(super) async fn open_tickets(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    letter: &LetterRow,
) -> Result<Vec<AuditEntry>> {
    let Some(review) = &letter.review else {
        return Ok(Vec::new());
    };
    let review = read_review(review)?;
    let items = items_of(app, letter);
    let items: Vec<&Item> = items.iter().collect();
    let whole = Actor::system().scope(Permission::CallbacksRead)?;
    let record = record(work, &whole, letter.callback_id).await?;
    let mut audit = Vec::new();
    for item in review.negative(&items) {
        let problem = item.ticket.unwrap_or(ProblemType::RightsUnclear);
        let finding = format!("{}：{}", letter.number, item.title.zh);
        let found = Finding {
            problem,
            item: Some(&item.code),
            words: Some(&finding),
        };
        audit.push(open_ticket(work, actor, &app.rules(), &record, found).await?);
    }
    Ok(audit)
}

/// Enters the receipt: signature and entry as two days, then what the customer changed.
pub(super) async fn enter(
    work: &UnitOfWork,
    actor: &Actor,
    letter: &LetterRow,
    today: NaiveDate,
) -> Result<Vec<AuditEntry>> {
    let mut audit = Vec::new();
    let signed_on = letter.signed_on.ok_or(Error::Conflict)?;
    if let Some(policy) = letter.policy_id {
        store::letters::enter_receipt(work, policy, signed_on, today).await?;
        let detail = serde_json::json!({
            "signed_on": signed_on, "entered_on": today, "letter": letter.number,
        });
        let entry = AuditEntry::new(actor, "policy.receipt_entered", "policy", policy.0);
        audit.push(entry.customer(letter.customer_id.0).detail(detail));
    }
    let trace = work.next_id();
    let Some(sealed) = &letter.changes else {
        return Ok(audit);
    };
    let changes = Changes::read(sealed.reveal(Reveal::traced(trace)))?;
    audit.extend(change_customer(work, actor, letter, &changes).await?);
    if let (Some((bank, account)), Some(policy)) = (&changes.account, letter.policy_id) {
        let new = NewAccount {
            policy,
            customer: letter.customer_id,
            letter: letter.id,
            bank,
            account,
            given_on: signed_on,
            recorded_by: &actor.name,
        };
        store::letters::insert_account(work, &new).await?;
        let detail = serde_json::json!({ "account": account.to_string(), "letter": letter.number });
        let entry = AuditEntry::new(actor, "policy.account_changed", "policy", policy.0);
        audit.push(entry.customer(letter.customer_id.0).detail(detail));
    }
    Ok(audit)
}

async fn change_customer(
    work: &UnitOfWork,
    actor: &Actor,
    letter: &LetterRow,
    changes: &Changes,
) -> Result<Option<AuditEntry>> {
    let whole = Actor::system().scope(Permission::CustomersRead)?;
    let customer = store::customers::find_customer(work, &whole, letter.customer_id).await?;
    let customer = customer.ok_or(Error::NotFound)?;
    let reason = format!("{REASON} {}", letter.number);
    let facts = changes.facts();
    let signed_at = letter
        .signed_on
        .map(|d| time::at_in_china(d, NaiveTime::MIN));
    let learned = Learned {
        collected_at: signed_at,
        ..Learned::in_service(Origin::Letter, &AuditActor::from(actor), work.now())
    };
    put_facts(
        work,
        actor,
        &customer,
        customer.version,
        &facts,
        &reason,
        &learned,
    )
    .await
}
