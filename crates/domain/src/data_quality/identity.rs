//! Identity documents against what else is known.

use super::examine::Findings;
use super::{Check, Field};
use crate::customers::{CustomerKind, IdNumber, IdType, IdentityMismatch, Reveal, check_identity};
use crate::time::years_between;

pub(super) fn check(found: &mut Findings<'_>) {
    let subject = found.subject;
    let Some(kind) = subject.id_type else {
        return;
    };
    let of_organisation = kind == IdType::UnifiedSocialCredit;
    if kind != IdType::Other && (subject.kind == CustomerKind::Group) != of_organisation {
        found.note(Check::IdKind, Field::IdType, kind.as_str());
    }
    number(found, kind);
    if let (IdType::MilitaryId, Some(born)) = (kind, subject.birth_date) {
        let age = i64::from(years_between(born, found.today));
        if age < found.limits.military_age_min {
            found.measured(Check::IdAge, Field::IdType, kind.as_str(), age);
            let years = u32::try_from(found.limits.military_age_min).unwrap_or(0);
            found.look_on(born.checked_add_months(chrono::Months::new(years * 12)));
        }
    }
    expiry(found);
}

fn number(found: &mut Findings<'_>, kind: IdType) {
    let Some(number) = &found.subject.id_no else {
        return;
    };
    let plain = number.reveal(Reveal::for_checks());
    if IdNumber::parse(kind, plain, found.today).is_err() {
        found.note(Check::IdNumber, Field::IdNo, plain);
        return;
    }
    if !matches!(kind, IdType::ResidentId | IdType::UnifiedSocialCredit)
        && (found.placeholders.are_digits_made_up(plain) || super::is_placeholder(plain))
    {
        found.note(Check::Placeholder, Field::IdNo, plain);
    }
    let Some(facts) = number.facts(kind, found.today) else {
        return;
    };
    let subject = found.subject;
    for mismatch in check_identity(facts, subject.birth_date, subject.sex) {
        match mismatch {
            IdentityMismatch::BirthDate => {
                let about = format!("{plain} {:?}", subject.birth_date);
                found.note(Check::IdBirthDate, Field::BirthDate, &about);
            }
            IdentityMismatch::Sex => {
                let about = format!("{plain} {:?}", subject.sex);
                found.note(Check::IdSex, Field::Sex, &about);
            }
        }
    }
}

fn expiry(found: &mut Findings<'_>) {
    let Some(last) = found.subject.id_expires_on else {
        return;
    };
    let days = u64::try_from(found.limits.id_expiring_days).unwrap_or(0);
    let warned_from = last.checked_sub_days(chrono::Days::new(days));
    let about = last.to_string();
    if last < found.today {
        found.note(Check::IdExpired, Field::IdExpiresOn, &about);
    } else if warned_from.is_some_and(|from| from <= found.today) {
        found.note(Check::IdExpiring, Field::IdExpiresOn, &about);
        found.look_on(last.succ_opt());
    } else {
        found.look_on(warned_from);
    }
}
