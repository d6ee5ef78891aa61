//! Working days and date arithmetic.

use crate::shipped::calendar;
use proptest::prelude::*;
use rstest::rstest;
use rules::dates::{self, Roll, Unit};
use rules::{DayKind, DayStatus, NaiveDate};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[rstest]
#[case("2024-02-04", DayKind::MakeUp, "春节")]
#[case("2024-02-09", DayKind::Working, "")]
#[case("2024-02-10", DayKind::Holiday, "春节")]
#[case("2024-02-18", DayKind::MakeUp, "春节")]
#[case("2024-02-24", DayKind::Weekend, "")]
#[case("2020-01-31", DayKind::Holiday, "春节")]
#[case("2015-09-03", DayKind::Holiday, "抗战胜利70周年纪念日")]
#[case("2005-12-31", DayKind::MakeUp, "元旦")]
#[case("2026-09-20", DayKind::MakeUp, "国庆节")]
fn days_are_what_the_notices_say(#[case] date: &str, #[case] kind: DayKind, #[case] name: &str) {
    let calendar = calendar();
    let found = calendar.day(day(date));
    assert_eq!(found.kind, kind);
    assert_eq!(found.name.map_or("", |n| n.zh.as_str()), name);
    assert_eq!(found.status, DayStatus::Official);
}

#[rstest]
#[case(2024, 251)]
#[case(2025, 248)]
#[case(2026, 248)]
fn a_year_has_its_working_days(#[case] year: i32, #[case] expected: u32) {
    let (from, to) = (format!("{year}-01-01"), format!("{year}-12-31"));
    assert_eq!(
        calendar().working_days_between(day(&from), day(&to)),
        expected
    );
}

#[test]
fn years_without_a_notice_are_expected() {
    let calendar = calendar();
    assert_eq!(calendar.official_until(), Some(2026));
    let festival = calendar.day(day("2027-02-06"));
    assert_eq!(
        (festival.kind, festival.status),
        (DayKind::Holiday, DayStatus::Expected)
    );
    let eve = calendar.day(day("2027-02-05"));
    assert_eq!(eve.name.unwrap().zh, "春节");
    let qingming = calendar.day(day("2027-04-05"));
    assert_eq!(qingming.name.unwrap().zh, "清明节");
    assert_eq!(calendar.day(day("2027-09-15")).name.unwrap().zh, "中秋节");
}

#[rstest]
#[case("2024-02-09", 1, false, "2024-02-18")]
#[case("2024-02-09", 1, true, "2024-02-09")]
#[case("2024-02-10", 1, true, "2024-02-18")]
#[case("2024-02-09", 0, false, "2024-02-09")]
#[case("2024-02-18", -1, false, "2024-02-09")]
#[case("2024-09-30", 3, false, "2024-10-10")]
fn working_days_are_counted(
    #[case] from: &str,
    #[case] n: i64,
    #[case] count_first: bool,
    #[case] expected: &str,
) {
    assert_eq!(
        dates::add_working_days(&calendar(), day(from), n, count_first),
        day(expected)
    );
}

#[rstest]
#[case("2024-01-31", 1, "2024-02-29")]
#[case("2023-01-31", 1, "2023-02-28")]
#[case("2024-05-31", -3, "2024-02-29")]
#[case("2024-12-31", 2, "2025-02-28")]
fn months_clamp_to_the_last_day(#[case] from: &str, #[case] months: i64, #[case] expected: &str) {
    assert_eq!(dates::add_months(day(from), months), day(expected));
}

proptest! {
    #[test]
    fn counted_days_agree_with_the_sum(offset in 0_i64..8000, n in 0_i64..60, first: bool) {
        let calendar = calendar();
        let from = day("2004-01-01") + chrono::Duration::days(offset);
        for unit in [Unit::CalendarDay, Unit::WorkingDay] {
            let end = dates::add(&calendar, from, n, unit, first);
            let counted = dates::count_days(&calendar, from, n, unit, first);
            let last = counted.iter().filter_map(|c| c.number).max().unwrap_or(0);
            // A calendar period of no days that counts its first day has nothing to count.
            prop_assert!(last == n || n == 0);
            prop_assert_eq!(counted.last().map(|c| c.day.date), Some(end));
        }
    }

    #[test]
    fn rolling_ends_on_a_working_day_nearby(offset in 0_i64..8000) {
        let calendar = calendar();
        let from = day("2004-01-01") + chrono::Duration::days(offset);
        let next = Roll::NextWorking.apply(&calendar, from);
        let previous = Roll::PreviousWorking.apply(&calendar, from);
        prop_assert!(calendar.is_working(next) && calendar.is_working(previous));
        prop_assert!(previous <= from && from <= next);
        prop_assert!((next - previous).num_days() <= 14);
    }
}
