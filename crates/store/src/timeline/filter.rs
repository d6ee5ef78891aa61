//! What of a timeline is shown.

use super::TimelineKind;
use crate::sql::{PageKey, Select, end_of_day, params, start_of_day};
use chrono::NaiveDate;

/// Kinds of things that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineGroup {
    /// Policies, premiums, claims, payouts.
    Events,
    /// What the company owes.
    Duties,
    /// Callbacks and attempts.
    Callbacks,
    /// Tickets.
    Tickets,
    /// Messages.
    Messages,
    /// Changes of the record.
    Changes,
}

impl TimelineGroup {
    /// Every group.
    pub const ALL: [Self; 6] = [
        Self::Events,
        Self::Duties,
        Self::Callbacks,
        Self::Tickets,
        Self::Messages,
        Self::Changes,
    ];

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Duties => "duties",
            Self::Callbacks => "callbacks",
            Self::Tickets => "tickets",
            Self::Messages => "messages",
            Self::Changes => "changes",
        }
    }

    /// Reads a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.as_str() == code)
    }

    fn of(kind: TimelineKind) -> Self {
        match kind {
            TimelineKind::Event | TimelineKind::PolicyIssued | TimelineKind::Receipt => {
                Self::Events
            }
            TimelineKind::ObligationPlanned | TimelineKind::ObligationDischarged => Self::Duties,
            TimelineKind::CallbackStep | TimelineKind::Attempt => Self::Callbacks,
            TimelineKind::TicketStep => Self::Tickets,
            TimelineKind::Message => Self::Messages,
            TimelineKind::Change => Self::Changes,
        }
    }
}

/// What of a timeline is shown, and from where on.
#[derive(Clone, Debug, Default)]
pub struct TimelineFilter {
    /// Only these things.
    pub group: Option<TimelineGroup>,
    /// From this day.
    pub from: Option<NaiveDate>,
    /// Until this day.
    pub to: Option<NaiveDate>,
    /// Only what somebody of this name did.
    pub by: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

impl TimelineFilter {
    /// Whether things of a kind may be shown; `actor` is the column that names who did them.
    pub(super) fn wants(&self, kind: TimelineKind, actor: Option<&str>) -> bool {
        self.group.is_none_or(|g| g == TimelineGroup::of(kind))
            && (self.by.is_none() || actor.is_some())
    }

    /// Cuts rows by the moment in a column, and by who did it.
    pub(super) fn cut(&self, select: &mut Select, at: &str, actor: Option<&str>) {
        if let Some(day) = self.from {
            select.filter(&format!("{at} >= ?"), params![start_of_day(day)]);
        }
        if let Some(day) = self.to {
            select.filter(&format!("{at} < ?"), params![end_of_day(day)]);
        }
        if let (Some(name), Some(actor)) = (&self.by, actor) {
            select.filter(&format!("{actor} = ?"), params![name.as_str()]);
        }
    }

    /// Cuts rows of which only the day is known.
    pub(super) fn cut_days(&self, select: &mut Select, day: &str) {
        if let Some(from) = self.from {
            select.filter(&format!("{day} >= ?"), params![from]);
        }
        if let Some(to) = self.to {
            select.filter(&format!("{day} <= ?"), params![to]);
        }
    }
}
