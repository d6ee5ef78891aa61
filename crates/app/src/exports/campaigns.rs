//! Customers on the lists of callback campaigns, each with the purpose and what became of the callback.

use super::table::Cell;
use super::{Export, ListFilter, PAGE_ROWS};
use crate::Result;
use crate::campaigns::member_filter;
use domain::customers::SensitiveText;
use store::PageKey;
use store::campaigns::{MemberFilter, MemberRow, list_members};

pub(super) const COLUMNS: [&str; 22] = [
    "campaign",
    "title",
    "customer_no",
    "purpose",
    "source",
    "added_by",
    "added_at",
    "added_reason",
    "removed_by",
    "removed_at",
    "removed_reason",
    "programme",
    "obligation",
    "due_on",
    "callback",
    "state",
    "caller",
    "reached",
    "completed_at",
    "problems",
    "ratings",
    "rated",
];

impl Export<'_> {
    pub(super) async fn campaigns(
        &self,
        after: Option<PageKey>,
    ) -> Result<(Vec<Vec<Cell>>, Option<PageKey>)> {
        let found = match &self.query.list {
            None => MemberFilter {
                added_from: self.query.from,
                added_to: self.query.to,
                ..MemberFilter::default()
            },
            Some(ListFilter::Campaigns(query)) => {
                member_filter(self.app, &self.scope, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let with_removed = found.view.is_none();
        let found = MemberFilter {
            with_removed,
            after,
            ..found
        };
        let page = list_members(self.app.store(), &self.scope, &found, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|m| self.member(m));
        Ok((rows.collect(), page.next))
    }

    fn member(&self, m: MemberRow) -> Vec<Cell> {
        let words =
            |text: Option<String>| self.words(text.map(SensitiveText::from_stored).as_ref());
        let (callback, state) = match m.callback {
            Some((_, number, state)) => (Some(number), Some(state.as_str().to_owned())),
            None => (None, None),
        };
        vec![
            m.campaign_number.into(),
            m.campaign_title.into(),
            m.customer_no.into(),
            words(m.purpose),
            m.source.as_str().into(),
            m.added_name.into(),
            m.added_at.into(),
            words(m.added_reason),
            m.removed_name.into(),
            m.removed_at.into(),
            words(m.removed_reason),
            m.programme.into(),
            m.obligation_number.into(),
            m.due_on.into(),
            callback.into(),
            state.into(),
            m.assignee_name.into(),
            m.reached.into(),
            m.completed_at.into(),
            m.problems.into(),
            m.ratings.into(),
            m.rated.into(),
        ]
    }
}
