//! The classes of one customer: why, what would change them, what they were, and setting them by hand.

use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::segments::{ClassesPage, ModelClasses, OverrideForm};
use axum::extract::{Path, RawQuery, State};
use domain::access::ApprovalKind;
use domain::segments::{ClassCause, ClassModel, CustomerClass};
use rules::ScoreTrace;
use store::segments::ScoreRow;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "segments/page.html")]
struct OnePage {
    f: Frame,
    page: ClassesPage,
    /// A score of the past, worked out again.
    kept: Option<(ScoreRow, ScoreTrace)>,
    /// The reader may decide on what others ask for.
    decides: bool,
}

fn url(customer_no: &str) -> String {
    format!("/customers/{customer_no}/classes")
}

pub(super) async fn show_classes(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let (app, actor) = (&web.app, &who.actor);
    let page = app::segments::classes_page(app, actor, who.now, &customer_no).await?;
    let kept = match Uuid::try_parse(fields.get("score")) {
        Ok(score) => {
            let which = (customer_no.as_str(), score);
            Some(app::segments::replay(app, actor, who.now, which).await?)
        }
        Err(_) => None,
    };
    html(&OnePage {
        decides: actor.may(ApprovalKind::Class.decided_with()),
        f: who.frame("customers"),
        page,
        kept,
    })
}

pub(super) async fn create_override(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let asked = OverrideForm {
        model: form.own("model"),
        class: form.own("class"),
        until_on: form.own("until_on"),
        reason: form.own("reason"),
    };
    app::segments::ask_override(&web.app, &who.actor, who.now, &customer_no, &asked).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(super) async fn decide_override(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let approve = match form.get("step") {
        "approve" => true,
        "refuse" => false,
        _ => return Err(Error::invalid("step", "unknown-code").into()),
    };
    let id = Uuid::try_parse(form.get("override")).unwrap_or_default();
    let which = (customer_no.as_str(), id);
    app::segments::decide_asked(&web.app, &who.actor, who.now, which, approve).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(super) async fn delete_override(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let which = (customer_no.as_str(), form.get("model"));
    let reason = form.get("reason");
    app::segments::end_override_early(&web.app, &who.actor, who.now, which, reason).await?;
    Ok(who.go(&url(&customer_no)))
}

impl OnePage {
    fn title(&self, m: &ModelClasses) -> String {
        let outline = m.outline.as_ref();
        let title = outline.map(|o| self.f.text(&o.title).to_owned());
        title.unwrap_or_else(|| self.f.code("class-model", m.model.as_str()))
    }

    fn name(&self, model: &ClassModel, class: &CustomerClass) -> String {
        self.f.code(&format!("class-{model}"), class.as_str())
    }

    fn cause(&self, cause: &Option<ClassCause>) -> String {
        self.f
            .code("class-cause", cause.map_or("imported", ClassCause::as_str))
    }

    /// Classes that may be asked for: all but the one in force.
    fn choices(&self, m: &ModelClasses) -> Vec<Choice> {
        let others = CustomerClass::ALL.iter().filter(|c| Some(**c) != m.class);
        let codes = others.map(|c| c.as_str());
        choices(&self.f, &format!("class-{}", m.model), codes, "")
    }

    /// Where each class but the last begins.
    fn boundaries(&self, t: &ScoreTrace) -> String {
        let from = t.classes.iter().filter_map(|c| {
            let points = super::points(&c.from?);
            Some(format!("{} ≥ {points}", self.f.text(&c.label)))
        });
        from.collect::<Vec<_>>().join(self.f.pick("，", ", "))
    }
}
