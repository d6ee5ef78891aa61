//! What the first page of a customer says of its other pages: classes, quality of the information, service,
//! risk, duplicates. What the reader may not see is missing.

use crate::failure::Failure;
use crate::frame::{Frame, Who};
use crate::state::Web;
use app::data_quality::{ContactCheck, ContactChecks, InformationSummary};
use app::risk::RiskFlags;
use app::segments::ClassSummary;
use app::service::ServiceSummary;
use domain::data_quality::{ContactStanding, Means};
use domain::segments::{ClassModel, CustomerClass};
use store::callbacks::AuthorisationRow;
use store::customers::CustomerRow;
use uuid::Uuid;

/// The other pages of a customer in a line each.
pub(crate) struct Glance {
    pub(crate) classes: Vec<ClassSummary>,
    pub(crate) quality: Option<InformationSummary>,
    pub(crate) service: Option<ServiceSummary>,
    pub(crate) risk: Option<RiskFlags>,
    /// Pairs that wait for a decision.
    pub(crate) duplicates: i64,
    /// How sure the company is of what the customer is reached by.
    contacts: ContactChecks,
    /// Family members who answered with an authorisation, the newest first.
    pub(crate) authorisations: Vec<AuthorisationRow>,
}

/// How a contact stands, in words.
pub(crate) struct ContactLine {
    pub(crate) code: &'static str,
    pub(crate) tone: &'static str,
    /// When it was last verified, and how; by when it is due.
    pub(crate) note: String,
}

impl Glance {
    pub(crate) async fn of(web: &Web, who: &Who, customer: &CustomerRow) -> Result<Self, Failure> {
        let (app, actor, now) = (&web.app, &who.actor, who.now);
        let id = customer.id;
        Ok(Self {
            classes: app::segments::summary_of_classes(app, actor, customer).await?,
            quality: app::data_quality::summary(app, actor, now, id).await?,
            service: app::service::service_summary(app, actor, now, customer).await?,
            risk: app::risk::summary(app, actor, now, id).await?,
            duplicates: app::duplicates::summary(app, actor, now, id).await?.waiting,
            contacts: app::data_quality::contact_checks(app, actor, now, customer).await?,
            authorisations: app::callbacks::authorisations_of(app, actor, id).await?,
        })
    }

    /// How a fact stands that the customer is reached by; nothing for others.
    pub(crate) fn contact(&self, f: &Frame, field: &str) -> Option<ContactLine> {
        Some(line(f, self.contacts.of_field(field)?))
    }

    /// How a contact person of a group stands.
    pub(crate) fn person(&self, f: &Frame, contact: &Uuid) -> Option<ContactLine> {
        Some(line(f, self.contacts.of_person(*contact)?))
    }

    /// Name of a class in words of its model.
    pub(crate) fn class_name(
        &self,
        f: &Frame,
        model: &ClassModel,
        class: &CustomerClass,
    ) -> String {
        f.code(&format!("class-{}", model.as_str()), class.as_str())
    }
}

fn line(f: &Frame, check: &ContactCheck) -> ContactLine {
    let tone = match check.standing {
        ContactStanding::Verified => "green",
        ContactStanding::Overdue => "red",
        ContactStanding::Changed => "orange",
        ContactStanding::Never => "secondary",
    };
    let mut note = Vec::new();
    if let Some(last) = &check.last {
        let means = match last.means {
            Means::Verified(way) => f.code("verified-by", way.as_str()),
            Means::Confirmed(origin) => f.code("origin", origin.as_str()),
        };
        note.push(format!("{} {means}", last.on));
    }
    note.push(f.say1("contact-due", "day", check.due_on.to_string()));
    ContactLine {
        code: check.standing.as_str(),
        tone,
        note: note.join(" · "),
    }
}
