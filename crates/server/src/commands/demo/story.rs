//! What the days of the demonstration have at hand, and small helpers.

use super::chance::Chance;
use super::people::{Person, Staff};
use anyhow::Result;
use app::callbacks::{ListQuery, list_callbacks};
use app::tickets::{TicketQuery, list_tickets};
use app::{App, Error};
use bytes::Bytes;
use chrono::NaiveDate;
use domain::access::Role;
use domain::ids::{CallbackId, VisitId};
use domain::time::Instant;
use std::collections::HashMap;
use store::callbacks::CallbackRow;
use store::tickets::TicketRow;

/// Pages of a list that are read at most.
const PAGES_MAX: usize = 200;

/// The demonstration on its way through the days.
pub(super) struct Story<'s> {
    pub app: &'s App,
    pub staff: &'s Staff,
    pub chance: Chance,
    pub company: String,
    /// Calls that a caller makes in a day, about.
    pub calls_per_day: i64,
    /// Nothing happens after this moment.
    pub until: Instant,
    /// Sounds to choose from.
    pub sounds: Vec<Bytes>,
    /// When letters and visits are expected back, and since when a branch tries.
    pub waits: HashMap<CallbackId, NaiveDate>,
    /// Visits under way and who makes them, by callback.
    pub visits: HashMap<CallbackId, (VisitId, Person)>,
    /// Interviews that were finished.
    pub interviews: u64,
}

impl<'s> Story<'s> {
    /// The first person of a role.
    pub(super) fn first(&self, role: Role) -> Result<&'s Person> {
        let found = self.staff.of(role).next();
        found.ok_or_else(|| anyhow::anyhow!("nobody is {role}"))
    }

    /// Every callback of a view, as the whole company sees it.
    pub(super) async fn callbacks(&self, view: &str, now: Instant) -> Result<Vec<CallbackRow>> {
        let manager = self.first(Role::HeadOfficeManager)?;
        let mut query = ListQuery {
            view: view.into(),
            ..ListQuery::default()
        };
        let mut rows = Vec::new();
        for _ in 0..PAGES_MAX {
            let list = list_callbacks(self.app, &manager.actor, now, &query).await?;
            rows.extend(list.page.rows);
            match list.page.next {
                Some(key) => query.after = key.encode(),
                None => break,
            }
        }
        Ok(rows)
    }

    /// Every open ticket.
    pub(super) async fn tickets(&self, now: Instant) -> Result<Vec<TicketRow>> {
        let manager = self.first(Role::HeadOfficeManager)?;
        let mut query = TicketQuery::default();
        let mut rows = Vec::new();
        for _ in 0..PAGES_MAX {
            let list = list_tickets(self.app, &manager.actor, now, &query).await?;
            rows.extend(list.page.rows);
            match list.page.next {
                Some(key) => query.after = key.encode(),
                None => break,
            }
        }
        Ok(rows)
    }

    /// A sound to attach.
    pub(super) fn sound(&mut self) -> Bytes {
        self.chance.pick(&self.sounds).clone()
    }
}

/// What was done; nothing when a rule, a right or someone else was in the way, as it happens in life.
pub(super) fn tolerated<T>(what: &str, result: app::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(
            error @ (Error::Refused(_) | Error::Invalid(_) | Error::NotFound | Error::Conflict),
        ) => {
            tracing::debug!(what, ?error, "not done");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
