//! Who is put in charge of a customer without anybody choosing.

use crate::access::OrgPath;
use crate::ids::{TeamId, UserId};

/// A member of a team, with the customers in the person's charge.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The person.
    pub user: UserId,
    /// The team.
    pub team: TeamId,
    /// The team's unit.
    pub org: OrgPath,
    /// Languages spoken besides Mandarin, as codes.
    pub languages: Vec<String>,
    /// Customers in the person's charge.
    pub load: i64,
}

/// A customer who needs somebody.
#[derive(Clone, Copy, Debug)]
pub struct Charged<'c> {
    /// The customer's unit.
    pub org: &'c OrgPath,
    /// Language in which the customer is served, as a code.
    pub language: Option<&'c str>,
}

/// Picks who takes charge: of the nearest unit that has room, who speaks the customer's language, then who
/// has fewest customers, then the eldest member. Nobody when all have as many as they may.
pub fn choose(customer: Charged<'_>, candidates: &[Candidate], room: i64) -> Option<usize> {
    let fits = |c: &Candidate| c.load < room && c.org.contains(customer.org);
    let rank = |c: &Candidate| {
        let far = customer.org.as_str().len() - c.org.as_str().len();
        let speaks = customer
            .language
            .is_none_or(|l| l == "mandarin" || c.languages.iter().any(|own| own == l));
        (far, !speaks, c.load, c.user.0)
    };
    let all = candidates.iter().enumerate();
    let best = all.filter(|(_, c)| fits(c)).min_by_key(|(_, c)| rank(c));
    best.map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn member(n: u128, org: &str, language: &str, load: i64) -> Candidate {
        Candidate {
            user: UserId(Uuid::from_u128(n)),
            team: TeamId(Uuid::from_u128(9)),
            org: OrgPath::from_stored(org.into()),
            languages: vec![language.to_owned()],
            load,
        }
    }

    #[test]
    fn the_nearest_unit_then_the_language_then_the_load() {
        let org = OrgPath::from_stored("/50/5001/".into());
        let candidates = [
            member(1, "/50/", "sichuan", 0),
            member(2, "/50/5001/", "english", 7),
            member(3, "/50/5001/", "sichuan", 9),
            member(4, "/37/", "sichuan", 0),
            member(5, "/50/5001/", "english", 3),
        ];
        let table = [
            (Some("sichuan"), 20, Some(2)),
            (Some("sichuan"), 9, Some(4)),
            (Some("mandarin"), 20, Some(4)),
            (None, 20, Some(4)),
            (None, 3, Some(0)),
            (None, 0, None),
        ];
        for (language, room, expected) in table {
            let customer = Charged {
                org: &org,
                language,
            };
            let chosen = choose(customer, &candidates, room);
            assert_eq!(chosen, expected, "{language:?} {room}");
        }
    }
}
