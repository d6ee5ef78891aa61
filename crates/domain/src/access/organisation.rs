//! The shape of the organisation: which unit may lie under which, who may stand in for whom.

use super::{OrgLevel, OrgPath, Permission, Role};
use crate::ids::UserId;
use chrono::NaiveDate;

/// Why a unit cannot lie where it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// A unit cannot lie under itself or under one of its own.
    #[error("a unit cannot lie under itself")]
    UnderItself,
    /// The level does not fit under the level above (requirements §5.1).
    #[error("this level cannot lie under that level")]
    Level,
}

impl OrgLevel {
    /// Whether a unit of this level may lie directly under one of another (requirements §5.1).
    /// Levels may be left out; an outsourced team lies under a head-office or provincial centre.
    pub fn fits_under(self, parent: Self) -> bool {
        match (self, parent) {
            (Self::HeadOffice, _) | (_, Self::SubBranch | Self::OutsourcedTeam) => false,
            (Self::OutsourcedTeam, above) => {
                matches!(above, Self::HeadOffice | Self::ProvincialBranch)
            }
            (level, above) => level > above,
        }
    }

    /// Whether telephone callbacks of such a unit are to move up step by step to the provincial
    /// branch or the head office (ORG-02; 保险公司客户回访工作指引 五).
    pub fn phones_only_for_now(self) -> bool {
        matches!(self, Self::CityOffice | Self::SubBranch)
    }
}

/// Whether a unit may move under another.
///
/// # Errors
/// [`PlaceError`] says why not.
pub fn may_lie_under(
    unit: Option<&OrgPath>,
    level: OrgLevel,
    parent: &OrgPath,
    parent_level: OrgLevel,
) -> Result<(), PlaceError> {
    if unit.is_some_and(|unit| unit.contains(parent)) {
        return Err(PlaceError::UnderItself);
    }
    if !level.fits_under(parent_level) {
        return Err(PlaceError::Level);
    }
    Ok(())
}

/// Someone who is to act for another, or to be acted for.
#[derive(Clone, Debug)]
pub struct Deputy<'d> {
    /// The person.
    pub user: UserId,
    /// Roles held.
    pub roles: &'d [Role],
    /// May sign in.
    pub active: bool,
}

/// Why nobody can stand in like that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelegationError {
    /// Nobody stands in for themselves.
    #[error("nobody stands in for themselves")]
    SamePerson,
    /// The last day lies before the first, or has passed.
    #[error("the last day lies before the first, or has passed")]
    Dates,
    /// The substitute's account is disabled.
    #[error("the substitute's account is disabled")]
    Inactive,
    /// Who sells may not act for people who make or judge callbacks (2010 No. 4, article 14).
    #[error("who sells may not act for people who make callbacks")]
    Sells,
}

/// Whether somebody may stand in for somebody else from one day to another, both included.
///
/// # Errors
/// [`DelegationError`] says why not.
pub fn may_delegate(
    principal: &Deputy<'_>,
    substitute: &Deputy<'_>,
    from: NaiveDate,
    until: NaiveDate,
    today: NaiveDate,
) -> Result<(), DelegationError> {
    if principal.user == substitute.user {
        return Err(DelegationError::SamePerson);
    }
    if until < from || until < today {
        return Err(DelegationError::Dates);
    }
    if !substitute.active {
        return Err(DelegationError::Inactive);
    }
    let sells = |d: &Deputy<'_>| d.roles.iter().any(|r| r.is_sales());
    if sells(substitute) && !sells(principal) {
        return Err(DelegationError::Sells);
    }
    Ok(())
}

impl Permission {
    /// Whether it goes over to who stands in. What gives power over people, rights and the system
    /// never does: whoever needs it is given it. What approves, or lets data out, goes over only when
    /// the person who is away arranged it, so that nobody hands out the rights of others
    /// (requirements §5.3, 5).
    pub fn is_delegable(self, by_principal: bool) -> bool {
        match self {
            Self::UsersManage
            | Self::RightsManage
            | Self::ClientsManage
            | Self::OrgsManage
            | Self::SystemManage => false,
            Self::RightsApprove
            | Self::ExportsApprove
            | Self::RulesApprove
            | Self::RulesReview
            | Self::RetentionApprove
            | Self::RetentionManage
            | Self::PersonalDataReveal
            | Self::DataExport => by_principal,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn levels_go_down() {
        use OrgLevel as L;
        assert!(L::ProvincialBranch.fits_under(L::HeadOffice));
        assert!(L::SubBranch.fits_under(L::ProvincialBranch));
        assert!(L::OutsourcedTeam.fits_under(L::HeadOffice));
        for (level, above) in [
            (L::HeadOffice, L::HeadOffice),
            (L::CityOffice, L::CityOffice),
            (L::ProvincialBranch, L::CityOffice),
            (L::OutsourcedTeam, L::SubBranch),
            (L::SubBranch, L::OutsourcedTeam),
        ] {
            assert!(!level.fits_under(above), "{level} under {above}");
        }
    }

    #[test]
    fn a_unit_does_not_lie_under_its_own() {
        let branch = OrgPath::below(None, "50");
        let city = OrgPath::below(Some(&branch), "5001");
        let moved = may_lie_under(
            Some(&branch),
            OrgLevel::ProvincialBranch,
            &city,
            OrgLevel::HeadOffice,
        );
        assert_eq!(moved, Err(PlaceError::UnderItself));
    }

    #[test]
    fn power_over_others_is_not_handed_over() {
        use Permission as P;
        for (permission, by_principal, by_other) in [
            (P::UsersManage, false, false),
            (P::SystemManage, false, false),
            (P::RightsApprove, true, false),
            (P::PersonalDataReveal, true, false),
            (P::CallbacksAssign, true, true),
        ] {
            assert_eq!(permission.is_delegable(true), by_principal, "{permission}");
            assert_eq!(permission.is_delegable(false), by_other, "{permission}");
        }
    }

    #[test]
    fn delegation_names_its_obstacle() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let deputy = |n, roles| Deputy {
            user: UserId(Uuid::from_u128(n)),
            roles,
            active: true,
        };
        let leader = deputy(1, &[Role::TeamLeader]);
        let agent = deputy(2, &[Role::CallbackAgent]);
        let seller = deputy(3, &[Role::BranchSales]);
        let today = day(23);
        let may = |p: &Deputy<'_>, s: &Deputy<'_>, from, until| {
            may_delegate(p, s, day(from), day(until), today)
        };
        assert_eq!(may(&leader, &agent, 23, 23), Ok(()));
        assert_eq!(
            may(&leader, &leader, 23, 24),
            Err(DelegationError::SamePerson)
        );
        assert_eq!(may(&leader, &agent, 25, 24), Err(DelegationError::Dates));
        assert_eq!(may(&leader, &agent, 20, 22), Err(DelegationError::Dates));
        assert_eq!(may(&leader, &seller, 23, 24), Err(DelegationError::Sells));
        assert_eq!(may(&seller, &agent, 23, 24), Ok(()));
        let gone = Deputy {
            active: false,
            ..deputy(2, &[Role::CallbackAgent])
        };
        assert_eq!(may(&leader, &gone, 23, 24), Err(DelegationError::Inactive));
    }
}
