//! Who may do what, and whose rows they see.
//!
//! Rights come from roles by the table of [`Rights`]; rows come from the unit a person belongs to and
//! from how far that table lets the right reach. [`Scope`] can only be made here, from an [`Actor`],
//! so that no list can be read without one.

mod approval;
mod chain;
pub mod duties;
mod fields;
mod limits;
mod notice;
mod organisation;
mod permission;
mod policy;
mod rights;
mod role;

pub use approval::{
    ApprovalError, ApprovalKind, ApprovalState, ApprovalStep, check_step, expires_at,
};
pub use chain::{Chain, SamePerson, Stage};
pub use fields::PersonalField;
pub use limits::{Limit, LimitChange, is_near};
pub use notice::{NoticeKind, device_name};
pub use organisation::{DelegationError, Deputy, PlaceError, may_delegate, may_lie_under};
pub use permission::{Permission, RightArea};
pub use policy::{Credentials, Owed, SignInPolicy, holds_mobile, holds_word};
pub use rights::{Held, RightChange, Rights, RowScope};
pub use role::Role;

use crate::ids::{AgentId, ClientId, OrgId, UserId};

codes! {
    /// Level of a unit.
    pub enum OrgLevel ("org level") {
        /// Head office.
        HeadOffice = "head_office",
        /// Provincial branch.
        ProvincialBranch = "provincial_branch",
        /// City-level office.
        CityOffice = "city_office",
        /// Sub-branch or outlet.
        SubBranch = "sub_branch",
        /// Outsourced team under a head-office centre.
        OutsourcedTeam = "outsourced_team",
    }
}

/// The place of a unit in the tree: codes from the root down, such as `/000/50/5001/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgPath(String);

impl OrgPath {
    /// The path of a unit below its parent.
    pub fn below(parent: Option<&Self>, code: &str) -> Self {
        let parent = parent.map_or("/", |p| p.0.as_str());
        Self(format!("{parent}{code}/"))
    }

    /// A path as it is stored.
    pub fn from_stored(path: String) -> Self {
        Self(path)
    }

    /// The path above every unit.
    pub fn company() -> Self {
        Self("/".into())
    }

    /// The path as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a unit is this one or below it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

/// Who is acting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person who signed in.
    User(UserId),
    /// A system with an API token.
    Client(ClientId),
    /// The command line on the server's machine.
    Shell,
    /// The program itself: jobs and the planner.
    System,
    /// Somebody without an account, such as a customer behind a link.
    Visitor,
}

/// Who is acting, with their rights and their place in the organisation.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who it is.
    pub kind: ActorKind,
    /// Name to write into the audit log.
    pub name: String,
    /// Roles held.
    pub roles: Vec<Role>,
    /// The rights to which a system, or a person who stands in for somebody, is limited; nothing when
    /// it has all that the roles give.
    pub only: Option<Vec<Permission>>,
    /// What the roles add up to, by the table that was in force when the actor was recognised.
    pub rights: Held,
    /// The unit whose rows, and those of the units below it, are in sight.
    pub org: OrgPath,
    /// That unit's id, when the actor belongs to one.
    pub org_id: Option<OrgId>,
    /// The salesperson that this user is, for segregation of duties.
    pub agent: Option<AgentId>,
    /// The delegation under which a person acts for somebody else.
    pub delegation: Option<uuid::Uuid>,
}

/// A right that is missing. The message names the right so that people know what to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the right {0} is missing")]
pub struct Denied(pub Permission);

impl Actor {
    /// The command line on the server's machine: an administrator of the whole company.
    pub fn shell(name: impl Into<String>) -> Self {
        Self::trusted(ActorKind::Shell, name)
    }

    /// The program itself.
    pub fn system() -> Self {
        Self::trusted(ActorKind::System, "system")
    }

    /// Somebody without an account, such as a customer behind a link: without any right.
    pub fn visitor(name: impl Into<String>) -> Self {
        Self {
            roles: Vec::new(),
            only: Some(Vec::new()),
            rights: Held::default(),
            ..Self::trusted(ActorKind::Visitor, name)
        }
    }

    fn trusted(kind: ActorKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            roles: Role::ALL.to_vec(),
            only: None,
            rights: Held::everything(),
            org: OrgPath::company(),
            org_id: None,
            agent: None,
            delegation: None,
        }
    }

    /// The user, if a person is acting.
    pub fn user(&self) -> Option<UserId> {
        if let ActorKind::User(id) = self.kind {
            Some(id)
        } else {
            None
        }
    }

    /// Whether a person is standing in for somebody: nothing else limits what roles give to people.
    pub fn stands_in(&self) -> bool {
        self.user().is_some() && self.only.is_some()
    }

    /// Whether any role gives a right.
    pub fn may(&self, permission: Permission) -> bool {
        let within = self.only.as_ref().is_none_or(|o| o.contains(&permission));
        within && self.rights.scope(permission).is_some()
    }

    /// Demands a right.
    ///
    /// # Errors
    /// [`Denied`] names the right that is missing.
    pub fn demand(&self, permission: Permission) -> Result<(), Denied> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(Denied(permission))
        }
    }

    /// Demands a right and gives the rows on which it may be used.
    ///
    /// # Errors
    /// [`Denied`] names the right that is missing.
    pub fn scope(&self, permission: Permission) -> Result<Scope, Denied> {
        self.demand(permission)?;
        let reach = self.rights.scope(permission).ok_or(Denied(permission))?;
        let mut scope = Scope {
            org: self.org.clone(),
            own: None,
            below: true,
        };
        match reach {
            RowScope::OwnList => {
                // A system has no list, and so sees nothing of one.
                scope.own = Some(self.user().unwrap_or(UserId(uuid::Uuid::nil())));
                // A team outside the company belongs to a head-office centre and calls for every
                // branch: what was put on the list is in sight, wherever the business lies.
                if self.roles.iter().all(|r| r.is_outsourced()) {
                    scope.org = OrgPath::company();
                }
            }
            RowScope::Unit => scope.below = false,
            RowScope::UnitAndBelow => {}
            RowScope::Company => scope.org = OrgPath::company(),
        }
        Ok(scope)
    }
}

/// The rows that an actor may see. Made only by [`Actor::scope`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    org: OrgPath,
    own: Option<UserId>,
    below: bool,
}

impl Scope {
    /// The unit at whose root the rows lie.
    pub fn org(&self) -> &OrgPath {
        &self.org
    }

    /// Whether the whole company is in sight.
    pub fn is_whole_company(&self) -> bool {
        self.org.0 == "/" && self.below
    }

    /// Whether the units below the scope's own are in sight too.
    pub fn reaches_below(&self) -> bool {
        self.below
    }

    /// The user whose own list is all there is to see, if rows are limited to that.
    pub fn own_list_of(&self) -> Option<UserId> {
        self.own
    }

    /// Whether rows of a unit are in sight.
    pub fn covers(&self, org: &OrgPath) -> bool {
        match (self.below, self.org.0.as_str()) {
            (true, _) => self.org.contains(org),
            // People of the unit at the root have the path above it.
            (false, "/") => org.0.matches('/').count() == 2,
            (false, path) => org.0 == path,
        }
    }

    /// The same scope cut down to a unit inside it; `None` when the unit lies outside.
    pub fn narrowed_to(&self, org: &OrgPath) -> Option<Self> {
        self.covers(org).then(|| Self {
            org: org.clone(),
            own: self.own,
            below: self.below,
        })
    }
}
