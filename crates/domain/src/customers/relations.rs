//! How customers belong together: families, and groups of companies. A relation is kept once and reads from
//! both sides.

use super::CustomerKind;
use crate::ids::CustomerId;

codes! {
    /// What the other customer is to the one that is looked at.
    pub enum Relation ("relation") {
        /// Husband or wife.
        Spouse = "spouse",
        /// Father or mother.
        Parent = "parent",
        /// Son or daughter.
        Child = "child",
        /// Brother or sister.
        Sibling = "sibling",
        /// Guardian.
        Guardian = "guardian",
        /// Who is under guardianship.
        Ward = "ward",
        /// Another member of the family.
        Other = "other",
        /// The company that holds this one.
        ParentCompany = "parent_company",
        /// A company that this one holds.
        Subsidiary = "subsidiary",
    }
}

codes! {
    /// A relation as it is kept: of two sides always the same one.
    pub enum KeptRelation ("kept relation") {
        /// Husband and wife.
        Spouse = "spouse",
        /// The other is the parent.
        Parent = "parent",
        /// Brothers and sisters.
        Sibling = "sibling",
        /// The other is the guardian.
        Guardian = "guardian",
        /// Otherwise of one family.
        Other = "other",
        /// The other holds the company.
        ParentCompany = "parent_company",
    }
}

codes! {
    /// Where a relation was learnt.
    pub enum RelationSource ("relation source") {
        /// From a policy: policyholder, insured, beneficiary.
        Policy = "policy",
        /// From documents that were shown.
        Document = "document",
        /// On a call.
        Call = "call",
        /// From a letter.
        Letter = "letter",
        /// On a visit.
        Visit = "visit",
        /// From the register of companies.
        Register = "register",
    }
}

codes! {
    /// Why a relation cannot be kept.
    pub enum RelationRefusal ("relation refusal") {
        /// Nobody is related to themselves.
        Same = "same",
        /// Families are of persons, groups are of companies.
        Kinds = "kinds",
        /// The two are related already.
        Known = "known",
        /// A company has one parent.
        HasParent = "has-parent",
        /// A company would hold itself.
        Cycle = "cycle",
    }
}

impl Relation {
    /// What the one is to the other.
    pub fn inverse(self) -> Self {
        match self {
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::Guardian => Self::Ward,
            Self::Ward => Self::Guardian,
            Self::ParentCompany => Self::Subsidiary,
            Self::Subsidiary => Self::ParentCompany,
            Self::Spouse | Self::Sibling | Self::Other => self,
        }
    }

    /// Whether it holds between companies.
    pub fn is_of_groups(self) -> bool {
        matches!(self, Self::ParentCompany | Self::Subsidiary)
    }

    /// Those that may hold for a kind of customer.
    pub fn of_kind(kind: CustomerKind) -> impl Iterator<Item = Self> {
        let is_group = kind == CustomerKind::Group;
        Self::ALL
            .iter()
            .copied()
            .filter(move |r| r.is_of_groups() == is_group)
    }

    /// As it is kept: of whom, to whom, what.
    pub fn kept(self, of: CustomerId, other: CustomerId) -> (CustomerId, CustomerId, KeptRelation) {
        match self {
            Self::Spouse => (of.min(other), of.max(other), KeptRelation::Spouse),
            Self::Sibling => (of.min(other), of.max(other), KeptRelation::Sibling),
            Self::Other => (of.min(other), of.max(other), KeptRelation::Other),
            Self::Parent => (of, other, KeptRelation::Parent),
            Self::Child => (other, of, KeptRelation::Parent),
            Self::Guardian => (of, other, KeptRelation::Guardian),
            Self::Ward => (other, of, KeptRelation::Guardian),
            Self::ParentCompany => (of, other, KeptRelation::ParentCompany),
            Self::Subsidiary => (other, of, KeptRelation::ParentCompany),
        }
    }
}

impl KeptRelation {
    /// What the other is to the first, as it is kept.
    pub fn relation(self) -> Relation {
        match self {
            Self::Spouse => Relation::Spouse,
            Self::Parent => Relation::Parent,
            Self::Sibling => Relation::Sibling,
            Self::Guardian => Relation::Guardian,
            Self::Other => Relation::Other,
            Self::ParentCompany => Relation::ParentCompany,
        }
    }
}

/// One side of a relation that is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// The customer.
    pub id: CustomerId,
    /// Its kind.
    pub kind: CustomerKind,
}

/// What is known of groups when a company gets a parent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// The company that is held has a parent already.
    pub has_parent: bool,
    /// The parent, and who holds it, up to the top.
    pub above: Vec<CustomerId>,
}

/// Whether a relation may be kept between two customers who are not related yet.
///
/// # Errors
/// Why not.
pub fn check_relation(
    relation: Relation,
    of: Side,
    other: Side,
    holding: &Holding,
) -> Result<(), RelationRefusal> {
    if of.id == other.id {
        return Err(RelationRefusal::Same);
    }
    let group = relation.is_of_groups();
    let fits = |side: Side| (side.kind == CustomerKind::Group) == group;
    if !fits(of) || !fits(other) {
        return Err(RelationRefusal::Kinds);
    }
    if group {
        let (held, _, _) = relation.kept(of.id, other.id);
        if holding.has_parent {
            return Err(RelationRefusal::HasParent);
        }
        if holding.above.contains(&held) {
            return Err(RelationRefusal::Cycle);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn side(n: u128, kind: CustomerKind) -> Side {
        let id = CustomerId(Uuid::from_u128(n));
        Side { id, kind }
    }

    #[test]
    fn a_relation_reads_from_both_sides() {
        let (one, other) = (
            CustomerId(Uuid::from_u128(7)),
            CustomerId(Uuid::from_u128(3)),
        );
        for relation in Relation::ALL.iter().copied() {
            let kept = relation.kept(one, other);
            assert_eq!(kept, relation.inverse().kept(other, one), "{relation}");
            let (first, _, as_kept) = kept;
            let seen = match first == one {
                true => as_kept.relation(),
                false => as_kept.relation().inverse(),
            };
            assert_eq!(seen, relation);
        }
    }

    #[test]
    fn families_are_of_persons_and_groups_of_companies() {
        let person = |n| side(n, CustomerKind::Individual);
        let company = |n| side(n, CustomerKind::Group);
        let none = Holding::default();
        let check = |relation, of, other| check_relation(relation, of, other, &none);
        assert_eq!(check(Relation::Spouse, person(1), person(2)), Ok(()));
        assert_eq!(check(Relation::Subsidiary, company(1), company(2)), Ok(()));
        let kinds = Err(RelationRefusal::Kinds);
        assert_eq!(check(Relation::Spouse, person(1), company(2)), kinds);
        assert_eq!(check(Relation::ParentCompany, person(1), company(2)), kinds);
        let same = Err(RelationRefusal::Same);
        assert_eq!(check(Relation::Spouse, person(1), person(1)), same);
    }

    #[test]
    fn no_company_holds_itself() {
        let company = |n| side(n, CustomerKind::Group);
        let above = |ids: &[u128]| Holding {
            has_parent: false,
            above: ids.iter().map(|n| company(*n).id).collect(),
        };
        let check =
            |holding| check_relation(Relation::ParentCompany, company(1), company(2), &holding);
        assert_eq!(check(above(&[2, 3])), Ok(()));
        assert_eq!(check(above(&[2, 3, 1])), Err(RelationRefusal::Cycle));
        let held = Holding {
            has_parent: true,
            above: vec![company(2).id],
        };
        assert_eq!(check(held), Err(RelationRefusal::HasParent));
    }
}
