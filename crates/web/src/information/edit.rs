//! The form for the facts of a customer.

use super::{name_of, value_of};
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::information::{FactView, InformationForm, InformationPage};
use axum::extract::{Path, RawQuery, State};
use domain::access::Permission;
use domain::customers::{CustomerField, FactGroup, FactShape, Origin, SourceChannel};
use domain::information::Demand;

/// Occasions on which people learn something.
const OCCASIONS: [Origin; 4] = [
    Origin::Form,
    Origin::Callback,
    Origin::Letter,
    Origin::Visit,
];

/// One field of the form.
pub(super) struct Input {
    pub(super) field: CustomerField,
    pub(super) name: String,
    /// `text`, `date`, `number`, `words` or `select`.
    pub(super) kind: &'static str,
    /// What stands in the field.
    pub(super) value: String,
    /// What is shown where the value itself is hidden.
    pub(super) hint: String,
    pub(super) choices: Vec<Choice>,
    pub(super) is_mandatory: bool,
    /// The value is hidden, so emptying it needs a box of its own.
    pub(super) is_hidden: bool,
}

#[derive(askama::Template)]
#[template(path = "information/form.html")]
struct FormPage {
    f: Frame,
    page: InformationPage,
    origin: String,
    about: String,
}

pub(crate) async fn show_form(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    who.actor
        .demand(Permission::CustomersEdit)
        .map_err(Error::from)?;
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let (actor, now) = (&who.actor, who.now);
    let page = app::information::information_page(&web.app, actor, now, &customer_no, "").await?;
    html(&FormPage {
        f: who.frame("customers"),
        page,
        origin: query.own("origin"),
        about: query.own("about"),
    })
}

/// What a form says. An empty field takes a fact away where the value stood in the form; a hidden value
/// stays unless its box is ticked.
pub(super) fn form_of(fields: &Fields) -> InformationForm {
    let cleared = fields.all("clear");
    let mut facts = Vec::new();
    for field in CustomerField::ALL.iter().filter(|f| f.is_entered()) {
        let name = field.as_str();
        if cleared.iter().any(|c| c == name) {
            facts.push((name.to_owned(), None));
        } else if fields.has(name) {
            let text = fields.own(name);
            match text.trim() {
                "" if field.is_sealed() => {}
                "" => facts.push((name.to_owned(), None)),
                _ => facts.push((name.to_owned(), Some(text))),
            }
        }
    }
    InformationForm {
        facts,
        source: fields.own("source"),
        collected_by: fields.own("collected_by"),
        collected_on: fields.own("collected_on"),
        reason: fields.own("reason"),
        origin: fields.own("origin"),
        about: fields.own("about"),
        is_identified: fields.is_ticked("identified"),
        version: fields.get("version").parse().unwrap_or(-1),
    }
}

pub(crate) async fn change_information(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = form_of(&fields);
    let (actor, now) = (&who.actor, who.now);
    let changed =
        app::information::change_information(&web.app, actor, now, &customer_no, &form).await?;
    let done = match (changed.facts.is_empty(), changed.waiting.is_empty()) {
        (true, true) => "",
        (false, true) => "?done=changed",
        (true, false) => "?done=waiting",
        (false, false) => "?done=both",
    };
    Ok(who.go(&format!("/customers/{customer_no}/information{done}")))
}

/// The field of a fact, with what is known of it.
pub(super) fn input(f: &Frame, field: CustomerField, shown: Option<&str>, demand: Demand) -> Input {
    let stands = shown.filter(|_| !field.is_sealed()).unwrap_or_default();
    let (kind, value, choices) = match field.shape() {
        FactShape::Code(kind) => (
            "select",
            String::new(),
            choices(f, kind, field.codes(), stands),
        ),
        FactShape::Date => ("date", stands.to_owned(), Vec::new()),
        FactShape::Months => ("number", stands.to_owned(), Vec::new()),
        FactShape::Money => {
            let fen = stands.parse().ok().map(domain::money::Money);
            (
                "text",
                fen.map_or_else(String::new, |m| m.to_string()),
                Vec::new(),
            )
        }
        FactShape::Words => ("words", String::new(), Vec::new()),
        FactShape::Text | FactShape::Flag => ("text", stands.to_owned(), Vec::new()),
    };
    let is_hidden = field.is_sealed() && shown.is_some();
    Input {
        field,
        name: name_of(f, field),
        hint: if is_hidden {
            value_of(f, field, shown)
        } else {
            String::new()
        },
        is_mandatory: demand == Demand::Mandatory,
        kind,
        value,
        choices,
        is_hidden,
    }
}

/// Channels, with the one of a person's own work chosen.
pub(super) fn sources(f: &Frame) -> Vec<Choice> {
    let codes = SourceChannel::ALL.iter().map(|c| c.as_str());
    choices(f, "source-channel", codes, "")
}

impl FormPage {
    fn groups(&self) -> Vec<(FactGroup, Vec<Input>)> {
        let asked = |v: &&FactView| v.demand != Demand::NotAsked || v.shown.is_some();
        let of = |group: FactGroup| {
            let all = self.page.facts.iter().filter(|v| v.field.group() == group);
            let inputs = all
                .filter(asked)
                .map(|v| input(&self.f, v.field, v.shown.as_deref(), v.demand));
            (group, inputs.collect::<Vec<_>>())
        };
        let groups = FactGroup::ALL.iter().copied().map(of);
        groups.filter(|(_, inputs)| !inputs.is_empty()).collect()
    }

    fn sources(&self) -> Vec<Choice> {
        sources(&self.f)
    }

    fn occasions(&self) -> Vec<Choice> {
        choices(
            &self.f,
            "origin",
            OCCASIONS.map(Origin::as_str),
            &self.origin,
        )
    }
}
