//! Completing the file of a customer after a claim or the like (CUS-13).

use crate::customers::CustomerField;
use chrono::NaiveDate;

/// Something that happened, after which facts are to be confirmed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion<Id> {
    /// Which event it was.
    pub event: Id,
    /// When.
    pub on: NaiveDate,
    /// The facts that are to be confirmed again.
    pub facts: Vec<CustomerField>,
}

/// What is still to be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion<Id> {
    /// The first event that was not followed: the time to complete the file runs from it.
    pub event: Id,
    /// When it was.
    pub since_on: NaiveDate,
    /// Facts that nobody changed or confirmed since, each once, in the order in which they are listed.
    pub facts: Vec<CustomerField>,
}

/// What is still to be completed on a day; `seen` says when a fact was last changed or confirmed. What was
/// looked at on the day of an event was looked at after it.
pub fn completion<Id: Copy>(
    occasions: &[Occasion<Id>],
    seen: impl Fn(CustomerField) -> Option<NaiveDate>,
    on: NaiveDate,
) -> Option<Completion<Id>> {
    let mut open: Option<Completion<Id>> = None;
    for occasion in occasions.iter().filter(|o| o.on <= on) {
        let stale = |fact: &&CustomerField| seen(**fact).is_none_or(|day| day < occasion.on);
        for fact in occasion.facts.iter().filter(stale) {
            let open = open.get_or_insert_with(|| Completion {
                event: occasion.event,
                since_on: occasion.on,
                facts: Vec::new(),
            });
            if occasion.on < open.since_on {
                (open.event, open.since_on) = (occasion.event, occasion.on);
            }
            if !open.facts.contains(fact) {
                open.facts.push(*fact);
            }
        }
    }
    if let Some(open) = &mut open {
        open.facts.sort_unstable();
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use CustomerField as F;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check(seen: &[(F, &str)], claims: &[&str], on: &str, expected: Option<(usize, &str, &[F])>) {
        let claim = |(n, text): (usize, &&str)| Occasion {
            event: n,
            on: day(text),
            facts: vec![F::Needs, F::RiskAppetite],
        };
        let claims: Vec<_> = claims.iter().enumerate().map(claim).collect();
        let seen = |fact: F| {
            let found = seen.iter().find(|(f, _)| *f == fact);
            found.map(|(_, d)| day(d))
        };
        let found = completion(&claims, seen, day(on));
        let found = found.as_ref().map(|c| (c.event, c.since_on, &c.facts[..]));
        let expected = expected.map(|(n, d, facts)| (n, day(d), facts));
        assert_eq!(found, expected, "on {on}");
    }

    #[test]
    fn the_first_event_that_was_not_followed_counts() {
        let both: &[F] = &[F::Needs, F::RiskAppetite];
        let claims = ["2024-05-01", "2024-02-01"];
        check(&[], &claims, "2024-01-31", None);
        check(&[], &claims, "2024-02-01", Some((1, "2024-02-01", both)));
        check(&[], &claims, "2024-05-01", Some((1, "2024-02-01", both)));
        let one = [(F::Needs, "2024-02-01")];
        let rest: &[F] = &[F::RiskAppetite];
        check(&one, &claims, "2024-04-30", Some((1, "2024-02-01", rest)));
        check(&one, &claims, "2024-05-01", Some((1, "2024-02-01", both)));
        let all = [(F::Needs, "2024-03-01"), (F::RiskAppetite, "2024-03-02")];
        check(&all, &claims, "2024-04-30", None);
        check(&all, &claims, "2024-05-01", Some((0, "2024-05-01", both)));
    }
}
