//! Agreement through different persons, one after the other: the requesting department, its head, the
//! supervising executive, and the general manager where a rule asks for that (B09 §8, §11).

use crate::ids::UserId;

/// Who agreed so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Who put it forward.
    pub author: UserId,
    /// Who agreed as head of the department.
    pub head: Option<UserId>,
    /// Who agreed as supervising executive.
    pub executive: Option<UserId>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The head of the department.
    Head,
    /// The supervising executive.
    Executive,
    /// The general manager.
    GeneralManager,
    /// The customer-service office, which carries out.
    Service,
}

/// Somebody who had a turn before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("each turn is another person's")]
pub struct SamePerson;

impl Chain {
    /// Decides whether somebody may take a turn.
    ///
    /// # Errors
    /// [`SamePerson`] when they had one of the turns before it that must be others'.
    pub fn turn_of(&self, stage: Stage, by: UserId) -> Result<(), SamePerson> {
        let author = Some(self.author);
        let earlier = match stage {
            Stage::Head | Stage::Service => [author, None, None],
            Stage::Executive => [author, self.head, None],
            Stage::GeneralManager => [author, self.head, self.executive],
        };
        if earlier.contains(&Some(by)) {
            Err(SamePerson)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_turn_is_another_persons() {
        let user = |n| UserId(Uuid::from_u128(n));
        let chain = Chain {
            author: user(1),
            head: Some(user(2)),
            executive: Some(user(3)),
        };
        for (stage, by, may) in [
            (Stage::Head, 1, false),
            (Stage::Head, 2, true),
            (Stage::Executive, 2, false),
            (Stage::Executive, 3, true),
            (Stage::GeneralManager, 3, false),
            (Stage::GeneralManager, 4, true),
            (Stage::Service, 1, false),
            (Stage::Service, 2, true),
        ] {
            assert_eq!(
                chain.turn_of(stage, user(by)).is_ok(),
                may,
                "{stage:?} {by}"
            );
        }
    }
}
