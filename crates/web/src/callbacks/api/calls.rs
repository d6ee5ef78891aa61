//! Calling: attempts, the script item by item, answers, and recordings.

use super::shapes::{AnswerJson, AttemptJson, ItemWords, RecordingJson};
use super::{Created, created};
use crate::api::{Body, Caller, ListOf, Named, Reply, codes, text, whole};
use crate::state::Web;
use app::callbacks::{
    AnswerForm, CallItem, CallPage, CallbackPage, FinishForm, ProxyForm, StartForm,
};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_attempts, start_attempt))
        .routes(routes!(get_current_attempt))
        .routes(routes!(finish_attempt))
        .routes(routes!(list_answers, answer_item))
        .routes(routes!(list_recordings, link_recording))
}

async fn page(web: &Web, caller: &Caller, key: &str) -> Result<CallbackPage, app::Error> {
    let row = app::callbacks::find_callback(&web.app, &caller.actor, key).await?;
    app::callbacks::callback_page(&web.app, &caller.actor, caller.now, row.id).await
}

/// Lists the attempts of a callback.
#[utoipa::path(get, path = "/api/v1/callbacks/{callback}/attempts", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    responses((status = 200, description = "Attempts, the oldest first.", body = ListOf<AttemptJson>)))]
pub(crate) async fn list_attempts(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let page = page(&web, &caller, &key).await?;
    Ok(whole::<_, AttemptJson>(page.attempts))
}

/// How an attempt begins.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttemptStart {
    /// Channel; the telephone when missing.
    #[schema(value_type = Option<codes::ContactChannelCode>)]
    channel: Option<String>,
}

/// Begins an attempt.
///
/// By the person on whose list the callback is; systems are refused with `person-needed`. Goes on with
/// the attempt under way when there is one.
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/attempts", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = AttemptStart,
    responses((status = 201, description = "The attempt.", body = Created)))]
pub(crate) async fn start_attempt(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(start): Body<AttemptStart>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let form = StartForm {
        channel: text(start.channel),
    };
    let id = app::callbacks::start_attempt(&web.app, actor, now, row.id, &form).await?;
    Ok(created(id.0))
}

/// An item of the script, with values filled in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScriptItem)]
pub(crate) struct ItemJson {
    /// Code.
    item: String,
    /// Kind.
    #[schema(value_type = codes::ItemKindCode)]
    kind: &'static str,
    /// Heading.
    title: ItemWords,
    /// The sentence to read aloud.
    ask: ItemWords,
    /// Must be answered before the callback can finish.
    must_ask: bool,
    /// What was answered.
    #[schema(value_type = Option<codes::AnswerCode>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
}

impl From<CallItem> for ItemJson {
    fn from(i: CallItem) -> Self {
        Self {
            answer: i.answer.map(|a| a.given.answer.as_str()),
            item: i.item.code,
            kind: i.item.kind.as_str(),
            title: i.item.title.into(),
            ask: i.ask.into(),
            must_ask: i.item.must_ask,
        }
    }
}

/// The attempt under way with its script.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CurrentAttempt)]
pub(crate) struct CurrentJson {
    /// The attempt.
    attempt: AttemptJson,
    /// Words read first.
    greeting: ItemWords,
    /// The items that apply.
    items: Vec<ItemJson>,
    /// Code of the item to ask now; nothing when all are answered.
    current: Option<String>,
    /// Words read last.
    closing: ItemWords,
    /// All items that must be asked are answered.
    can_finish: bool,
    /// There is a recording.
    recorded: bool,
}

impl From<CallPage> for CurrentJson {
    fn from(p: CallPage) -> Self {
        let current = p.items.get(p.current).map(|i| i.item.code.clone());
        Self {
            attempt: p.attempt.into(),
            greeting: p.greeting.into(),
            items: p.items.into_iter().map(ItemJson::from).collect(),
            current,
            closing: p.closing.into(),
            can_finish: p.can_finish,
            recorded: p.recorded,
        }
    }
}

/// Reads the attempt under way.
///
/// For the person who makes it: the script with its values, and what was answered so far. The script
/// names the customer in full; the attempt is the trace of that.
#[utoipa::path(get, path = "/api/v1/callbacks/{callback}/attempts/current", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    responses((status = 200, description = "The attempt with its script.", body = CurrentJson)))]
pub(crate) async fn get_current_attempt(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let company = &web.settings.company;
    let page = app::callbacks::call_page(&web.app, actor, now, row.id, company).await?;
    Ok(Json(CurrentJson::from(page)).into_response())
}

/// A family member who answered for the policyholder.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProxyAuthorisation {
    /// Name of the family member.
    #[schema(max_length = 60)]
    name: String,
    /// `spouse`, `child`, `parent`, `sibling` or `other_family`.
    relation: String,
    /// `no_mandarin`, `hard_of_hearing` or `other_special`.
    reason: String,
    /// How the policyholder agreed: `recorded` in the call, or `written`.
    given: String,
}

impl From<ProxyAuthorisation> for ProxyForm {
    fn from(sent: ProxyAuthorisation) -> Self {
        Self {
            name: sent.name,
            relation: sent.relation,
            reason: sent.reason,
            given: sent.given,
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttemptEnd {
    /// The result.
    #[schema(value_type = codes::AttemptResultCode)]
    result: String,
    /// Who answered, for finished interviews; the programme's first when missing.
    #[schema(value_type = Option<codes::RespondentCode>)]
    respondent: Option<String>,
    /// The authorisation of a family member who answered for the policyholder, where the programme allows it.
    #[schema(nullable = false)]
    proxy: Option<ProxyAuthorisation>,
    /// What the caller noted.
    #[schema(nullable = false, max_length = 2000)]
    note: Option<String>,
    /// The agreed time, for appointments: RFC 3339, or date and time in China.
    #[schema(nullable = false)]
    appointment_at: Option<String>,
}

/// Where the callback stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StateNow {
    /// State of the callback.
    #[schema(value_type = codes::CallbackStateCode)]
    state: &'static str,
}

/// Ends the attempt under way.
///
/// By the person who makes it; systems are refused with `person-needed`. Tickets, retries and the
/// discharge of the obligation follow in the same transaction.
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/attempts/current/outcome", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = AttemptEnd,
    responses((status = 200, description = "Ended.", body = StateNow)))]
pub(crate) async fn finish_attempt(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(end): Body<AttemptEnd>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let form = FinishForm {
        result: end.result,
        respondent: text(end.respondent),
        proxy: end.proxy.map(ProxyForm::from).unwrap_or_default(),
        note: text(end.note),
        appointment_at: text(end.appointment_at),
    };
    let state = app::callbacks::finish_attempt(&web.app, actor, now, row.id, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let body = StateNow {
        state: state.as_str(),
    };
    Ok(Json(body).into_response())
}

/// Lists the answers of a callback.
#[utoipa::path(get, path = "/api/v1/callbacks/{callback}/answers", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    responses((status = 200, description = "Answers of every attempt.", body = ListOf<AnswerJson>)))]
pub(crate) async fn list_answers(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let page = page(&web, &caller, &key).await?;
    Ok(whole::<_, AnswerJson>(page.answers))
}

/// An answer to an item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAnswer {
    /// Code of the item.
    item: String,
    /// The answer.
    #[schema(value_type = codes::AnswerCode)]
    answer: String,
    /// A rating from 1 to 5, where the item asks for one.
    #[schema(nullable = false, minimum = 1, maximum = 5)]
    rating: Option<u8>,
    /// The customer's own words.
    #[schema(nullable = false, max_length = 1000)]
    words: Option<String>,
}

/// Takes an answer.
///
/// In the attempt under way, by the person who makes it; systems are refused with `person-needed`. Items
/// go one by one (`question-gated`).
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/answers", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = NewAnswer,
    responses((status = 204, description = "Taken.")))]
pub(crate) async fn answer_item(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(answer): Body<NewAnswer>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let form = AnswerForm {
        item: answer.item,
        answer: answer.answer,
        rating: answer.rating,
        words: text(answer.words),
    };
    app::callbacks::answer_item(&web.app, actor, now, row.id, &form).await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

/// Lists the recordings of a callback.
///
/// And its signed records. The sound itself is played in the pages only.
#[utoipa::path(get, path = "/api/v1/callbacks/{callback}/recordings", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    responses((status = 200, description = "Recordings.", body = ListOf<RecordingJson>)))]
pub(crate) async fn list_recordings(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let page = page(&web, &caller, &key).await?;
    Ok(whole::<_, RecordingJson>(page.recordings))
}

/// A recording that another system keeps.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordingLink {
    /// Where it is.
    #[schema(
        max_length = 1000,
        example = "https://recordings.example.com/2026/11/20/1.wav"
    )]
    link: String,
}

/// Links a recording.
///
/// To the attempt under way, by the person who makes it; systems are refused with `person-needed`.
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/recordings", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = RecordingLink,
    responses((status = 201, description = "Linked.", body = Created)))]
pub(crate) async fn link_recording(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(link): Body<RecordingLink>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let id = app::callbacks::add_link(&web.app, actor, now, row.id, &link.link).await?;
    let id: Uuid = id.0;
    Ok(created(id))
}
