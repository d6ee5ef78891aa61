//! The messages of a customer, what the customer said about being contacted, and writing to them.

use super::list;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::messaging::{ConsentForm, Consents, MessageView, TemplateView, WrittenForm};
use axum::extract::{Path, RawQuery, State};
use domain::customers::Reveal;
use domain::messaging::{ConsentSource, ConsentTopic};
use store::customers::CustomerRow;
use store::messaging::ConsentRow;

/// Beginning of the names of fields that hold values for a text.
const VALUE: &str = "value-";

#[derive(askama::Template)]
#[template(path = "messaging/customer.html")]
struct CustomerPage {
    f: Frame,
    customer: CustomerRow,
    messages: Vec<MessageView>,
    consents: Consents,
    /// Texts that somebody may send by hand.
    templates: Vec<TemplateView>,
    /// The text that was chosen.
    chosen: Option<TemplateView>,
}

pub(crate) async fn show_customer(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let (app, actor) = (&web.app, &who.actor);
    actor
        .demand(domain::access::Permission::MessagesRead)
        .map_err(app::Error::from)?;
    let (customer, _) =
        app::customers::customer_in_sight(app, actor, who.now, &customer_no).await?;
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let mut templates = app::messaging::list_templates(app, actor).await?;
    templates.retain(|t| t.is_in_use && t.row.code != "staff_notice");
    let wanted = fields.get("template");
    let chosen = templates.iter().find(|t| t.row.id.to_string() == wanted);
    html(&CustomerPage {
        messages: app::messaging::messages_of_customer(app, actor, customer.id).await?,
        consents: app::messaging::consents_of(app, actor, customer.id).await?,
        chosen: chosen.cloned(),
        templates,
        customer,
        f: who.frame("customers"),
    })
}

pub(crate) async fn send_message(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let values = form.pairs().filter_map(|(name, value)| {
        let name = name.strip_prefix(VALUE)?;
        Some((name.to_owned(), value.to_owned()))
    });
    let written = WrittenForm {
        template: form.own("template"),
        channel: form.own("channel"),
        values: values.collect(),
        once: form.own("once"),
    };
    app::messaging::send_written(&web.app, &who.actor, who.now, &customer_no, &written).await?;
    Ok(who.go(&format!("/customers/{customer_no}/messages")))
}

pub(crate) async fn record_consent(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let word = ConsentForm {
        topic: form.own("topic"),
        given: form.get("given") == "yes",
        source: form.own("source"),
        note: form.own("note"),
    };
    app::messaging::record_consent(&web.app, &who.actor, who.now, &customer_no, &word).await?;
    Ok(who.go(&format!("/customers/{customer_no}/messages")))
}

impl CustomerPage {
    fn tone(&self, view: &MessageView) -> &'static str {
        list::tone(view)
    }

    fn why(&self, view: &MessageView) -> String {
        list::why(&self.f, view)
    }

    fn next_slot(&self, view: &MessageView) -> String {
        list::next_slot(&self.f, view)
    }

    fn topics(&self) -> Vec<Choice> {
        let codes = ConsentTopic::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "consent-topic", codes, "")
    }

    fn sources(&self) -> Vec<Choice> {
        let codes = ConsentSource::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "consent-source", codes, "")
    }

    /// What holds for advertising, in words.
    fn marketing(&self) -> String {
        let state = match self.consents.marketing {
            Some(true) => "given",
            Some(false) => "refused",
            None => "unknown",
        };
        self.f.code("consent-state", state)
    }

    /// What proves a word; the page itself is written down as looked at.
    fn proof(&self, line: &ConsentRow) -> String {
        let reveal = Reveal::traced(self.customer.id.0);
        let note = line.note.as_ref();
        note.map_or_else(String::new, |n| n.reveal(reveal).to_owned())
    }

    fn is_chosen(&self, view: &TemplateView) -> bool {
        self.chosen
            .as_ref()
            .is_some_and(|c| c.row.id == view.row.id)
    }

    fn may_send(&self) -> bool {
        self.f.may("messages.send") && self.customer.erased_at.is_none()
    }

    fn may_record(&self) -> bool {
        self.f.may("customers.edit") && self.customer.erased_at.is_none()
    }

    /// Values that the writer of a message gives.
    fn places(&self) -> Vec<&str> {
        let places = self.chosen.iter().flat_map(|t| &t.row.places);
        places.map(String::as_str).collect()
    }
}
