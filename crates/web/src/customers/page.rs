//! One customer: masked facts, what the company owes, what was done, and all of it as one timeline.

use super::flags::{FlagTag, tags};
use super::glance::Glance;
use super::timeline::{Line, lines};
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::customers::{ContactForm, CustomerPage, TimelineQuery};
use axum::extract::{Path, RawQuery, State};
use domain::customers::{CustomerKind, PersonalField, Purpose};
use domain::retention::{RequestKind, Requester, Way};
use store::Page;
use store::retention::HoldRow;
use store::timeline::{TimelineGroup, TimelineRow};

#[derive(askama::Template)]
#[template(path = "customers/page.html")]
struct PageTemplate {
    f: Frame,
    page: CustomerPage,
    lines: Vec<Line>,
    /// Where the rest of the timeline is read.
    more: Option<String>,
    customer_no: String,
    query: TimelineQuery,
    /// Legal holds that stand and may be shown to this person.
    holds: Vec<HoldRow>,
    /// The other pages in a line each.
    glance: Glance,
    /// Flags that stand.
    flags: Vec<FlagTag>,
    /// Fields that the roles of this person open.
    open: Vec<PersonalField>,
}

#[derive(askama::Template)]
#[template(path = "customers/timeline_rest.html")]
struct TimelineRest {
    f: Frame,
    lines: Vec<Line>,
    more: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "customers/timeline.html", blocks = ["part"])]
struct TimelinePage {
    f: Frame,
    lines: Vec<Line>,
    more: Option<String>,
    customer_no: String,
    query: TimelineQuery,
}

impl TimelinePage {
    fn groups(&self) -> Vec<Choice> {
        groups(&self.f, &self.query.group)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        q.mine || [&q.group, &q.from, &q.to].iter().any(|t| !t.is_empty())
    }
}

pub(crate) async fn show_customer(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    who: Who,
) -> Answer {
    let page = app::customers::customer_page(&web.app, &who.actor, who.now, &customer_no).await?;
    if page.customer.customer_no != customer_no.trim() {
        // The number was merged into another.
        return Ok(who.go(&format!("/customers/{}", page.customer.customer_no)));
    }
    let f = who.frame("customers");
    let id = Some(page.customer.id);
    let rights = web.app.rights();
    let all = PersonalField::ALL.iter().copied();
    let customer = &page.customer;
    let flags = app::information::flags_of(&web.app, &who.actor, who.now, &[customer]).await?;
    let flags = flags.into_values().next().unwrap_or_default();
    html(&PageTemplate {
        flags: tags(&f, &flags),
        open: all.filter(|p| rights.opens(&who.actor.roles, *p)).collect(),
        holds: app::retention::standing_holds(&web.app, &who.actor, id, None).await?,
        glance: Glance::of(&web, &who, &page.customer).await?,
        lines: lines(&f, &page.timeline.rows),
        more: more(&customer_no, "", &page.timeline),
        query: TimelineQuery::default(),
        customer_no,
        page,
        f,
    })
}

/// A later part of the timeline.
pub(crate) async fn show_timeline(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    RawQuery(query): RawQuery,
    who: Who,
) -> Answer {
    let raw = query.unwrap_or_default();
    let query = Fields::parse(raw.as_bytes());
    let wanted = TimelineQuery {
        group: query.own("group"),
        from: query.own("from"),
        to: query.own("to"),
        mine: query.is_ticked("mine"),
        after: query.own("after"),
    };
    let page =
        app::customers::customer_timeline(&web.app, &who.actor, &customer_no, &wanted).await?;
    let f = who.frame("customers");
    let lines = lines(&f, &page.rows);
    let more = more(&customer_no, &without_page(&raw), &page);
    if who.wants_part() && !wanted.after.is_empty() {
        return html(&TimelineRest { f, lines, more });
    }
    let page = TimelinePage {
        lines,
        more,
        customer_no,
        query: wanted,
        f,
    };
    if who.wants_part() {
        html(&page.as_part())
    } else {
        html(&page)
    }
}

/// Where the timeline goes on, with the filters of an address.
fn more(customer_no: &str, filters: &str, page: &Page<TimelineRow>) -> Option<String> {
    let next = page.next.as_ref()?.encode();
    let filters = match filters {
        "" => String::new(),
        filters => format!("{filters}&"),
    };
    Some(format!(
        "/customers/{customer_no}/timeline?{filters}after={next}"
    ))
}

/// Groups of things that a timeline shows.
fn groups(f: &Frame, chosen: &str) -> Vec<Choice> {
    let codes = TimelineGroup::ALL.iter().map(|g| g.as_str());
    choices(f, "timeline-group", codes, chosen)
}

pub(crate) async fn change_contact(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let contact = ContactForm {
        mobile: form.own("mobile"),
        mailing_address: form.own("mailing_address"),
        reason: form.own("reason"),
        // A version that cannot be read is none that anybody was shown.
        version: form.get("version").parse().unwrap_or(-1),
    };
    app::customers::change_contact(&web.app, &who.actor, who.now, &customer_no, &contact).await?;
    Ok(who.go(&format!("/customers/{customer_no}")))
}

/// A personal field as the page shows it.
struct Masked {
    field: &'static str,
    value: String,
}

impl PageTemplate {
    fn groups(&self) -> Vec<Choice> {
        groups(&self.f, &self.query.group)
    }

    fn is_filtered(&self) -> bool {
        false
    }

    fn request_kinds(&self) -> Vec<Choice> {
        let codes = RequestKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "data-request-kind", codes, "")
    }

    fn requesters(&self) -> Vec<Choice> {
        let codes = Requester::ALL.iter().map(|r| r.as_str());
        choices(&self.f, "requester", codes, Requester::Own.as_str())
    }

    fn ways(&self) -> Vec<Choice> {
        let codes = Way::ALL.iter().map(|w| w.as_str());
        choices(&self.f, "way", codes, Way::Phone.as_str())
    }

    /// An amount that is known.
    fn yuan(&self, fen: &i64) -> String {
        self.f.money(&Some(*fen))
    }

    fn paid_out(&self) -> String {
        match self.page.overview.paid_out_fen() {
            0 => "—".to_owned(),
            fen => self.yuan(&fen),
        }
    }

    fn is_group(&self) -> bool {
        self.page.customer.kind == CustomerKind::Group
    }

    fn age(&self) -> Option<i32> {
        let born = self.page.customer.birth_date?;
        Some(domain::time::years_between(born, self.f.today))
    }

    /// Personal fields that the customer has, masked by their types.
    fn masked(&self) -> Vec<Masked> {
        let c = &self.page.customer;
        [
            (
                PersonalField::IdNo,
                c.id_no.as_ref().map(ToString::to_string),
            ),
            (
                PersonalField::Mobile,
                c.mobile.as_ref().map(ToString::to_string),
            ),
            (
                PersonalField::Phone,
                c.phone.as_ref().map(ToString::to_string),
            ),
            (
                PersonalField::Email,
                c.email.as_ref().map(ToString::to_string),
            ),
            (
                PersonalField::Address,
                c.address.as_ref().map(ToString::to_string),
            ),
            (
                PersonalField::MailingAddress,
                c.mailing_address.as_ref().map(ToString::to_string),
            ),
            (
                PersonalField::Needs,
                c.needs.as_ref().map(ToString::to_string),
            ),
            (
                PersonalField::SpecialNeeds,
                c.special_needs.as_ref().map(ToString::to_string),
            ),
        ]
        .into_iter()
        .filter_map(|(field, value)| {
            Some(Masked {
                field: field.as_str(),
                value: value?,
            })
        })
        .collect()
    }

    /// Fields that may be shown in full.
    fn fields(&self) -> Vec<Choice> {
        let has = self.masked();
        let codes = has.iter().map(|m| m.field);
        let codes = codes.chain([PersonalField::Name.as_str()]);
        let open = codes.filter(|code| self.is_open(code));
        choices(&self.f, "personal-field", open, "mobile")
    }

    fn is_open(&self, field: &str) -> bool {
        self.open.iter().any(|open| open.as_str() == field)
    }

    fn purposes(&self) -> Vec<Choice> {
        let codes = Purpose::ALL.iter().map(|p| p.as_str());
        choices(&self.f, "purpose", codes, "")
    }
}
