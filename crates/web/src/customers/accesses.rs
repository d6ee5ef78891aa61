//! Who saw, changed or took out the data of a customer.

use crate::api::{Asked, Caller, ListOf, Named, PageQuery, Reply, listed};
use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use axum::extract::{Path, RawQuery, State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::Page;
use store::audit::AuditRow;
use store::customers::CustomerRow;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "customers/accesses.html")]
struct AccessesPage {
    f: Frame,
    customer: CustomerRow,
    page: Page<AuditRow>,
    after: String,
}

pub(crate) async fn list_accesses(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    RawQuery(query): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let after = query.own("after");
    let (app, actor) = (&web.app, &who.actor);
    let found = app::audit::list_accesses(app, actor, who.now, &customer_no, &after).await?;
    let (customer, page) = found;
    html(&AccessesPage {
        f: who.frame("customers"),
        customer,
        page,
        after,
    })
}

/// Something that was done with the data of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerAccess)]
pub(crate) struct AccessJson {
    /// Id of the entry in the audit log.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// `user`, `client`, `shell` or `anonymous`.
    actor_kind: String,
    /// Name of who did it.
    actor: String,
    /// What, such as `customer.viewed`.
    action: String,
    /// Kind of the record.
    subject_kind: String,
    /// Id of the record.
    subject: Option<Uuid>,
    /// Why.
    purpose: Option<String>,
    /// Number of the seal that covers the entry; nothing until it is sealed.
    seal: Option<i64>,
}

impl From<AuditRow> for AccessJson {
    fn from(r: AuditRow) -> Self {
        Self {
            id: r.id,
            at: r.at,
            actor_kind: r.actor_kind,
            actor: r.actor_name,
            action: r.action,
            subject_kind: r.subject_kind,
            subject: r.subject,
            purpose: r.purpose,
            seal: r.seal,
        }
    }
}

/// Lists who saw or changed the data of a customer.
///
/// The newest first: who looked, changed, exported or listened, when and for what purpose. What the
/// program does by itself is left out. Needs the right to read the audit log.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/accesses", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer."), PageQuery),
    responses((status = 200, description = "A page of accesses.", body = ListOf<AccessJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_customer_accesses(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let (actor, now, after) = (&caller.actor, caller.now, page.after());
    let part = (after.as_str(), page.rows()?);
    let found = app::audit::page_of_accesses(&web.app, actor, now, &number, part).await?;
    Ok(listed::<_, AccessJson>(&caller, found))
}
