//! Segregation of duties (requirements §5.3): each rule with its source, and the decisions that apply
//! it to a person, to the roles of a person, and to the table of rights.

use super::{Permission, Rights, Role, RowScope};
use crate::ids::{AgentId, UserId};

codes! {
    /// A rule that keeps two duties apart.
    pub enum Duty ("duty") {
        /// Callback, second callback, clarification and spot check never by the policy's salesperson.
        Salesperson = "salesperson",
        /// A caller does not check own callbacks.
        OwnCallback = "own_callback",
        /// Who requests a survey does not build or distribute its questionnaire.
        SurveyRequester = "survey_requester",
        /// Lists are drawn by the leader, calls are made by the caller.
        ListAndCall = "list_and_call",
        /// Who proposes does not approve.
        Proposer = "proposer",
        /// Rule packs are approved by the leadership; somebody else wrote them.
        PackAuthor = "pack_author",
        /// People outside the company see their own list and the fields that they need.
        Outsourced = "outsourced",
        /// Somebody remains who can manage users and rights, and somebody who can approve.
        Remains = "remains",
    }
}

impl Duty {
    /// The source of the rule, as the requirements cite it.
    pub fn source(self) -> &'static str {
        match self {
            Self::Salesperson => "B06 §23",
            Self::OwnCallback => "[INF] §5.3(2)",
            Self::SurveyRequester => "B09 §13",
            Self::ListAndCall => "B17 §8",
            Self::Proposer => "[INF] §5.3(5)",
            Self::PackAuthor => "B02 八",
            Self::Outsourced => "B17 §4, §8",
            Self::Remains => "SEC-02",
        }
    }

    /// Code of the refusal whose message names rule and source.
    pub fn refusal(self) -> &'static str {
        match self {
            Self::Salesperson => "salesperson-barred",
            Self::OwnCallback => "duty-own-callback",
            Self::SurveyRequester => "duty-survey-requester",
            Self::ListAndCall => "duty-list-and-call",
            Self::Proposer => "duty-proposer",
            Self::PackAuthor => "duty-pack-author",
            Self::Outsourced => "duty-outsourced",
            Self::Remains => "duty-remains",
        }
    }
}

/// A duty that would be broken, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{duty}: {role} {permission:?}")]
pub struct Broken {
    /// The rule.
    pub duty: Duty,
    /// The role concerned.
    pub role: Role,
    /// The right concerned, where it is one.
    pub permission: Option<Permission>,
}

/// Rule 1: somebody who sold the policy, or who sells at all, does not call its customer, clarify
/// with them or check the call.
///
/// # Errors
/// [`Duty::Salesperson`].
pub fn apart_from_sale(
    person: Option<AgentId>,
    sells: bool,
    salesperson: Option<AgentId>,
) -> Result<(), Duty> {
    let sold = salesperson.is_some() && person == salesperson;
    if sells || sold {
        return Err(Duty::Salesperson);
    }
    Ok(())
}

/// Rules 2, 3, 5 and 6: what one person did is judged by another.
///
/// # Errors
/// The rule, when both are the same person.
pub fn apart_from_doer(
    duty: Duty,
    doer: Option<UserId>,
    judge: Option<UserId>,
) -> Result<(), Duty> {
    if doer.is_some() && doer == judge {
        return Err(duty);
    }
    Ok(())
}

/// What a role that sells may never hold.
const NOT_FOR_SALES: [Permission; 6] = [
    Permission::CallbacksMake,
    Permission::CallbacksAssign,
    Permission::CallbacksDecide,
    Permission::TicketsVerify,
    Permission::VisitsApprove,
    Permission::SlipsOversee,
];
/// What those who call may never hold: the lists that they call from are drawn by others.
const NOT_FOR_CALLERS: [Permission; 2] = [Permission::PlanRun, Permission::CallbacksAssign];
/// All that people outside the company may hold, and on their own list only.
const FOR_OUTSOURCED: [Permission; 3] = [
    Permission::CallbacksRead,
    Permission::CallbacksMake,
    Permission::PersonalDataReveal,
];
/// What the administrator keeps, so that rights can always be put right again.
const KEPT: [Permission; 2] = [Permission::UsersManage, Permission::RightsManage];

/// The duties that a table of rights breaks; empty when it may be put into force.
pub fn broken_by_table(rights: &Rights) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut note = |duty, role, permission| {
        broken.push(Broken {
            duty,
            role,
            permission: Some(permission),
        });
    };
    for role in Role::ALL.iter().copied() {
        for permission in Permission::ALL.iter().copied() {
            let Some(scope) = rights.of(role, permission) else {
                continue;
            };
            if role.is_sales() && NOT_FOR_SALES.contains(&permission) {
                note(Duty::Salesperson, role, permission);
            }
            if role.is_caller() && NOT_FOR_CALLERS.contains(&permission) {
                note(Duty::ListAndCall, role, permission);
            }
            let outside = !FOR_OUTSOURCED.contains(&permission) || scope != RowScope::OwnList;
            if role.is_outsourced() && outside {
                note(Duty::Outsourced, role, permission);
            }
        }
    }
    for permission in KEPT {
        if rights.of(Role::Administrator, permission).is_none() {
            note(Duty::Remains, Role::Administrator, permission);
        }
    }
    let approve = Permission::RightsApprove;
    if !Role::ALL.iter().any(|r| rights.of(*r, approve).is_some()) {
        note(Duty::Remains, Role::ComplianceOfficer, approve);
    }
    broken
}

/// The duty that the roles of one person break together, if they do.
pub fn broken_by_roles(rights: &Rights, roles: &[Role]) -> Option<Broken> {
    let sales = roles.iter().copied().find(|r| r.is_sales());
    if let Some(role) = sales {
        let barred = NOT_FOR_SALES
            .iter()
            .copied()
            .find(|p| rights.grants(roles, *p));
        if barred.is_some() {
            return Some(Broken {
                duty: Duty::Salesperson,
                role,
                permission: barred,
            });
        }
    }
    let outsourced = roles.iter().copied().find(|r| r.is_outsourced());
    match outsourced {
        Some(role) if roles.iter().any(|r| *r != role) => Some(Broken {
            duty: Duty::Outsourced,
            role,
            permission: None,
        }),
        _ => None,
    }
}

/// The duty that would be broken if somebody of some roles stood in for somebody of others: the roles
/// of both meet in one person, and people outside the company stand in for nobody.
pub fn broken_by_delegation(
    rights: &Rights,
    principal: &[Role],
    substitute: &[Role],
) -> Option<Broken> {
    if let Some(role) = substitute.iter().copied().find(|r| r.is_outsourced()) {
        return Some(Broken {
            duty: Duty::Outsourced,
            role,
            permission: None,
        });
    }
    broken_by_roles(rights, &[principal, substitute].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::RightChange;
    use uuid::Uuid;

    fn given(role: Role, permission: Permission, after: Option<RowScope>) -> Vec<Duty> {
        let change = RightChange {
            role,
            permission,
            before: None,
            after,
        };
        let broken = broken_by_table(&Rights::shipped().after(&[change]));
        broken.into_iter().map(|b| b.duty).collect()
    }

    #[test]
    fn the_shipped_table_breaks_nothing() {
        assert_eq!(broken_by_table(&Rights::shipped()), Vec::new());
    }

    #[test]
    fn tables_that_break_a_duty_are_named_by_it() {
        use {Duty as D, Permission as P, Role as R};
        let below = Some(RowScope::UnitAndBelow);
        let own = Some(RowScope::OwnList);
        for (role, permission, scope, expected) in [
            (
                R::BranchSales,
                P::CallbacksMake,
                below,
                vec![D::Salesperson],
            ),
            (
                R::BranchSales,
                P::TicketsVerify,
                below,
                vec![D::Salesperson],
            ),
            (R::BranchSales, P::DataExport, below, vec![]),
            (R::CallbackAgent, P::PlanRun, below, vec![D::ListAndCall]),
            (
                R::OutsourcedCaller,
                P::CustomersRead,
                own,
                vec![D::Outsourced],
            ),
            (
                R::OutsourcedCaller,
                P::CallbacksRead,
                below,
                vec![D::Outsourced],
            ),
            (
                R::OutsourcedCaller,
                P::RecordingsListen,
                own,
                vec![D::Outsourced],
            ),
            (R::Administrator, P::RightsManage, None, vec![D::Remains]),
            (R::Administrator, P::UsersManage, None, vec![D::Remains]),
            (R::Executive, P::RightsApprove, None, vec![]),
        ] {
            assert_eq!(
                given(role, permission, scope),
                expected,
                "{role} {permission}"
            );
        }
    }

    #[test]
    fn roles_that_do_not_go_together_are_named() {
        let duty = |roles: &[Role]| broken_by_roles(&Rights::shipped(), roles).map(|b| b.duty);
        let sales = Role::BranchSales;
        assert_eq!(duty(&[sales]), None);
        assert_eq!(duty(&[sales, Role::Administrator]), None);
        // Executives decide on visits.
        assert_eq!(duty(&[sales, Role::Executive]), Some(Duty::Salesperson));
        assert_eq!(duty(&[sales, Role::CallbackAgent]), Some(Duty::Salesperson));
        assert_eq!(
            duty(&[sales, Role::BranchOperations]),
            Some(Duty::Salesperson)
        );
        let outside = Role::OutsourcedCaller;
        assert_eq!(duty(&[outside]), None);
        assert_eq!(duty(&[outside, Role::TeamLeader]), Some(Duty::Outsourced));
    }

    #[test]
    fn the_roles_of_both_meet_in_who_stands_in() {
        let duty = |principal: &[Role], substitute: &[Role]| {
            broken_by_delegation(&Rights::shipped(), principal, substitute).map(|b| b.duty)
        };
        let (leader, agent) = ([Role::TeamLeader], [Role::CallbackAgent]);
        assert_eq!(duty(&leader, &agent), None);
        assert_eq!(duty(&[Role::BranchSales], &agent), Some(Duty::Salesperson));
        let outside = [Role::OutsourcedCaller];
        assert_eq!(duty(&leader, &outside), Some(Duty::Outsourced));
        assert_eq!(duty(&outside, &outside), Some(Duty::Outsourced));
        assert_eq!(duty(&outside, &agent), Some(Duty::Outsourced));
    }

    #[test]
    fn what_one_did_another_judges() {
        let (one, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        for duty in [Duty::OwnCallback, Duty::Proposer, Duty::PackAuthor] {
            assert_eq!(apart_from_doer(duty, Some(one), Some(one)), Err(duty));
            assert_eq!(apart_from_doer(duty, Some(one), Some(other)), Ok(()));
            assert_eq!(apart_from_doer(duty, None, Some(one)), Ok(()));
        }
        let sold = Some(AgentId(Uuid::from_u128(7)));
        assert_eq!(apart_from_sale(sold, false, sold), Err(Duty::Salesperson));
        assert_eq!(apart_from_sale(None, true, sold), Err(Duty::Salesperson));
        assert_eq!(apart_from_sale(None, false, None), Ok(()));
    }
}
