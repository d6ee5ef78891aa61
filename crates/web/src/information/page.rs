//! Everything that is known of a customer, fact by fact, today or on an earlier day.

use super::{name_of, names, value_of};
use crate::customers::flags::{FlagTag, tags};
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::information::{FactView, HistoryLine, InformationPage, MarkForm};
use axum::extract::{Path, RawQuery, State};
use domain::customers::FactGroup;
use domain::information::{CustomerMark, Demand, Occasion};
use domain::policies::EventType;

#[derive(askama::Template)]
#[template(path = "information/page.html")]
struct InformationTemplate {
    f: Frame,
    page: InformationPage,
    /// What was just done: facts that hold, facts that wait.
    done: Option<String>,
}

pub(crate) async fn show_information(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let on = query.get("on");
    let (actor, now) = (&who.actor, who.now);
    let page = app::information::information_page(&web.app, actor, now, &customer_no, on).await?;
    let f = who.frame("customers");
    let done = match query.get("done") {
        "waiting" => Some(f.say("information-done-waiting")),
        "both" => Some(f.say("information-done-both")),
        "changed" => Some(f.say("information-done-changed")),
        "confirmed" => Some(f.say("information-done-confirmed")),
        _ => None,
    };
    html(&InformationTemplate { f, page, done })
}

/// Notes that facts were read over to the customer and are right.
pub(crate) async fn confirm(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (actor, now) = (&who.actor, who.now);
    let (facts, origin) = (form.all("fact"), form.get("origin"));
    app::information::confirm_facts(&web.app, actor, now, &customer_no, &facts, origin).await?;
    Ok(who.go(&format!(
        "/customers/{customer_no}/information?done=confirmed"
    )))
}

/// Sets or ends a flag.
pub(crate) async fn change_flag(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let flag = MarkForm {
        flag: form.own("flag"),
        on: form.own("on"),
        reason: form.own("reason"),
        version: form.get("version").parse().unwrap_or(-1),
    };
    let (actor, now) = (&who.actor, who.now);
    match form.get("step") {
        "set" => app::information::set_flag(&web.app, actor, now, &customer_no, &flag).await?,
        "end" => app::information::end_flag(&web.app, actor, now, &customer_no, &flag).await?,
        _ => {
            actor
                .demand(domain::access::Permission::CustomersEdit)
                .map_err(Error::from)?;
            return Err(Error::invalid("step", "unknown-code").into());
        }
    }
    Ok(who.go(&format!("/customers/{customer_no}/information")))
}

impl InformationTemplate {
    /// Facts under their headings; such that are not asked of this customer and not known are left out.
    fn groups(&self) -> Vec<(FactGroup, Vec<&FactView>)> {
        let shown = |view: &&FactView| view.shown.is_some() || view.demand != Demand::NotAsked;
        let of = |group: FactGroup| {
            let all = self.page.facts.iter().filter(|v| v.field.group() == group);
            (group, all.filter(shown).collect::<Vec<_>>())
        };
        let groups = FactGroup::ALL.iter().copied().map(of);
        groups.filter(|(_, facts)| !facts.is_empty()).collect()
    }

    fn name(&self, view: &FactView) -> String {
        name_of(&self.f, view.field)
    }

    fn value(&self, view: &FactView) -> String {
        value_of(&self.f, view.field, view.shown.as_deref())
    }

    fn before(&self, line: &HistoryLine) -> String {
        value_of(&self.f, line.line.field, line.old.as_deref())
    }

    fn after(&self, line: &HistoryLine) -> String {
        value_of(&self.f, line.line.field, line.new.as_deref())
    }

    fn line_name(&self, line: &HistoryLine) -> String {
        name_of(&self.f, line.line.field)
    }

    fn missing(&self) -> String {
        names(&self.f, &self.page.missing())
    }

    fn stale(&self) -> String {
        names(&self.f, &self.page.stale())
    }

    /// The event after which facts are to be confirmed again.
    fn occasion(&self) -> String {
        let words = |o: &Occasion<EventType>| {
            let event = self.f.code("event-type", o.event.as_str());
            format!("{} {event}", o.on)
        };
        self.page.occasion.as_ref().map(words).unwrap_or_default()
    }

    /// Flags that follow from what happened, in words.
    fn following(&self) -> Vec<FlagTag> {
        tags(&self.f, &self.page.derived)
    }

    fn fields(&self, change: &store::information::ChangeRow) -> String {
        names(&self.f, &change.fields)
    }

    fn may_edit(&self) -> bool {
        let c = &self.page.customer;
        self.f.may("customers.edit") && !self.page.is_past && c.erased_at.is_none()
    }

    /// Flags of the customer that stand: with the line of the person who set it, where there is one.
    fn standing(&self) -> Vec<(CustomerMark, Option<&store::information::MarkRow>)> {
        let c = &self.page.customer;
        let held = |mark: CustomerMark| match mark {
            CustomerMark::Large => c.large,
            CustomerMark::KeyAccount => c.key_account,
            CustomerMark::ShareholderRelated => c.shareholder_related,
            CustomerMark::Cooperating => false,
        };
        let line = |mark| {
            self.page
                .marks
                .iter()
                .find(|m| m.mark == mark && m.ended_on.is_none())
        };
        let all = CustomerMark::ALL.iter().copied().map(|m| (m, line(m)));
        all.filter(|(m, line)| held(*m) || line.is_some()).collect()
    }

    /// Flags that may be set.
    fn settable(&self) -> Vec<Choice> {
        let standing: Vec<_> = self.standing().into_iter().map(|(m, _)| m).collect();
        let free = CustomerMark::ALL.iter().filter(|m| !standing.contains(m));
        choices(&self.f, "customer-mark", free.map(|m| m.as_str()), "")
    }

    /// Flags that ended.
    fn ended(&self) -> Vec<&store::information::MarkRow> {
        self.page
            .marks
            .iter()
            .filter(|m| m.ended_on.is_some())
            .collect()
    }
}
