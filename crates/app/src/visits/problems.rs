//! Problems that a visit found, and no callback carries: each becomes a ticket and goes the usual way.

use super::FormContent;
use crate::callbacks::record;
use crate::rules::Rules;
use crate::tickets::{Finding, Raised, open_ticket, raise};
use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::ids::CustomerId;
use domain::policies::EventType;
use domain::tickets::ProblemType;
use domain::visits::SlipOutcome;
use store::tickets::{self as rows, TicketRow, TicketSource};
use store::visits::{SlipRow, VisitRow};
use store::{AuditEntry, UnitOfWork};

/// Opens a ticket for the problem that a filed form names. A case of the same cause that is still open,
/// the one that the visit was made for or another of its callback, is not opened twice (CBK-40).
pub(super) async fn open_found(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    visit: &VisitRow,
) -> Result<Option<AuditEntry>> {
    let Some(problem) = visit.problem.filter(|_| visit.affirmed == Some(false)) else {
        return Ok(None);
    };
    let whole = Actor::system().scope(Permission::TicketsRead)?;
    let behind = match visit.ticket_id {
        Some(id) => rows::find_ticket(work, &whole, id).await?,
        None => None,
    };
    let callback = visit
        .callback_id
        .or(behind.as_ref().and_then(|t| t.callback_id));
    let mut known = match callback {
        Some(id) => rows::list_tickets_of_callback(work, &whole, id).await?,
        None => Vec::new(),
    };
    known.extend(behind.clone());
    let same = |t: &TicketRow| t.problem == problem && !t.state.is_final();
    if known.iter().any(same) {
        return Ok(None);
    }
    let words = FormContent::read(visit.form.as_deref())?.in_words();
    let found = Finding {
        problem,
        item: None,
        words: Some(&words),
    };
    if let Some(callback) = callback {
        let whole = Actor::system().scope(Permission::CallbacksRead)?;
        let record = record(work, &whole, callback).await?;
        let opened = open_ticket(work, actor, &app.rules(), &record, found).await?;
        return Ok(Some(opened));
    }
    let programme = match (&visit.obligation_programme, &behind) {
        (Some(programme), _) => programme.as_str(),
        (None, Some(ticket)) => ticket.programme.as_str(),
        (None, None) => "",
    };
    let raised = Raised {
        source: TicketSource::Visit(visit.id),
        customer: visit.customer_id,
        policy: visit.policy_id,
        org: visit.org_id,
        programme,
        salesperson: visit.salesperson,
    };
    let case =
        rows::find_case_of_unit(work, visit.org_id, visit.policy_id, visit.customer_id).await?;
    let (_, entry) = raise(work, actor, &app.rules(), &raised, &case, found).await?;
    Ok(Some(entry))
}

/// Opens the tickets for what a customer in the register said after a sales visit.
pub(super) async fn open_said(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    slip: &SlipRow,
    said: (SlipOutcome, Option<&str>, Option<&str>),
) -> Result<Vec<AuditEntry>> {
    let (outcome, products, important) = said;
    let Some(customer) = slip.customer_id else {
        return Ok(Vec::new());
    };
    let rules = app.rules();
    let findings = [
        (
            outcome.is_dissatisfied(),
            ProblemType::ServiceDissatisfaction,
            important,
        ),
        (products.is_some(), ProblemType::Other, products),
        (
            outcome.is_suspicious,
            ProblemType::SuspectedFalseVisit,
            important,
        ),
    ];
    let raised = of_slip(&rules, slip, customer);
    let case = rows::find_case_of_unit(work, slip.org_id, None, customer).await?;
    let mut audit = Vec::new();
    for (_, problem, words) in findings.into_iter().filter(|(is, _, _)| *is) {
        let found = Finding {
            problem,
            item: None,
            words,
        };
        let (_, entry) = raise(work, actor, &rules, &raised, &case, found).await?;
        audit.push(entry);
    }
    Ok(audit)
}

/// A slip as what tickets are about: of the programme that the end of a sales visit sets off.
fn of_slip<'r>(rules: &'r Rules, slip: &SlipRow, customer: CustomerId) -> Raised<'r> {
    let book = rules.book();
    let ended = EventType::SalesVisitEnded.as_str();
    let programme = book.programmes().iter();
    let programme = programme
        .rev()
        .find(|p| p.trigger.cause.name(book.schema()) == ended);
    Raised {
        source: TicketSource::Slip(slip.id),
        customer,
        policy: None,
        org: slip.org_id,
        programme: programme.map_or("", |p| p.code.as_str()),
        salesperson: None,
    }
}
