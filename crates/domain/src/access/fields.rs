//! Which role may look at which field of a customer in full (SEC-07, SEC-08). The right to reveal says that
//! somebody may look at all; this table says for which fields it is good.

use super::Role;

codes! {
    /// A field of a customer that is shown masked until someone says why they need it.
    pub enum PersonalField ("personal field") {
        /// Name.
        Name = "name",
        /// Number of the identity document.
        IdNo = "id_no",
        /// Mobile number.
        Mobile = "mobile",
        /// Landline number.
        Phone = "phone",
        /// E-mail address.
        Email = "email",
        /// Home address.
        Address = "address",
        /// Mailing address.
        MailingAddress = "mailing_address",
        /// Insurance needs.
        Needs = "needs",
        /// Special needs.
        SpecialNeeds = "special_needs",
    }
}

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
    /// Whether the product ships the field open to a role; a company changes that with the table of
    /// rights.
    pub(super) fn is_shipped_open(self, role: Role) -> bool {
        let row = FIELDS.iter().find(|(field, _)| *field == self);
        let mut of_roles = Role::ALL
            .iter()
            .zip(row.iter().flat_map(|(_, columns)| columns));
        of_roles.any(|(r, open)| *r == role && *open)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Limit, Rights};
    use super::*;

    #[test]
    fn every_field_stands_in_the_table() {
        let rights = Rights::shipped();
        for field in PersonalField::ALL.iter().copied() {
            assert!(rights.opens(Role::ALL, field), "{field}");
            assert!(!rights.opens(&[Role::Administrator], field), "{field}");
            assert!(!rights.opens(&[], field), "{field}");
        }
    }

    /// SEC-07: whoever calls for the company from outside needs a name and a number, no more.
    #[test]
    fn outsourced_callers_see_name_and_number() {
        let rights = Rights::shipped();
        let open: Vec<_> = PersonalField::ALL
            .iter()
            .filter(|f| rights.opens(&[Role::OutsourcedCaller], **f))
            .map(|f| f.as_str())
            .collect();
        assert_eq!(open, ["name", "mobile", "phone"]);
    }

    #[test]
    fn a_company_opens_and_closes_fields() {
        let field = |role, field| Limit::FieldInFull(role, field);
        let changed = [
            (field(Role::Executive, PersonalField::Mobile), 1),
            (field(Role::CallbackAgent, PersonalField::IdNo), 0),
        ];
        let rights = Rights::with([], changed, 1);
        assert!(rights.opens(&[Role::Executive], PersonalField::Mobile));
        assert!(!rights.opens(&[Role::CallbackAgent], PersonalField::IdNo));
        assert!(rights.opens(
            &[Role::CallbackAgent, Role::TeamLeader],
            PersonalField::IdNo
        ));
    }
}
