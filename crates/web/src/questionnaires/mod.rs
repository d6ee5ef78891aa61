//! Questionnaires for people who do not program: a list, a page for each version, an editor, previews,
//! comparisons, the glossary.

pub(crate) mod api;
mod compare;
mod editor;
mod fields;
mod glossary;
mod list;
mod preview;
mod version;

use crate::failure::Failure;
use crate::frame::Frame;
use crate::state::Web;
use app::questionnaires::check::{Finding, Place};
use axum::Router;
use axum::routing::{get, post};
use domain::rules::VersionState;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/questionnaires", get(list::list).post(list::create))
        .route("/questionnaires/file", post(list::upload))
        .route(
            "/questionnaires/glossary",
            get(glossary::list).post(glossary::save),
        )
        .route("/questionnaires/{id}", get(version::show))
        .route("/questionnaires/{id}/edit", get(editor::show))
        .route("/questionnaires/{id}/edits", post(editor::edit))
        .route("/questionnaires/{id}/steps", post(version::step))
        .route("/questionnaires/{id}/preview", get(preview::show))
        .route("/questionnaires/{id}/comparison", get(compare::show))
        .route("/questionnaires/{id}/file", get(version::download))
}

/// Address of a version.
fn url(id: Uuid) -> String {
    format!("/questionnaires/{id}")
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

/// Colour of a state.
fn tone(state: VersionState) -> &'static str {
    match state {
        VersionState::Effective => "green",
        VersionState::Approved => "blue",
        VersionState::Draft | VersionState::Reviewed => "orange",
        VersionState::Superseded | VersionState::Withdrawn => "secondary",
    }
}

/// What a check found, in words, with where to put it right.
struct Said {
    what: String,
    remedy: String,
    is_error: bool,
    /// The piece of the editor, as its query: `item=fees`.
    piece: String,
    /// The item or part.
    place: String,
}

fn said(f: &Frame, script: &app::questionnaires::Script, finding: &Finding) -> Said {
    let code = finding.code.as_str();
    let detail = match finding.detail.split_once(' ') {
        // A subject is named by its code, then where it is demanded.
        Some((topic, rest)) if code == "topic_missing" => {
            format!("{} · {rest}", f.code("topic", topic))
        }
        _ => finding.detail.clone(),
    };
    let (piece, place) = match &finding.place {
        Place::Head => ("part=head".to_owned(), f.say("script-head")),
        Place::Block(code) => {
            let block = script.blocks.iter().find(|b| b.code == *code);
            let title = block.map_or("", |b| f.words(&b.title));
            (format!("block={code}"), format!("{title} {code}"))
        }
        Place::Item(code) => {
            let item = script.items.iter().find(|i| i.item.code == *code);
            let title = item.map_or("", |i| f.words(&i.item.title));
            (format!("item={code}"), format!("{title} {code}"))
        }
    };
    Said {
        what: f.say1(&format!("script-finding-{code}"), "detail", detail),
        remedy: f.code("script-remedy", code),
        is_error: finding.code.is_error(),
        piece,
        place,
    }
}
