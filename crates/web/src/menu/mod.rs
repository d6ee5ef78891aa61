//! The menu: where people can go, and the right that each place needs.

mod places;

pub(crate) use places::WORK;

use app::access::Session;
use domain::access::Permission;

/// An entry of the menu.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Name of the place; the message is `nav-<name>`.
    pub(crate) name: &'static str,
    /// Address.
    pub(crate) href: &'static str,
    /// Icon of the sprite.
    pub(crate) icon: &'static str,
    /// The right that it needs; none for what everybody has.
    right: Option<Permission>,
    /// Other rights of which one is enough.
    or: &'static [Permission],
}

const fn entry_or(
    name: &'static str,
    href: &'static str,
    icon: &'static str,
    or: &'static [Permission],
) -> Entry {
    Entry {
        name,
        href,
        icon,
        right: Some(or[0]),
        or,
    }
}

const fn entry(
    name: &'static str,
    href: &'static str,
    icon: &'static str,
    right: Option<Permission>,
) -> Entry {
    Entry {
        name,
        href,
        icon,
        right,
        or: &[],
    }
}

/// The groups below daily work: id of the heading, and the entries.
pub(crate) const GROUPS: [(&str, &[Entry]); 3] = [
    ("menu-customers", places::CUSTOMERS),
    ("menu-manage", places::MANAGE),
    ("menu-system", places::SYSTEM),
];

/// Every entry of the menu that a person may open.
pub(crate) fn everything(session: Option<&Session>) -> Vec<Entry> {
    let groups = GROUPS.map(|(_, all)| all);
    let all = std::iter::once(WORK).chain(groups);
    all.flat_map(|all| entries(all, session)).collect()
}

/// The entries that a person may open.
pub(crate) fn entries(all: &[Entry], session: Option<&Session>) -> Vec<Entry> {
    let Some(session) = session else {
        return Vec::new();
    };
    let may = |right| session.actor.may(right);
    let has = |e: &&Entry| e.right.is_none_or(may) || e.or.iter().copied().any(may);
    all.iter().filter(has).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::{Rights, Role};

    /// ORG-04 to ORG-06: each duty of a post is done at places that somebody in its roles may open.
    #[test]
    fn duties_are_done_at_places_of_the_menu() {
        let rights = Rights::shipped();
        for kind in app::access::post_kinds().unwrap() {
            for duty in &kind.duties {
                let does = |role: &&Role| duty.needs.iter().all(|n| rights.grants(&[**role], *n));
                let role = kind.roles.iter().find(does).unwrap();
                for name in &duty.at {
                    let place = [WORK, GROUPS[0].1, GROUPS[1].1, GROUPS[2].1].concat();
                    let place = place.iter().find(|e| e.name == name);
                    let place = place.unwrap_or_else(|| panic!("{}: no place {name}", duty.code));
                    let opens = |right: Permission| rights.grants(&[*role], right);
                    let is_open =
                        place.right.is_none_or(opens) || place.or.iter().copied().any(opens);
                    assert!(is_open, "{} {role:?} {name}", duty.code);
                }
            }
        }
    }
}
