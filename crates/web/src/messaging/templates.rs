//! Texts: the list, one version, and the form in which a draft is written.

use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::messaging::{TemplateForm, TemplateView};
use axum::extract::{Path, RawQuery, State};
use domain::ids::TemplateId;
use domain::messaging::{MessageChannel, MessagePurpose, TemplateState};

#[derive(askama::Template)]
#[template(path = "messaging/templates.html")]
struct ListPage {
    f: Frame,
    rows: Vec<TemplateView>,
}

#[derive(askama::Template)]
#[template(path = "messaging/template.html")]
struct TemplatePage {
    f: Frame,
    view: TemplateView,
    versions: Vec<TemplateView>,
}

#[derive(askama::Template)]
#[template(path = "messaging/template_form.html")]
struct NewPage {
    f: Frame,
    /// The version that the draft begins with.
    like: Option<TemplateView>,
}

/// Tone of a state.
fn tone(view: &TemplateView) -> &'static str {
    match view.row.state {
        TemplateState::Approved if view.is_in_use => "green",
        TemplateState::Draft => "blue",
        TemplateState::Proposed => "orange",
        TemplateState::Refused => "red",
        TemplateState::Approved | TemplateState::Retired => "secondary",
    }
}

fn id_of(text: &str) -> Result<TemplateId, Failure> {
    uuid::Uuid::try_parse(text)
        .map(TemplateId)
        .map_err(|_| Failure::not_found())
}

fn url(id: TemplateId) -> String {
    format!("/messages/templates/{id}")
}

fn form_of(fields: &Fields) -> TemplateForm {
    TemplateForm {
        code: fields.own("code"),
        channel: fields.own("channel"),
        purpose: fields.own("purpose"),
        label: fields.own("label"),
        title: fields.own("title"),
        body: fields.get("body").replace("\r\n", "\n"),
    }
}

pub(crate) async fn list_templates(State(web): State<Web>, who: Who) -> Answer {
    html(&ListPage {
        rows: app::messaging::list_templates(&web.app, &who.actor).await?,
        f: who.frame("messages"),
    })
}

pub(crate) async fn new_template(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    who.actor
        .demand(domain::access::Permission::TemplatesEdit)
        .map_err(app::Error::from)?;
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let like = match fields.get("like") {
        "" => None,
        id => {
            let id = id_of(id)?;
            Some(
                app::messaging::template_page(&web.app, &who.actor, id)
                    .await?
                    .0,
            )
        }
    };
    html(&NewPage {
        f: who.frame("messages"),
        like,
    })
}

pub(crate) async fn show_template(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let (view, versions) = app::messaging::template_page(&web.app, &who.actor, id_of(&id)?).await?;
    html(&TemplatePage {
        f: who.frame("messages"),
        view,
        versions,
    })
}

pub(crate) async fn draft_template(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let form = form_of(&form);
    let id = app::messaging::draft_template(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn change_draft(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let form = form_of(&form);
    app::messaging::change_draft(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn propose_template(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (id, reason) = (id_of(&id)?, form.get("reason"));
    app::messaging::propose_template(&web.app, &who.actor, who.now, id, reason).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn discard_template(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    app::messaging::discard_template(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    Ok(who.go("/messages/templates"))
}

pub(crate) async fn retire_template(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::messaging::retire_template(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go(&url(id)))
}

impl ListPage {
    fn tone(&self, view: &TemplateView) -> &'static str {
        tone(view)
    }
}

impl TemplatePage {
    fn tone(&self, view: &TemplateView) -> &'static str {
        tone(view)
    }

    fn is_draft(&self) -> bool {
        self.view.row.state == TemplateState::Draft
    }

    fn may_edit(&self) -> bool {
        self.f.may("templates.edit")
    }

    fn may_retire(&self) -> bool {
        self.view.is_in_use && self.f.may("templates.approve")
    }
}

impl NewPage {
    fn channels(&self) -> Vec<Choice> {
        let chosen = self.like.as_ref().map_or("sms", |l| l.row.channel.as_str());
        let codes = MessageChannel::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "message-channel", codes, chosen)
    }

    fn purposes(&self) -> Vec<Choice> {
        let chosen = self.like.as_ref().map_or("", |l| l.row.purpose.as_str());
        let codes = MessagePurpose::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "message-purpose", codes, chosen)
    }

    /// A field of the version that the draft begins with.
    fn begin(&self, field: &str) -> &str {
        let Some(like) = &self.like else { return "" };
        match field {
            "code" => &like.row.code,
            "label" => &like.row.label,
            "title" => like.row.title.as_deref().unwrap_or(""),
            _ => &like.row.body,
        }
    }
}
