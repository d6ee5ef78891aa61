//! What a caller looks at before the call (CBK-13): who it is, what was ordered, what was done for them, what they
//! need, the policy with its claims, and the script.

use super::attempt::{case_facts, choose_script};
use super::page::{CallbackPage, load};
use super::record;
use super::spoken::{Spoken, values};
use crate::customers::{revealed, seen};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::{CallbackState, ContactChannel};
use domain::customers::{PersonalField, Reveal};
use domain::ids::CallbackId;
use domain::questionnaires::{CaseFacts, Medium, Words};
use domain::time::{self, Instant};
use store::Page;
use store::callbacks as rows;
use store::policies::{PolicyFilter, PolicyRow};
use store::timeline::{TimelineFilter, TimelineOf, TimelineRow};

/// Policies that are shown; the rest is behind a link.
const POLICIES: u64 = 8;
/// What was done last.
const RECORDS: u64 = 8;

/// What a caller looks at before the call.
#[derive(Clone, Debug)]
pub struct Preparation {
    /// The callback with its customer, contact persons, policy and claims.
    pub page: CallbackPage,
    /// Special needs in full, where the caller's roles open them.
    pub special_needs: Option<String>,
    /// Insurance needs in full, where the caller's roles open them.
    pub needs: Option<String>,
    /// What the customer has bought.
    pub policies: Page<PolicyRow>,
    /// What was done for the customer last, the newest first.
    pub records: Vec<TimelineRow>,
    /// The script; nothing when none fits, which is said when the call begins.
    pub script: Option<PreparedScript>,
}

/// The script as it will be read, names masked.
#[derive(Clone, Debug)]
pub struct PreparedScript {
    /// Its name.
    pub title: Words,
    /// Heading, words, and whether it must be asked.
    pub items: Vec<(Words, Words, bool)>,
}

/// What is known of a callback on the actor's list before the call. That somebody looked is recorded.
///
/// # Errors
/// When the actor may not call, or the callback is not in sight.
pub async fn preparation(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    company: &str,
) -> Result<Preparation> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let callback = rows::find_callback(app.store(), &scope, id).await?;
    let callback = callback.ok_or(Error::NotFound)?;
    let of = (id.0, Some(callback.customer_id.0));
    crate::audit::seen(app, actor, now, ("callback.prepared", "callback"), of).await?;
    let page = load(app, actor, now, &scope, callback).await?;
    let script = script(app, actor, now, &scope, &page, company).await?;
    let customer = &page.customer;
    let rights = app.rights_in_force().await?;
    // The entry above says who looked at whose needs.
    let reveal = Reveal::traced(id.0);
    let full = |field| {
        let open = rights.opens(&actor.roles, field) && customer.restricted_at.is_none();
        open.then(|| revealed(customer, field, reveal)).flatten()
    };
    let filter = PolicyFilter {
        customer: Some(customer.id),
        ..PolicyFilter::default()
    };
    let policies = match seen(actor, Permission::PoliciesRead) {
        Some(scope) => {
            store::policies::list_policies(app.store(), &scope, &filter, POLICIES).await?
        }
        None => Page::empty(),
    };
    let records = match seen(actor, Permission::CustomersRead) {
        Some(scope) => {
            let of = TimelineOf::Customer(customer.id);
            store::timeline::list_timeline(
                app.store(),
                &scope,
                of,
                &TimelineFilter::default(),
                RECORDS,
            )
            .await?
            .rows
        }
        None => Vec::new(),
    };
    Ok(Preparation {
        special_needs: full(PersonalField::SpecialNeeds),
        needs: full(PersonalField::Needs),
        policies,
        records,
        script,
        page,
    })
}

async fn script(
    app: &App,
    actor: &Actor,
    now: Instant,
    scope: &Scope,
    page: &CallbackPage,
    company: &str,
) -> Result<Option<PreparedScript>> {
    let scripts = app.scripts_in_force().await?;
    let record = record(app.store(), scope, page.callback.id).await?;
    let today = time::date_in_china(now);
    let recall = record.callback.is_recall || record.callback.state == CallbackState::RecallDue;
    let how = (ContactChannel::Phone, recall, today);
    let named = &page.discharge.questionnaire;
    let Ok(Some(id)) = choose_script(app.store(), &scripts, &record, named, how).await else {
        return Ok(None);
    };
    let Some(script) = scripts.find(id) else {
        return Ok(None);
    };
    let case = CaseFacts {
        recall,
        medium: Medium::Call,
        ..case_facts(app.store(), record.id, record.policy).await?
    };
    let masked = page.customer.name.to_string();
    let rules = app.rules();
    let of = Spoken {
        policy: page.policy.as_ref(),
        claims: &page.claims,
        explanation: &page.explanation,
        holder: &masked,
        person: (&page.customer, &masked),
        company,
        caller: &actor.name,
        rules: &rules,
    };
    let values = values(&of, today);
    let items = script.items_for(&case, page.discharge.promotion_allowed);
    let shown = |i: &&crate::questionnaires::ScriptItem| {
        let ask = values.fill(&i.item.ask);
        (i.item.title.clone(), ask, i.item.must_ask)
    };
    Ok(Some(PreparedScript {
        title: script.title.clone(),
        items: items.iter().map(shown).collect(),
    }))
}
