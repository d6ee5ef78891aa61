//! The six items under which bancassurance cases are listed (B16): five by the type of the problem, the
//! sixth for cases that were not processed in time or whose feedback was judged invalid.

use super::ProblemType;
use chrono::NaiveDate;

codes! {
    /// What a numbered list of cases is made for.
    pub enum CaseListKind ("kind of list of cases") {
        /// The six items of bancassurance, to those who act under the quality rules (B16).
        Bancassurance = "bancassurance",
        /// Every case of a period with results, opinions and plans, to the departments (B02 三.4; B11 六.3; B15 五.5).
        Departments = "departments",
    }
}

/// The item of a case that is solved, and of one that is not, in a report to departments.
const SOLVED: u8 = 7;
const OPEN: u8 = 8;

/// The item under which a case stands in a report to departments.
pub fn reported_item(is_open: bool) -> u8 {
    if is_open { OPEN } else { SOLVED }
}

/// The item of what is late or was judged invalid.
const LATE: u8 = 6;

/// What the list looks at in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BancassuranceCase {
    /// Type of the problem.
    pub problem: ProblemType,
    /// The day on which the case was opened.
    pub opened_on: NaiveDate,
    /// The last day for processing it or declaring special circumstances; nothing before it is issued.
    pub listed_after: Option<NaiveDate>,
    /// The day on which it was first processed.
    pub processed_on: Option<NaiveDate>,
    /// The day on which special circumstances were declared that another person agreed to.
    pub declared_on: Option<NaiveDate>,
    /// The day on which feedback was first judged invalid.
    pub invalid_on: Option<NaiveDate>,
}

/// A case under one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedItem {
    /// The item, from 1 to 6.
    pub item: u8,
    /// The day on which it came about.
    pub on: NaiveDate,
}

/// The items under which a case is listed for a period, both days included. What becomes of the case
/// later changes nothing: the list and the open case are independent (conflict C-28).
pub fn listed_items(case: &BancassuranceCase, from: NaiveDate, to: NaiveDate) -> Vec<ListedItem> {
    let own = case.problem.bancassurance_item().map(|item| ListedItem {
        item,
        on: case.opened_on,
    });
    let late = case.late_on().into_iter().chain(case.invalid_on).min();
    let late = late.map(|on| ListedItem { item: LATE, on });
    let within = |i: &ListedItem| from <= i.on && i.on <= to;
    own.into_iter().chain(late).filter(within).collect()
}

impl BancassuranceCase {
    /// The day after the last one, when nothing had been done by then.
    fn late_on(&self) -> Option<NaiveDate> {
        let last = self.listed_after?;
        let in_time = |on: Option<NaiveDate>| on.is_some_and(|on| on <= last);
        if in_time(self.processed_on) || in_time(self.declared_on) {
            return None;
        }
        last.succ_opt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn case() -> BancassuranceCase {
        BancassuranceCase {
            problem: ProblemType::ProxySignature,
            opened_on: day("2024-03-04"),
            listed_after: Some(day("2024-03-08")),
            processed_on: None,
            declared_on: None,
            invalid_on: None,
        }
    }

    fn check(case: &BancassuranceCase, expected: &[(u8, &str)]) {
        let listed = listed_items(case, day("2024-03-01"), day("2024-03-31"));
        let listed: Vec<_> = listed.iter().map(|i| (i.item, i.on)).collect();
        let expected: Vec<_> = expected.iter().map(|(i, on)| (*i, day(on))).collect();
        assert_eq!(listed, expected);
    }

    #[test]
    fn what_is_late_is_an_item_of_its_own() {
        check(&case(), &[(4, "2024-03-04"), (6, "2024-03-09")]);
        let processed = |on| BancassuranceCase {
            processed_on: Some(day(on)),
            ..case()
        };
        check(&processed("2024-03-08"), &[(4, "2024-03-04")]);
        check(
            &processed("2024-03-09"),
            &[(4, "2024-03-04"), (6, "2024-03-09")],
        );
    }

    #[test]
    fn declared_circumstances_keep_it_off_the_list_and_invalid_feedback_puts_it_on() {
        let declared = BancassuranceCase {
            declared_on: Some(day("2024-03-08")),
            ..case()
        };
        check(&declared, &[(4, "2024-03-04")]);
        let invalid = BancassuranceCase {
            processed_on: Some(day("2024-03-06")),
            invalid_on: Some(day("2024-03-07")),
            ..case()
        };
        check(&invalid, &[(4, "2024-03-04"), (6, "2024-03-07")]);
    }

    #[test]
    fn what_is_not_issued_is_not_late_and_other_problems_have_no_item() {
        let open = BancassuranceCase {
            listed_after: None,
            ..case()
        };
        check(&open, &[(4, "2024-03-04")]);
        let other = BancassuranceCase {
            problem: ProblemType::RightsUnclear,
            ..case()
        };
        check(&other, &[(6, "2024-03-09")]);
    }

    #[test]
    fn the_period_takes_both_its_days() {
        let on = |from, to| listed_items(&case(), day(from), day(to)).len();
        assert_eq!(on("2024-03-04", "2024-03-04"), 1);
        assert_eq!(on("2024-03-05", "2024-03-08"), 0);
        assert_eq!(on("2024-03-09", "2024-03-09"), 1);
    }
}
