//! Payout callbacks: the problem list and the follow-up list for the posts that work on them.

use super::table::Cell;
use super::{Export, ListFilter, PAGE_ROWS};
use crate::Result;
use crate::callbacks::PayoutView;
use crate::callbacks::payouts::{filter, view};
use store::PageKey;
use store::callbacks::{PayoutFilter, list_payouts};

pub(super) const COLUMNS: [&str; 21] = [
    "number",
    "programme",
    "policy_no",
    "customer_no",
    "respondent",
    "service_item_code",
    "service_item",
    "amount",
    "payout_method",
    "paid_on",
    "state",
    "attempts",
    "last_result",
    "explained",
    "aftercare",
    "recall",
    "follow_up",
    "follow_up_due_on",
    "follow_up_state",
    "org_code",
    "remark",
];

impl Export<'_> {
    pub(super) async fn payouts(
        &self,
        after: Option<PageKey>,
    ) -> Result<(Vec<Vec<Cell>>, Option<PageKey>)> {
        let found = match &self.query.list {
            None => PayoutFilter {
                programmes: self.app.rules().payout_programmes(),
                paid_from: self.query.from,
                paid_to: self.query.to,
                ..PayoutFilter::default()
            },
            Some(ListFilter::Payouts(query)) => filter(self.app, query)?,
            Some(_) => return Err(self.foreign_filter()),
        };
        let found = PayoutFilter { after, ..found };
        let page = list_payouts(self.app.store(), &self.scope, &found, PAGE_ROWS).await?;
        let rows = page
            .rows
            .into_iter()
            .map(|r| self.payout(view(self.app, r)));
        Ok((rows.collect(), page.next))
    }

    fn payout(&self, v: PayoutView) -> Vec<Cell> {
        let remark = v
            .row
            .remark
            .map(domain::customers::SensitiveText::from_stored);
        let (callback, case, follow_up) = (v.row.callback, v.row.case, v.row.follow_up);
        vec![
            callback.number.into(),
            callback.programme.into(),
            callback.policy_no.into(),
            callback.customer_no.into(),
            v.row.respondent.into(),
            v.item_code.into(),
            v.item.map(|i| i.name.zh).into(),
            Cell::money(v.amount.map(|m| m.0)),
            v.method.into(),
            v.row.paid_on.into(),
            callback.state.as_str().into(),
            callback.attempts_total.into(),
            callback.last_result.into(),
            case.payout.explained.into(),
            case.payout.aftercare.into(),
            case.payout.recall.into(),
            follow_up.as_ref().map(|f| f.number.clone()).into(),
            follow_up.as_ref().and_then(|f| f.due_on).into(),
            follow_up.map(|f| f.state.as_str().to_owned()).into(),
            callback.org_code.into(),
            self.words(remark.as_ref()),
        ]
    }
}
