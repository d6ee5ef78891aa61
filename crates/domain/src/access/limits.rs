//! Limits that stand beside the table of rights: which fields somebody may look at in full, how many in a day,
//! and how much they may take away before somebody else has to agree.

use super::{PersonalField, Role};

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Rows of one export that a person takes without approval.
    ExportRows,
    /// Rows of all exports of a day that a person takes without approval.
    ExportRowsPerDay,
    /// 1 when sensitive roles are given only with a second person, 0 otherwise.
    TwoPersonRoles,
    /// Fields of customers that somebody of a role looks at in full in a day.
    RevealsPerDay(Role),
    /// 1 when a role may look at a field in full, 0 otherwise.
    FieldInFull(Role, PersonalField),
}

/// Fields in full for a day, by role: what a day's work needs, with room to spare. Callers dial some
/// hundred and fifty numbers a day; who is not listed looks at none.
const REVEALS: [(Role, i64); 6] = [
    (Role::HeadOfficeManager, 60),
    (Role::TeamLeader, 120),
    (Role::CallbackAgent, 200),
    (Role::BranchOperations, 120),
    (Role::PolicyServicing, 120),
    (Role::OutsourcedCaller, 200),
];
/// Part of a quota from which on people are warned, in percent.
const WARN_PERCENT: i64 = 80;

impl Limit {
    /// Limits of the whole table, in the order in which they are shown; those of fields stand with their role.
    pub fn of_table() -> Vec<Self> {
        let mut all = vec![
            Self::ExportRows,
            Self::ExportRowsPerDay,
            Self::TwoPersonRoles,
        ];
        all.extend(Role::ALL.iter().map(|role| Self::RevealsPerDay(*role)));
        all
    }

    /// What a role may look at in full.
    pub fn of_fields(role: Role) -> impl Iterator<Item = (PersonalField, Self)> {
        let all = PersonalField::ALL.iter().copied();
        all.map(move |field| (field, Self::FieldInFull(role, field)))
    }

    fn all() -> impl Iterator<Item = Self> {
        let fields = Role::ALL.iter().flat_map(|role| Self::of_fields(*role));
        Self::of_table()
            .into_iter()
            .chain(fields.map(|(_, limit)| limit))
    }

    /// Its name in forms and columns.
    pub fn key(self) -> String {
        match self {
            Self::ExportRows => "exports.rows".into(),
            Self::ExportRowsPerDay => "exports.rows_per_day".into(),
            Self::TwoPersonRoles => "security.two_person_roles".into(),
            Self::RevealsPerDay(role) => format!("reveals.per_day.{role}"),
            Self::FieldInFull(role, field) => format!("fields.{role}.{field}"),
        }
    }

    /// Reads a name.
    pub fn parse(key: &str) -> Option<Self> {
        Self::all().find(|limit| limit.key() == key)
    }

    /// What the product ships.
    pub fn shipped(self) -> i64 {
        match self {
            Self::ExportRows => 5_000,
            Self::ExportRowsPerDay => 20_000,
            Self::TwoPersonRoles => 0,
            Self::RevealsPerDay(role) => {
                let found = REVEALS.iter().find(|(r, _)| *r == role);
                found.map_or(0, |(_, n)| *n)
            }
            Self::FieldInFull(role, field) => i64::from(field.is_shipped_open(role)),
        }
    }

    /// The largest value that makes sense.
    pub fn most(self) -> i64 {
        match self {
            Self::ExportRows | Self::ExportRowsPerDay => 10_000_000,
            Self::TwoPersonRoles | Self::FieldInFull(..) => 1,
            Self::RevealsPerDay(_) => 10_000,
        }
    }
}

/// One change of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitChange {
    /// The limit.
    pub limit: Limit,
    /// What it was.
    pub before: i64,
    /// What it is to be.
    pub after: i64,
}

/// Whether somebody who used so much of a quota is to be warned.
pub fn is_near(used: i64, limit: i64) -> bool {
    used * 100 >= limit * WARN_PERCENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_limits() {
        for limit in Limit::all() {
            assert_eq!(Limit::parse(&limit.key()), Some(limit));
            assert!((0..=limit.most()).contains(&limit.shipped()));
        }
        assert_eq!(Limit::parse("reveals.per_day.nobody"), None);
    }

    #[test]
    fn warnings_begin_at_four_fifths() {
        for (used, expected) in [(0, false), (79, false), (80, true), (100, true)] {
            assert_eq!(is_near(used, 100), expected, "{used}");
        }
    }
}
