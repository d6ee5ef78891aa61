//! What the first page of a customer says of its other pages: classes, quality of the information, service,
//! risk, duplicates. What the reader may not see is missing.

use crate::failure::Failure;
use crate::frame::{Frame, Who};
use crate::state::Web;
use app::data_quality::InformationSummary;
use app::risk::RiskFlags;
use app::segments::ClassSummary;
use app::service::ServiceSummary;
use domain::segments::{ClassModel, CustomerClass};
use store::customers::CustomerRow;

/// The other pages of a customer in a line each.
pub(crate) struct Glance {
    pub(crate) classes: Vec<ClassSummary>,
    pub(crate) quality: Option<InformationSummary>,
    pub(crate) service: Option<ServiceSummary>,
    pub(crate) risk: Option<RiskFlags>,
    /// Pairs that wait for a decision.
    pub(crate) duplicates: i64,
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
        })
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
