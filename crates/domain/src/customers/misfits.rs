//! Facts of one customer held against each other.

use super::{
    CustomerField, CustomerKind, FactSheet, FactValue, IdNumber, IdNumberError, IdType,
    IdentityMismatch, Sex, check_identity,
};
use chrono::NaiveDate;

/// What does not fit in a sheet of facts: field and code of the problem, all of them at once
/// (CUS-09; 保监发〔2013〕82号 asks for checks of completeness and logic).
pub fn cross_check(
    sheet: &FactSheet,
    kind: CustomerKind,
    today: NaiveDate,
) -> Vec<(CustomerField, &'static str)> {
    use CustomerField as F;
    let mut problems = Vec::new();
    let text = |field: F| sheet.get(&field).map(FactValue::text);
    let date = |field: F| text(field).and_then(|t| t.parse::<NaiveDate>().ok());
    let (born, expires) = (date(F::BirthDate), date(F::IdExpiresOn));
    if born.is_some_and(|d| d > today) {
        problems.push((F::BirthDate, "in-the-future"));
    }
    if expires.is_some_and(|d| d < today) {
        problems.push((F::IdExpiresOn, "expired"));
    }
    let id_type = text(F::IdType).and_then(|t| IdType::parse(t).ok());
    let of_group = id_type == Some(IdType::UnifiedSocialCredit);
    if id_type.is_some_and(|t| t != IdType::Other) && of_group != (kind == CustomerKind::Group) {
        problems.push((F::IdType, "id-type-kind"));
    }
    if kind == CustomerKind::Group {
        let of_persons = [F::Sex, F::BirthDate, F::Occupation];
        let named = of_persons.into_iter().filter(|f| sheet.contains_key(f));
        problems.extend(named.map(|f| (f, "person-only")));
    }
    let Some(number) = text(F::IdNo) else {
        return problems;
    };
    let Some(id_type) = id_type else {
        problems.push((F::IdType, "missing"));
        return problems;
    };
    match IdNumber::parse(id_type, number, today) {
        Err(IdNumberError::CheckDigit) => problems.push((F::IdNo, "id-check-digit")),
        Err(_) => problems.push((F::IdNo, "id-shape")),
        Ok(id) => {
            if let Some(facts) = id.facts(id_type, today) {
                let sex = text(F::Sex).and_then(|t| Sex::parse(t).ok());
                for mismatch in check_identity(facts, born, sex) {
                    problems.push(match mismatch {
                        IdentityMismatch::BirthDate => (F::BirthDate, "id-birth-date"),
                        IdentityMismatch::Sex => (F::Sex, "id-sex"),
                    });
                }
            }
        }
    }
    problems
}
