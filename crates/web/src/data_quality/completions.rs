//! Customers whose files are to be completed after a claim or the like (CUS-13), as a page and for other systems.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use super::lists::due_query;
use crate::api::{Asked, Caller, ListOf, PageQuery, Reply, codes, listed, text};
use crate::forms::{Choice, Fields, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::data_quality::{DueQuery, ToComplete};
use axum::extract::{RawQuery, State};
use chrono::NaiveDate;
use domain::customers::CustomerField;
use serde::{Deserialize, Serialize};
use store::Page;
use utoipa::{IntoParams, ToSchema};

#[derive(askama::Template)]
#[template(path = "data_quality/completions.html")]
struct CompletionsPage {
    f: Frame,
    query: DueQuery,
    list: Page<ToComplete>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_to_complete(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = due_query(&fields);
    html(&CompletionsPage {
        list: app::data_quality::list_to_complete(&web.app, &who.actor, who.now, &query).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        f: who.frame("completions"),
        here: without_page(&raw),
        query,
    })
}

impl CompletionsPage {
    fn is_overdue(&self, row: &ToComplete) -> bool {
        row.row.complete_by < self.f.today
    }

    fn names(&self, fields: &[CustomerField]) -> String {
        let name = |field: &CustomerField| self.f.code("customer-field", field.as_str());
        let names: Vec<_> = fields.iter().map(name).collect();
        names.join(self.f.pick("、", ", "))
    }
}

/// A customer whose file is to be completed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileToComplete)]
pub(crate) struct ToCompleteJson {
    /// Number of the customer.
    customer_no: String,
    /// Name; of persons masked.
    customer_name: String,
    /// Name of the unit.
    org_name: String,
    /// Code of the salesperson of the newest policy.
    agent_code: Option<String>,
    /// What happened.
    #[schema(value_type = codes::EventTypeCode)]
    event: &'static str,
    /// When.
    event_on: NaiveDate,
    /// With which policy.
    policy_no: Option<String>,
    /// Number of the claim.
    claim_no: Option<String>,
    /// Facts that are not known.
    #[schema(value_type = Vec<codes::CustomerFieldCode>)]
    missing: Vec<&'static str>,
    /// Facts that are known and were not confirmed since.
    #[schema(value_type = Vec<codes::CustomerFieldCode>)]
    to_confirm: Vec<&'static str>,
    /// Mandatory facts that are missing besides.
    mandatory_missing: i64,
    /// By when the file is to be complete.
    complete_by: NaiveDate,
}

impl From<ToComplete> for ToCompleteJson {
    fn from(to: ToComplete) -> Self {
        let codes = |facts: Vec<CustomerField>| facts.iter().map(|f| f.as_str()).collect();
        let r = to.row;
        Self {
            customer_no: r.customer_no,
            customer_name: r.customer_name,
            org_name: r.org_name,
            agent_code: r.agent.map(|(code, _)| code),
            event: r.event.as_str(),
            event_on: r.event_on,
            policy_no: r.policy_no,
            claim_no: r.claim_no,
            missing: codes(to.missing),
            to_confirm: codes(to.stale),
            mandatory_missing: r.mandatory_missing,
            complete_by: r.complete_by,
        }
    }
}

/// Filters of files to complete.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompletionFilterQuery {
    /// `overdue`, or the month in which they are due as `YYYY-MM`.
    due: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

/// Lists customers whose files are to be completed.
///
/// After a claim or the like, those who are due first. Whoever changes or confirms the facts takes the customer
/// off the list.
#[utoipa::path(get, path = "/api/v1/information-completions", tag = "customers",
    params(CompletionFilterQuery, PageQuery),
    responses((status = 200, description = "A page of customers.", body = ListOf<ToCompleteJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_information_completions(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<CompletionFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = DueQuery {
        due: text(filter.due),
        org: text(filter.org),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::data_quality::page_to_complete(&web.app, actor, now, &query, rows).await?;
    Ok(listed::<_, ToCompleteJson>(&caller, found))
}
