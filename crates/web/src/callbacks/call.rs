//! The call page: who is called and why, one item at a time, everything kept as it happens.

use super::line::LinePart;
use super::{id_of, url};
use crate::failure::Failure;
use crate::forms::{Fields, Sent, SentFile};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{AnswerForm, CallItem, CallPage, Conduct, FinishForm, StartForm};
use app::{Error, Refusal};
use axum::extract::{Path, RawQuery, State};
use chrono::Duration;
use domain::callbacks::{AttemptResult, AuthorisedBy, CallbackState, ProxyReason, ProxyRelation};
use domain::ids::CallbackId;
use domain::questionnaires::ItemKind;
use domain::tickets::EvidenceKind;

/// Results that need no more than a key, with that key.
const QUICK: [(&str, AttemptResult); 8] = [
    ("F1", AttemptResult::NoAnswer),
    ("F2", AttemptResult::Busy),
    ("F3", AttemptResult::WrongNumber),
    ("F4", AttemptResult::NotInPerson),
    ("F6", AttemptResult::Dialect),
    ("F7", AttemptResult::RefusedNow),
    ("F9", AttemptResult::HearingDifficulty),
    ("F10", AttemptResult::Interrupted),
];

/// Results that are rarer and have no key.
const RARE: [AttemptResult; 2] = [AttemptResult::ProxyOffered, AttemptResult::RefusedFinally];

#[derive(askama::Template)]
#[template(path = "callbacks/call.html", blocks = ["script"])]
struct CallTemplate {
    f: Frame,
    page: CallPage,
    /// Position of the item on show; the number of items when the closing words are.
    at: usize,
    /// A day later at ten, as a first proposal.
    proposal: String,
    /// The telephone, where there is a telephone system.
    line: Option<LinePart>,
    /// Manners, honesty, secrecy.
    conduct: &'static [Conduct],
}

/// Starts, or goes on with, the next callback of the person's own list.
pub(crate) async fn start_next(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    let next = app::callbacks::next_callback(&web.app, &who.actor, who.now).await?;
    let Some(next) = next else {
        return Err(Error::from(Refusal::new("callback-none-next")).into());
    };
    start(&web, &who, next.id, "").await
}

pub(crate) async fn start_attempt(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    start(&web, &who, id_of(&id)?, form.get("channel")).await
}

async fn start(web: &Web, who: &Who, id: CallbackId, channel: &str) -> Answer {
    let form = StartForm {
        channel: channel.to_owned(),
    };
    app::callbacks::start_attempt(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&format!("{}/call", url(id))))
}

/// Goes on with another callback in the same connection.
pub(crate) async fn start_together(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (first, other) = (id_of(&id)?, id_of(form.get("other"))?);
    app::callbacks::start_together(&web.app, &who.actor, who.now, first, other).await?;
    Ok(who.go(&format!("{}/call", url(other))))
}

pub(crate) async fn show_call(
    State(web): State<Web>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    who: Who,
) -> Answer {
    let id = id_of(&id)?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let page = match call_page(&web, &who, id).await {
        Ok(page) => page,
        // The call has ended, perhaps on another screen: what became of it is the better page.
        Err(Error::Refused(_)) => return Ok(who.go(&url(id))),
        Err(error) => return Err(error.into()),
    };
    let wanted = page
        .items
        .iter()
        .position(|i| i.item.code == query.get("item"));
    let at = wanted
        .filter(|at| *at <= page.current)
        .unwrap_or(page.current);
    render(&web, &who, page, at).await
}

async fn call_page(web: &Web, who: &Who, id: CallbackId) -> Result<CallPage, Error> {
    app::callbacks::call_page(&web.app, &who.actor, who.now, id, &web.settings.company).await
}

async fn render(web: &Web, who: &Who, page: CallPage, at: usize) -> Answer {
    let f = who.frame("callbacks");
    let callback = page.page.callback.id;
    let line = match app::callbacks::call_line(&web.app, &who.actor, who.now, callback).await {
        _ if who.wants_part() => None,
        Ok(line) => line.map(|line| LinePart {
            f: who.frame("callbacks"),
            line,
            callback,
        }),
        Err(error) => return Err(error.into()),
    };
    let proposal = crate::when::field(f.now + Duration::hours(2));
    let template = CallTemplate {
        f,
        page,
        at,
        proposal,
        line,
        conduct: app::callbacks::conduct()?,
    };
    if who.wants_part() {
        html(&template.as_script())
    } else {
        html(&template)
    }
}

/// Keeps an answer; shows the same item while the person is still on it, or the next.
pub(crate) async fn answer_item(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let rating = match form.get("rating") {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| Error::invalid("rating", "number"))?,
        ),
    };
    let answer = AnswerForm {
        item: form.own("item"),
        answer: form.own("answer"),
        rating,
        words: form.own("words"),
    };
    if answer.answer.is_empty() {
        return Err(Error::invalid("answer", "missing").into());
    }
    app::callbacks::answer_item(&web.app, &who.actor, who.now, id, &answer).await?;
    let page = call_page(&web, &who, id).await?;
    let answered = page.items.iter().position(|i| i.item.code == answer.item);
    // After a corrected earlier answer, the interview goes on where it was.
    let next = answered.map_or(page.current, |at| (at + 1).min(page.current));
    if !who.wants_part() {
        return Ok(who.go(&format!("{}/call", url(id))));
    }
    render(&web, &who, page, next).await
}

pub(crate) async fn finish_attempt(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let finish = FinishForm {
        result: form.own("result"),
        respondent: form.own("respondent"),
        proxy: app::callbacks::ProxyForm {
            name: form.own("proxy_name"),
            relation: form.own("proxy_relation"),
            reason: form.own("proxy_reason"),
            given: form.own("proxy_given"),
        },
        note: form.own("note"),
        appointment_at: form.own("appointment_at"),
    };
    app::callbacks::finish_attempt(&web.app, &who.actor, who.now, id, &finish).await?;
    Ok(who.go(&url(id)))
}

/// A recording of the call: a file, or the link of another system.
pub(crate) async fn add_recording(
    State(web): State<Web>,
    Path(id): Path<String>,
    mut sent: SentFile,
) -> Answer {
    let id = id_of(&id)?;
    let (actor, now) = (sent.who.actor.clone(), sent.who.now);
    match sent.file.take() {
        Some(file) => {
            app::callbacks::add_upload(&web.app, &actor, now, id, EvidenceKind::Recording, file)
                .await?;
        }
        None if sent.fields.get("link").trim().is_empty() => {
            return Err(Failure::from(Error::invalid("link", "missing")));
        }
        None => {
            app::callbacks::add_link(&web.app, &actor, now, id, sent.fields.get("link")).await?;
        }
    }
    Ok(sent.who.go(&format!("{}/call", url(id))))
}

/// A piece of what is read aloud.
struct Spoken<'w> {
    text: &'w str,
    is_stressed: bool,
}

/// One answer key.
struct AnswerKey {
    key: usize,
    code: &'static str,
    label: String,
    chosen: bool,
}

impl CallTemplate {
    fn proxy_relations(&self) -> &'static [ProxyRelation] {
        ProxyRelation::ALL
    }

    fn proxy_reasons(&self) -> &'static [ProxyReason] {
        ProxyReason::ALL
    }

    fn proxy_ways(&self) -> &'static [AuthorisedBy] {
        AuthorisedBy::ALL
    }

    fn on_show(&self) -> Option<&CallItem> {
        self.page.items.get(self.at)
    }

    fn before(&self) -> Option<&CallItem> {
        self.at
            .checked_sub(1)
            .and_then(|at| self.page.items.get(at))
    }

    /// What is read aloud: Chinese, whatever language the page is in; English is a gloss. Places
    /// between `**` are stressed, such as dates and amounts.
    fn spoken<'w>(&self, words: &'w domain::questionnaires::Words) -> Vec<Spoken<'w>> {
        let parts = words.zh.split("**").enumerate();
        let spoken = parts.map(|(at, text)| Spoken {
            text,
            is_stressed: at % 2 == 1,
        });
        spoken.filter(|s| !s.text.is_empty()).collect()
    }

    fn gloss(&self, words: &domain::questionnaires::Words) -> String {
        if self.f.locale.tag() == "en" {
            words.en.replace("**", "")
        } else {
            String::new()
        }
    }

    fn is_rating(&self, item: &CallItem) -> bool {
        item.item.kind == ItemKind::Rate
    }

    fn is_open(&self, item: &CallItem) -> bool {
        matches!(item.item.kind, ItemKind::Open | ItemKind::Promotion)
    }

    fn keys(&self, item: &CallItem) -> Vec<AnswerKey> {
        let own = item.labels.as_ref();
        let codes = ["affirm", "unclear", "negative", "question"];
        let labels = [
            own.map(|l| &l.affirm),
            own.map(|l| &l.unclear),
            own.map(|l| &l.negative),
            own.map(|l| &l.question),
        ];
        let given = item.answer_code();
        codes
            .into_iter()
            .zip(labels)
            .enumerate()
            .map(|(at, (code, label))| AnswerKey {
                key: at + 1,
                code,
                label: label.map_or_else(
                    || self.f.code("answer", code),
                    |l| self.f.words(l).to_owned(),
                ),
                chosen: code == given,
            })
            .collect()
    }

    fn rating_of(&self, item: &CallItem) -> u8 {
        item.answer
            .as_ref()
            .and_then(|a| a.given.rating)
            .unwrap_or(0)
    }

    fn words_of<'i>(&self, item: &'i CallItem) -> &'i str {
        item.answer
            .as_ref()
            .and_then(|a| a.words.as_deref())
            .unwrap_or("")
    }

    fn step_class(&self, at: &usize) -> &'static str {
        let Some(item) = self.page.items.get(*at) else {
            return "";
        };
        match &item.answer {
            _ if *at == self.at => "now",
            Some(_) if item.is_doubtful() => "doubt",
            Some(_) => "done",
            None => "",
        }
    }

    fn answered(&self) -> Vec<&CallItem> {
        self.page
            .items
            .iter()
            .filter(|i| i.answer.is_some())
            .collect()
    }

    fn quick(&self) -> Vec<(&'static str, &'static str)> {
        QUICK
            .iter()
            .map(|(key, result)| (*key, result.as_str()))
            .collect()
    }

    fn rare(&self) -> Vec<&'static str> {
        RARE.iter().map(|r| r.as_str()).collect()
    }

    fn age(&self) -> Option<i32> {
        let born = self.page.page.customer.birth_date?;
        Some(domain::time::years_between(born, self.f.today))
    }

    /// Seconds since the call began, by the server's clock.
    fn seconds_so_far(&self) -> i64 {
        (self.f.now - self.page.attempt.started_at)
            .num_seconds()
            .max(0)
    }

    fn needs_recording(&self) -> bool {
        self.page.page.discharge.recording_required
            && self.page.attempt.channel == "phone"
            && !self.page.recorded
    }

    fn tried_before(&self) -> Vec<&store::callbacks::AttemptRow> {
        let now = self.page.attempt.id;
        self.page
            .page
            .attempts
            .iter()
            .filter(|a| a.id != now)
            .collect()
    }

    fn is_second(&self) -> bool {
        self.page.page.callback.is_recall
            || self.page.page.callback.state == CallbackState::RecallDue
    }
}
