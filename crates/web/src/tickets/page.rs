//! One ticket: what was found, the proof, its history, and the steps that fit.

use crate::failure::Failure;
use crate::forms::{Choice, Sent, SentFile, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::tickets::{NextStep, StepForm, TicketPage};
use axum::extract::{Path, State};
use domain::ids::TicketId;
use domain::tickets::{EvidenceKind, ProblemType};
use store::access::UserRow;

#[derive(askama::Template)]
#[template(path = "tickets/page.html")]
struct PageTemplate {
    f: Frame,
    page: TicketPage,
    steps: Vec<NextStep>,
    handlers: Vec<UserRow>,
}

pub(crate) async fn show_ticket(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let page = app::tickets::ticket_page(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    let steps = app::tickets::next_steps(&who.actor, who.now, &page);
    let names_someone = |s: &NextStep| matches!(s.name, "issue" | "transfer");
    let handlers = if steps.iter().any(names_someone) {
        app::tickets::list_handlers(&web.app, &who.actor, &page.ticket).await?
    } else {
        Vec::new()
    };
    html(&PageTemplate {
        f: who.frame("tickets"),
        page,
        steps,
        handlers,
    })
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let step = StepForm {
        step: form.own("step"),
        handler: form.own("handler"),
        until: form.own("until"),
        text: form.own("text"),
        mobile: form.own("mobile"),
        address: form.own("address"),
        version: None,
    };
    app::tickets::take_step(&web.app, &who.actor, who.now, id, &step).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn add_evidence(
    State(web): State<Web>,
    Path(id): Path<String>,
    mut sent: SentFile,
) -> Answer {
    let id = id_of(&id)?;
    let kind = EvidenceKind::parse(sent.fields.get("kind"))
        .map_err(|_| Error::invalid("kind", "unknown-code"))?;
    let file = sent.demand_file()?;
    let (actor, now) = (&sent.who.actor, sent.who.now);
    app::tickets::add_evidence(&web.app, actor, now, id, kind, file).await?;
    Ok(sent.who.go(&url(id)))
}

/// Address of a ticket.
fn url(id: TicketId) -> String {
    format!("/tickets/{id}")
}

/// Reads an id from an address; anything else is a page that does not exist.
fn id_of(text: &str) -> Result<TicketId, Failure> {
    uuid::Uuid::try_parse(text)
        .map(TicketId)
        .map_err(|_| Failure::not_found())
}

impl PageTemplate {
    /// The step that is usually next, when it is this person's.
    fn main_step(&self) -> Option<&NextStep> {
        self.steps.first().filter(|s| !is_exception(s.name))
    }

    fn other_steps(&self) -> Vec<&NextStep> {
        let main = self.main_step();
        self.steps.iter().filter(|s| Some(*s) != main).collect()
    }

    fn state_tone(&self) -> &'static str {
        match self.page.ticket.state.as_str() {
            "open" | "invalid_feedback" => "orange",
            "verified" | "closed" => "green",
            _ => "blue",
        }
    }

    fn is_address(&self) -> bool {
        self.page.ticket.problem == ProblemType::WrongAddress
    }

    fn may_add_evidence(&self) -> bool {
        self.f.may("tickets.handle") && !self.page.ticket.state.is_final()
    }

    fn evidence_kinds(&self) -> Vec<Choice> {
        let codes = EvidenceKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "evidence-kind", codes, "")
    }

    /// The reason of the declaration that waits.
    fn declared_because(&self) -> Option<&str> {
        let mut entries = self.page.entries.iter().rev();
        let found = entries.find(|e| e.step == "declare_special")?;
        found.note.as_deref()
    }

    /// What happens while this person has nothing to do.
    fn waits_for(&self) -> String {
        self.f.code("ticket-waits", self.page.ticket.state.as_str())
    }

    /// A day after the present due date, as the earliest that may be declared.
    fn day_after_due(&self) -> String {
        let due = self.page.ticket.due_on.unwrap_or(self.f.today);
        due.succ_opt().unwrap_or(due).to_string()
    }
}

/// Steps off the usual way stand behind a click.
fn is_exception(step: &str) -> bool {
    matches!(
        step,
        "transfer"
            | "close"
            | "declare_special"
            | "refuse_special"
            | "contact_uncorrectable"
            | "remind"
    )
}
