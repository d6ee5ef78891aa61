//! What is decided at once: policies or customers, with their events.

use crate::Result;
use std::collections::HashSet;
use store::dialect::bulk::Bulk;
use store::obligations::{
    self as rows, CustomerCase, EventCase, EventSubjects, Of, PolicyCase, QueueKind, Span,
};
use uuid::Uuid;

/// Subjects of one kind.
#[derive(Clone, Debug)]
pub(super) enum Cases {
    Policies(Vec<PolicyCase>),
    Customers(Vec<CustomerCase>),
}

/// Subjects with their events, both in the order of the subjects.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub cases: Cases,
    pub events: Vec<EventCase>,
    /// The first and the last subject.
    ends: (Uuid, Uuid),
}

impl Batch {
    /// Reads a span of subjects, at most `limit` of a span between two ids; nothing when it is empty.
    pub(super) async fn read(
        bulk: &mut Bulk,
        kind: QueueKind,
        span: &Span<'_>,
        limit: i64,
    ) -> Result<Option<Self>> {
        let cases = match kind {
            QueueKind::Customers => {
                Cases::Customers(rows::read_customers(bulk, span, limit).await?)
            }
            QueueKind::Policies | QueueKind::Events => {
                Cases::Policies(rows::read_policies(bulk, span, limit).await?)
            }
        };
        let mut batch = Self {
            cases,
            events: Vec::new(),
            ends: (Uuid::nil(), Uuid::nil()),
        };
        let ids = batch.ids();
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            return Ok(None);
        };
        batch.ends = (*first, *last);
        batch.events = rows::read_events(bulk, &batch.of(span)).await?;
        Ok(Some(batch))
    }

    fn ids(&self) -> Vec<Uuid> {
        match &self.cases {
            Cases::Policies(cases) => cases.iter().map(|c| c.id).collect(),
            Cases::Customers(cases) => cases.iter().map(|c| c.id).collect(),
        }
    }

    /// How many subjects there are.
    pub(super) fn len(&self) -> usize {
        match &self.cases {
            Cases::Policies(cases) => cases.len(),
            Cases::Customers(cases) => cases.len(),
        }
    }

    /// The last subject.
    pub(super) fn last(&self) -> Uuid {
        self.ends.1
    }

    /// What else is kept of the same subjects.
    pub(super) fn of<'s>(&self, span: &Span<'s>) -> Of<'s> {
        let span = match span {
            Span::Between(..) => Span::Between(self.ends.0, self.ends.1),
            Span::List(ids) => Span::List(ids),
        };
        match self.cases {
            Cases::Policies(_) => Of::Policies(span),
            Cases::Customers(_) => Of::Customers(span),
        }
    }

    /// The queue in which its subjects wait to be looked at again.
    pub(super) fn queue(&self) -> QueueKind {
        match self.cases {
            Cases::Policies(_) => QueueKind::Policies,
            Cases::Customers(_) => QueueKind::Customers,
        }
    }

    /// The policyholders, each once.
    pub(super) fn holders(&self) -> Vec<Uuid> {
        let Cases::Policies(cases) = &self.cases else {
            return Vec::new();
        };
        let mut holders: Vec<_> = cases.iter().map(|c| c.holder).collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// Some of the subjects.
    pub(super) fn only(&self, subjects: &HashSet<Uuid>) -> Self {
        let cases = match &self.cases {
            Cases::Policies(cases) => {
                let mine = cases.iter().filter(|c| subjects.contains(&c.id));
                Cases::Policies(mine.cloned().collect())
            }
            Cases::Customers(cases) => {
                let mine = cases.iter().filter(|c| subjects.contains(&c.id));
                Cases::Customers(mine.cloned().collect())
            }
        };
        let events = self.events.iter();
        let events = events.filter(|e| subjects.contains(&e.subject)).cloned();
        Self {
            cases,
            events: events.collect(),
            ends: self.ends,
        }
    }
}

/// Single rows to look at.
#[derive(Default)]
pub(super) struct Subjects {
    pub policies: Vec<Uuid>,
    pub customers: Vec<Uuid>,
}

impl Subjects {
    /// Adds whom events concern: the policy, or the customer when there is none.
    pub(super) fn extend(&mut self, events: &[EventSubjects]) {
        for (_, policy, customer) in events {
            match policy {
                Some(policy) => self.policies.push(*policy),
                None => self.customers.extend(customer),
            }
        }
    }
}
