//! Signals in what happened to a customer. Every limit comes from the packs.

use super::{RiskLevel, RiskSignalKind};
use crate::ids::CustomerId;
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncidentKind {
    /// A policy lapsed.
    Lapse,
    /// A complaint.
    Complaint,
    /// A policy was surrendered.
    Surrender,
    /// A claim was registered.
    Claim,
    /// Money went out.
    Payout,
    /// Contact data changed.
    ContactChange,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub kind: IncidentKind,
    /// When.
    pub on: NaiveDate,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Whether the money went to somebody else than the policyholder.
    pub to_other: bool,
}

/// What is known of one customer.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What happened to the customer.
    pub own: Vec<Incident>,
    /// Surrenders and complaints of everybody who is reached under one of the customer's numbers, the
    /// customer's own among them.
    pub shared_number: Vec<(CustomerId, NaiveDate)>,
    /// Surrenders and complaints of everybody who bought from one of the customer's salespersons.
    pub same_seller: Vec<(CustomerId, NaiveDate)>,
    /// Where the risk class in force is high and was another before: its span, and the first day.
    pub class_raised: Option<(Uuid, NaiveDate)>,
}

/// The limits, in days, fen and numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalLimits {
    /// Patterns that ended longer ago are left alone, in days.
    pub look_back_days: i64,
    /// Lapses, and within how many days.
    pub lapses: (i64, i64),
    /// Complaints, and within how many days.
    pub complaints: (i64, i64),
    /// A surrender from this amount on.
    pub large_surrender_fen: i64,
    /// Customers behind one number with surrenders or complaints, and within how many days.
    pub number_cluster: (i64, i64),
    /// Customers of one salesperson with surrenders or complaints, and within how many days.
    pub seller_cluster: (i64, i64),
    /// Claims, and within how many days.
    pub quick_claims: (i64, i64),
    /// Payouts to others from this amount on.
    pub third_party_fen: i64,
    /// Contact data that changed this many days before a payout, and from which amount on.
    pub contact_days: i64,
    /// Payouts from this amount on.
    pub contact_payout_fen: i64,
}

/// A signal that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it warns of.
    pub kind: RiskSignalKind,
    /// How serious it is at first sight.
    pub level: RiskLevel,
    /// What it was found by: the last thing of the pattern.
    pub key: String,
    /// The day on which the pattern was complete.
    pub on: NaiveDate,
    /// How many: events, or customers of a cluster.
    pub count: i64,
    /// Within how many days.
    pub days: i64,
    /// Amount in fen, where one matters.
    pub amount_fen: Option<i64>,
    /// Customers of the cluster, the one looked at among them.
    pub customers: Vec<CustomerId>,
}

fn within(days: i64) -> Days {
    Days::new(u64::try_from(days).unwrap_or(0))
}

/// The last run of `count` things within `days`, whose last day is given.
fn run_of(mut days: Vec<NaiveDate>, (count, span): (i64, i64)) -> Option<(NaiveDate, i64)> {
    days.sort_unstable();
    let count = usize::try_from(count).ok().filter(|c| *c > 0)?;
    let fits = |w: &&[NaiveDate]| w[0] + within(span) >= w[w.len() - 1];
    let last = *days.windows(count).rev().find(fits)?.last()?;
    let inside = days
        .iter()
        .filter(|d| **d <= last && **d + within(span) >= last);
    Some((last, i64::try_from(inside.count()).unwrap_or(i64::MAX)))
}

/// The last time at which different customers made a cluster, with its customers.
fn cluster_of(
    incidents: &[(CustomerId, NaiveDate)],
    (count, span): (i64, i64),
) -> Option<(NaiveDate, Vec<CustomerId>)> {
    let count = usize::try_from(count).ok().filter(|c| *c > 0)?;
    let mut ends: Vec<_> = incidents.iter().map(|(_, on)| *on).collect();
    ends.sort_unstable();
    ends.dedup();
    ends.into_iter().rev().find_map(|end| {
        let inside = incidents
            .iter()
            .filter(|(_, on)| *on <= end && *on + within(span) >= end);
        let customers: BTreeSet<_> = inside.map(|(c, _)| *c).collect();
        (customers.len() >= count).then(|| (end, customers.into_iter().collect()))
    })
}

/// Signals in the history of a customer, as of a day.
pub fn find_signals(history: &History, limits: &SignalLimits, today: NaiveDate) -> Vec<Found> {
    let mut found = Vec::new();
    found.extend(runs(history, limits));
    found.extend(clusters(history, limits));
    found.extend(payouts(history, limits));
    found.extend(class_raised(history));
    found.retain(|f| f.on <= today && f.on + within(limits.look_back_days) >= today);
    found
}

fn runs(history: &History, limits: &SignalLimits) -> Vec<Found> {
    let kinds = [
        (IncidentKind::Lapse, RiskSignalKind::Lapses, limits.lapses),
        (
            IncidentKind::Complaint,
            RiskSignalKind::Complaints,
            limits.complaints,
        ),
        (
            IncidentKind::Claim,
            RiskSignalKind::QuickClaims,
            limits.quick_claims,
        ),
    ];
    let of = |(incident, kind, limit): (IncidentKind, RiskSignalKind, (i64, i64))| {
        let own = history.own.iter().filter(|i| i.kind == incident);
        let (on, count) = run_of(own.map(|i| i.on).collect(), limit)?;
        Some(Found {
            kind,
            level: RiskLevel::Medium,
            key: on.to_string(),
            on,
            count,
            days: limit.1,
            amount_fen: None,
            customers: Vec::new(),
        })
    };
    kinds.into_iter().filter_map(of).collect()
}

/// A customer who did nothing is no part of a cluster, whatever others do under the same number.
fn clusters(history: &History, limits: &SignalLimits) -> Option<Found> {
    let touched = history
        .own
        .iter()
        .any(|i| matches!(i.kind, IncidentKind::Surrender | IncidentKind::Complaint));
    if !touched {
        return None;
    }
    let both = [
        (&history.shared_number, limits.number_cluster),
        (&history.same_seller, limits.seller_cluster),
    ];
    let largest = both.into_iter().find_map(|(incidents, limit)| {
        let (on, customers) = cluster_of(incidents, limit)?;
        Some((on, customers, limit))
    });
    let (on, customers, limit) = largest?;
    Some(Found {
        kind: RiskSignalKind::AgencySurrender,
        level: RiskLevel::High,
        key: on.to_string(),
        on,
        count: i64::try_from(customers.len()).unwrap_or(i64::MAX),
        days: limit.1,
        amount_fen: None,
        customers,
    })
}

fn payouts(history: &History, limits: &SignalLimits) -> Vec<Found> {
    let own = || history.own.iter();
    let single = |kind, level, incident: &Incident, days| Found {
        kind,
        level,
        key: incident.id.to_string(),
        on: incident.on,
        count: 1,
        days,
        amount_fen: incident.amount_fen,
        customers: Vec::new(),
    };
    let last = |fits: &dyn Fn(&Incident) -> bool| own().filter(|i| fits(i)).max_by_key(|i| i.on);
    let from = |i: &Incident, limit| i.amount_fen.is_some_and(|a| a >= limit);
    let surrender =
        last(&|i| i.kind == IncidentKind::Surrender && from(i, limits.large_surrender_fen));
    let is_payout = |i: &Incident| matches!(i.kind, IncidentKind::Payout | IncidentKind::Surrender);
    let other = last(&|i| is_payout(i) && i.to_other && from(i, limits.third_party_fen));
    let changed = |i: &Incident| {
        own().any(|c| {
            let before = c.on <= i.on && c.on + within(limits.contact_days) >= i.on;
            c.kind == IncidentKind::ContactChange && before
        })
    };
    let moved = last(&|i| is_payout(i) && from(i, limits.contact_payout_fen) && changed(i));
    let large = |i| single(RiskSignalKind::LargeSurrender, RiskLevel::Medium, i, 0);
    let third = |i| single(RiskSignalKind::ThirdPartyPayout, RiskLevel::High, i, 0);
    let contact = |i| {
        let kind = RiskSignalKind::ContactBeforePayout;
        single(kind, RiskLevel::High, i, limits.contact_days)
    };
    let all = [surrender.map(large), other.map(third), moved.map(contact)];
    all.into_iter().flatten().collect()
}

/// The class of the customer became high: who is responsible looks at the customer anew (三（二）4).
fn class_raised(history: &History) -> Option<Found> {
    let (span, on) = history.class_raised?;
    Some(Found {
        kind: RiskSignalKind::ClassRaised,
        level: RiskLevel::High,
        key: span.to_string(),
        on,
        count: 1,
        days: 0,
        amount_fen: None,
        customers: Vec::new(),
    })
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
