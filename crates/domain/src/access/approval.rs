//! Approval by a second person (双人复核): something is asked for, and somebody else decides.

use super::duties::{Duty, apart_from_doer};
use super::{Actor, ActorKind, Permission};
use crate::ids::UserId;
use crate::time::Instant;
use chrono::Duration;

/// A request that nobody decides ends after this long.
const LIFE: Duration = Duration::days(7);

codes! {
    /// What is asked for.
    pub enum ApprovalKind ("approval kind") {
        /// A change of the table of rights.
        Rights = "rights",
        /// Sensitive roles for a user.
        Roles = "roles",
        /// An export larger than people may take alone.
        Export = "export",
        /// A text that goes to customers.
        Template = "template",
        /// A class of a customer that is set by hand.
        Class = "class",
        /// Making one customer of two records.
        Merge = "merge",
    }
}

impl ApprovalKind {
    /// The right to decide on it.
    pub fn decided_with(self) -> Permission {
        match self {
            Self::Rights | Self::Roles => Permission::RightsApprove,
            Self::Export => Permission::ExportsApprove,
            Self::Template => Permission::TemplatesApprove,
            Self::Class => Permission::ClassesApprove,
            Self::Merge => Permission::DuplicatesApprove,
        }
    }
}

codes! {
    /// Where a request stands.
    pub enum ApprovalState ("approval state") {
        /// Nobody has decided.
        Pending = "pending",
        /// Somebody else agreed, and it was done.
        Approved = "approved",
        /// Somebody else refused.
        Refused = "refused",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
        /// Nobody decided in time. Never stored: it follows from the end of the request.
        Expired = "expired",
    }
}

impl ApprovalState {
    /// Where a stored state stands at a moment.
    pub fn at(self, expires_at: Instant, now: Instant) -> Self {
        if self == Self::Pending && expires_at <= now {
            Self::Expired
        } else {
            self
        }
    }
}

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalStep {
    /// Agree.
    Approve,
    /// Refuse.
    Refuse,
    /// Take back.
    Withdraw,
}

impl ApprovalStep {
    /// The state to which it leads.
    pub fn leads_to(self) -> ApprovalState {
        match self {
            Self::Approve => ApprovalState::Approved,
            Self::Refuse => ApprovalState::Refused,
            Self::Withdraw => ApprovalState::Withdrawn,
        }
    }
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// It was decided, withdrawn, or ended before.
    #[error("the request is not open any more")]
    NotPending,
    /// Who asks does not decide.
    #[error("the request is the person's own")]
    OwnRequest,
    /// Only whoever asked takes it back.
    #[error("the request is somebody else's")]
    NotOwn,
    /// A refusal says why.
    #[error("a refusal needs a reason")]
    NoteMissing,
}

/// The moment at which a request made now ends.
pub fn expires_at(now: Instant) -> Instant {
    now + LIFE
}

/// Whether a step may be taken. Only persons decide: neither systems nor the command line stand
/// behind an approval by name.
///
/// # Errors
/// [`ApprovalError`] says why not.
pub fn check_step(
    step: ApprovalStep,
    state: ApprovalState,
    asked_by: Option<UserId>,
    actor: &Actor,
    note: &str,
) -> Result<(), ApprovalError> {
    if state != ApprovalState::Pending {
        return Err(ApprovalError::NotPending);
    }
    let own = asked_by.is_some() && asked_by == actor.user();
    match step {
        ApprovalStep::Withdraw if own => Ok(()),
        ApprovalStep::Withdraw => Err(ApprovalError::NotOwn),
        ApprovalStep::Approve | ApprovalStep::Refuse => {
            apart_from_doer(Duty::Proposer, asked_by, actor.user())
                .map_err(|_| ApprovalError::OwnRequest)?;
            if !matches!(actor.kind, ActorKind::User(_)) {
                return Err(ApprovalError::OwnRequest);
            }
            if step == ApprovalStep::Refuse && note.trim().is_empty() {
                return Err(ApprovalError::NoteMissing);
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Held, OrgPath};
    use chrono::DateTime;
    use uuid::Uuid;

    fn person(n: u128) -> Actor {
        Actor {
            kind: ActorKind::User(UserId(Uuid::from_u128(n))),
            name: n.to_string(),
            roles: Vec::new(),
            only: None,
            rights: Held::default(),
            org: OrgPath::below(None, "000"),
            org_id: None,
            agent: None,
            delegation: None,
        }
    }

    #[test]
    fn somebody_else_decides_and_only_once() {
        use {ApprovalError as E, ApprovalState as S, ApprovalStep as T};
        let (asker, other) = (person(1), person(2));
        for (step, state, actor, note, expected) in [
            (T::Approve, S::Pending, &other, "", Ok(())),
            (T::Refuse, S::Pending, &other, "too many", Ok(())),
            (T::Refuse, S::Pending, &other, " ", Err(E::NoteMissing)),
            (T::Approve, S::Pending, &asker, "", Err(E::OwnRequest)),
            (T::Refuse, S::Pending, &asker, "x", Err(E::OwnRequest)),
            (T::Withdraw, S::Pending, &asker, "", Ok(())),
            (T::Withdraw, S::Pending, &other, "", Err(E::NotOwn)),
            (T::Approve, S::Approved, &other, "", Err(E::NotPending)),
            (T::Withdraw, S::Refused, &asker, "", Err(E::NotPending)),
            (T::Approve, S::Expired, &other, "", Err(E::NotPending)),
        ] {
            let found = check_step(step, state, asker.user(), actor, note);
            assert_eq!(found, expected, "{step:?} {state}");
        }
        let shell = Actor::shell("root");
        let found = check_step(T::Approve, S::Pending, asker.user(), &shell, "");
        assert_eq!(found, Err(E::OwnRequest), "the shell is nobody by name");
    }

    #[test]
    fn what_nobody_decides_ends() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let end = expires_at(now);
        let state = ApprovalState::Pending;
        assert_eq!(state.at(end, now), ApprovalState::Pending);
        assert_eq!(state.at(end, end), ApprovalState::Expired);
        let state = ApprovalState::Approved;
        assert_eq!(state.at(end, end), ApprovalState::Approved);
    }
}
