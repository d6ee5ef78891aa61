//! Everything that the pages of a customer are made from.

use crate::callbacks::{ScriptOf, Spoken, case_facts, script_of, spoken_values};
use crate::obligations::{Explanation, replay};
use crate::questionnaires::{CaseFacts, ScriptItem};
use crate::rules::Rules;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::Discharge;
use domain::customers::Reveal;
use domain::ids::{CallbackId, QuestionnaireId};
use domain::questionnaires::{Medium, Words};
use domain::time::{self, Instant};
use std::sync::Arc;
use store::Reads;
use store::callbacks::CallbackRecord;
use store::customers::CustomerRow;
use store::policies::{ClaimRow, PolicyRow};

/// The rows of the whole company: whoever stands behind a link sees their own case and no other.
pub(super) fn whole(permission: Permission) -> Result<Scope> {
    Ok(Actor::system().scope(permission)?)
}

/// A callback with what its questions are made from.
pub(super) struct Case {
    /// The callback.
    pub(super) record: CallbackRecord,
    /// How the programme wants it discharged.
    pub(super) discharge: Discharge,
    /// The customer.
    pub(super) customer: CustomerRow,
    policy: Option<PolicyRow>,
    claims: Vec<ClaimRow>,
    explanation: Explanation,
    script: ScriptOf,
    /// What decides which items are asked.
    facts: CaseFacts,
    /// The rules in force.
    pub(super) rules: Arc<Rules>,
}

/// An item with its words filled in.
#[derive(Clone, Debug)]
pub(super) struct Filled {
    /// The item.
    pub(super) item: ScriptItem,
    /// Its words with values.
    pub(super) ask: Words,
}

impl Case {
    /// Reads the case of a callback with a version of a questionnaire.
    pub(super) async fn load(
        app: &App,
        db: &impl Reads,
        id: CallbackId,
        questionnaire: QuestionnaireId,
    ) -> Result<Self> {
        let scope = whole(Permission::CallbacksRead)?;
        let record = crate::callbacks::record(db, &scope, id).await?;
        let discharge = app
            .rules()
            .discharge_of(record.pack, &record.programme)?
            .clone();
        let customer = store::customers::find_customer(db, &scope, record.customer)
            .await?
            .ok_or(Error::NotFound)?;
        let (policy, claims) = match record.policy {
            Some(id) => (
                store::policies::find_policy(db, &scope, id).await?,
                store::policies::list_claims(db, &scope, id).await?,
            ),
            None => (None, Vec::new()),
        };
        let row = store::callbacks::find_callback(db, &scope, id).await?;
        let number = row.ok_or(Error::NotFound)?.obligation_number;
        let obligation = store::obligations::find_obligation_by_number(db, &scope, &number).await?;
        Ok(Self {
            explanation: replay(app, obligation.ok_or(Error::NotFound)?)?,
            script: script_of(app, Some(questionnaire))?,
            facts: CaseFacts {
                medium: Medium::Electronic,
                ..case_facts(db, id, record.policy).await?
            },
            rules: app.rules(),
            record,
            discharge,
            customer,
            policy,
            claims,
        })
    }

    /// The version of the questionnaire, as evidence names it.
    pub(super) fn version(&self) -> String {
        let script = self.script.script();
        format!("{} v{} {}", script.code, script.version, script.hash)
    }

    /// Terms in plain words.
    pub(super) fn terms(&self) -> &[crate::questionnaires::Term] {
        &self.script.script().terms
    }

    /// The items that apply, with their words. Only whoever proved to be the customer sees them.
    pub(super) fn items(&self, company: &str, now: Instant, trace: uuid::Uuid) -> Vec<Filled> {
        let full_name = self.customer.name.reveal(Reveal::traced(trace));
        let of = Spoken {
            policy: self.policy.as_ref(),
            claims: &self.claims,
            explanation: &self.explanation,
            holder: full_name,
            person: (&self.customer, full_name),
            company,
            caller: company,
            rules: &self.rules,
        };
        let values = spoken_values(&of, time::date_in_china(now));
        let items = self
            .script
            .get(self.discharge.promotion_allowed, &self.facts);
        items
            .into_iter()
            .map(|i| Filled {
                ask: values.fill(&i.item.ask),
                item: i.clone(),
            })
            .collect()
    }
}
