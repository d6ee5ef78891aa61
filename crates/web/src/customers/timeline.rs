//! A timeline in words: what happened, where it is to be found, who did it.

use crate::frame::Frame;
use store::timeline::{TimelineKind, TimelineRow};

/// A line of a timeline.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// When, as people read it.
    pub(crate) when: String,
    /// When, exactly.
    pub(crate) exact: String,
    /// What happened.
    pub(crate) title: String,
    /// More about it, in words; may be empty.
    pub(crate) more: String,
    /// Address and text of what it belongs to.
    pub(crate) link: Option<(String, String)>,
    /// The policy, when it is not the link already.
    pub(crate) policy_no: Option<String>,
    /// Who did it.
    pub(crate) actor: Option<String>,
    /// Colour of the dot; empty for the usual one.
    pub(crate) tone: &'static str,
}

/// Rows in words.
pub(crate) fn lines(f: &Frame, rows: &[TimelineRow]) -> Vec<Line> {
    rows.iter().map(|row| line(f, row)).collect()
}

fn line(f: &Frame, row: &TimelineRow) -> Line {
    let when = if row.is_whole_day {
        f.date(&Some(domain::time::date_in_china(row.at)))
    } else {
        f.moment(&row.at)
    };
    Line {
        when,
        exact: f.exact(&row.at),
        title: title(f, row),
        more: more(f, row),
        link: link(row),
        policy_no: row.policy_no.clone(),
        actor: row.actor.clone().filter(|a| a != "system"),
        tone: tone(row),
    }
}

fn title(f: &Frame, row: &TimelineRow) -> String {
    match row.kind {
        TimelineKind::Event => f.code("event-type", &row.code),
        TimelineKind::PolicyIssued => f.code("event-type", "policy_issued"),
        TimelineKind::Receipt => f.code("event-type", "acknowledgement_signed"),
        TimelineKind::ObligationPlanned => {
            f.say1("timeline-planned", "programme", f.programme(&row.code))
        }
        TimelineKind::ObligationDischarged => {
            let programme = row.detail.as_deref().unwrap_or_default();
            f.say1("timeline-discharged", "programme", f.programme(programme))
        }
        TimelineKind::CallbackStep => f.code("callback-step", &row.code),
        TimelineKind::Attempt if row.code.is_empty() => f.say("attempt-under-way"),
        TimelineKind::Attempt => f.code("attempt-result", &row.code),
        TimelineKind::TicketStep => f.code("ticket-step", &row.code),
        TimelineKind::Message => {
            let label = row.detail.clone().unwrap_or_default();
            f.say1("timeline-message", "label", label)
        }
        TimelineKind::Change => {
            let field = f.code("personal-field", &row.code);
            f.say1("timeline-changed", "field", field)
        }
    }
}

fn more(f: &Frame, row: &TimelineRow) -> String {
    let detail = row.detail.as_deref().unwrap_or_default();
    match row.kind {
        TimelineKind::Event if row.amount_fen.is_some() => f.money(&row.amount_fen),
        TimelineKind::Receipt if !row.code.is_empty() => f.code("receipt-form", &row.code),
        TimelineKind::ObligationDischarged if !row.code.is_empty() => f.code("timing", &row.code),
        TimelineKind::CallbackStep => f.code("callback-state", detail),
        TimelineKind::Attempt => f.code("contact-channel", detail),
        TimelineKind::TicketStep => f.code("ticket-state", detail),
        TimelineKind::Message => f.code("message-state", &row.code),
        TimelineKind::Change => detail.to_owned(),
        _ => String::new(),
    }
}

fn link(row: &TimelineRow) -> Option<(String, String)> {
    let number = row.number.clone()?;
    match row.kind {
        TimelineKind::ObligationPlanned | TimelineKind::ObligationDischarged => {
            Some((format!("/obligations/{number}"), number))
        }
        TimelineKind::CallbackStep | TimelineKind::Attempt => {
            Some((format!("/callbacks/{}", row.link?), number))
        }
        TimelineKind::TicketStep => Some((format!("/tickets/{}", row.link?), number)),
        TimelineKind::Message => Some((format!("/messages/{number}"), number)),
        // The number of an event is its claim, which is part of its policy.
        TimelineKind::Event => {
            let policy = row.policy_no.as_ref()?;
            Some((format!("/policies/{policy}"), number))
        }
        _ => None,
    }
}

fn tone(row: &TimelineRow) -> &'static str {
    match row.kind {
        TimelineKind::TicketStep => "orange",
        TimelineKind::ObligationDischarged if row.code == "late" => "red",
        TimelineKind::Event
        | TimelineKind::PolicyIssued
        | TimelineKind::Receipt
        | TimelineKind::Change => "secondary",
        _ => "",
    }
}
