//! The combined letter and receipt, from hand to hand.

use super::{batch, because, named, of_policy, page, review, scan, step};
use app::letters::{self, LetterQuery};
use domain::access::Permission;
use domain::callbacks::CallbackState;
use domain::letters::{Gap, LetterState as S};
use domain::time::Instant;
use rstest::rstest;
use store::letters::LetterRow;
use testkit::{Engine, TestApp, at, invalid, refused};

fn late() -> Instant {
    at("2024-03-20 10:00")
}

/// Delivers, signs and takes back, with what is refused on the way; it is late by then.
async fn come_back(t: &TestApp, letter: &LetterRow) {
    let p = t.people();
    let (sales, desk, late) = (&p.sales_cq, &p.operations_cq, late());
    let skipped = step(t, sales, t.now, letter, named("return", "")).await;
    assert_eq!(refused(skipped), "letter-wrong-state");
    step(t, sales, late, letter, named("deliver", "2024-03-06"))
        .await
        .unwrap();
    let before = step(t, sales, late, letter, named("sign", "2024-03-05")).await;
    assert_eq!(
        invalid(before),
        [("day".into(), "before-earlier-step".into())]
    );
    step(t, sales, late, letter, named("sign", "2024-03-07"))
        .await
        .unwrap();
    let overdue = LetterQuery {
        view: "overdue".into(),
        ..LetterQuery::default()
    };
    let seen = letters::list_letters(&t.app, desk, late, &overdue)
        .await
        .unwrap();
    assert!(
        seen.page.rows.iter().any(|l| l.id == letter.id),
        "late since 13 March"
    );
    letters::remind(&t.app, desk, late, letter.id)
        .await
        .unwrap();
    step(t, desk, late, letter, named("return", "2024-03-19"))
        .await
        .unwrap();
    let not_theirs = step(t, sales, late, letter, named("review", "")).await;
    assert!(matches!(
        not_theirs,
        Err(app::Error::Denied(Permission::LettersReview))
    ));
}

/// A copy that lacks something cannot be accepted and goes back.
async fn go_back(t: &TestApp, letter: &LetterRow) {
    let (desk, late) = (&t.people().operations_cq, late());
    let mut bare = review(&page(t, &letter.number).await, None);
    bare.review.signature = false;
    bare.review.answers.pop();
    step(t, desk, late, letter, bare).await.unwrap();
    assert_eq!(
        page(t, &letter.number).await.gaps,
        [Gap::Signature, Gap::Answers]
    );
    let lacking = step(t, desk, late, letter, named("accept", "")).await;
    assert_eq!(refused(lacking), "letter-incomplete");
    let back = step(t, desk, late, letter, because("reject", "非本人签名")).await;
    assert_eq!(back.unwrap(), S::Delivered);
    let shown = page(t, &letter.number).await;
    assert!(shown.review.is_none() && shown.letter.signed_on.is_none());
}

/// Signed again, with changes and one negative answer, whose code is given.
async fn accept(t: &TestApp, letter: &LetterRow) -> String {
    let p = t.people();
    let (desk, late) = (&p.operations_cq, late());
    step(t, &p.sales_cq, late, letter, named("sign", "2024-03-08"))
        .await
        .unwrap();
    step(t, desk, late, letter, named("return", "2024-03-20"))
        .await
        .unwrap();
    let shown = page(t, &letter.number).await;
    let negative = shown.items[0].code.clone();
    let mut full = review(&shown, Some(&negative));
    full.review.mobile = "13900500042".into();
    full.review.bank = "工商银行重庆渝中支行".into();
    full.review.account = "6222021234567890123".into();
    step(t, desk, late, letter, full).await.unwrap();
    let unscanned = step(t, desk, late, letter, named("accept", "")).await;
    assert_eq!(refused(unscanned), "letter-scan-missing");
    scan(t, desk, letter).await;
    step(t, desk, late, letter, named("accept", ""))
        .await
        .unwrap();
    negative
}

/// LTR-03 to LTR-06, LTR-08, C-25, INT-10: hand by hand to the entered receipt; what is wrong goes back;
/// a negative answer is a ticket; the receipt's two days re-date what depends on them, and the telephone
/// callback stays due.
#[rstest]
#[tokio::test]
async fn a_receipt_goes_through_every_hand(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    batch(&t, &p.manager, t.now, "NB-T10").await.unwrap();
    let letter = of_policy(&t, "P50-HE").await;
    let desk = &p.operations_cq;
    come_back(&t, &letter).await;
    go_back(&t, &letter).await;
    let negative = accept(&t, &letter).await;
    let callback = t.callback("P50-HE", "NB-T10").await;
    let tickets = t.tickets(callback).await;
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].item.as_deref(), Some(negative.as_str()));
    let hidden = page(&t, &letter.number).await;
    assert_eq!(hidden.changes.mobile.unwrap().to_string(), "139****0042");

    assert!(
        t.obligation("P50-HE", "NB-CQ").await.is_none(),
        "no receipt, no period"
    );
    step(&t, desk, late(), &letter, named("enter", ""))
        .await
        .unwrap();
    let days = "SELECT CAST(ack_signed_on AS TEXT) || ' ' || CAST(ack_entered_on AS TEXT) FROM policies \
                WHERE policy_no = 'P50-HE'";
    assert_eq!(t.database.column(days).await, ["2024-03-08 2024-03-20"]);
    t.plan(late()).await;
    let owed = t
        .obligation("P50-HE", "NB-CQ")
        .await
        .expect("the receipt sets the period off");
    assert_eq!(owed.due_on.unwrap().to_string(), "2024-03-22");
    let stays = t.look(callback).await;
    assert!(
        stays.state.is_open() && stays.state != CallbackState::Completed,
        "phone comes first"
    );
    let entered = page(&t, &letter.number).await;
    assert_eq!(
        entered.letter.entered_by.as_deref(),
        Some(desk.name.as_str())
    );
    assert_eq!(entered.account.unwrap().account.to_string(), "****0123");
    assert_eq!(entered.scans.len(), 1);
    let steps: Vec<_> = entered.entries.iter().map(|e| e.step.as_str()).collect();
    let chain = "issue deliver sign remind return review reject sign return review accept enter";
    assert_eq!(steps.join(" "), chain);
    assert!(entered.entries.iter().all(|e| !e.actor_name.is_empty()));
    assert_eq!(t.audited("policy.receipt_entered").await, 1);
    assert_eq!(t.audited("customer.contact_changed").await, 1);
    let done = step(&t, desk, late(), &letter, named("enter", "")).await;
    assert_eq!(refused(done), "letter-wrong-state");
}
