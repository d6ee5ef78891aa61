//! The record form of a visit: a plain form that a script saves on the phone and sends when the
//! connection is back; the signature; the printed sheet.

use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, SentFile, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::when;
use app::Error;
use app::visits::{FormPage, VisitForm};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use domain::obligations::Respondent;
use domain::tickets::ProblemType;
use domain::visits::VisitState;
use serde_json::json;

#[derive(askama::Template)]
#[template(path = "visits/form.html")]
struct FormTemplate {
    f: Frame,
    page: FormPage,
}

#[derive(askama::Template)]
#[template(path = "visits/print.html")]
struct PrintTemplate {
    f: Frame,
    page: FormPage,
}

pub(crate) async fn show_form(State(web): State<Web>, Path(key): Path<String>, who: Who) -> Answer {
    let page = app::visits::form_page(&web.app, &who.actor, who.now, &key).await?;
    let own = who.actor.user().is_some() && who.actor.user() == page.visit.visitor_id;
    if !own || !page.visit.state.takes_form() {
        return Ok(who.go(&format!("/visits/{}", page.visit.number)));
    }
    html(&FormTemplate {
        f: who.frame("visits"),
        page,
    })
}

pub(crate) async fn show_print(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let page = app::visits::form_page(&web.app, &who.actor, who.now, &key).await?;
    html(&PrintTemplate {
        f: who.frame("visits"),
        page,
    })
}

/// The form as PDF.
pub(crate) async fn read_pdf(State(web): State<Web>, Path(key): Path<String>, who: Who) -> Answer {
    let company = web.settings.company.as_str();
    let (actor, now) = (&who.actor, who.now);
    let (name, bytes) =
        app::visits::annex_pdf(&web.app, actor, now, (key.as_str(), company)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

fn form_of(fields: &Fields, headers: &HeaderMap) -> Result<VisitForm, Failure> {
    let text = |name| {
        let value = headers.get(name).and_then(|h| h.to_str().ok());
        value.map(|v| v.trim().trim_matches('"').to_owned())
    };
    let version = text(header::IF_MATCH.as_str()).unwrap_or_else(|| fields.own("version"));
    let version = match version.as_str() {
        "" => None,
        given => Some(
            given
                .parse()
                .map_err(|_| Error::invalid("version", "number"))?,
        ),
    };
    let answers = (0..).map_while(|at: usize| {
        let name = format!("answer_{at}");
        fields.has(&name).then(|| fields.own(&name))
    });
    Ok(VisitForm {
        visited_at: fields.own("visited_at"),
        respondent: fields.own("respondent"),
        respondent_name: fields.own("respondent_name"),
        position: fields.own("position"),
        phone: fields.own("phone"),
        place: fields.own("place"),
        summary: fields.own("summary"),
        feedback: fields.own("feedback"),
        follow_up: fields.own("follow_up"),
        remarks: fields.own("remarks"),
        affirmed: fields.own("affirmed"),
        problem: fields.own("problem"),
        answers: answers.collect(),
        submission: text("idempotency-key").unwrap_or_else(|| fields.own("submission")),
        version,
    })
}

/// Takes the form. The script of the page sends `If-Match` and `Idempotency-Key` and reads JSON.
pub(crate) async fn write_form(
    State(web): State<Web>,
    Path(key): Path<String>,
    headers: HeaderMap,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::visits::find_visit(&web.app, &who.actor, &key).await?;
    let form = form_of(&fields, &headers)?;
    let written = app::visits::write_form(&web.app, &who.actor, who.now, row.id, &form).await?;
    if who.wants_part() {
        let frame = who.frame("visits");
        let missing = written.missing.iter();
        let missing: Vec<_> = missing.map(|c| frame.code("visit-column", c)).collect();
        let told = json!({
            "version": written.version, "state": written.state.as_str(), "missing": missing,
        });
        return Ok(Json(told).into_response());
    }
    let place = if written.state == VisitState::FormFilled {
        "#signature"
    } else {
        ""
    };
    Ok(who.go(&format!("/visits/{}/form{place}", row.number)))
}

pub(crate) async fn sign_on_screen(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::visits::find_visit(&web.app, &who.actor, &key).await?;
    // A phone that lost the answer sends the signature again.
    if row.state != VisitState::Signed {
        let strokes = fields.get("strokes");
        app::visits::sign_on_screen(&web.app, &who.actor, who.now, row.id, strokes).await?;
    }
    let to = format!("/visits/{}", row.number);
    if who.wants_part() {
        return Ok(Json(json!({ "to": to })).into_response());
    }
    Ok(who.go(&to))
}

pub(crate) async fn sign_on_paper(
    State(web): State<Web>,
    Path(key): Path<String>,
    mut sent: SentFile,
) -> Answer {
    let (actor, now) = (sent.who.actor.clone(), sent.who.now);
    let row = app::visits::find_visit(&web.app, &actor, &key).await?;
    let file = sent.demand_file()?;
    app::visits::sign_on_paper(&web.app, &actor, now, row.id, &file).await?;
    Ok(sent.who.go(&format!("/visits/{}", row.number)))
}

pub(crate) async fn show_signature(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let (row, bytes) = app::visits::open_signature(&web.app, &who.actor, who.now, &key).await?;
    let headers = [
        (header::CONTENT_TYPE, row.content_type),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

impl FormTemplate {
    fn visited_at(&self) -> String {
        let known = self.page.visit.visited_at;
        known.map(when::field).unwrap_or_default()
    }

    fn place(&self) -> &str {
        let agreed = self.page.visit.place.as_deref();
        match self.page.form.place.as_str() {
            "" => agreed.unwrap_or_default(),
            written => written,
        }
    }

    fn respondents(&self) -> Vec<Choice> {
        let codes = self.page.respondents.iter().map(|r| r.as_str());
        let chosen = self.page.visit.respondent.map_or("", Respondent::as_str);
        choices(&self.f, "respondent", codes, chosen)
    }

    fn problems(&self) -> Vec<Choice> {
        let codes = ProblemType::ALL.iter().map(|p| p.as_str());
        let codes = codes.filter(|c| *c != "not_reached");
        let chosen = self.page.visit.problem.map_or("", |p| p.as_str());
        choices(&self.f, "problem-type", codes, chosen)
    }

    fn answer(&self, at: &usize) -> &str {
        let given = self.page.form.answers.get(*at);
        given.map_or("", |a| a.answer.as_str())
    }

    fn is_affirmed(&self, yes: bool) -> bool {
        self.page.visit.affirmed == Some(yes)
    }

    fn may_sign(&self) -> bool {
        self.page.visit.state == VisitState::FormFilled
    }

    fn missing(&self) -> String {
        let words = self.page.missing.iter();
        let words: Vec<_> = words.map(|c| self.f.code("visit-column", c)).collect();
        words.join(self.f.pick("、", ", "))
    }
}

impl PrintTemplate {
    /// Whether the signature is a drawing that the sheet can show.
    fn has_drawing(&self) -> bool {
        let signature = self.page.signature.as_ref();
        signature.is_some_and(|s| s.content_type.starts_with("image/"))
    }
}
