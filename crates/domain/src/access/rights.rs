//! The table of rights: which role may do what, and on whose rows (requirements §5.4).
//!
//! What the product ships stands in [`SHIPPED`]; a company keeps its own changes beside it. An
//! [`Actor`](super::Actor) carries what its roles add up to, as [`Held`].

use super::{Limit, LimitChange, Permission, PersonalField, Role};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

codes! {
    /// On whose rows a right may be used, from the narrowest to the widest.
    pub enum RowScope ("row scope") {
        /// What is on the person's own list, whatever the unit (CBK-19).
        OwnList = "own_list",
        /// The person's own unit, without those below it.
        Unit = "unit",
        /// The person's unit and those below it.
        UnitAndBelow = "unit_and_below",
        /// The whole company.
        Company = "company",
    }
}

/// No right.
const N: Option<RowScope> = None;
/// Own list.
const O: Option<RowScope> = Some(RowScope::OwnList);
/// Unit and below.
const B: Option<RowScope> = Some(RowScope::UnitAndBelow);

/// Roles, as columns of [`SHIPPED`].
const ROLES: usize = 11;

/// What the product ships: rights by role, the roles in the order of [`Role::ALL`].
#[rustfmt::skip]
const SHIPPED: &[(Permission, [Option<RowScope>; ROLES])] = &[
    //                                adm mgr ldr agt ops sal qua com exe srv out
    (Permission::CustomersRead,      [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::CustomersEdit,      [N,  B,  B,  O,  B,  B,  N,  N,  N,  B,  N]),
    (Permission::ClassesOverride,    [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::ClassesApprove,     [N,  B,  N,  N,  N,  N,  N,  B,  B,  N,  N]),
    (Permission::DuplicatesRead,     [B,  B,  B,  N,  B,  N,  B,  B,  N,  B,  N]),
    (Permission::DuplicatesDecide,   [N,  B,  N,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::DuplicatesApprove,  [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::InformationApprove, [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::InformationDeliver, [N,  B,  N,  N,  N,  N,  N,  N,  N,  B,  N]),
    (Permission::PersonalDataReveal, [N,  B,  B,  O,  B,  N,  N,  N,  N,  B,  O]),
    (Permission::InformationManage,  [N,  B,  B,  N,  B,  N,  B,  N,  N,  B,  N]),
    (Permission::ServiceRead,        [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::ServiceKeep,        [N,  B,  B,  O,  B,  B,  N,  N,  N,  B,  N]),
    (Permission::ServiceAssign,      [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::FlagsDecide,        [N,  B,  N,  N,  N,  N,  N,  B,  B,  N,  N]),
    (Permission::RiskRead,           [N,  B,  B,  N,  B,  N,  B,  B,  B,  B,  N]),
    (Permission::RiskAssess,         [N,  B,  N,  N,  B,  N,  N,  B,  N,  N,  N]),
    (Permission::RiskConfirm,        [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::RiskConfidential,   [N,  N,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::PoliciesRead,       [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::ObligationsRead,    [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::CallbacksRead,      [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  O]),
    (Permission::CallbacksAssign,    [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::CallbacksMake,      [N,  B,  B,  O,  B,  N,  N,  N,  N,  N,  O]),
    (Permission::CallbacksDecide,    [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::CampaignsRead,      [B,  B,  B,  N,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::CampaignsPlan,      [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::CampaignsConfirm,   [N,  B,  N,  N,  N,  B,  N,  N,  N,  N,  N]),
    (Permission::PayoutsInspect,     [N,  B,  N,  N,  B,  N,  B,  N,  N,  N,  N]),
    (Permission::CallbacksReview,    [N,  B,  B,  N,  B,  N,  N,  N,  N,  N,  N]),
    (Permission::CallbacksCheck,     [N,  B,  N,  N,  N,  N,  B,  B,  N,  N,  N]),
    (Permission::ElectronicOffer,    [N,  B,  B,  O,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::ElectronicInspect,  [N,  N,  N,  N,  N,  N,  B,  B,  N,  N,  N]),
    (Permission::RecordingsListen,   [N,  B,  B,  O,  B,  N,  B,  B,  N,  N,  N]),
    (Permission::TicketsRead,        [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::TicketsIssue,       [N,  B,  B,  N,  B,  N,  N,  N,  N,  N,  N]),
    (Permission::TicketsHandle,      [N,  B,  B,  N,  B,  B,  N,  N,  N,  B,  N]),
    (Permission::TicketsVerify,      [N,  B,  B,  N,  B,  N,  N,  N,  N,  N,  N]),
    (Permission::TicketsList,        [N,  B,  N,  N,  B,  N,  N,  N,  N,  N,  N]),
    (Permission::LettersRead,        [B,  B,  B,  N,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::LettersHandle,      [N,  B,  B,  N,  B,  B,  N,  N,  N,  B,  N]),
    (Permission::LettersReview,      [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::LettersTemplates,   [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::MessagesRead,       [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::MessagesSend,       [N,  B,  B,  N,  B,  N,  N,  N,  N,  B,  N]),
    (Permission::TemplatesEdit,      [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::TemplatesApprove,   [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::VisitsRead,         [B,  B,  B,  O,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::VisitsMake,         [N,  B,  B,  N,  B,  B,  N,  N,  N,  B,  N]),
    (Permission::VisitsApprove,      [N,  B,  N,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::VisitsEndorse,      [N,  N,  N,  N,  N,  N,  N,  N,  B,  N,  N]),
    (Permission::SurveysRead,        [B,  B,  B,  N,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::SurveysRequest,     [N,  B,  B,  N,  B,  B,  B,  B,  N,  B,  N]),
    (Permission::SurveysApprove,     [N,  N,  N,  N,  N,  N,  N,  N,  B,  N,  N]),
    (Permission::SurveysEndorse,     [N,  N,  N,  N,  N,  N,  N,  N,  B,  N,  N]),
    (Permission::SurveysAllow,       [N,  N,  N,  N,  N,  N,  N,  N,  B,  N,  N]),
    (Permission::SurveysRun,         [N,  B,  B,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::SlipsRead,          [B,  B,  B,  B,  B,  B,  B,  B,  B,  N,  N]),
    (Permission::SlipsRegister,      [N,  N,  N,  N,  N,  B,  N,  N,  N,  N,  N]),
    (Permission::SlipsOversee,       [N,  B,  B,  N,  B,  N,  N,  N,  B,  N,  N]),
    (Permission::RulesRead,          [B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::ImportsRun,         [B,  B,  N,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::PlanRun,            [B,  B,  B,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::ReportsRead,        [B,  B,  B,  N,  B,  B,  B,  B,  B,  N,  N]),
    (Permission::DataExport,         [B,  B,  B,  N,  B,  N,  B,  B,  N,  N,  N]),
    (Permission::ExportsApprove,     [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::RulesDraft,         [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::RulesReview,        [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::RulesApprove,       [N,  N,  N,  N,  N,  N,  N,  N,  B,  N,  N]),
    (Permission::QuestionnairesRead, [B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  N]),
    (Permission::QuestionnairesWrite, [N, B,  B,  N,  B,  N,  N,  B,  N,  N,  N]),
    (Permission::QuestionnairesReview, [N, B, N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::QuestionnairesApprove, [N, B, N, N,  N,  N,  N,  N,  B,  N,  N]),
    (Permission::RetentionManage,    [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::RetentionApprove,   [N,  N,  N,  N,  N,  N,  N,  N,  B,  N,  N]),
    (Permission::DataRequestsHandle, [N,  B,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
    (Permission::SystemManage,       [B,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::RightsManage,       [B,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::RightsApprove,      [N,  N,  N,  N,  N,  N,  N,  B,  B,  N,  N]),
    (Permission::UsersManage,        [B,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::OrgsManage,         [B,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::ClientsManage,      [B,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N]),
    (Permission::AuditRead,          [B,  N,  N,  N,  N,  N,  N,  B,  N,  N,  N]),
];

static SHIPPED_RIGHTS: LazyLock<Arc<Rights>> = LazyLock::new(|| {
    let mut cells = BTreeMap::new();
    for (permission, columns) in SHIPPED {
        for (role, scope) in Role::ALL.iter().zip(columns) {
            if let Some(scope) = scope {
                cells.insert((*role, *permission), *scope);
            }
        }
    }
    Arc::new(Rights {
        cells,
        limits: BTreeMap::new(),
        version: 0,
    })
});

/// One change of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RightChange {
    /// The role.
    pub role: Role,
    /// The right.
    pub permission: Permission,
    /// What it was; nothing when the role did not have the right.
    pub before: Option<RowScope>,
    /// What it is to be; nothing takes the right away.
    pub after: Option<RowScope>,
}

/// The table of rights as it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    cells: BTreeMap<(Role, Permission), RowScope>,
    /// Limits that the company changed.
    limits: BTreeMap<Limit, i64>,
    version: i64,
}

impl Rights {
    /// The table that the product ships.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED_RIGHTS)
    }

    /// The shipped table with what a company changed in it. A change to nothing takes a right away.
    pub fn with(
        changed: impl IntoIterator<Item = (Role, Permission, Option<RowScope>)>,
        limits: impl IntoIterator<Item = (Limit, i64)>,
        version: i64,
    ) -> Self {
        let mut rights = Self::clone(&SHIPPED_RIGHTS);
        rights.version = version;
        rights.limits = limits.into_iter().collect();
        for (role, permission, scope) in changed {
            rights.set(role, permission, scope);
        }
        rights
    }

    fn set(&mut self, role: Role, permission: Permission, scope: Option<RowScope>) {
        match scope {
            Some(scope) => self.cells.insert((role, permission), scope),
            None => self.cells.remove(&(role, permission)),
        };
    }

    /// The table as it would be after some changes.
    #[must_use]
    pub fn after(&self, changes: &[RightChange]) -> Self {
        let mut rights = self.clone();
        for change in changes {
            rights.set(change.role, change.permission, change.after);
        }
        rights
    }

    /// A limit.
    pub fn limit(&self, limit: Limit) -> i64 {
        let changed = self.limits.get(&limit).copied();
        changed.unwrap_or_else(|| limit.shipped())
    }

    /// Fields in full that somebody of some roles may look at in a day: the most that any role allows.
    pub fn reveals_per_day(&self, roles: &[Role]) -> i64 {
        let each = roles.iter().map(|r| self.limit(Limit::RevealsPerDay(*r)));
        each.max().unwrap_or(0)
    }

    /// Whether any of some roles may look at a field in full.
    pub fn opens(&self, roles: &[Role], field: PersonalField) -> bool {
        let mut each = roles.iter();
        each.any(|role| self.limit(Limit::FieldInFull(*role, field)) > 0)
    }

    /// What a wanted value of a limit changes; nothing when it stands so already.
    pub fn limit_change(&self, limit: Limit, after: i64) -> Option<LimitChange> {
        let before = self.limit(limit);
        (before != after).then_some(LimitChange {
            limit,
            before,
            after,
        })
    }

    /// How often the company has changed the table.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// On whose rows a role has a right; nothing when it has none.
    pub fn of(&self, role: Role, permission: Permission) -> Option<RowScope> {
        self.cells.get(&(role, permission)).copied()
    }

    /// Whether any of some roles gives a right.
    pub fn grants(&self, roles: &[Role], permission: Permission) -> bool {
        roles.iter().any(|r| self.of(*r, permission).is_some())
    }

    /// What some roles add up to: each right with the widest of its scopes.
    pub fn held_by(&self, roles: &[Role]) -> Held {
        let mut held = BTreeMap::new();
        for ((role, permission), scope) in &self.cells {
            if roles.contains(role) {
                let widest = held.entry(*permission).or_insert(*scope);
                *widest = (*widest).max(*scope);
            }
        }
        Held(held)
    }

    /// What a wanted table differs in, by role and right.
    pub fn changes_to(&self, wanted: &Self) -> Vec<RightChange> {
        let mut changes = Vec::new();
        for permission in Permission::ALL.iter().copied() {
            for role in Role::ALL.iter().copied() {
                let (before, after) = (self.of(role, permission), wanted.of(role, permission));
                if before != after {
                    changes.push(RightChange {
                        role,
                        permission,
                        before,
                        after,
                    });
                }
            }
        }
        changes
    }

    /// Whether a role holds any right that is sensitive.
    pub fn is_sensitive(&self, role: Role) -> bool {
        let mut of_role = self.cells.keys().filter(|(r, _)| *r == role);
        of_role.any(|(_, permission)| permission.is_sensitive())
    }

    /// Whether any of some roles holds a sensitive right on more than the person's own list: whoever
    /// takes such an account over has more than the work of one caller.
    pub fn are_sensitive_beyond_own_list(&self, roles: &[Role]) -> bool {
        let held = self.held_by(roles);
        let mut sensitive = held.permissions().filter(|p| p.is_sensitive());
        sensitive.any(|p| held.scope(p) > Some(RowScope::OwnList))
    }

    /// Whether a role holds any right on the rows of the whole company.
    pub fn reaches_company(&self, role: Role) -> bool {
        let mut of_role = self.cells.iter().filter(|((r, _), _)| *r == role);
        of_role.any(|(_, scope)| *scope == RowScope::Company)
    }
}

/// The rights that somebody has, each with the rows on which it may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held(BTreeMap<Permission, RowScope>);

impl Held {
    /// Every right over the whole company, for the program itself and its command line.
    pub(super) fn everything() -> Self {
        let all = Permission::ALL.iter().map(|p| (*p, RowScope::Company));
        Self(all.collect())
    }

    /// On whose rows a right may be used.
    pub fn scope(&self, permission: Permission) -> Option<RowScope> {
        self.0.get(&permission).copied()
    }

    /// The rights, in the order of their definition.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        self.0.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_right_and_every_role_stands_in_the_shipped_table() {
        let listed: BTreeSet<_> = SHIPPED.iter().map(|(permission, _)| *permission).collect();
        assert_eq!(listed, Permission::ALL.iter().copied().collect());
        assert_eq!(Role::ALL.len(), ROLES);
        for role in Role::ALL {
            assert!(
                Permission::ALL
                    .iter()
                    .any(|p| Rights::shipped().of(*role, *p).is_some()),
                "{role} may do nothing"
            );
        }
    }

    #[test]
    fn roles_add_up_to_the_widest_scope() {
        let rights = Rights::shipped();
        let scope = |roles: &[Role], p| rights.held_by(roles).scope(p);
        let (agent, leader) = (Role::CallbackAgent, Role::TeamLeader);
        let read = Permission::CallbacksRead;
        assert_eq!(scope(&[agent], read), Some(RowScope::OwnList));
        assert_eq!(scope(&[agent, leader], read), Some(RowScope::UnitAndBelow));
        assert_eq!(scope(&[agent], Permission::AuditRead), None);
        assert_eq!(scope(&[], read), None);
    }

    #[test]
    fn what_a_company_changed_goes_over_what_was_shipped() {
        let (role, right) = (Role::BranchSales, Permission::CustomersEdit);
        let wider = (
            Role::Executive,
            Permission::DataExport,
            Some(RowScope::Company),
        );
        let changed = Rights::with([(role, right, None), wider], [(Limit::ExportRows, 7)], 3);
        assert_eq!(changed.of(role, right), None);
        assert_eq!(
            changed.of(wider.0, wider.1),
            Some(RowScope::Company),
            "given"
        );
        assert_eq!(changed.version(), 3);
        assert_eq!(changed.limit(Limit::ExportRows), 7);
        assert_eq!(changed.limit(Limit::ExportRowsPerDay), 20_000);
        let changes = Rights::shipped().changes_to(&changed);
        assert_eq!(changes.len(), 2);
        let again = Rights::shipped().after(&changes);
        assert!(again.changes_to(&changed).is_empty());
    }
}
