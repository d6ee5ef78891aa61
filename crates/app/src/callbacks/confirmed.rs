//! Contact data that a customer affirmed on a call counts as confirmed (CUS-14; B03 §4.2).

use crate::{App, Result};
use domain::access::{Actor, Scope};
use domain::customers::{CustomerField, Origin};
use domain::questionnaires::Answer;
use domain::tickets::ProblemType;
use store::callbacks::{AttemptRow, CallbackRecord, list_answers};
use store::information::insert_confirmations;
use store::{AuditActor, UnitOfWork};

/// Notes as confirmed what the last answers of a call affirm: the number that was called, the address
/// that was compared. An item says by its ticket what it is about.
pub(super) async fn confirm_contact(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    scope: &Scope,
    record: &CallbackRecord,
    attempt: &AttemptRow,
) -> Result<()> {
    let scripts = app.scripts();
    let script = attempt.questionnaire_id.and_then(|id| scripts.find(id));
    let Some(script) = script else {
        return Ok(());
    };
    let answers = list_answers(work, scope, record.id).await?;
    let affirmed = |code: &str| {
        let own = answers.iter().rev().filter(|a| a.attempt_id == attempt.id);
        let last = own.map(|a| &a.given).find(|g| g.item == code);
        last.is_some_and(|g| g.answer == Answer::Affirm)
    };
    let mut fields: Vec<CustomerField> = Vec::new();
    for item in script.items.iter().map(|i| &i.item) {
        let field = match item.ticket {
            Some(ProblemType::WrongPhone) => CustomerField::Mobile,
            Some(ProblemType::WrongAddress) => CustomerField::MailingAddress,
            _ => continue,
        };
        if affirmed(&item.code) && !fields.contains(&field) {
            fields.push(field);
        }
    }
    let by = AuditActor::from(actor);
    insert_confirmations(work, record.customer, &fields, &by, Origin::Callback).await?;
    Ok(())
}
