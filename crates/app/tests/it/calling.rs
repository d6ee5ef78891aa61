//! A callback from the first call to its end.

use app::Error;
use app::callbacks::{StartForm, call_page, callback_page, preparation, start_attempt};
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState as S;
use domain::tickets::ProblemType;
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, day, invalid, refused};

/// CBK-43, CBK-39, NB-CQ: four facts, each of its own; in time; the obligation is discharged.
#[rstest]
#[tokio::test]
async fn an_interview_completes_it_in_time(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (leader, caller) = (&t.people().leader_cq, &t.people().caller_cq);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, caller).await;
    let state = t.interview(caller, at("2024-03-05 10:30"), id, &[]).await;
    assert_eq!(state, S::Completed);
    let done = t.look(id).await;
    assert_eq!(done.timing.as_deref(), Some("in_time"));
    assert_eq!(done.due_on, Some(day("2024-03-15")));
    let facts = [
        done.reached,
        done.identity_verified,
        done.content_delivered,
        done.affirmed,
    ];
    assert_eq!(facts, [Some(true); 4]);
    assert_eq!(done.completed_at, Some(at("2024-03-05 10:30")));
    assert_eq!(done.caller_name.as_deref(), Some("caller cq"));
    assert_eq!(done.attempts_total, 1);
    let obligation = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    assert_eq!(obligation.status, "discharged");
    assert_eq!(obligation.timing.as_deref(), Some("in_time"));
    assert!(t.tickets(id).await.is_empty());
    let page = callback_page(&t.app, leader, t.now, id).await.unwrap();
    let commands: Vec<_> = page.entries.iter().map(|e| e.command.as_str()).collect();
    assert_eq!(commands, ["assign", "start_attempt", "finished"]);
    assert_eq!(page.recordings.len(), 1);
}

/// CBK-08, C-06: a late callback in Chongqing opens a right of seven days after it.
#[rstest]
#[tokio::test]
async fn a_late_callback_opens_the_seven_day_right(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    let state = t.interview(caller, at("2024-03-06 09:00"), id, &[]).await;
    assert_eq!(state, S::Completed);
    assert_eq!(t.look(id).await.timing.as_deref(), Some("late"));
    let scope = Actor::system().scope(Permission::PoliciesRead).unwrap();
    let policy = store::policies::find_policy_by_number(t.app.store(), &scope, "P50-LI").await;
    assert_eq!(
        policy.unwrap().unwrap().deemed_until_on,
        Some(day("2024-03-13"))
    );
}

/// NB-SD, C-06: in Shandong a late callback opens no right while the company has no rule for it.
#[rstest]
#[tokio::test]
async fn a_late_callback_in_shandong_opens_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_sd;
    let id = t.callback("P37-SUN", "NB-SD").await;
    t.assign(&t.people().leader_sd, id, caller).await;
    let state = t.interview(caller, at("2024-03-18 09:00"), id, &[]).await;
    assert_eq!(state, S::Completed);
    assert_eq!(t.look(id).await.timing.as_deref(), Some("late"));
    let opened = "SELECT COUNT(*) FROM policies WHERE deemed_until_on IS NOT NULL";
    assert_eq!(t.database.number(opened).await, 0);
}

/// CBK-29, QST-03, QST-15: identity first, one by one, answers saved as they are given and open to
/// correction; the end waits for every item and for the recording (CBK-22).
#[rstest]
#[tokio::test]
async fn items_are_asked_in_order_and_saved_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let now = at("2024-03-05 11:00");
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.start(caller, now, id).await.unwrap();
    assert_eq!(
        refused(t.answer(caller, now, id, "coverage", "affirm").await),
        "question-gated"
    );
    t.answer(caller, now, id, "identity_name", "affirm")
        .await
        .unwrap();
    assert_eq!(
        refused(t.answer(caller, now, id, "knows_insurance", "affirm").await),
        "question-gated"
    );
    t.answer(caller, now, id, "identity_birth", "affirm")
        .await
        .unwrap();
    let wrong = t.answer(caller, now, id, "knows_insurance", "given").await;
    assert_eq!(invalid(wrong)[0].0, "answer");
    t.answer(caller, now, id, "knows_insurance", "unclear")
        .await
        .unwrap();
    // The browser closes; the call goes on where it was.
    t.start(caller, at("2024-03-05 11:05"), id).await.unwrap();
    let page = call_page(&t.app, caller, now, id, "惠民人寿")
        .await
        .unwrap();
    assert_eq!(page.items[page.current].item.code, "policy_received");
    assert_eq!(page.page.attempts.len(), 1);
    assert_eq!(page.full_name, "周敏");
    assert!(page.greeting.zh.contains("周女士") && page.greeting.zh.contains("惠民人寿"));
    assert!(page.items[2].is_doubtful());
    // On second thoughts the customer does know.
    t.answer(caller, now, id, "knows_insurance", "affirm")
        .await
        .unwrap();
    assert_eq!(
        refused(t.finish(caller, now, id, "finished").await),
        "questions-open"
    );
    t.answer_all(caller, now, id, &[]).await;
    let page = call_page(&t.app, caller, now, id, "惠民人寿")
        .await
        .unwrap();
    assert!(page.can_finish && !page.recorded);
    assert_eq!(
        refused(t.finish(caller, now, id, "finished").await),
        "callback-recording-missing"
    );
    t.record(caller, now, id).await.unwrap();
    assert_eq!(
        t.finish(caller, now, id, "finished").await.unwrap(),
        S::Completed
    );
    assert_eq!(t.look(id).await.affirmed, Some(true));
    let kept = "SELECT COUNT(*) FROM answers WHERE item = 'knows_insurance'";
    assert_eq!(t.database.number(kept).await, 2);
}

/// CBK-38: what is saved stays as it is.
#[rstest]
#[tokio::test]
async fn a_saved_attempt_is_never_changed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.interview(caller, t.now, id, &[]).await;
    let again = t.finish(caller, t.now, id, "no_answer").await;
    assert_eq!(refused(again), "callback-wrong-state");
    let late = t.answer(caller, t.now, id, "coverage", "negative").await;
    assert_eq!(refused(late), "callback-wrong-state");
    assert_eq!(t.look(id).await.affirmed, Some(true));
}

/// QST-15: items apply by product and channel.
#[rstest]
#[tokio::test]
async fn items_fit_the_product(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.start(caller, t.now, id).await.unwrap();
    let page = call_page(&t.app, caller, t.now, id, "惠民人寿")
        .await
        .unwrap();
    let codes: Vec<_> = page.items.iter().map(|i| i.item.code.as_str()).collect();
    for asked in [
        "benefits_participating",
        "premium_instalments",
        "double_recording_made",
    ] {
        assert!(codes.contains(&asked), "{asked}");
    }
    for not_asked in ["benefits_universal", "premium_single", "applied_online"] {
        assert!(!codes.contains(&not_asked), "{not_asked}");
    }
    assert!(
        page.items.iter().all(|i| !i.ask.zh.contains('〔')),
        "a value is missing"
    );
}

/// CBK-40, CBK-41, CBK-43: told everything but not affirmed is a problem, with its cause.
#[rstest]
#[tokio::test]
async fn a_doubtful_answer_is_a_problem_not_a_completion(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    let doubts = [
        ("coverage", "unclear"),
        ("fees", "negative"),
        ("surrender_loss", "unclear"),
        ("cooling_off", "question"),
    ];
    let state = t.interview(caller, t.now, id, &doubts).await;
    assert_eq!(state, S::ProblemOpen);
    let seen = t.look(id).await;
    let facts = [
        seen.reached,
        seen.identity_verified,
        seen.content_delivered,
        seen.affirmed,
    ];
    assert_eq!(facts, [Some(true), Some(true), Some(true), Some(false)]);
    assert_eq!((seen.timing, seen.completed_at), (None, None));
    // One for each cause (TKT-02): coverage and fees share theirs.
    let mut causes: Vec<_> = t.tickets(id).await.iter().map(|k| k.problem).collect();
    causes.sort_unstable();
    let expected = [
        ProblemType::ContractQuality,
        ProblemType::MisSellingSurrender,
        ProblemType::UnanswerableQuestion,
    ];
    assert_eq!(causes, expected);
    assert_eq!(
        t.obligation("P50-ZHOU", "NB-CQ").await.unwrap().status,
        "open"
    );
}

/// CBK-41, CBK-42: every result leads where requirements §4.2 says; the cause is on record.
#[rstest]
#[tokio::test]
async fn every_result_has_its_consequence(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let results = [
        ("no_answer", S::RetryWait),
        ("busy", S::RetryWait),
        ("not_in_person", S::RetryWait),
        ("proxy_offered", S::RetryWait),
        ("refused_now", S::RetryWait),
        ("interrupted", S::RetryWait),
        ("wrong_number", S::ContactFix),
        ("dialect", S::BranchSecond),
        ("hearing_difficulty", S::BranchSecond),
        ("refused_finally", S::NotCompleted),
    ];
    let mut portfolio = Portfolio::small();
    for (result, _) in results {
        portfolio.policies.add(Portfolio::life_policy(
            &format!("P-{result}"),
            "C50-ZHOU",
            "5001",
            "A5002",
            "2024-02-26",
            "2024-03-01",
        ));
    }
    let t = TestApp::with(engine, &portfolio).await;
    let caller = &t.people().caller_cq;
    for (result, expected) in results {
        let id = t.callback(&format!("P-{result}"), "NB-CQ").await;
        t.assign(&t.people().leader_cq, id, caller).await;
        let state = t.not_reached(caller, t.now, id, result).await;
        assert_eq!(state, expected, "{result}");
        let seen = t.look(id).await;
        assert_eq!(seen.last_result.as_deref(), Some(result));
        assert_eq!(seen.reached, None, "{result}: no interview, no facts");
        let kinds: Vec<_> = t
            .tickets(id)
            .await
            .iter()
            .map(|k| k.kind.as_str())
            .collect();
        let cases: &[&str] = match expected {
            S::ContactFix => &["verification"],
            S::BranchSecond => &["failed"],
            _ => &[],
        };
        assert_eq!(kinds, cases, "{result}");
        if expected == S::NotCompleted {
            assert_eq!(seen.cause.as_deref(), Some("policyholder"));
            assert_eq!(seen.end_reason.as_deref(), Some("refused_finally"));
        }
        if expected == S::BranchSecond {
            assert!(seen.in_branch && seen.assignee_id.is_none());
        }
    }
    let ended = t.obligation("P-refused_finally", "NB-CQ").await.unwrap();
    assert_eq!(ended.status, "not_discharged");
    assert_eq!(ended.cancel_reason.as_deref(), Some("policyholder"));
}

/// CBK-19, C-03: nobody calls from another's list, before the period begins, or by text message.
#[rstest]
#[tokio::test]
async fn only_the_own_list_in_its_period_by_an_allowed_channel(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let other = t.start(&p.sichuan_caller_cq, t.now, id).await;
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
    assert_eq!(
        refused(t.start(&p.leader_cq, t.now, id).await),
        "callback-not-assignee"
    );
    for channel in ["sms", "wechat", "email", "qq"] {
        let form = StartForm {
            channel: channel.into(),
        };
        let started = start_attempt(&t.app, &p.caller_cq, t.now, id, &form).await;
        assert_eq!(refused(started), "callback-channel-not-allowed");
    }
    let unsigned = t.callback("P37-MA", "NB-SD").await;
    t.assign(&p.leader_sd, unsigned, &p.caller_sd).await;
    assert_eq!(
        refused(t.start(&p.caller_sd, t.now, unsigned).await),
        "callback-not-ready"
    );
    let inspector = t.start(&p.inspector, t.now, id).await;
    assert!(matches!(
        inspector,
        Err(Error::Denied(Permission::CallbacksMake))
    ));
}

/// CBK-13: before the call the caller sees who it is, contact persons with their positions, what was bought,
/// what was done, special needs, the policy with its claims, and the script; nobody sees it of another's list,
/// and people outside of the company see no needs.
#[rstest]
#[tokio::test]
async fn a_caller_prepares(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut portfolio = Portfolio::small();
    portfolio
        .customers
        .set("C50-LI", "special_needs", "午休时间勿扰")
        .set("C50-LI", "occupation", "会计");
    let t = TestApp::with(engine, &portfolio).await;
    let p = t.people();
    let id = t.callback("P50-LI", "NB-CQ").await;
    let before = preparation(&t.app, &p.caller_cq, t.now, id, "惠民人寿").await;
    assert!(
        matches!(before, Err(Error::NotFound)),
        "not on the list yet"
    );
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let known = preparation(&t.app, &p.caller_cq, t.now, id, "惠民人寿")
        .await
        .unwrap();
    assert_eq!(known.special_needs.as_deref(), Some("午休时间勿扰"));
    assert_eq!(known.page.customer.occupation.as_deref(), Some("会计"));
    assert_eq!(known.page.policy.unwrap().policy_no, "P50-LI");
    let bought: Vec<_> = known.policies.rows.iter().map(|r| &r.policy_no).collect();
    assert!(bought.len() == 2 && bought.contains(&&"P50-CAR".to_owned()));
    assert!(!known.records.is_empty());
    let script = known.script.unwrap();
    assert!(
        script
            .items
            .iter()
            .any(|(title, ..)| title.zh == "出生日期")
    );
    assert!(
        script
            .items
            .iter()
            .all(|(_, ask, _)| !ask.zh.contains("李强"))
    );
    assert_eq!(t.audited("callback.prepared").await, 1);
    let other = preparation(&t.app, &p.sichuan_caller_cq, t.now, id, "惠民人寿").await;
    assert!(matches!(other, Err(Error::NotFound)));
    // A group's contact person with the position, and its claim.
    let group = t.callback("P50-CORP", "CP-SET").await;
    let outside = t.person("outside", "outsourced_caller", "000").await;
    t.assign(&p.manager, group, &outside).await;
    let known = preparation(&t.app, &outside, t.now, group, "惠民财险")
        .await
        .unwrap();
    assert_eq!(known.page.contacts[0].position.as_deref(), Some("财务经理"));
    assert_eq!(known.page.claims.len(), 1);
    assert_eq!((known.needs, known.special_needs), (None, None));
}
