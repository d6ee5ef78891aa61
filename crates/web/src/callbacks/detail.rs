//! One callback: why it exists, what happened, what to decide.

use super::{id_of, url};
use crate::failure::Failure;
use crate::forms::{Choice, SentFile, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{CallbackPage, Decision, PastAnswer};
use app::rules::ServiceItem;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::callbacks::{CallbackState, Cause, ContactChannel, RecordVerdict, ResultVerdict};
use domain::ids::RecordingId;
use domain::tickets::EvidenceKind;
use store::callbacks::AttemptRow;
use store::recordings::RecordingRow;
use store::telephony::CallRow;

#[derive(askama::Template)]
#[template(path = "callbacks/detail.html")]
struct DetailPage {
    f: Frame,
    page: CallbackPage,
    /// The table of servicing items, for payout callbacks.
    items: Vec<ServiceItem>,
}

pub(crate) async fn show_callback(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let page = app::callbacks::callback_page(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    let items = match &page.payout {
        Some(_) => app::callbacks::service_items(&web.app, &who.actor)?,
        None => Vec::new(),
    };
    html(&DetailPage {
        f: who.frame("callbacks"),
        page,
        items,
    })
}

/// A decision, with the signed record that it may rest on.
pub(crate) async fn decide(
    State(web): State<Web>,
    Path(id): Path<String>,
    mut sent: SentFile,
) -> Answer {
    let id = id_of(&id)?;
    let (actor, now) = (sent.who.actor.clone(), sent.who.now);
    if let Some(file) = sent.file.take() {
        let kind = EvidenceKind::SignedVisitQuestionnaire;
        app::callbacks::add_upload(&web.app, &actor, now, id, kind, file).await?;
    }
    let decision = Decision {
        kind: sent.fields.own("kind"),
        reason: sent.fields.own("reason"),
        cause: sent.fields.own("cause"),
    };
    app::callbacks::decide(&web.app, &actor, now, id, &decision).await?;
    Ok(sent.who.go(&url(id)))
}

/// The record form of a callback as PDF.
pub(crate) async fn show_record(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let f = who.frame("callbacks");
    let locale = f.locale;
    let say = move |kind: &str, code: &str| locale.code(kind, code);
    let of = (id_of(&id)?, f.company.as_str());
    let (name, bytes) = app::callbacks::record_pdf(&web.app, &who.actor, who.now, of, say).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A recording or scan, after its hash was checked.
pub(crate) async fn open_recording(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let id = uuid::Uuid::try_parse(&id).map_err(|_| Failure::not_found())?;
    let (row, bytes) =
        app::recordings::open_recording(&web.app, &who.actor, who.now, RecordingId(id)).await?;
    let headers = [
        (header::CONTENT_TYPE, row.content_type),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

impl DetailPage {
    /// Whether there is a record that can be printed.
    fn is_recorded(&self) -> bool {
        self.page.attempts.iter().any(|a| a.is_saved)
    }

    fn calls_of(&self, attempt: &AttemptRow) -> Vec<&CallRow> {
        let all = self.page.calls.iter();
        all.filter(|c| c.attempt == attempt.id).collect()
    }

    fn ended(call: &CallRow) -> &'static str {
        let state = call.call.state.as_str();
        call.call.end.map_or(state, |end| end.as_str())
    }

    fn spoken(call: &CallRow) -> String {
        let until = call.call.ended_at.unwrap_or(call.created_at);
        let seconds = call.call.spoken_seconds(until);
        format!("{:02}:{:02}", seconds / 60, seconds % 60)
    }

    fn answers_of(&self, attempt: &AttemptRow) -> Vec<&PastAnswer> {
        let mut latest: Vec<&PastAnswer> = Vec::new();
        for answer in self.page.answers.iter().filter(|a| a.attempt == attempt.id) {
            latest.retain(|a| a.given.item != answer.given.item);
            latest.push(answer);
        }
        latest
    }

    fn recordings_of(&self, attempt: &AttemptRow) -> Vec<&RecordingRow> {
        self.page
            .recordings
            .iter()
            .filter(|r| {
                r.owner_id == attempt.id.0 || attempt.shared_with.is_some_and(|a| a.0 == r.owner_id)
            })
            .collect()
    }

    fn own_recordings(&self) -> Vec<&RecordingRow> {
        let id = self.page.callback.id.0;
        self.page
            .recordings
            .iter()
            .filter(|r| r.owner_id == id)
            .collect()
    }

    /// Whether the person looking may call now.
    fn may_call(&self) -> bool {
        let state = self.page.callback.state;
        let callable = matches!(
            state,
            CallbackState::Assigned
                | CallbackState::RetryWait
                | CallbackState::RecallDue
                | CallbackState::BranchSecond
                | CallbackState::InProgress
        );
        let user = self.f.session().map(|s| s.user.id);
        callable && self.f.may("callbacks.make") && self.page.callback.assignee_id == user
    }

    fn may_be_electronic(&self) -> bool {
        self.page
            .discharge
            .channels
            .contains(&ContactChannel::Electronic)
    }

    fn is_under_way(&self) -> bool {
        self.page.callback.state == CallbackState::InProgress
    }

    /// Whether the person looking may examine the record: not an own call, and not while it goes on.
    fn may_review(&self) -> bool {
        let user = self.f.session().map(|s| s.user.id);
        let attempts = &self.page.attempts;
        let own = attempts
            .iter()
            .any(|a| a.caller_id.is_some() && a.caller_id == user);
        let saved = attempts.iter().any(|a| a.is_saved);
        self.f.may("callbacks.review") && saved && !own && !self.is_under_way()
    }

    fn may_annotate(&self) -> bool {
        let rights = ["callbacks.review", "callbacks.decide", "callbacks.make"];
        let saved = self.page.attempts.iter().any(|a| a.is_saved);
        saved && rights.iter().any(|r| self.f.may(r))
    }

    fn record_verdicts(&self) -> Vec<Choice> {
        let codes = RecordVerdict::ALL.iter().map(|v| v.as_str());
        choices(&self.f, "record-verdict", codes, "in_order")
    }

    fn result_verdicts(&self) -> Vec<Choice> {
        let codes = ResultVerdict::ALL.iter().map(|v| v.as_str());
        choices(&self.f, "result-verdict", codes, "agreed")
    }

    fn why(&self, signal: &store::callbacks::SignalRow) -> String {
        super::signals::why(&self.f, signal)
    }

    /// Decisions that fit where the callback stands.
    fn decisions(&self) -> Vec<&'static str> {
        if !self.f.may("callbacks.decide") {
            return Vec::new();
        }
        let mut kinds = Vec::new();
        if self.page.callback.state == CallbackState::ContactFix {
            kinds.push("cannot_correct");
        }
        if self.page.callback.state.is_open() && !self.is_under_way() {
            kinds.push("give_up");
            // What law or a company rule demands leaves the list when its facts do (C-24).
            if self.page.discharge.manual_removal {
                kinds.push("cancel");
            }
        }
        kinds
    }

    /// Whether the person looking may say what tracing found.
    fn may_trace(&self) -> bool {
        self.page.callback.state == CallbackState::ContactFix && self.f.may("callbacks.decide")
    }

    /// Whether the person looking may settle whether aftercare is needed.
    fn may_settle(&self) -> bool {
        self.page.callback.state == CallbackState::ProblemOpen && self.may_note()
    }

    /// Whether the person looking may note the item and remarks.
    fn may_note(&self) -> bool {
        self.f.may("callbacks.make") || self.f.may("callbacks.decide")
    }

    /// Whether a letter may be written now.
    fn may_write_letter(&self) -> bool {
        let waits = matches!(
            self.page.callback.state,
            CallbackState::ContactFix | CallbackState::BranchSecond
        );
        let allowed = self
            .page
            .discharge
            .channels
            .contains(&ContactChannel::Letter);
        waits && allowed && self.f.may("letters.handle") && self.f.may("callbacks.decide")
    }

    /// Whether a visit may be asked for: instead of more calls, or because one is planned already.
    fn may_visit(&self) -> bool {
        let has = self
            .page
            .discharge
            .channels
            .contains(&ContactChannel::Visit);
        let fits = matches!(
            self.page.callback.state,
            CallbackState::ContactFix
                | CallbackState::BranchSecond
                | CallbackState::LetterOut
                | CallbackState::VisitPlanned
                | CallbackState::RetryWait
                | CallbackState::ProblemOpen
        );
        has && fits && self.f.may("visits.make")
    }

    fn causes(&self) -> Vec<Choice> {
        choices(&self.f, "cause", Cause::ALL.iter().map(|c| c.as_str()), "")
    }
}
