//! The service plan of a customer: who is in charge, what the class owes against what was done, privileges, the
//! individual plan, recommendations, flags.

use super::people;
use crate::forms::{self, Choice, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::service::{
    AssignForm, Entitled, FlagForm, ItemForm, OutcomeForm, PlanPage, Privilege, Standing,
};
use axum::extract::{Path, State};
use domain::customers::Degree;
use domain::service::{FlagKind, ItemKind};
use store::access::UserRow;
use store::service::ItemRow;

#[derive(askama::Template)]
#[template(path = "service/plan.html")]
struct Page {
    f: Frame,
    page: PlanPage,
    /// People to whom the customer can be given.
    users: Vec<UserRow>,
}

fn url(customer_no: &str) -> String {
    format!("/customers/{customer_no}/service-plan")
}

pub(crate) async fn show_plan(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    who: Who,
) -> Answer {
    let (app, actor) = (&web.app, &who.actor);
    let page = app::service::service_plan(app, actor, who.now, &customer_no).await?;
    let f = who.frame("customers");
    let users = if f.may("service.assign") {
        app::service::list_people(app, actor).await?
    } else {
        Vec::new()
    };
    html(&Page { f, page, users })
}

/// Kinds of the individual plan.
const PLAN: [ItemKind; 5] = [
    ItemKind::Need,
    ItemKind::Goal,
    ItemKind::Proposal,
    ItemKind::Step,
    ItemKind::Cultivation,
];
/// Kinds of what was done.
const DONE: [ItemKind; 3] = [ItemKind::Contact, ItemKind::Care, ItemKind::Privilege];

impl Page {
    fn may_keep(&self) -> bool {
        self.f.may("service.keep") && self.page.customer.erased_at.is_none()
    }

    fn plan(&self) -> Vec<&ItemRow> {
        self.page.items_of(&PLAN)
    }

    fn recommendations(&self) -> Vec<&ItemRow> {
        self.page.items_of(&[ItemKind::Recommendation])
    }

    fn done(&self) -> Vec<&ItemRow> {
        self.page.items_of(&DONE)
    }

    fn plan_kinds(&self) -> Vec<Choice> {
        let codes = PLAN.iter().map(|k| k.as_str());
        choices(&self.f, "service-kind", codes, "step")
    }

    fn channels(&self) -> Vec<Choice> {
        let codes = self.page.standard.channels();
        choices(
            &self.f,
            "contact-channel",
            codes.map(|c| c.code.as_str()),
            "phone",
        )
    }

    fn risks(&self) -> Vec<Choice> {
        let codes = Degree::ALL.iter().map(|d| d.as_str());
        choices(&self.f, "level", codes, "")
    }

    fn flag_kinds(&self) -> Vec<Choice> {
        let codes = FlagKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "customer-flag-kind", codes, "")
    }

    fn people(&self) -> Vec<Choice> {
        people(&self.users, "")
    }

    fn usable(&self) -> Vec<&Privilege> {
        let all = self.page.privileges.iter();
        all.filter(|p| p.is_left()).collect()
    }

    /// Where a value is written, as a hint.
    fn source(&self, entitled: &Entitled) -> String {
        let title = self.f.text(&entitled.source.title);
        let words = entitled.source.words.as_ref().map(|w| self.f.text(w));
        let article = &entitled.source.article;
        format!("《{title}》（{article}）{}", words.unwrap_or_default())
    }

    /// The name of a privilege of the class, else its code.
    fn subject(&self, item: &ItemRow) -> String {
        let Some(subject) = item.subject.as_deref() else {
            return String::new();
        };
        if item.kind != ItemKind::Privilege {
            return subject.to_owned();
        }
        let mut all = self.page.privileges.iter();
        let of_code = all.find(|p| p.entitled.code == subject);
        of_code.map_or_else(
            || subject.to_owned(),
            |p| self.f.text(&p.entitled.label).to_owned(),
        )
    }

    fn per_year(&self, entitled: &Entitled) -> String {
        match &entitled.standing {
            Standing::Times(n) => match &entitled.unit {
                Some(unit) => format!("{n} {}", self.f.text(unit)),
                None => n.to_string(),
            },
            Standing::Given => self.f.say("service-given"),
            Standing::Code(code) => self.f.programme(code),
        }
    }

    fn outcomes(&self, item: &ItemRow) -> Vec<Choice> {
        let codes: &[&str] = if item.kind.is_offer() {
            &["accepted", "declined", "dropped"]
        } else {
            &["done", "dropped"]
        };
        choices(&self.f, "service-outcome", codes.iter().copied(), codes[0])
    }
}

/// Tone of what became of something.
pub(super) fn tone(item: &ItemRow) -> &'static str {
    match item.outcome.map(domain::service::ItemOutcome::as_str) {
        Some("done" | "accepted") => "green",
        Some(_) => "secondary",
        None => "blue",
    }
}

/// Tone of a flag.
pub(super) fn flag_tone(state: &domain::service::FlagState) -> &'static str {
    use domain::service::FlagState as S;
    match state {
        S::Raised | S::WithdrawalAsked => "red",
        S::Asked => "orange",
        S::Withdrawn | S::Refused => "secondary",
    }
}

pub(crate) async fn add_item(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = ItemForm {
        kind: fields.own("kind"),
        subject: fields.own("subject"),
        text: fields.own("text"),
        channel: fields.own("channel"),
        due_on: fields.own("due_on"),
        done_on: fields.own("done_on"),
        owner: fields.own("owner"),
        product_risk: fields.own("product_risk"),
    };
    app::service::add_item(&web.app, &who.actor, who.now, &customer_no, &form).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn finish_item(
    State(web): State<Web>,
    Path(item): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let item = forms::id(&item)?;
    let form = OutcomeForm {
        outcome: fields.own("outcome"),
        result: fields.own("result"),
        done_on: fields.own("done_on"),
    };
    let customer_no = app::service::finish_item(&web.app, &who.actor, who.now, item, &form).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn assign(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = AssignForm {
        customer_no: customer_no.clone(),
        user: fields.own("user"),
        team: fields.own("team"),
        ..AssignForm::default()
    };
    app::service::assign(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn ask_flag(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = FlagForm {
        flag: fields.own("flag"),
        reason: fields.own("reason"),
    };
    app::service::ask_flag(&web.app, &who.actor, who.now, &customer_no, &form).await?;
    Ok(who.go(&url(&customer_no)))
}
