//! One letter: its chain of custody, the review of its copy, the steps that fit.

use super::url;
use crate::forms::{Sent, SentFile};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::letters::{LetterPage, ReviewForm, StepForm, possible_steps};
use axum::extract::{Path, State};
use chrono::NaiveDate;
use domain::ids::CallbackId;
use domain::letters::LetterState;
use domain::questionnaires::{Answer as Given, Item};

/// Answers that the form knows.
const ANSWERS: [Given; 3] = [Given::Affirm, Given::Negative, Given::Unclear];

/// What a copy confirms.
const CONFIRMED: [&str; 4] = ["rights", "receipt", "signature", "contact"];

#[derive(askama::Template)]
#[template(path = "letters/page.html")]
struct PageTemplate {
    f: Frame,
    page: LetterPage,
    steps: Vec<StepView>,
}

/// A step with what its form asks for.
struct StepView {
    name: &'static str,
    has_day: bool,
    needs_reason: bool,
}

impl From<&'static str> for StepView {
    fn from(name: &'static str) -> Self {
        Self {
            name,
            has_day: matches!(
                name,
                "send" | "deliver" | "sign" | "return" | "reply_affirmed" | "reply_negative"
            ),
            needs_reason: matches!(name, "reject" | "void"),
        }
    }
}

pub(crate) async fn show_letter(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let page = app::letters::letter_page(&web.app, &who.actor, who.now, &key).await?;
    html(&PageTemplate {
        steps: possible_steps(&who.actor, &page.letter)
            .into_iter()
            .map(StepView::from)
            .collect(),
        f: who.frame("letters"),
        page,
    })
}

/// Writes a letter for a callback that calls did not reach.
pub(crate) async fn write_letter(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let id = uuid::Uuid::try_parse(form.get("callback"));
    let id = id.map_err(|_| Error::NotFound)?;
    let (actor, reason) = (&who.actor, form.get("reason"));
    let letter =
        app::letters::write_letter(&web.app, actor, who.now, CallbackId(id), reason).await?;
    Ok(who.go(&url(&letter.to_string())))
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let letter = app::letters::find_letter(&web.app, &who.actor, &key).await?;
    let answers = form.pairs().filter_map(|(name, value)| {
        let code = name.strip_prefix("answer-")?;
        Some((code.to_owned(), value.to_owned()))
    });
    let step = StepForm {
        step: form.own("step"),
        day: form.own("day"),
        text: form.own("text"),
        reference: form.own("reference"),
        review: ReviewForm {
            rights: form.is_ticked("rights"),
            receipt: form.is_ticked("receipt"),
            signature: form.is_ticked("signature"),
            contact: form.is_ticked("contact"),
            answers: answers.collect(),
            mobile: form.own("mobile"),
            mailing_address: form.own("mailing_address"),
            bank: form.own("bank"),
            account: form.own("account"),
        },
        version: None,
    };
    app::letters::take_step(&web.app, &who.actor, who.now, letter.id, &step).await?;
    Ok(who.go(&url(&letter.number)))
}

pub(crate) async fn remind(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let letter = app::letters::find_letter(&web.app, &who.actor, &key).await?;
    app::letters::remind(&web.app, &who.actor, who.now, letter.id).await?;
    Ok(who.go(&url(&letter.number)))
}

pub(crate) async fn add_scan(
    State(web): State<Web>,
    Path(key): Path<String>,
    mut sent: SentFile,
) -> Answer {
    let (actor, now) = (sent.who.actor.clone(), sent.who.now);
    let letter = app::letters::find_letter(&web.app, &actor, &key).await?;
    let file = sent.demand_file()?;
    app::letters::add_scan(&web.app, &actor, now, letter.id, file).await?;
    Ok(sent.who.go(&url(&letter.number)))
}

impl PageTemplate {
    fn tone(&self) -> &'static str {
        match self.page.letter.state {
            LetterState::Entered | LetterState::ReturnedAffirmed | LetterState::Accepted => "green",
            LetterState::Voided => "grey",
            LetterState::Undeliverable | LetterState::NoReply | LetterState::ReturnedNegative => {
                "orange"
            }
            _ => "blue",
        }
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.f.full(&Some(*day))
    }

    fn confirmations(&self) -> [&'static str; 4] {
        CONFIRMED
    }

    fn today(&self) -> String {
        self.f.today.to_string()
    }

    fn answers(&self) -> [&'static str; 3] {
        ANSWERS.map(Given::as_str)
    }

    fn is_answered(&self, item: &Item, answer: &str) -> bool {
        let review = self.page.review.as_ref();
        let given = review.and_then(|r| r.answer(&item.code));
        given.is_some_and(|g| g.as_str() == answer)
    }

    fn answer_of(&self, item: &Item) -> &'static str {
        let review = self.page.review.as_ref();
        review
            .and_then(|r| r.answer(&item.code))
            .map_or("", Given::as_str)
    }

    fn is_confirmed(&self, what: &str) -> bool {
        self.page.review.as_ref().is_some_and(|r| match what {
            "rights" => r.confirmed.rights,
            "receipt" => r.confirmed.receipt,
            "signature" => r.confirmed.signature,
            _ => r.confirmed.contact,
        })
    }

    /// Changes that the customer wrote, masked: the name of the field and its value.
    fn changes(&self) -> Vec<(&'static str, String)> {
        let c = &self.page.changes;
        let account = c.account.as_ref().map(|(bank, no)| format!("{bank} {no}"));
        [
            ("field-mobile", c.mobile.as_ref().map(ToString::to_string)),
            (
                "field-mailing_address",
                c.mailing_address.as_ref().map(ToString::to_string),
            ),
            ("letter-account", account),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}
