//! From a decision to what is planned: the obligation or the exclusion as it is kept.

use crate::rules::Rules;
use chrono::{NaiveDate, NaiveTime};
use domain::obligations::ObligationKind;
use domain::time;
use rules::pack::ProgrammeId;
use rules::{Facts, Found};
use sha2::{Digest, Sha256};
use store::obligations::{EventCase, PlannedExclusion, PlannedObligation};
use uuid::Uuid;

/// To whom something may be owed.
pub(super) struct Target<'c> {
    /// The policy or customer.
    pub subject: Uuid,
    pub customer: Uuid,
    pub policy: Option<Uuid>,
    pub org: Uuid,
    pub language: Option<&'c String>,
}

/// What sets a programme off.
pub(super) struct Spark<'c> {
    /// The type of event, or the rhythm of the calendar.
    pub name: &'c str,
    pub reference: Uuid,
    pub event: Option<&'c EventCase>,
}

pub(super) fn exclusion(
    rules: &Rules,
    id: ProgrammeId,
    (target, spark): (&Target<'_>, &Spark<'_>),
    trigger_on: NaiveDate,
    reason: &str,
) -> PlannedExclusion {
    let programme = rules.book().programme(id);
    PlannedExclusion {
        programme: programme.code.clone(),
        pack: rules.pack_id(programme),
        trigger_type: spark.name.to_owned(),
        trigger_ref: spark.reference,
        trigger_on,
        customer: target.customer,
        policy: target.policy,
        claim_no: spark.event.and_then(|e| e.claim_no.clone()),
        org: target.org,
        reason_code: reason.to_owned(),
    }
}

pub(super) fn planned(
    rules: &Rules,
    id: ProgrammeId,
    (target, spark): (&Target<'_>, &Spark<'_>),
    facts: &Facts<'_>,
    found: &Found<'_>,
) -> PlannedObligation {
    let programme = rules.book().programme(id);
    let date = |name: &str| programme.find_date(name).and_then(|at| found.dates[at]);
    let raw = |name: &str| programme.find_date(name).and_then(|at| found.raw_dates[at]);
    let due_at = programme.find_date("due").and_then(|at| {
        let minute = u32::try_from(found.minutes[at]?).ok()?;
        let clock = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0)?;
        Some(time::at_in_china(found.dates[at]?, clock))
    });
    let kind = ObligationKind::parse(&programme.kind);
    PlannedObligation {
        programme: programme.code.clone(),
        // Packs of another kind do not load.
        kind: kind.unwrap_or(ObligationKind::Callback),
        pack: rules.pack_id(programme),
        trigger_type: spark.name.to_owned(),
        trigger_ref: spark.reference,
        trigger_on: found.trigger_on,
        customer: target.customer,
        policy: target.policy,
        claim_no: spark.event.and_then(|e| e.claim_no.clone()),
        adjuster_code: spark.event.and_then(|e| e.adjuster_code.clone()),
        respondent: found.respondent.to_owned(),
        org: target.org,
        extract_on: date("extract"),
        earliest_on: date("earliest"),
        due_on: date("due"),
        due_at,
        right_end_raw_on: raw("right_end"),
        right_end_on: date("right_end"),
        cancel_reason: found.cancelled.map(|r| r.code.clone()),
        provisional: found.provisional,
        facts: crate::rules::snapshot(rules.book().schema(), &programme.facts_used, facts),
    }
}

/// The name of a day of the calendar for a subject and a programme: the same whenever it is asked.
pub(super) fn occurrence_ref(subject: Uuid, programme: &str, on: NaiveDate) -> Uuid {
    let mut hasher = Sha256::new();
    hasher.update(b"occurrence\0");
    hasher.update(subject.as_bytes());
    hasher.update(programme.as_bytes());
    hasher.update([0]);
    hasher.update(on.to_string().as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
