//! Families and groups of companies: who belongs to a customer, who might, and what the group has.

use super::page::{find, seen};
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use domain::access::{Actor, Permission, Scope};
use domain::customers::{
    ContactRole, CustomerKind, Holding, Mobile, PersonName, Relation, RelationRefusal,
    RelationSource, Side, check_relation,
};
use domain::ids::CustomerId;
use domain::time::Instant;
use store::customers::{
    self as rows, Acquaintance, CompanyRow, ContactRow, CustomerRow, GroupPolicyRow, NewContact,
    RelationRow, StageRow,
};
use store::obligations::{ObligationFilter, ObligationOrder, ObligationRow};
use store::{AuditActor, AuditEntry, Page};
use uuid::Uuid;

/// People who are suggested at once.
const SUGGESTED: u64 = 10;
/// Policies of a page of the group.
const POLICIES: u64 = 25;
/// Visits that are shown.
const VISITS: u64 = 5;
/// Longest position and reason, in characters.
const TEXT_MAX: usize = 200;

/// Who belongs to a customer.
#[derive(Clone, Debug)]
pub struct RelationsPage {
    /// The customer.
    pub customer: CustomerRow,
    /// Relations, those that hold first.
    pub relations: Vec<RelationRow>,
    /// Who stands beside the customer on policies.
    pub acquaintances: Vec<Acquaintance>,
    /// Others at the same address, by number and name.
    pub neighbours: Vec<(String, String)>,
    /// Contact persons of a group.
    pub contacts: Vec<ContactRow>,
    /// The group from its top, each company after the one that holds it; empty without a group.
    pub companies: Vec<CompanyRow>,
    /// Policies of the customer and of the companies below it.
    pub policies: Page<GroupPolicyRow>,
    /// Duties to visit the customer, the newest first.
    pub visits: Vec<ObligationRow>,
    /// Stages of the relationship, the newest first.
    pub stages: Vec<StageRow>,
}

/// Who belongs to a customer in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not see customers; [`Error::NotFound`] when this one is not in sight.
pub async fn relations_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    after: &str,
) -> Result<RelationsPage> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let db = app.store();
    let customer = find(app, &scope, customer_no).await?;
    let id = customer.id;
    super::page::note(app, actor, now, &customer).await?;
    let relations = rows::list_relations(db, &scope, id).await?;
    let mut page = RelationsPage {
        acquaintances: Vec::new(),
        neighbours: Vec::new(),
        contacts: Vec::new(),
        companies: Vec::new(),
        policies: Page::empty(),
        visits: visits(app, actor, id).await?,
        stages: rows::list_stages(db, &scope, id).await?,
        relations,
        customer,
    };
    let policies = seen(actor, Permission::PoliciesRead);
    if page.customer.kind == CustomerKind::Individual {
        if let Some(of_policies) = &policies {
            page.acquaintances = rows::list_acquaintances(db, of_policies, id, SUGGESTED).await?;
        }
        page.neighbours = neighbours(app, &scope, &page).await?;
        return Ok(page);
    }
    page.contacts = rows::list_contacts(db, &scope, id).await?;
    let top = rows::read_companies_above(db, id).await?.last().copied();
    page.companies = rows::list_companies(db, &scope, top.unwrap_or(id)).await?;
    if let Some(of_policies) = &policies {
        let held = rows::list_companies(db, &scope, id).await?;
        let held: Vec<CustomerId> = held.iter().map(|c| c.id).collect();
        let after = listing::after(after)?;
        page.policies =
            rows::list_group_policies(db, of_policies, &held, after.as_ref(), POLICIES).await?;
    }
    Ok(page)
}

/// Duties to visit the customer.
async fn visits(app: &App, actor: &Actor, id: CustomerId) -> Result<Vec<ObligationRow>> {
    let Some(scope) = seen(actor, Permission::ObligationsRead) else {
        return Ok(Vec::new());
    };
    let filter = ObligationFilter {
        customer: Some(id),
        kind: Some("visit".into()),
        order: ObligationOrder::Newest,
        ..Default::default()
    };
    let page = store::obligations::list_obligations(app.store(), &scope, &filter, VISITS).await?;
    Ok(page.rows)
}

/// Others in sight at the same address who are not known to be related.
async fn neighbours(
    app: &App,
    scope: &Scope,
    page: &RelationsPage,
) -> Result<Vec<(String, String)>> {
    let Some(address) = &page.customer.address else {
        return Ok(Vec::new());
    };
    let found = rows::list_at_address(app.store(), scope, address, SUGGESTED + 1).await?;
    let known = |id: CustomerId| {
        id == page.customer.id
            || page.relations.iter().any(|r| r.other == id)
            || page.acquaintances.iter().any(|a| a.id == id)
    };
    let found = found
        .into_iter()
        .filter(|c| c.kind == CustomerKind::Individual && !known(c.id));
    let ids: Vec<_> = found.map(|c| c.id).collect();
    let rows = rows::list_customers_by_id(app.store(), scope, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.customer_no.clone(), r.shown_name()))
        .collect())
}

/// A relation that somebody notes, as text.
#[derive(Clone, Debug, Default)]
pub struct RelationForm {
    /// Number of the other customer.
    pub other_no: String,
    /// What the other is to the customer, as a code.
    pub relation: String,
    /// Where it was learnt, as a code.
    pub source: String,
}

/// Notes that two customers in sight belong together.
///
/// # Errors
/// All problems of the form at once; [`Error::NotFound`] when the customer is not in sight;
/// [`Error::Refused`] with `relation-…` when the relation cannot hold.
pub async fn add_relation(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &RelationForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    let mut problems = Vec::new();
    let mut wrong = |field: &str, code| problems.push(FieldProblem::new(field, code));
    let relation = Relation::parse(form.relation.trim());
    let source = RelationSource::parse(form.source.trim());
    let other = find(app, &scope, &form.other_no).await;
    if relation.is_err() {
        wrong("relation", "unknown-code");
    }
    if source.is_err() {
        wrong("source", "unknown-code");
    }
    if matches!(other, Err(Error::NotFound)) {
        wrong("other_no", "unknown-customer");
    }
    let (Ok(relation), Ok(source), true) = (relation, source, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let other = other?;
    let work = app.store().begin(now).await?;
    let known = rows::list_relations(&work, &scope, customer.id).await?;
    if known
        .iter()
        .any(|r| r.other == other.id && r.ended_at.is_none())
    {
        return refuse(RelationRefusal::Known);
    }
    let kept = relation.kept(customer.id, other.id);
    let mut holding = Holding::default();
    if relation.is_of_groups() {
        let (held, parent, _) = kept;
        holding.has_parent = !rows::read_companies_above(&work, held).await?.is_empty();
        holding.above = rows::read_companies_above(&work, parent).await?;
        holding.above.insert(0, parent);
    }
    let side = |c: &CustomerRow| Side {
        id: c.id,
        kind: c.kind,
    };
    if let Err(why) = check_relation(relation, side(&customer), side(&other), &holding) {
        return refuse(why);
    }
    let id = rows::insert_relation(&work, kept, source, &AuditActor::from(actor)).await?;
    let detail =
        serde_json::json!({ "relation": relation.as_str(), "other": other.customer_no, "id": id });
    let entry = AuditEntry::new(actor, "customer.related", "customer", customer.id.0);
    let entry = entry.customer(customer.id.0).detail(detail);
    Ok(work.commit(entry).await?)
}

fn refuse(why: RelationRefusal) -> Result<()> {
    let code = match why {
        RelationRefusal::Same => "relation-same",
        RelationRefusal::Kinds => "relation-kinds",
        RelationRefusal::Known => "relation-known",
        RelationRefusal::HasParent => "relation-has-parent",
        RelationRefusal::Cycle => "relation-cycle",
    };
    Err(Refusal::new(code).into())
}

/// Notes that two customers do not belong together any more. The line stays, with who ended it.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when there is no such relation in sight;
/// [`Error::Conflict`] when it was ended already.
pub async fn end_relation(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    relation: Uuid,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    let work = app.store().begin(now).await?;
    let known = rows::list_relations(&work, &scope, customer.id).await?;
    let known = known.into_iter().find(|r| r.id == relation);
    let known = known.ok_or(Error::NotFound)?;
    rows::end_relation(&work, relation, &AuditActor::from(actor)).await?;
    let detail = serde_json::json!({ "relation": known.relation.as_str(), "other": known.other_no, "id": relation });
    let entry = AuditEntry::new(actor, "customer.unrelated", "customer", customer.id.0);
    let entry = entry.customer(customer.id.0).detail(detail);
    Ok(work.commit(entry).await?)
}

/// A contact person that somebody notes, as text.
#[derive(Clone, Debug, Default)]
pub struct ContactPersonForm {
    /// Role, as a code.
    pub role: String,
    /// Name; empty takes the person off.
    pub name: String,
    /// Position.
    pub position: String,
    /// Mobile number; empty leaves the one that is there.
    pub mobile: String,
    /// How it became known.
    pub reason: String,
}

/// Puts a contact person of a group in a role, changes or takes off who has it. What changed stays in the
/// history of the record.
///
/// # Errors
/// All problems of the form at once; [`Error::NotFound`] when the customer is not in sight or no group.
pub async fn save_contact_person(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &ContactPersonForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    if customer.kind != CustomerKind::Group || customer.erased_at.is_some() {
        return Err(Error::NotFound);
    }
    let work = app.store().begin(now).await?;
    let contacts = rows::list_contacts(&work, &scope, customer.id).await?;
    let old = contacts.iter().find(|c| c.role == form.role.trim());
    let by = AuditActor::from(actor);
    let reason = form.reason.trim();
    let what = match check(form, old)? {
        Some(new) => {
            rows::save_contact(&work, customer.id, old, &new, &by, reason).await?;
            "saved"
        }
        None => match old {
            Some(old) => {
                rows::remove_contact(&work, customer.id, old, &by, reason).await?;
                "removed"
            }
            None => return Err(Error::invalid("name", "missing")),
        },
    };
    let detail = serde_json::json!({ "role": form.role.trim(), "what": what });
    let entry = AuditEntry::new(actor, "customer.contact_person", "customer", customer.id.0);
    let entry = entry.customer(customer.id.0).purpose(reason);
    Ok(work.commit(entry.detail(detail)).await?)
}

/// The person of a form; nothing when the role is to be empty.
fn check(form: &ContactPersonForm, old: Option<&ContactRow>) -> Result<Option<NewContact>> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, code| problems.push(FieldProblem::new(field, code));
    let role = ContactRole::parse(form.role.trim());
    if role.is_err() {
        wrong("role", "unknown-code");
    }
    let position = listing::some(&form.position);
    if position
        .as_ref()
        .is_some_and(|p| p.chars().count() > TEXT_MAX)
    {
        wrong("position", "too-long");
    }
    match form.reason.trim().chars().count() {
        0 => wrong("reason", "missing"),
        n if n > TEXT_MAX => wrong("reason", "too-long"),
        _ => {}
    }
    let typed = form.name.trim();
    // A name that was shown masked and sent back unchanged is the one that is there.
    let kept = old
        .filter(|o| o.name.to_string() == typed)
        .map(|o| o.name.clone());
    let name = match (kept, typed) {
        (Some(kept), _) => Some(kept),
        (None, "") => None,
        (None, text) => PersonName::parse(text)
            .map_err(|_| wrong("name", "too-long"))
            .ok(),
    };
    let mobile = match form.mobile.trim() {
        "" => old.and_then(|o| o.mobile.clone()),
        text => Mobile::parse(text)
            .map_err(|_| wrong("mobile", "mobile"))
            .ok(),
    };
    let (Ok(role), true) = (role, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    Ok(name.map(|name| NewContact {
        role,
        name,
        position,
        mobile,
    }))
}
