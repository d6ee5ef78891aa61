//! Customers for other systems: masked lists, one customer, corrected contact data, and single values
//! in full for a purpose.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use super::flags::FlagJson;
use crate::api::{
    Asked, Body, Caller, ListOf, Named, NeverKept, PageQuery, Reply, codes, listed, tagged, text,
};
use crate::state::Web;
use app::customers::{ContactForm, CustomerQuery};
use app::information::Flag;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use store::Page;
use store::customers::{ContactRow, CustomerRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_customers))
        .routes(routes!(get_customer))
        .routes(routes!(search_customers))
        .routes(routes!(change_contact))
        .routes(routes!(super::disclosure::reveal_value))
        .routes(routes!(super::accesses::list_customer_accesses))
        .routes(routes!(super::relations::list_customer_relations))
}

/// A customer, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(crate) struct CustomerJson {
    /// Number.
    customer_no: String,
    /// Individual or group.
    #[schema(value_type = codes::CustomerKindCode)]
    kind: &'static str,
    /// Name; of persons masked.
    name: String,
    /// `male` or `female`.
    sex: Option<String>,
    /// Kind of identity document.
    id_type: Option<String>,
    /// Number of the identity document, masked.
    id_no: Option<String>,
    /// When the document expires.
    id_expires_on: Option<NaiveDate>,
    /// Mobile number, masked.
    mobile: Option<String>,
    /// Landline number, masked.
    phone: Option<String>,
    /// E-mail address, masked.
    email: Option<String>,
    /// Home address, masked.
    address: Option<String>,
    /// Mailing address, masked.
    mailing_address: Option<String>,
    /// Language in which the customer is served.
    language: Option<String>,
    /// Preferred channel.
    preferred_channel: Option<String>,
    /// Stage of the relationship.
    relationship_stage: Option<String>,
    /// Large customer.
    large: bool,
    /// Key customer.
    key_account: bool,
    /// Related to a shareholder.
    shareholder_related: bool,
    /// What the customer is worth: `high`, `medium` or `low`.
    value_class: Option<String>,
    /// What risk the customer bears: `high`, `medium` or `low`.
    risk_class: Option<String>,
    /// Consent to marketing.
    marketing_consent: Option<bool>,
    /// Code of the unit.
    org_code: String,
    /// Name of the unit.
    org_name: String,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<CustomerRow> for CustomerJson {
    fn from(r: CustomerRow) -> Self {
        Self {
            name: r.shown_name(),
            customer_no: r.customer_no,
            kind: r.kind.as_str(),
            sex: r.sex,
            id_type: r.id_type,
            id_no: r.id_no.map(|v| v.to_string()),
            id_expires_on: r.id_expires_on,
            mobile: r.mobile.map(|v| v.to_string()),
            phone: r.phone.map(|v| v.to_string()),
            email: r.email.map(|v| v.to_string()),
            address: r.address.map(|v| v.to_string()),
            mailing_address: r.mailing_address.map(|v| v.to_string()),
            language: r.language,
            preferred_channel: r.preferred_channel,
            relationship_stage: r.relationship_stage,
            large: r.large,
            key_account: r.key_account,
            shareholder_related: r.shareholder_related,
            value_class: r.value_class,
            risk_class: r.risk_class,
            marketing_consent: r.marketing_consent,
            org_code: r.org_code,
            org_name: r.org_name,
            updated_at: r.updated_at,
            version: r.version,
        }
    }
}

/// A contact person of a group, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactPerson)]
pub(crate) struct ContactJson {
    /// Role.
    role: String,
    /// Name, masked.
    name: String,
    /// Position.
    position: Option<String>,
    /// Mobile number, masked.
    mobile: Option<String>,
}

impl From<ContactRow> for ContactJson {
    fn from(r: ContactRow) -> Self {
        Self {
            role: r.role.to_string(),
            name: r.name.to_string(),
            position: r.position,
            mobile: r.mobile.map(|m| m.to_string()),
        }
    }
}

/// A customer with its contact persons, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerDetail)]
pub(crate) struct CustomerDetailJson {
    #[serde(flatten)]
    customer: CustomerJson,
    /// Contact persons of a group.
    contacts: Vec<ContactJson>,
}

/// A customer of a list, masked, with the flags that stand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedCustomer)]
pub(crate) struct ListedCustomerJson {
    #[serde(flatten)]
    customer: CustomerJson,
    /// Flags that stand, with date and who says so.
    flags: Vec<FlagJson>,
}

impl From<(CustomerRow, Vec<Flag>)> for ListedCustomerJson {
    fn from((customer, flags): (CustomerRow, Vec<Flag>)) -> Self {
        Self {
            customer: customer.into(),
            flags: flags.into_iter().map(FlagJson::from).collect(),
        }
    }
}

/// Filters of customers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CustomerFilterQuery {
    /// Individual or group.
    #[param(schema_with = codes::customer_kind)]
    kind: Option<String>,
    /// A flag that people set, or one that follows from policies and complaints (`complainant`, `new`, `lost`).
    #[param(schema_with = codes::customer_flag)]
    flag: Option<String>,
    /// Language in which the customer is served.
    #[param(schema_with = codes::language)]
    language: Option<String>,
    /// Stage of the relationship.
    #[param(schema_with = codes::relationship_stage)]
    stage: Option<String>,
    /// Value class.
    #[param(schema_with = codes::customer_class)]
    value_class: Option<String>,
    /// Risk class.
    #[param(schema_with = codes::customer_class)]
    risk_class: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
}

/// Lists customers.
///
/// The newest first, masked.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers",
    params(CustomerFilterQuery, PageQuery),
    responses((status = 200, description = "A page of customers.", body = ListOf<ListedCustomerJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_customers(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<CustomerFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = CustomerQuery {
        kind: text(filter.kind),
        flag: text(filter.flag),
        language: text(filter.language),
        stage: text(filter.stage),
        value_class: text(filter.value_class),
        risk_class: text(filter.risk_class),
        org: text(filter.org),
        after: page.after(),
    };
    let (actor, now, rows) = (&caller.actor, caller.now, page.rows()?);
    let found = app::customers::page_of_customers(&web.app, actor, now, &query, rows).await?;
    let shown: Vec<_> = found.rows.iter().collect();
    let mut flags = app::information::flags_of(&web.app, actor, now, &shown).await?;
    let rows = found.rows.into_iter();
    let rows = rows.map(|c| {
        let own = flags.remove(&c.id).unwrap_or_default();
        (c, own)
    });
    let found = Page {
        rows: rows.collect(),
        next: found.next,
    };
    Ok(listed::<_, ListedCustomerJson>(&caller, found))
}

/// Reads a customer.
///
/// With the contact persons of a group, masked.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    responses((status = 200, description = "The customer.", body = CustomerDetailJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_customer(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let found = app::customers::customer_in_sight(&web.app, actor, now, &number).await?;
    let (customer, contacts) = found;
    let version = customer.version;
    let body = CustomerDetailJson {
        customer: customer.into(),
        contacts: contacts.into_iter().map(ContactJson::from).collect(),
    };
    Ok(tagged(version, body))
}

/// Whom to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomerSearch {
    /// A customer number, a mobile number or its last four digits, an identity number or its last four,
    /// or a name: whole, a part of it, in pinyin, its initials, or with one character wrong.
    #[schema(min_length = 1, max_length = 60)]
    term: String,
}

/// A customer that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundCustomer)]
pub(crate) struct FoundCustomerJson {
    #[serde(flatten)]
    customer: CustomerJson,
    /// Why: `name`, `homophone`, `pinyin`, `leading`, `part`, `one_off`, `initials`, or what a number was
    /// taken for (`mobile`, `phone`, `id_no`, `last_four`, `code`).
    why: &'static str,
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomersFound {
    /// Customers, masked; who fits best first.
    items: Vec<FoundCustomerJson>,
    /// More fit than are shown; say more of whom you look for.
    more: bool,
}

/// Searches customers.
///
/// The term travels in the body, because it may be personal and addresses are logged on the way. That a
/// search was made is recorded, the term is not.
#[utoipa::path(post, path = "/api/v1/customers/searches", tag = "customers",
    request_body = CustomerSearch,
    responses((status = 200, description = "Customers that fit, at most 50.", body = CustomersFound)))]
pub(crate) async fn search_customers(
    State(web): State<Web>,
    caller: Caller,
    Body(search): Body<CustomerSearch>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let found = app::customers::search(&web.app, actor, now, &search.term).await?;
    let body = CustomersFound {
        items: found
            .customers
            .into_iter()
            .map(|found| FoundCustomerJson {
                why: found.why,
                customer: found.row.into(),
            })
            .collect(),
        more: found.more,
    };
    Ok((axum::Extension(NeverKept), Json(body)).into_response())
}

/// Corrected contact data; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactChange {
    /// New mobile number.
    #[schema(nullable = false)]
    mobile: Option<String>,
    /// New mailing address.
    #[schema(nullable = false)]
    mailing_address: Option<String>,
    /// How it became known.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Corrects contact data of a customer.
///
/// The old values stay in the history. `If-Match` must name the version that was read.
#[utoipa::path(patch, path = "/api/v1/customers/{customer_no}/contact", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer."),
        ("If-Match" = String, Header, description = "The version that was read, as `ETag` gave it.")),
    request_body = ContactChange,
    responses(
        (status = 204, description = "Changed."),
        (status = 412, description = "Someone else changed the customer.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json"),
        (status = 428, description = "`If-Match` is missing.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn change_contact(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Body(change): Body<ContactChange>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let (customer, _) = app::customers::customer_in_sight(&web.app, actor, now, &number).await?;
    let form = ContactForm {
        mobile: text(change.mobile),
        mailing_address: text(change.mailing_address),
        reason: change.reason,
        version: caller.demands(customer.version)?,
    };
    app::customers::change_contact(&web.app, actor, now, &number, &form)
        .await
        .map_err(|e| caller.said(e))?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}
