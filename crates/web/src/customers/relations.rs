//! Family and group of a customer: who belongs together, contact persons, the policies of the group, duties
//! to visit, and the stage of the relationship.

use crate::api::{Caller, Named, Reply};
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::customers::{ContactPersonForm, RelationForm, RelationsPage, StageForm};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use domain::customers::{ContactRole, CustomerKind, Relation, RelationSource, RelationshipStage};
use serde::Serialize;
use store::customers::{CompanyRow, GroupPolicyRow, RelationRow};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "customers/relations.html")]
struct RelationsTemplate {
    f: Frame,
    page: RelationsPage,
    after: String,
}

pub(crate) async fn show_relations(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    RawQuery(query): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let after = query.own("after");
    let (app, actor) = (&web.app, &who.actor);
    let page = app::customers::relations_page(app, actor, who.now, &customer_no, &after).await?;
    html(&RelationsTemplate {
        f: who.frame("customers"),
        page,
        after,
    })
}

fn address(customer_no: &str) -> String {
    format!("/customers/{customer_no}/relations")
}

pub(crate) async fn create_relation(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let relation = RelationForm {
        other_no: form.own("other_no"),
        relation: form.own("relation"),
        source: form.own("source"),
    };
    app::customers::add_relation(&web.app, &who.actor, who.now, &customer_no, &relation).await?;
    Ok(who.go(&address(&customer_no)))
}

pub(crate) async fn delete_relation(
    State(web): State<Web>,
    Path((customer_no, relation)): Path<(String, String)>,
    Sent(who, _): Sent,
) -> Answer {
    let id = Uuid::try_parse(&relation).map_err(|_| Error::NotFound)?;
    app::customers::end_relation(&web.app, &who.actor, who.now, &customer_no, id).await?;
    Ok(who.go(&address(&customer_no)))
}

pub(crate) async fn save_contact_person(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let person = ContactPersonForm {
        role: form.own("role"),
        name: form.own("name"),
        position: form.own("position"),
        mobile: form.own("mobile"),
        reason: form.own("reason"),
    };
    let (app, actor) = (&web.app, &who.actor);
    app::customers::save_contact_person(app, actor, who.now, &customer_no, &person).await?;
    Ok(who.go(&address(&customer_no)))
}

pub(crate) async fn change_stage(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let stage = StageForm {
        stage: form.own("stage"),
        since_on: form.own("since_on"),
        note: form.own("note"),
        // A version that cannot be read is none that anybody was shown.
        version: form.get("version").parse().unwrap_or(-1),
    };
    app::customers::change_stage(&web.app, &who.actor, who.now, &customer_no, &stage).await?;
    Ok(who.go(&address(&customer_no)))
}

impl RelationsTemplate {
    fn is_group(&self) -> bool {
        self.page.customer.kind == CustomerKind::Group
    }

    /// Whether the reader may change what stands here.
    fn may_edit(&self) -> bool {
        self.f.may("customers.edit") && self.page.customer.erased_at.is_none()
    }

    fn relations(&self) -> Vec<Choice> {
        let codes = Relation::of_kind(self.page.customer.kind).map(Relation::as_str);
        choices(&self.f, "relation", codes, "")
    }

    fn sources(&self) -> Vec<Choice> {
        let codes = RelationSource::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "relation-source", codes, "")
    }

    fn roles(&self) -> Vec<Choice> {
        let codes = ContactRole::ALL.iter().map(|r| r.as_str());
        choices(&self.f, "contact-role", codes, "")
    }

    fn stages(&self) -> Vec<Choice> {
        let codes = RelationshipStage::ALL.iter().map(|s| s.as_str());
        let present = self.page.customer.relationship_stage.as_deref();
        choices(&self.f, "relationship-stage", codes, present.unwrap_or(""))
    }

    /// A group of one company is none.
    fn has_group(&self) -> bool {
        self.page.companies.len() > 1
    }

    fn is_here(&self, company: &CompanyRow) -> bool {
        company.id == self.page.customer.id
    }

    fn indent(&self, company: &CompanyRow) -> String {
        "　".repeat(usize::try_from(company.level).unwrap_or(0))
    }

    /// Who holds a policy of the group.
    fn holder(&self, policy: &GroupPolicyRow) -> &str {
        let holder = self.page.companies.iter();
        let holder = holder
            .into_iter()
            .find(|c| c.id.0 == policy.policyholder_id);
        holder.map_or("", |c| c.name.as_str())
    }

    fn note(&self, row: &store::customers::StageRow) -> String {
        row.note
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

/// A relation of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerRelation)]
pub(crate) struct RelationJson {
    /// Number of the other customer.
    customer_no: String,
    /// Name of the other; of persons masked.
    name: String,
    /// What the other is to the customer: `spouse`, `parent`, `child`, `sibling`, `guardian`, `ward`, `other`,
    /// `parent_company` or `subsidiary`.
    relation: &'static str,
    /// Where it was learnt.
    source: &'static str,
    /// When it was noted.
    noted_at: DateTime<Utc>,
    /// Since when it holds no more.
    ended_at: Option<DateTime<Utc>>,
}

impl From<RelationRow> for RelationJson {
    fn from(r: RelationRow) -> Self {
        Self {
            customer_no: r.other_no,
            name: r.other_name,
            relation: r.relation.as_str(),
            source: r.source.as_str(),
            noted_at: r.noted_at,
            ended_at: r.ended_at,
        }
    }
}

/// Who belongs to a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerRelations {
    /// Relations, those that hold first, at most 400.
    items: Vec<RelationJson>,
}

/// Lists who belongs to a customer.
///
/// Family members, the company that holds it and companies that it holds, as far as they are in sight.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/relations", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    responses((status = 200, description = "Relations.", body = CustomerRelations)))]
pub(crate) async fn list_customer_relations(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let page = app::customers::relations_page(&web.app, actor, now, &number, "").await?;
    let items = page.relations.into_iter().map(RelationJson::from).collect();
    Ok(Json(CustomerRelations { items }).into_response())
}
