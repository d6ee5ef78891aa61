//! Teams and persons in charge.

use super::{begin, in_charge, join, keep, rate, team};
use app::Error;
use app::service as s;
use chrono::TimeDelta;
use rstest::rstest;
use testkit::{Engine, invalid, refused};

/// SEG-04, SEG-07: who becomes a customer of high or medium value is given to somebody by unit, language and load;
/// who is gone gives them up; doing it again changes nothing.
#[rstest]
#[tokio::test]
async fn customers_of_high_and_medium_value_are_given_by_themselves(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    let leader = &t.people().leader_cq;
    assert_eq!(keep(&t, t.now).await.given, 0, "there is no team");
    let high = team(&t, leader, "50", "high", "caller_cq").await;
    join(&t, leader, high, "sichuan_caller_cq").await;
    team(&t, leader, "50", "medium", "operations_cq").await;
    assert_eq!(keep(&t, t.now).await.given, 3);
    assert_eq!(
        in_charge(&t).await,
        [
            "C50-HE caller_cq automatic",
            "C50-LI operations_cq automatic",
            "C50-ZHOU sichuan_caller_cq automatic",
        ],
        "who speaks Sichuanese takes the customer who does"
    );
    let again = keep(&t, t.now).await;
    assert_eq!((again.given, again.ended), (0, 0));
    // The class asks for nobody any more.
    rate(&t, "C50-LI", "value_class", "low").await;
    assert_eq!(keep(&t, t.now).await.ended, 1);
    // The account of a person ends: the customer goes to another member.
    let gone = t.people().sichuan_caller_cq.user().unwrap();
    let administrator = &t.people().administrator;
    app::access::disable_user(&t.app, administrator, t.now, gone, false)
        .await
        .unwrap();
    let later = t.now + TimeDelta::minutes(5);
    let kept = keep(&t, later).await;
    assert_eq!((kept.ended, kept.given), (1, 1));
    assert_eq!(
        in_charge(&t).await,
        ["C50-HE caller_cq automatic", "C50-ZHOU caller_cq automatic"]
    );
    assert_eq!(t.audited("service.person_set").await, 4);
    assert_eq!(t.audited("service.person_ended").await, 2);
}

/// SEG-04: members leave with a successor; a lead stays; customers in charge keep a team from being dissolved.
#[rstest]
#[tokio::test]
async fn who_leaves_hands_over(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = begin(engine).await;
    let leader = &t.people().leader_cq;
    let high = team(&t, leader, "50", "high", "caller_cq").await;
    join(&t, leader, high, "sichuan_caller_cq").await;
    keep(&t, t.now).await;
    let leave = |member: &str, successor: &str| s::MemberForm {
        member: member.into(),
        successor: successor.into(),
    };
    let lead = s::end_member(&t.app, leader, t.now, high, &leave("caller_cq", "")).await;
    assert_eq!(refused(lead), "team-lead-stays");
    let form = leave("sichuan_caller_cq", "nobody");
    let unknown = s::end_member(&t.app, leader, t.now, high, &form).await;
    assert_eq!(
        invalid(unknown),
        [("successor".into(), "unknown-code".into())]
    );
    let form = leave("sichuan_caller_cq", "caller_cq");
    let handed = s::end_member(&t.app, leader, t.now, high, &form).await;
    assert_eq!(handed.unwrap(), 1);
    assert_eq!(
        in_charge(&t).await,
        ["C50-HE caller_cq automatic", "C50-ZHOU caller_cq handover"]
    );
    let history = "SELECT COUNT(*) FROM service_charges WHERE end_cause = 'handed_over'";
    assert_eq!(t.database.number(history).await, 1, "the history stays");
    let full = s::dissolve_team(&t.app, leader, t.now, high).await;
    assert_eq!(refused(full), "team-has-customers");
    let foreign = s::team_page(&t.app, &t.people().leader_sd, high).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
}

/// SEG-04, SEG-07: singly, ticked, all of a filter, and everything of a person; who has nobody is a worklist. Who is
/// in charge has the customer on the own list.
#[rstest]
#[tokio::test]
async fn customers_are_given_by_hand(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = begin(engine).await;
    let p = t.people();
    let leader = &p.leader_cq;
    let nobody = s::ServedQuery::default();
    let waiting = async || {
        let (list, _) = s::list_served(&t.app, leader, t.now, &nobody)
            .await
            .unwrap();
        list.page.rows
    };
    let without = waiting().await;
    assert_eq!(without.len(), 3, "ZHOU, HE, LI");
    let see = async || app::customers::customer_page(&t.app, &p.caller_cq, t.now, "C50-HE").await;
    assert!(matches!(see().await, Err(Error::NotFound)));
    let one = s::AssignForm {
        customer_no: "C50-HE".into(),
        user: "caller_cq".into(),
        ..Default::default()
    };
    assert_eq!(s::assign(&t.app, leader, t.now, &one).await.unwrap(), 1);
    assert_eq!(see().await.unwrap().customer.customer_no, "C50-HE");
    let ids = without.iter().filter(|r| r.customer_no == "C50-LI");
    let ticked = s::AssignForm {
        customers: ids.map(|r| r.customer.to_string()).collect(),
        user: "operations_cq".into(),
        ..Default::default()
    };
    assert_eq!(s::assign(&t.app, leader, t.now, &ticked).await.unwrap(), 1);
    let all = s::AssignForm {
        all: true,
        user: "operations_cq".into(),
        ..Default::default()
    };
    assert_eq!(s::assign(&t.app, leader, t.now, &all).await.unwrap(), 1);
    assert!(waiting().await.is_empty());
    let foreign = s::AssignForm {
        customer_no: "C37-SUN".into(),
        user: "caller_cq".into(),
        ..Default::default()
    };
    let foreign = s::assign(&t.app, leader, t.now, &foreign).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    let over = s::HandoverForm {
        from: "operations_cq".into(),
        user: "caller_cq".into(),
    };
    assert_eq!(s::hand_over(&t.app, leader, t.now, &over).await.unwrap(), 2);
    assert_eq!(
        in_charge(&t).await,
        [
            "C50-HE caller_cq single",
            "C50-LI caller_cq handover",
            "C50-ZHOU caller_cq handover",
        ]
    );
    let mine = s::my_customers(&t.app, &p.caller_cq, t.now, &s::MineQuery::default()).await;
    let mine = mine.unwrap();
    assert_eq!(mine.len(), 3);
    assert!(mine.iter().all(|m| m.next_on.is_some()), "the next contact");
    let sorted = mine.windows(2).all(|w| w[0].next_on <= w[1].next_on);
    assert!(sorted, "the most urgent first");
    let cases = s::MineQuery {
        view: "cases".into(),
    };
    let cases = s::my_customers(&t.app, &p.caller_cq, t.now, &cases).await;
    assert!(cases.unwrap().is_empty());
}
