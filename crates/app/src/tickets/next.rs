//! Which steps fit a ticket and the person who looks at it.

use super::TicketPage;
use super::open::decision_view;
use chrono::Days;
use domain::access::{Actor, OrgLevel, Permission};
use domain::ids::{OrgId, UserId};
use domain::tickets::{Handler, Step, TicketError, TicketState};
use domain::time::{self, Instant};

/// A step that a person may take with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// Its name, as [`StepForm`](super::StepForm) takes it.
    pub name: &'static str,
    /// What has to be done first, as a code of a refusal.
    pub blocked: Option<&'static str>,
}

/// Steps that fit the state and the person, the usual one first.
pub fn next_steps(actor: &Actor, now: Instant, page: &TicketPage) -> Vec<NextStep> {
    let Some(by) = actor.user() else {
        return Vec::new();
    };
    let ticket = &page.ticket;
    let handles = ticket.handler_id == Some(by);
    let today = time::date_in_china(now);
    let view = decision_view(ticket, page.evidence.iter().map(|e| e.kind).collect());
    let mut steps = Vec::new();
    for (name, permission, step) in samples(by, ticket.due_on.unwrap_or(today)) {
        // Who may still issue a ticket has no need to transfer it.
        let doubled = match name {
            "transfer" => matches!(ticket.state, TicketState::Open | TicketState::Issued),
            // Nobody urges themselves.
            "remind" => handles,
            // Declared circumstances are decided on before anything else is declared.
            "approve_special" | "refuse_special" => ticket.declared.is_none(),
            // A case that only follows its callback is verified through the contact data.
            "give_feedback" => ticket.follows_callback() && may_correct(&steps),
            _ => false,
        };
        if doubled || !actor.may(permission) {
            continue;
        }
        let blocked = match view.decide(&step, by, now, today) {
            Ok(_) => None,
            Err(TicketError::EvidenceMissing) => Some("ticket-evidence-missing"),
            Err(_) => continue,
        };
        steps.push(NextStep { name, blocked });
    }
    steps
}

fn may_correct(steps: &[NextStep]) -> bool {
    steps.iter().any(|s| s.name == "correct_contact")
}

/// Every step as it might be filled in; nobody is barred from what it names.
fn samples(by: UserId, due_on: chrono::NaiveDate) -> Vec<(&'static str, Permission, Step)> {
    let to = Handler {
        user: by,
        org: OrgId(uuid::Uuid::nil()),
        level: OrgLevel::SubBranch,
        agent: None,
    };
    let reason = || "-".to_owned();
    let until = due_on + Days::new(1);
    let handle = Permission::TicketsHandle;
    vec![
        (
            "issue",
            Permission::TicketsIssue,
            Step::Issue { to, due_on },
        ),
        ("accept", handle, Step::Accept),
        ("correct_contact", handle, Step::CorrectContact),
        ("give_feedback", handle, Step::GiveFeedback),
        ("judge_valid", Permission::TicketsVerify, Step::JudgeValid),
        (
            "judge_invalid",
            Permission::TicketsVerify,
            Step::JudgeInvalid { reason: reason() },
        ),
        (
            "approve_special",
            Permission::TicketsVerify,
            Step::ApproveSpecial,
        ),
        (
            "refuse_special",
            Permission::TicketsVerify,
            Step::RefuseSpecial { reason: reason() },
        ),
        ("redo", handle, Step::Redo),
        (
            "contact_uncorrectable",
            handle,
            Step::ContactUncorrectable { reason: reason() },
        ),
        (
            "declare_special",
            handle,
            Step::DeclareSpecial {
                until,
                reason: reason(),
            },
        ),
        ("remind", Permission::TicketsIssue, Step::Remind),
        ("transfer", Permission::TicketsIssue, Step::Transfer { to }),
        (
            "close",
            Permission::TicketsVerify,
            Step::CloseWithReason { reason: reason() },
        ),
    ]
}
