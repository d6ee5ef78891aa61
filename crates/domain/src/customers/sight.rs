//! Which role may look at which field in full (SEC-07, SEC-08). The right to reveal comes from the
//! table of rights; this table says for which fields it is good.

use super::PersonalField;
use crate::access::Role;

/// Shown masked; in full for a stated purpose.
const F: bool = true;
/// Shown masked, never in full.
const M: bool = false;

/// Fields by role, the roles in the order of [`Role::ALL`].
#[rustfmt::skip]
const FIELDS: [(PersonalField, [bool; 11]); 9] = [
    //                               adm mgr ldr agt ops sal qua com exe srv out
    (PersonalField::Name,           [M,  F,  F,  F,  F,  F,  F,  F,  F,  F,  F]),
    (PersonalField::IdNo,           [M,  F,  F,  F,  F,  M,  F,  F,  M,  F,  M]),
    (PersonalField::Mobile,         [M,  F,  F,  F,  F,  F,  F,  F,  M,  F,  F]),
    (PersonalField::Phone,          [M,  F,  F,  F,  F,  F,  F,  F,  M,  F,  F]),
    (PersonalField::Email,          [M,  F,  F,  F,  F,  F,  F,  F,  M,  F,  M]),
    (PersonalField::Address,        [M,  F,  F,  F,  F,  F,  F,  F,  M,  F,  M]),
    (PersonalField::MailingAddress, [M,  F,  F,  F,  F,  F,  F,  F,  M,  F,  M]),
    (PersonalField::Needs,          [M,  F,  F,  F,  F,  M,  F,  F,  M,  M,  M]),
    (PersonalField::SpecialNeeds,   [M,  F,  F,  F,  F,  M,  F,  F,  M,  M,  M]),
];

impl PersonalField {
    /// Whether somebody of some roles may look at the field in full.
    pub fn is_open_to(self, roles: &[Role]) -> bool {
        let row = FIELDS.iter().find(|(field, _)| *field == self);
        let Some((_, columns)) = row else {
            return false;
        };
        let mut of_roles = Role::ALL.iter().zip(columns);
        of_roles.any(|(role, open)| *open && roles.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_in_the_table() {
        for field in PersonalField::ALL {
            assert!(field.is_open_to(Role::ALL), "{field}");
            assert!(!field.is_open_to(&[Role::Administrator]), "{field}");
            assert!(!field.is_open_to(&[]), "{field}");
        }
    }

    /// SEC-07: whoever calls for the company from outside needs a name and a number, no more.
    #[test]
    fn outsourced_callers_see_name_and_number() {
        let open: Vec<_> = PersonalField::ALL
            .iter()
            .filter(|f| f.is_open_to(&[Role::OutsourcedCaller]))
            .map(|f| f.as_str())
            .collect();
        assert_eq!(open, ["name", "mobile", "phone"]);
    }
}
