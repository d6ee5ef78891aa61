//! One obligation: why it exists, which days were counted, how it was discharged.

use super::calendar::{self, Mark, Row};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{CallbackPage, PastAnswer};
use app::obligations::ObligationPage;
use axum::extract::{Path, State};
use domain::obligations::ObligationStatus;
use rules::eval::{ConditionTrace, DateTrace, Part, QuantityTrace};
use store::callbacks::AttemptRow;
use store::obligations::ObligationRow;
use store::recordings::RecordingRow;

#[derive(askama::Template)]
#[template(path = "obligations/page.html")]
struct PageTemplate {
    f: Frame,
    page: ObligationPage,
    /// How it is being discharged, for who may see callbacks.
    work: Option<CallbackPage>,
    siblings: Vec<ObligationRow>,
    weeks: Vec<Row>,
    /// Why it was cancelled, in words.
    cancelled: Option<String>,
}

pub(crate) async fn show_obligation(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    let page = app::obligations::obligation_page(&web.app, &who.actor, who.now, &number).await?;
    let work = match &page.callback {
        Some(callback) => {
            Some(app::callbacks::callback_page(&web.app, &who.actor, who.now, callback.id).await?)
        }
        None => None,
    };
    let obligation = &page.explanation.obligation;
    let siblings = app::obligations::list_siblings(&web.app, &who.actor, obligation).await?;
    let f = who.frame("obligations");
    let rules = web.app.rules();
    let weeks = weeks(&f, rules.calendar(), &page);
    let cancelled = obligation.cancel_reason.as_deref();
    let cancelled = cancelled.map(|code| super::cancel_reason(&f, &obligation.programme, code));
    html(&PageTemplate {
        cancelled,
        f,
        page,
        work,
        siblings,
        weeks,
    })
}

fn weeks(f: &Frame, calendar: &rules::Calendar, page: &ObligationPage) -> Vec<Row> {
    let trace = &page.explanation.trace;
    let o = &page.explanation.obligation;
    let earliest = o.earliest_on.filter(|d| *d != o.trigger_on);
    let done_on = o.discharged_at.map(domain::time::date_in_china);
    let marks: Vec<_> = [
        (
            Some(o.trigger_on),
            "start",
            f.code("event-type", &o.trigger_type),
        ),
        (earliest, "", f.say("obligation-earliest")),
        (o.due_on, "due", f.say("mark-due")),
        (o.right_end_on, "right-end", f.say("mark-right-end")),
        (done_on, "", f.say("mark-discharged")),
    ]
    .into_iter()
    .filter_map(|(on, class, words)| {
        Some(Mark {
            on: on?,
            class,
            words,
        })
    })
    .collect();
    // The company's own period is counted on the grid; the right is where no duty is dated.
    let counted: Vec<DateTrace> = ["due", "right_end"]
        .iter()
        .filter_map(|name| trace.dates.iter().find(|d| d.name == *name))
        .cloned()
        .collect();
    calendar::rows(f, calendar, &counted, &marks)
}

/// One of the four dates that matter.
struct BigFact {
    label: String,
    value: String,
    note: String,
    class: &'static str,
}

impl PageTemplate {
    fn obligation(&self) -> &ObligationRow {
        &self.page.explanation.obligation
    }

    fn status(&self) -> ObligationStatus {
        // What the schema checks is one of them.
        ObligationStatus::parse(&self.obligation().status).unwrap_or(ObligationStatus::Open)
    }

    fn is_open(&self) -> bool {
        self.status() == ObligationStatus::Open
    }

    fn status_tone(&self) -> &'static str {
        match self.status() {
            ObligationStatus::Open => "blue",
            ObligationStatus::Discharged => "green",
            ObligationStatus::NotDischarged => "red",
            ObligationStatus::Cancelled => "secondary",
        }
    }

    fn date_named(&self, name: &str) -> Option<&DateTrace> {
        let dates = &self.page.explanation.trace.dates;
        dates.iter().find(|d| d.name == name)
    }

    /// How a date came about, in a few words: its steps without the day they start from.
    fn note(&self, name: &str) -> String {
        let Some(date) = self.date_named(name) else {
            return self.f.say("obligation-no-such-date");
        };
        if date.date.is_none() {
            return self.f.say("obligation-date-unknown");
        }
        let skipped = usize::from(date.steps.len() > 1);
        let steps = date.steps.iter().skip(skipped);
        let steps: Vec<_> = steps.map(|s| self.f.text(&s.says)).collect();
        steps.join(self.f.pick("，", ", "))
    }

    /// The company's last day, with the hour where a rule counts hours.
    fn due(&self) -> String {
        let o = self.obligation();
        match o.due_at {
            Some(at) => {
                let time = domain::time::time_in_china(at).format("%H:%M");
                format!("{} {time}", self.f.full(&o.due_on))
            }
            None => self.f.full(&o.due_on),
        }
    }

    /// Trigger, earliest, the company's last day, the end of the customer's right.
    fn big_facts(&self) -> Vec<BigFact> {
        let (o, f) = (self.obligation(), &self.f);
        let trigger = f.text(&self.page.explanation.trace.trigger).to_owned();
        let fact = |label: String, on, note, class| BigFact {
            label,
            value: f.full(&on),
            note,
            class,
        };
        let right = o.right_end_on;
        vec![
            fact(f.say("obligation-trigger"), Some(o.trigger_on), trigger, ""),
            fact(
                f.say("obligation-earliest"),
                o.earliest_on,
                self.note("earliest"),
                "",
            ),
            BigFact {
                label: f.say("obligation-due"),
                value: self.due(),
                note: self.note("due"),
                class: "danger",
            },
            fact(
                f.say("obligation-right-end"),
                right,
                self.note("right_end"),
                "right",
            ),
        ]
    }

    /// Conditions that made the obligation, and that chose whom to reach.
    fn conditions(&self) -> Vec<&ConditionTrace> {
        let all = self.page.explanation.trace.conditions.iter();
        all.filter(|c| match c.part {
            Part::Scope | Part::Require => true,
            Part::Respondent | Part::Cancel => c.met == Some(true),
        })
        .collect()
    }

    fn source(&self, quantity: &QuantityTrace) -> String {
        let cite = &quantity.cite;
        let mut words = Vec::new();
        if !cite.title.zh.is_empty() {
            words.push(format!("{} {}", self.f.text(&cite.title), cite.article));
        }
        if let Some(note) = &quantity.note {
            words.push(self.f.text(note).to_owned());
        }
        words.join(" · ")
    }

    fn recordings_of(&self, attempt: &AttemptRow) -> Vec<&RecordingRow> {
        let all = self.work.iter().flat_map(|w| &w.recordings);
        all.filter(|r| r.owner_id == attempt.id.0).collect()
    }

    /// Letters and visits: what the customer signed.
    fn signed_records(&self) -> Vec<&RecordingRow> {
        let all = self.work.iter().flat_map(|w| &w.recordings);
        let attempts = || self.work.iter().flat_map(|w| &w.attempts);
        all.filter(|r| !attempts().any(|a| a.id.0 == r.owner_id))
            .collect()
    }

    /// The last answer to each item of an attempt.
    fn answers_of(&self, attempt: &AttemptRow) -> Vec<&PastAnswer> {
        let mut latest: Vec<&PastAnswer> = Vec::new();
        let all = self.work.iter().flat_map(|w| &w.answers);
        for answer in all.filter(|a| a.attempt == attempt.id) {
            latest.retain(|a| a.given.item != answer.given.item);
            latest.push(answer);
        }
        latest
    }

    fn doubts_of(&self, attempt: &AttemptRow) -> usize {
        let answers = self.answers_of(attempt);
        answers.iter().filter(|a| a.problem.is_some()).count()
    }

    /// The holidays' year is not announced on some day of the grid.
    fn is_expected(&self) -> bool {
        let days = self.weeks.iter().filter_map(|row| match row {
            Row::Week(days) => Some(days),
            Row::Gap(_) => None,
        });
        days.flatten().any(|d| d.is_expected)
    }
}
