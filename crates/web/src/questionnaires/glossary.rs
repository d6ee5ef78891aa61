//! The glossary.

use crate::failure::Failure;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::questionnaires::glossary::{TermForm, list_terms, save_term};
use axum::extract::State;
use domain::questionnaires::Words;
use store::questionnaires::TermRow;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "questionnaires/glossary.html")]
struct GlossaryPage {
    f: Frame,
    terms: Vec<TermRow>,
}

pub(super) async fn list(State(web): State<Web>, who: Who) -> Answer {
    let terms = list_terms(&web.app, &who.actor).await?;
    html(&GlossaryPage {
        f: who.frame("questionnaires"),
        terms,
    })
}

pub(super) async fn save(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let id = match fields.get("id") {
        "" => None,
        text => Some(Uuid::try_parse(text).map_err(|_| Failure::not_found())?),
    };
    let words = |name: &str| Words {
        zh: fields.own(&format!("{name}_zh")),
        en: fields.own(&format!("{name}_en")),
    };
    let form = TermForm {
        term: words("term"),
        plain: words("plain"),
        retired: fields.is_ticked("retired"),
        revision: fields.get("revision").parse().unwrap_or(0),
    };
    save_term(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go("/questionnaires/glossary"))
}
