//! One callback: why it exists, what happened, what to decide.

use super::{id_of, url};
use crate::failure::Failure;
use crate::forms::{Choice, SentFile, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{CallbackPage, Decision, PastAnswer};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::callbacks::{CallbackState, Cause, ContactChannel};
use domain::ids::RecordingId;
use domain::tickets::EvidenceKind;
use store::callbacks::AttemptRow;
use store::recordings::RecordingRow;

#[derive(askama::Template)]
#[template(path = "callbacks/detail.html")]
struct DetailPage {
    f: Frame,
    page: CallbackPage,
}

pub(crate) async fn show_callback(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let page = app::callbacks::callback_page(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    html(&DetailPage {
        f: who.frame("callbacks"),
        page,
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
            .filter(|r| r.owner_id == attempt.id.0)
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

    fn is_under_way(&self) -> bool {
        self.page.callback.state == CallbackState::InProgress
    }

    /// Decisions that fit where the callback stands.
    fn decisions(&self) -> Vec<&'static str> {
        if !self.f.may("callbacks.decide") {
            return Vec::new();
        }
        let has = |c: ContactChannel| self.page.discharge.channels.contains(&c);
        let mut kinds: Vec<&'static str> = match self.page.callback.state {
            CallbackState::ContactFix | CallbackState::BranchSecond => {
                let mut kinds = Vec::new();
                if self.page.callback.state == CallbackState::ContactFix {
                    kinds.push("cannot_correct");
                }
                if has(ContactChannel::Letter) {
                    kinds.push("send_letter");
                }
                kinds
            }
            CallbackState::LetterOut => vec!["letter_affirmed", "letter_negative", "letter_failed"],
            _ => Vec::new(),
        };
        if self.page.callback.state.is_open() && !self.is_under_way() {
            kinds.extend(["give_up", "cancel"]);
        }
        kinds
    }

    fn needs_record(kind: &str) -> bool {
        matches!(kind, "letter_affirmed" | "letter_negative")
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
