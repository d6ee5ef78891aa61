//! Scheduled contacts: what waits, what is held back and why, what was done.

use super::table::Cell;
use super::{Export, ListFilter, PAGE_ROWS};
use crate::Result;
use crate::care::filter;
use domain::callbacks::ContactChannel;
use domain::messaging::MessageChannel;
use store::PageKey;
use store::care::{CareFilter, CareRow, list_contacts};

pub(super) const COLUMNS: [&str; 14] = [
    "number",
    "programme",
    "customer_no",
    "policy_no",
    "claim_no",
    "org_code",
    "earliest_on",
    "due_on",
    "state",
    "reason",
    "timing",
    "told_at",
    "message",
    "channel",
];

impl Export<'_> {
    pub(super) async fn contacts(
        &self,
        after: Option<PageKey>,
    ) -> Result<(Vec<Vec<Cell>>, Option<PageKey>)> {
        let found = match &self.query.list {
            None => CareFilter {
                from: self.query.from,
                to: self.query.to,
                ..CareFilter::default()
            },
            Some(ListFilter::Contacts(query)) => filter(self.app, &self.scope, query).await?,
            Some(_) => return Err(self.foreign_filter()),
        };
        let found = CareFilter { after, ..found };
        let page = list_contacts(self.app.store(), &self.scope, &found, PAGE_ROWS).await?;
        Ok((page.rows.into_iter().map(row).collect(), page.next))
    }
}

fn row(r: CareRow) -> Vec<Cell> {
    let channel = match r.by_hand {
        Some(by_hand) => Some(ContactChannel::as_str(by_hand)),
        None => r.channel.map(MessageChannel::as_str),
    };
    vec![
        r.number.into(),
        r.programme.into(),
        r.customer_no.into(),
        r.policy_no.into(),
        r.claim_no.into(),
        r.org_code.into(),
        r.earliest_on.into(),
        r.due_on.into(),
        r.state.as_str().into(),
        r.reason.into(),
        r.timing.into(),
        r.told_at.into(),
        r.message.into(),
        channel.map(str::to_owned).into(),
    ]
}
