//! Formatted visit questionnaires: the list, one of them, its approval.

use super::id_of;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::visits::{FormattedForm, FormattedPage};
use axum::extract::{Path, RawQuery, State};
use domain::ids::FormattedId;
use domain::visits::FormattedState;
use store::Page;
use store::visits::FormattedRow;

#[derive(askama::Template)]
#[template(path = "visits/formatted_list.html")]
struct ListPage {
    f: Frame,
    list: Page<FormattedRow>,
    after: String,
}

#[derive(askama::Template)]
#[template(path = "visits/formatted.html")]
struct OnePage {
    f: Frame,
    page: FormattedPage,
}

pub(crate) async fn list_formatted(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let after = Fields::parse(raw.unwrap_or_default().as_bytes()).own("after");
    let list = app::visits::list_formatted(&web.app, &who.actor, &after).await?;
    html(&ListPage {
        f: who.frame("visits"),
        list,
        after,
    })
}

fn form_of(fields: &Fields) -> FormattedForm {
    FormattedForm {
        title: fields.own("title"),
        department: fields.own("department"),
        reason: fields.own("reason"),
        questions: fields.own("questions"),
    }
}

pub(crate) async fn create_formatted(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = form_of(&fields);
    let id = app::visits::create_formatted(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/visit-questionnaires/{id}")))
}

pub(crate) async fn show_formatted(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let id = FormattedId(id_of(&id)?);
    let page = app::visits::formatted_page(&web.app, &who.actor, id).await?;
    html(&OnePage {
        f: who.frame("visits"),
        page,
    })
}

pub(crate) async fn write_formatted(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = FormattedId(id_of(&id)?);
    let form = form_of(&fields);
    app::visits::write_formatted(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&format!("/visit-questionnaires/{id}")))
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = FormattedId(id_of(&id)?);
    let step = (fields.get("step"), fields.get("reason"));
    app::visits::take_chain_step(&web.app, &who.actor, who.now, id, step).await?;
    Ok(who.go(&format!("/visit-questionnaires/{id}")))
}

impl OnePage {
    fn may_write(&self) -> bool {
        let user = self.f.session().map(|s| s.user.id);
        self.page.row.state == FormattedState::Drafted
            && user == Some(self.page.row.author)
            && self.f.may("visits.make")
    }

    /// Every stage with whether it was reached.
    fn stages(&self) -> Vec<(&'static str, bool)> {
        let reached = self.page.row.state;
        let all = FormattedState::ALL.iter();
        all.map(|s| (s.as_str(), *s <= reached)).collect()
    }
}
