//! The quarterly plan.

use app::Error;
use app::plans::{PlanQuery, agree, day_page, make, move_to, plan_page};
use chrono::NaiveDate;
use domain::time;
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, invalid, refused};

fn quarter(text: &str, org: &str) -> PlanQuery {
    PlanQuery {
        quarter: text.into(),
        org: org.into(),
    }
}

/// Callbacks whose planned day lies outside of their period.
const OUTSIDE: &str =
    "SELECT COUNT(*) FROM callbacks WHERE planned_on > due_on OR planned_on < earliest_on";
/// Callbacks without a day that were due before the first planned one.
const PAST: &str = "SELECT COUNT(*) FROM callbacks WHERE is_open = TRUE AND planned_on IS NULL \
                    AND due_on < (SELECT MIN(planned_on) FROM callbacks)";
const PLANNED: &str =
    "SELECT COUNT(*) FROM callbacks WHERE planned_on IS NOT NULL AND is_open = TRUE";

/// CBK-12: every callback of the quarter gets a working day within its period, and a second plan changes nothing.
#[rstest]
#[tokio::test]
async fn a_quarter_is_planned(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let first = quarter("2024Q1", "");
    let before = plan_page(&t.app, &p.manager, t.now, &first).await.unwrap();
    assert!(before.unplanned > 0 && before.days.len() == 91);
    let made = make(&t.app, &p.manager, t.now, &first).await.unwrap();
    // What was due before today has no day left.
    let past = i64::try_from(made.unplaced.len()).unwrap();
    assert_eq!(i64::try_from(made.placed).unwrap() + past, before.unplanned);
    assert_eq!(t.database.number(PAST).await, past);
    assert!(!made.more);
    assert_eq!(t.database.number(OUTSIDE).await, 0);
    let page = plan_page(&t.app, &p.manager, t.now, &first).await.unwrap();
    assert_eq!(page.unplanned, past);
    let sum: i64 = page.days.iter().map(|d| d.planned).sum();
    assert_eq!(sum, before.unplanned - past);
    assert!(
        page.days
            .iter()
            .all(|d| d.planned == 0 || (d.is_working && !d.is_over()))
    );
    let today = time::date_in_china(t.now);
    assert!(page.days.iter().all(|d| d.planned == 0 || d.on >= today));
    let again = make(&t.app, &p.manager, t.now, &first).await.unwrap();
    assert_eq!(again, made);
    assert_eq!(t.audited("plan.made").await, 2);
    // A branch plans its own work and sees no other's.
    let own = plan_page(&t.app, &p.leader_cq, t.now, &first)
        .await
        .unwrap();
    let own: i64 = own.days.iter().map(|d| d.planned).sum();
    assert!(own > 0 && own < sum);
    let foreign = plan_page(&t.app, &p.leader_cq, t.now, &quarter("2024Q1", "3701")).await;
    assert_eq!(
        invalid(foreign.map(|_| ())),
        [("org".into(), "unknown-org".into())]
    );
    let denied = plan_page(&t.app, &p.caller_cq, t.now, &first).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let past = make(&t.app, &p.manager, t.now, &quarter("2023Q4", "")).await;
    assert_eq!(refused(past.map(|_| ())), "plan-past");
    let unknown = make(&t.app, &p.manager, t.now, &quarter("2024Q5", "")).await;
    assert_eq!(invalid(unknown.map(|_| ()))[0].0, "quarter");
}

/// Rearranged by hand within the period; what was agreed with the customer stays when the plan is made anew.
#[rstest]
#[tokio::test]
async fn days_are_moved_and_agreed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let on = |text: &str| -> NaiveDate { day(text) };
    let move_id = async |by, to| move_to(&t.app, by, t.now, &[id], to).await;
    let moved = move_id(&p.leader_cq, on("2024-03-12")).await.unwrap();
    assert_eq!((moved.moved, moved.refused.len()), (1, 0));
    let (whole, moved_to) = (PlanQuery::default(), Some(on("2024-03-12")));
    let rows = day_page(&t.app, &p.leader_cq, t.now, &whole, moved_to, "").await;
    assert_eq!(rows.unwrap().rows[0].id, id);
    // Due on the 15th, a Friday.
    let late = move_id(&p.leader_cq, on("2024-03-18")).await.unwrap();
    assert_eq!((late.moved, late.refused[0].1), (0, "too-late"));
    for (to, code) in [("2024-03-10", "day-off"), ("2024-03-01", "past")] {
        let wrong = move_id(&p.leader_cq, on(to)).await.map(|_| ());
        assert_eq!(invalid(wrong), [("on".into(), code.into())]);
    }
    let foreign = move_id(&p.leader_sd, on("2024-03-13")).await.unwrap();
    assert_eq!(
        (foreign.moved, foreign.refused.len()),
        (0, 0),
        "another branch moves nothing"
    );
    assert_eq!(t.database.number(PLANNED).await, 1);
    for (agreed, code) in [
        ("2024-03-01T10:00", None),
        ("2024-03-16T10:00", Some("too-late")),
        ("gestern", Some("instant")),
    ] {
        let wrong = agree(&t.app, &p.leader_cq, t.now, id, agreed).await;
        match code {
            Some(code) => assert_eq!(invalid(wrong)[0].1, code),
            None => assert!(wrong.is_err()),
        }
    }
    agree(&t.app, &p.leader_cq, t.now, id, "2024-03-14T15:30")
        .await
        .unwrap();
    assert_eq!(
        t.look(id).await.appointment_at,
        Some(at("2024-03-14 15:30"))
    );
    let made = make(&t.app, &p.leader_cq, t.now, &quarter("2024Q1", ""))
        .await
        .unwrap();
    assert_eq!(made.kept, 1);
    let page = plan_page(&t.app, &p.leader_cq, t.now, &quarter("2024Q1", ""))
        .await
        .unwrap();
    let agreed = page.days.iter().find(|d| d.on == on("2024-03-14")).unwrap();
    assert!(agreed.agreed == 1 && agreed.planned >= 1);
}
