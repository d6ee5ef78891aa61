//! Findings on the quality of customers' information, and commission that is held back because of them.

use super::table::Cell;
use super::{Export, ListFilter, PAGE_ROWS};
use crate::Result;
use crate::data_quality::{finding_filter, hold_filter};
use store::PageKey;
use store::data_quality::{FindingFilter, HoldFilter, list_findings, list_holds};

pub(super) const FINDINGS: [&str; 14] = [
    "customer_no",
    "customer_name",
    "check",
    "field",
    "aspect",
    "severity",
    "state",
    "measured",
    "org",
    "agent_code",
    "agent_name",
    "assignee",
    "due_on",
    "found_at",
];

pub(super) const HOLDS: [&str; 10] = [
    "agent_code",
    "agent_name",
    "policy_no",
    "product",
    "org",
    "premium",
    "customer_no",
    "checks",
    "held_at",
    "released_at",
];

impl Export<'_> {
    pub(super) async fn findings(
        &self,
        after: Option<PageKey>,
    ) -> Result<(Vec<Vec<Cell>>, Option<PageKey>)> {
        let filter = match &self.query.list {
            None => FindingFilter::default(),
            Some(ListFilter::Information(query)) => {
                finding_filter(self.app, self.actor, &self.scope, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let filter = FindingFilter { after, ..filter };
        let page = list_findings(self.app.store(), &self.scope, &filter, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|r| {
            let (agent_code, agent_name) = r.agent.unzip();
            vec![
                r.customer_no.into(),
                r.customer_name.into(),
                r.check.as_str().into(),
                r.field.as_str().into(),
                r.check.aspect().as_str().into(),
                r.severity.as_str().into(),
                r.state.as_str().into(),
                r.measured.into(),
                r.org_name.into(),
                agent_code.into(),
                agent_name.into(),
                r.assignee_name.into(),
                r.due_on.into(),
                r.found_at.into(),
            ]
        });
        Ok((rows.collect(), page.next))
    }

    pub(super) async fn holds(
        &self,
        after: Option<PageKey>,
    ) -> Result<(Vec<Vec<Cell>>, Option<PageKey>)> {
        let filter = match &self.query.list {
            None => HoldFilter::default(),
            Some(ListFilter::CommissionHolds(query)) => {
                hold_filter(self.app, &self.scope, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let filter = HoldFilter { after, ..filter };
        let page = list_holds(self.app.store(), &self.scope, &filter, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|r| {
            vec![
                r.agent_code.into(),
                r.agent_name.into(),
                r.policy_no.into(),
                r.product_name.into(),
                r.org_name.into(),
                Cell::money(r.premium_fen),
                r.customer_no.into(),
                r.checks.join(" ").into(),
                r.held_at.into(),
                r.released_at.into(),
            ]
        });
        Ok((rows.collect(), page.next))
    }
}
