//! Facts about customers for other systems: read on any day, changed, entered; and the outbox that the
//! core system empties.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{
    Asked, Body, Caller, ListOf, Named, NeverKept, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::customers::flags::FlagJson;
use crate::state::Web;
use app::information::{Changed, CoreVerdict, FactView, Handed, InformationForm, NewCustomerForm};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use domain::customers::SourceChannel;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(create_customer))
        .routes(routes!(get_information, change_information))
        .routes(routes!(list_core_changes))
        .routes(routes!(answer_core_changes))
}

/// A fact about a customer, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerFact)]
pub(crate) struct FactJson {
    /// The fact.
    #[schema(value_type = codes::CustomerFieldCode)]
    field: &'static str,
    /// Its value, personal data masked; nothing when it is not known.
    value: Option<String>,
    /// How much it is demanded of such a customer.
    #[schema(value_type = codes::DemandCode)]
    demand: &'static str,
    /// Channel through which it was collected.
    #[schema(value_type = Option<codes::SourceChannelCode>)]
    source: Option<&'static str>,
    /// Who collected it.
    collected_by: Option<String>,
    /// When.
    collected_at: Option<DateTime<Utc>>,
    /// When it was entered.
    entered_at: Option<DateTime<Utc>>,
    /// Who entered it.
    entered_by: Option<String>,
    /// When it was last confirmed.
    confirmed_at: Option<DateTime<Utc>>,
    /// Code of what does not fit.
    problem: Option<&'static str>,
}

impl From<FactView> for FactJson {
    fn from(v: FactView) -> Self {
        Self {
            field: v.field.as_str(),
            value: v.shown,
            demand: v.demand.as_str(),
            source: v.source.map(SourceChannel::as_str),
            collected_by: v.collected_by,
            collected_at: v.collected_at,
            entered_at: v.entered_at,
            entered_by: v.entered_by,
            confirmed_at: v.confirmed.map(|(at, _)| at),
            problem: v.problem,
        }
    }
}

/// Everything that is known of a customer on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerInformation)]
pub(crate) struct InformationJson {
    /// Number of the customer.
    customer_no: String,
    /// The day.
    on: NaiveDate,
    /// The customer was known on that day.
    known: bool,
    /// The facts.
    facts: Vec<FactJson>,
    /// Flags that people set and that stand today.
    flags: Vec<&'static str>,
    /// All flags that stand today, with date and who says so.
    marks: Vec<FlagJson>,
}

/// Which day.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DayQuery {
    /// The day, today otherwise.
    #[param(value_type = Option<NaiveDate>)]
    on: Option<String>,
}

/// Reads the facts about a customer.
///
/// Masked; with `on` as they stood at the end of a past day.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/information", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer."), DayQuery),
    responses((status = 200, description = "The facts.", body = InformationJson,
        headers(("ETag" = String, description = "Version of the customer.")))))]
pub(crate) async fn get_information(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Asked(day): Asked<DayQuery>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let on = text(day.on);
    let page = app::information::information_page(&web.app, actor, now, &number, &on).await?;
    let standing = app::information::flags_of(&web.app, actor, now, &[&page.customer]).await?;
    let standing = standing.into_values().flatten();
    let marks = page.marks.iter().filter(|m| m.ended_on.is_none());
    let body = InformationJson {
        flags: marks.map(|m| m.mark.as_str()).collect(),
        marks: standing.map(FlagJson::from).collect(),
        customer_no: page.customer.customer_no,
        on: page.on,
        known: page.is_known,
        facts: page.facts.into_iter().map(FactJson::from).collect(),
    };
    Ok(tagged(page.customer.version, body))
}

/// Facts to change, with where they were learned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InformationChange {
    /// Facts by their codes; `null` takes a fact away, what is not named stays.
    facts: BTreeMap<String, Option<String>>,
    /// How it became known.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
    /// Channel through which it was collected: `service` otherwise.
    #[schema(value_type = Option<codes::SourceChannelCode>)]
    source: Option<String>,
    /// Who collected it: the caller otherwise.
    #[schema(nullable = false, max_length = 60)]
    collected_by: Option<String>,
    /// The day on which it was collected: today otherwise.
    #[schema(value_type = Option<NaiveDate>)]
    collected_on: Option<String>,
    /// On what occasion it was learned: `system` otherwise.
    #[schema(value_type = Option<codes::OriginCode>)]
    origin: Option<String>,
    /// Number of the callback, letter or visit on which it was learned.
    #[schema(nullable = false, max_length = 60)]
    about: Option<String>,
    /// The customer's identity was verified. Contact data of others waits for a second person.
    #[serde(default)]
    identified: bool,
}

impl InformationChange {
    fn into_form(self, version: i64) -> InformationForm {
        InformationForm {
            facts: self.facts.into_iter().collect(),
            source: text(self.source),
            collected_by: text(self.collected_by),
            collected_on: text(self.collected_on),
            reason: self.reason,
            origin: text(self.origin),
            about: text(self.about),
            is_identified: self.identified,
            version,
        }
    }
}

/// What became of a change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InformationChanged {
    /// Facts that hold from now on.
    #[schema(value_type = Vec<codes::CustomerFieldCode>)]
    changed: Vec<&'static str>,
    /// Facts that wait for a second person.
    #[schema(value_type = Vec<codes::CustomerFieldCode>)]
    waiting: Vec<&'static str>,
}

impl From<Changed> for InformationChanged {
    fn from(c: Changed) -> Self {
        Self {
            changed: c.facts.iter().map(|f| f.as_str()).collect(),
            waiting: c.waiting.iter().map(|f| f.as_str()).collect(),
        }
    }
}

/// Changes facts about a customer.
///
/// Old and new values stay in the history. Sensitive facts wait for a second person. `If-Match` must name
/// the version that was read.
#[utoipa::path(patch, path = "/api/v1/customers/{customer_no}/information", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer."),
        ("If-Match" = String, Header, description = "The version that was read, as `ETag` gave it.")),
    request_body = InformationChange,
    responses(
        (status = 200, description = "Changed, or waiting.", body = InformationChanged),
        (status = 412, description = "Someone else changed the customer.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json"),
        (status = 428, description = "`If-Match` is missing.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn change_information(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Body(change): Body<InformationChange>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let (customer, _) = app::customers::customer_in_sight(&web.app, actor, now, &number).await?;
    let form = change.into_form(caller.demands(customer.version)?);
    let changed = app::information::change_information(&web.app, actor, now, &number, &form)
        .await
        .map_err(|e| caller.said(e))?;
    Ok(Json(InformationChanged::from(changed)).into_response())
}

/// A customer whom the core system does not know yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCustomerBody {
    /// Individual or group.
    #[schema(value_type = codes::CustomerKindCode)]
    kind: String,
    /// Code of the unit: the caller's own otherwise.
    #[schema(nullable = false)]
    org: Option<String>,
    /// Somebody looked at those with the same number: this is another person.
    #[serde(default)]
    another: bool,
    /// The facts, with where they were collected.
    information: InformationChange,
}

/// A customer who was entered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerCreated {
    /// The number that was given out.
    customer_no: String,
}

/// Enters a customer.
///
/// Every mandatory fact must be there. Refused with `customer-known` when somebody has the same identity
/// or mobile number, unless `another` says that this is another person.
#[utoipa::path(post, path = "/api/v1/customers", tag = "customers",
    request_body = NewCustomerBody,
    responses((status = 201, description = "Entered.", body = CustomerCreated,
        headers(("Location" = String, description = "Address of the customer.")))))]
pub(crate) async fn create_customer(
    State(web): State<Web>,
    caller: Caller,
    Body(new): Body<NewCustomerBody>,
) -> Reply {
    let form = NewCustomerForm {
        kind: new.kind,
        org: text(new.org),
        facts: new.information.into_form(0),
        is_another: new.another,
    };
    let number =
        app::information::create_customer(&web.app, &caller.actor, caller.now, &form).await?;
    let at = [(header::LOCATION, format!("/api/v1/customers/{number}"))];
    let body = CustomerCreated {
        customer_no: number,
    };
    Ok((StatusCode::CREATED, at, Json(body)).into_response())
}

/// A change that the core system takes over, in the clear.
#[derive(Serialize, ToSchema)]
#[schema(as = CoreChange)]
pub(crate) struct CoreChangeJson {
    /// Its id, which the answer names.
    id: String,
    /// Number of the customer.
    customer_no: String,
    /// The fact.
    #[schema(value_type = codes::CustomerFieldCode)]
    field: &'static str,
    /// Its new value; nothing when it is not known any more. Amounts are in fen.
    value: Option<String>,
    /// When it was changed.
    changed_at: DateTime<Utc>,
    /// Who changed it.
    changed_by: String,
}

impl From<Handed> for CoreChangeJson {
    fn from(h: Handed) -> Self {
        Self {
            id: h.id.to_string(),
            customer_no: h.customer_no,
            field: h.field.as_str(),
            value: h.value,
            changed_at: h.changed_at,
            changed_by: h.changed_by,
        }
    }
}

/// Lists accepted changes that the core system has not taken over.
///
/// In the order of the changes, values in the clear. A change comes again until it is answered. That they
/// were taken is recorded; the answer is never kept for an `Idempotency-Key`.
#[utoipa::path(get, path = "/api/v1/customer-changes", tag = "customers",
    params(PageQuery),
    responses((status = 200, description = "A page of changes.", body = ListOf<CoreChangeJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_core_changes(
    State(web): State<Web>,
    caller: Caller,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let (after, rows) = (page.after(), page.rows()?);
    let found = app::information::hand_over(&web.app, actor, now, &after, rows).await?;
    let listed = listed::<_, CoreChangeJson>(&caller, found);
    Ok((axum::Extension(NeverKept), listed).into_response())
}

/// What the core system says to one change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CoreAnswerJson {
    /// The change.
    id: String,
    /// Why it was refused; nothing when it was taken over. No personal data.
    #[schema(nullable = false, max_length = 500)]
    refused: Option<String>,
}

/// What the core system says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CoreAnswersJson {
    /// One answer a change.
    #[schema(min_items = 1, max_items = 500)]
    answers: Vec<CoreAnswerJson>,
}

/// How many answers were news.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoreAnswered {
    /// Changes that had waited; the others were answered before.
    taken: usize,
}

/// Answers changes: taken over, or refused with a reason.
///
/// Saying the same again changes nothing. A refusal comes before a person.
#[utoipa::path(post, path = "/api/v1/customer-changes/answers", tag = "customers",
    request_body = CoreAnswersJson,
    responses((status = 200, description = "Written down.", body = CoreAnswered)))]
pub(crate) async fn answer_core_changes(
    State(web): State<Web>,
    caller: Caller,
    Body(said): Body<CoreAnswersJson>,
) -> Reply {
    let verdicts: Vec<_> = said
        .answers
        .into_iter()
        .map(|a| CoreVerdict {
            id: a.id,
            refused: a.refused,
        })
        .collect();
    let (actor, now) = (&caller.actor, caller.now);
    let taken = app::information::answer_core_changes(&web.app, actor, now, &verdicts).await?;
    Ok(Json(CoreAnswered { taken }).into_response())
}
