//! Customers, policies and events under the columns of their import files.

use super::table::Cell;
use super::{Export, ListFilter, PAGE_ROWS};
use crate::Result;
use crate::customers::revealed;
use domain::customers::{PersonalField, SensitiveText};
use store::PageKey;
use store::customers::{CustomerFilter, CustomerRow, list_customers};
use store::policies::{
    EventFilter, EventRow, PolicyFilter, PolicyRow, list_events, list_policies, open_note,
};

pub(super) const CUSTOMERS: [&str; 32] = crate::imports::CUSTOMER_COLUMNS;
/// The columns of the import file, and until when a surrender counts as cooling-off cancellation because
/// the callback came late: core systems treat it so (Chongqing measures, article 4).
pub(super) const POLICIES: [&str; 31] = {
    let mut columns = ["deemed_until_on"; 31];
    let mut at = 0;
    while at < crate::imports::POLICY_COLUMNS.len() {
        columns[at] = crate::imports::POLICY_COLUMNS[at];
        at += 1;
    }
    columns
};
pub(super) const EVENTS: [&str; 19] = crate::imports::EVENT_COLUMNS;

type Rows = (Vec<Vec<Cell>>, Option<PageKey>);

impl Export<'_> {
    pub(super) async fn customers(&self, after: Option<PageKey>) -> Result<Rows> {
        let filter = match &self.query.list {
            None => CustomerFilter::default(),
            Some(ListFilter::Customers(query)) => {
                crate::customers::filter(self.app, &self.scope, self.now, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let filter = CustomerFilter {
            known_from: self.query.from,
            known_to: self.query.to,
            oldest_first: true,
            after,
            ..filter
        };
        let page = list_customers(self.app.store(), &self.scope, &filter, PAGE_ROWS).await?;
        let kept = page.rows.iter();
        let kept = kept.filter(|c| !(self.omits_restricted && c.restricted_at.is_some()));
        Ok((kept.map(|c| self.customer(c)).collect(), page.next))
    }

    fn customer(&self, c: &CustomerRow) -> Vec<Cell> {
        let rights = self.app.rights();
        let personal = |field: PersonalField, masked: Option<String>| match self.reveal {
            Some(reveal) if rights.opens(&self.actor.roles, field) => {
                Cell::from(revealed(c, field, reveal))
            }
            _ => Cell::from(masked),
        };
        use PersonalField as P;
        let shown = |value: Option<&dyn std::fmt::Display>| value.map(ToString::to_string);
        vec![
            c.customer_no.as_str().into(),
            c.kind.as_str().into(),
            personal(P::Name, Some(c.shown_name())),
            c.sex.clone().into(),
            c.birth_date.into(),
            c.id_type.clone().into(),
            personal(P::IdNo, shown(c.id_no.as_ref().map(|v| v as _))),
            c.id_expires_on.into(),
            c.nationality.clone().into(),
            personal(P::Mobile, shown(c.mobile.as_ref().map(|v| v as _))),
            personal(P::Phone, shown(c.phone.as_ref().map(|v| v as _))),
            personal(P::Email, shown(c.email.as_ref().map(|v| v as _))),
            personal(P::Address, shown(c.address.as_ref().map(|v| v as _))),
            personal(
                P::MailingAddress,
                shown(c.mailing_address.as_ref().map(|v| v as _)),
            ),
            c.occupation.clone().into(),
            c.language.clone().into(),
            c.preferred_channel.clone().into(),
            c.relationship_stage.clone().into(),
            c.large.into(),
            c.key_account.into(),
            c.shareholder_related.into(),
            personal(P::Needs, shown(c.needs.as_ref().map(|v| v as _))),
            personal(
                P::SpecialNeeds,
                shown(c.special_needs.as_ref().map(|v| v as _)),
            ),
            c.risk_appetite.clone().into(),
            c.risk_tolerance.clone().into(),
            Cell::money(c.annual_income_fen),
            c.marketing_consent.into(),
            c.source_channel.clone().into(),
            c.collected_by.clone().into(),
            c.collected_at.into(),
            c.org_code.as_str().into(),
            c.value_class.clone().into(),
        ]
    }

    pub(super) async fn policies(&self, after: Option<PageKey>) -> Result<Rows> {
        let filter = match &self.query.list {
            None => PolicyFilter {
                issued_from: self.query.from,
                issued_to: self.query.to,
                ..PolicyFilter::default()
            },
            Some(ListFilter::Policies(query)) => {
                crate::policies::filter(self.app, &self.scope, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let filter = PolicyFilter {
            oldest_first: true,
            after,
            ..filter
        };
        let page = list_policies(self.app.store(), &self.scope, &filter, PAGE_ROWS).await?;
        Ok((page.rows.into_iter().map(policy).collect(), page.next))
    }

    pub(super) async fn events(&self, after: Option<PageKey>) -> Result<Rows> {
        if self.query.list.is_some() {
            return Err(self.foreign_filter());
        }
        let filter = EventFilter {
            from: self.query.from,
            to: self.query.to,
            from_outside: true,
            after,
            ..EventFilter::default()
        };
        let db = self.app.store();
        let page = list_events(db, &self.scope, &filter, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|event| {
            let note = open_note(db, &event)?;
            Ok(self.event(event, note.as_ref()))
        });
        Ok((rows.collect::<Result<_>>()?, page.next))
    }

    fn event(&self, e: EventRow, note: Option<&SensitiveText>) -> Vec<Cell> {
        vec![
            e.event_id.clone().into(),
            e.kind.clone().into(),
            e.at().into(),
            e.policy_no.into(),
            e.customer_no.into(),
            e.agent_code.into(),
            e.claim_no.into(),
            Cell::money(e.amount_fen),
            e.payout_method.into(),
            e.service_item_code.into(),
            e.payee_role.into(),
            e.handled_in_person.into(),
            e.reporter_role.into(),
            e.loss_region.into(),
            e.underwriting_region.into(),
            e.adjuster_code.into(),
            e.outcome.into(),
            e.paid_on.into(),
            self.words(note),
        ]
    }

    /// Free text about a person: in full for a purpose, as a mask otherwise.
    pub(super) fn words(&self, text: Option<&SensitiveText>) -> Cell {
        let shown = text.map(|text| match self.reveal {
            Some(reveal) => text.reveal(reveal).to_owned(),
            None => text.to_string(),
        });
        shown.into()
    }
}

fn policy(p: PolicyRow) -> Vec<Cell> {
    vec![
        p.policy_no.into(),
        p.product_code.into(),
        p.product_name.into(),
        p.product_class.into(),
        p.line.into(),
        p.channel.into(),
        p.policyholder_no.into(),
        p.insured_no.into(),
        p.beneficiary_no.into(),
        p.agent_code.into(),
        p.org_code.into(),
        p.application_date.into(),
        p.issue_date.into(),
        p.system_entry_date.into(),
        p.print_date.into(),
        p.effective_date.into(),
        p.expiry_date.into(),
        p.term_months.into(),
        Cell::money(p.premium_fen),
        p.premium_frequency.into(),
        p.premium_term_years.into(),
        Cell::money(p.sum_insured_fen),
        p.next_premium_due_on.into(),
        p.cooling_off_days.into(),
        p.ack_signed_on.into(),
        p.ack_entered_on.into(),
        p.electronic_ack.into(),
        p.double_recorded.into(),
        p.juvenile.into(),
        p.status.into(),
        p.deemed_until_on.into(),
    ]
}
