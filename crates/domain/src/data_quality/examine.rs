//! What is wrong with what is known of a customer.

use super::address::is_detailed;
use super::plausible::{is_name, is_placeholder};
use super::{
    Around, Aspect, Check, Demand, Demands, Field, Grades, Limits, Placeholders, Severity, Subject,
    identity,
};
use crate::customers::{CustomerKind, Landline, Mobile, Reveal, SensitiveText};
use crate::time::years_between;
use chrono::{Months, NaiveDate};

/// Earliest year of birth of anybody alive.
const BORN_AFTER: i32 = 1900;

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub check: Check,
    /// With which field.
    pub field: Field,
    /// How much it weighs.
    pub severity: Severity,
    /// Pack and article that say so.
    pub article: String,
    /// What was counted, where something was.
    pub measured: Option<i64>,
    /// The values that it rests on: an explanation holds as long as these are the same.
    pub about: SensitiveText,
}

/// What an examination says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// What is wrong.
    pub found: Vec<Found>,
    /// When time alone may change it.
    pub look_again_on: Option<NaiveDate>,
}

impl Examined {
    /// How many findings of an aspect weigh at least so much.
    pub fn count(&self, aspect: Aspect, least: Severity) -> i64 {
        let fits = |f: &&Found| f.check.aspect() == aspect && f.severity >= least;
        i64::try_from(self.found.iter().filter(fits).count()).unwrap_or(i64::MAX)
    }
}

/// Findings as they are gathered.
pub(super) struct Findings<'a> {
    pub(super) subject: &'a Subject,
    pub(super) limits: &'a Limits,
    pub(super) placeholders: Placeholders,
    pub(super) today: NaiveDate,
    grades: &'a Grades,
    examined: Examined,
}

impl Findings<'_> {
    pub(super) fn note(&mut self, check: Check, field: Field, about: &str) {
        self.graded(check, field, about, None, false);
    }

    pub(super) fn measured(&mut self, check: Check, field: Field, about: &str, measured: i64) {
        self.graded(check, field, about, Some(measured), false);
    }

    fn graded(
        &mut self,
        check: Check,
        field: Field,
        about: &str,
        measured: Option<i64>,
        grave: bool,
    ) {
        let Some(grade) = self.grades.of(check, grave) else {
            return;
        };
        self.examined.found.push(Found {
            check,
            field,
            severity: grade.severity,
            article: grade.article.clone(),
            measured,
            about: SensitiveText::from_stored(about.to_owned()),
        });
    }

    /// Time changes something on this day.
    pub(super) fn look_on(&mut self, day: Option<NaiveDate>) {
        let Some(day) = day.filter(|d| *d > self.today) else {
            return;
        };
        let known = self.examined.look_again_on;
        self.examined.look_again_on = Some(known.map_or(day, |k| k.min(day)));
    }

    fn has(&self, field: Field) -> bool {
        let found = &self.examined.found;
        found
            .iter()
            .any(|f| f.field == field && f.check == Check::Placeholder)
    }
}

/// Examines what is known of a customer. `around` is what was counted among others.
///
/// 保监发〔2013〕82号: completeness is checked by machine, and the logic of what was entered.
pub fn examine(
    subject: &Subject,
    around: &Around,
    (demands, limits, grades): (&Demands, &Limits, &Grades),
    today: NaiveDate,
) -> Examined {
    let mut found = Findings {
        subject,
        limits,
        placeholders: Placeholders::from(limits),
        today,
        grades,
        examined: Examined::default(),
    };
    missing(&mut found, demands);
    name(&mut found);
    identity::check(&mut found);
    numbers(&mut found);
    addresses(&mut found);
    ages(&mut found);
    others(&mut found, around);
    found.examined
}

/// Examines what somebody is about to enter: what keeps it from being stored.
pub fn check_entry(
    subject: &Subject,
    rules: (&Demands, &Limits, &Grades),
    today: NaiveDate,
) -> Vec<Found> {
    let mut found = examine(subject, &Around::default(), rules, today).found;
    found.retain(|f| f.severity == Severity::Block && f.check.is_seen_at_entry());
    found
}

fn missing(found: &mut Findings<'_>, demands: &Demands) {
    let s = found.subject;
    for (field, demand) in demands.of(s.kind, &s.lines) {
        let is_known = match field {
            Field::Name => true,
            Field::Sex => s.sex.is_some(),
            Field::BirthDate => s.birth_date.is_some(),
            Field::IdType => s.id_type.is_some(),
            Field::IdNo => s.id_no.is_some(),
            Field::IdExpiresOn => s.id_expires_on.is_some(),
            Field::Nationality => s.has_nationality,
            // One of both is a telephone.
            Field::Mobile => s.mobile.is_some() || s.phone.is_some(),
            Field::Phone => s.phone.is_some(),
            Field::Email => s.email.is_some(),
            // Either leads to the customer.
            Field::Address => s.address.is_some() || s.mailing_address.is_some(),
            Field::MailingAddress => s.mailing_address.is_some(),
            Field::Occupation => s.occupation.is_some(),
            Field::Contact => s.has_contact,
        };
        if !is_known {
            found.graded(Check::Missing, field, "", None, demand == Demand::Mandatory);
        }
    }
}

fn name(found: &mut Findings<'_>) {
    let name = found.subject.name.reveal(Reveal::for_checks());
    if is_placeholder(name) {
        found.note(Check::Placeholder, Field::Name, name);
    } else if !is_name(found.subject.kind, &found.subject.name) {
        found.note(Check::Name, Field::Name, name);
    }
    if let Some(occupation) = &found.subject.occupation
        && is_placeholder(occupation)
    {
        found.note(Check::Placeholder, Field::Occupation, occupation);
    }
}

fn numbers(found: &mut Findings<'_>) {
    let subject = found.subject;
    if let Some(mobile) = &subject.mobile {
        let plain = mobile.reveal(Reveal::for_checks());
        if Mobile::parse(plain).is_err() {
            found.note(Check::Mobile, Field::Mobile, plain);
        } else if found.placeholders.are_digits_made_up(plain) {
            found.note(Check::Placeholder, Field::Mobile, plain);
        }
    }
    if let Some(phone) = &subject.phone {
        let plain = phone.reveal(Reveal::for_checks());
        if Landline::parse(plain).is_err() {
            found.note(Check::Landline, Field::Phone, plain);
        } else if found.placeholders.are_digits_made_up(plain) {
            found.note(Check::Placeholder, Field::Phone, plain);
        }
    }
}

fn addresses(found: &mut Findings<'_>) {
    let subject = found.subject;
    let both = [
        (Field::Address, &subject.address),
        (Field::MailingAddress, &subject.mailing_address),
    ];
    for (field, address) in both {
        let Some(address) = address else { continue };
        let plain = address.reveal(Reveal::for_checks());
        if is_placeholder(plain) {
            found.note(Check::Placeholder, field, plain);
        } else if !is_detailed(address, found.limits.address_characters_min) {
            found.note(Check::AddressDetail, field, plain);
        }
    }
}

fn ages(found: &mut Findings<'_>) {
    use chrono::Datelike as _;
    let subject = found.subject;
    let (Some(born), CustomerKind::Individual) = (subject.birth_date, subject.kind) else {
        return;
    };
    let about = format!(
        "{born} {:?} {:?}",
        subject.holder_since, subject.insured_since
    );
    let age_on = |day: NaiveDate| i64::from(years_between(born, day));
    if born.year() < BORN_AFTER || born > found.today {
        found.note(Check::Age, Field::BirthDate, &about);
        return;
    }
    let now = age_on(found.today);
    let too_old = now > found.limits.insured_age_max;
    let held_at = subject.holder_since.map(age_on);
    let too_young = held_at.is_some_and(|age| age < found.limits.holder_age_min);
    let unborn = subject.insured_since.is_some_and(|on| on < born);
    if too_old || unborn {
        found.measured(Check::Age, Field::BirthDate, &about, now);
    } else if too_young {
        found.measured(Check::Age, Field::BirthDate, &about, held_at.unwrap_or(0));
    } else {
        let years = u32::try_from(found.limits.insured_age_max + 1).unwrap_or(0);
        found.look_on(born.checked_add_months(Months::new(years.saturating_mul(12))));
    }
}

fn others(found: &mut Findings<'_>, around: &Around) {
    let (subject, limits) = (found.subject, found.limits);
    let mobile = subject.value(Field::Mobile);
    // A number that stands for none says nothing of who shares it.
    if !mobile.is_empty() && !found.has(Field::Mobile) {
        let n = around.mobile_households;
        if n > limits.mobile_households_alert && subject.kind == CustomerKind::Individual {
            let grave = n > limits.mobile_households_block;
            found.graded(Check::MobileShared, Field::Mobile, &mobile, Some(n), grave);
        }
        if around.is_insureds_number {
            found.note(Check::InsuredNumber, Field::Mobile, &mobile);
        }
    }
    if around.is_sellers_number && around.is_sellers_name {
        found.note(Check::SelfPolicy, Field::Mobile, &mobile);
    } else if around.is_sellers_number {
        found.note(Check::SellerNumber, Field::Mobile, &mobile);
    } else if around.mobile_owner.is_some() && !around.is_sellers_name {
        // Staff who insure themselves give their own number.
        found.note(Check::OwnNumber, Field::Mobile, &mobile);
    }
    if around.phone_owner.is_some() {
        let phone = subject.value(Field::Phone);
        found.note(Check::OwnNumber, Field::Phone, &phone);
    }
    let n = around.address_families;
    if n > limits.address_families_alert {
        let address = subject.value(Field::Address);
        found.measured(Check::AddressShared, Field::Address, &address, n);
    }
    let n = around.email_families;
    if n > limits.email_families_alert {
        let email = subject.value(Field::Email);
        found.measured(Check::EmailShared, Field::Email, &email, n);
    }
}
