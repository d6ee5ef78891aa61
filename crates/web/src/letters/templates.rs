//! Templates: versions, drafts, approval by a second person, how they look.

use super::print::pdf;
use crate::failure::Failure;
use crate::forms::{Choice, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::letters::{DraftForm, TemplateWords};
use axum::extract::{Path, State};
use chrono::NaiveDate;
use domain::letters::{LetterKind, TemplateState};
use store::letters::TemplateRow;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "letters/templates.html")]
struct TemplatesPage {
    f: Frame,
    templates: Vec<(TemplateRow, TemplateWords)>,
}

pub(crate) async fn list_templates(State(web): State<Web>, who: Who) -> Answer {
    html(&TemplatesPage {
        templates: app::letters::list_templates(&web.app, &who.actor).await?,
        f: who.frame("letters"),
    })
}

pub(crate) async fn draft_template(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let draft = DraftForm {
        kind: form.own("kind"),
        effective_from: form.own("effective_from"),
        words: TemplateWords {
            title: form.own("title"),
            opening: form.own("opening"),
            rights: form.own("rights"),
            receipt: form.own("receipt"),
            contact: form.own("contact"),
            closing: form.own("closing"),
        },
    };
    app::letters::draft_template(&web.app, &who.actor, who.now, &draft).await?;
    Ok(who.go("/letters/templates"))
}

pub(crate) async fn decide_template(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let approve = form.get("decision") == "approve";
    app::letters::decide_template(&web.app, &who.actor, who.now, id_of(&id)?, approve).await?;
    Ok(who.go("/letters/templates"))
}

pub(crate) async fn preview_template(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    Ok(pdf(app::letters::preview(
        &web.app,
        &who.actor,
        who.now,
        id_of(&id)?,
    )
    .await?))
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

impl TemplatesPage {
    fn kinds(&self) -> Vec<Choice> {
        let codes = LetterKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "letter-kind", codes, "combined")
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.f.full(&Some(*day))
    }

    fn tone(template: &TemplateRow) -> &'static str {
        match template.state {
            TemplateState::Approved => "green",
            TemplateState::Draft => "blue",
            TemplateState::Rejected => "grey",
        }
    }

    /// Whether the person looking may decide: it is a draft of somebody else.
    fn may_decide(&self, template: &TemplateRow) -> bool {
        let own = self.f.session().map(|s| s.user.id);
        template.state == TemplateState::Draft
            && template.written_by != own
            && self.f.may("letters.templates")
    }

    /// The words that a new version begins with.
    fn newest(&self) -> TemplateWords {
        self.templates
            .first()
            .map(|(_, words)| words.clone())
            .unwrap_or_default()
    }
}
