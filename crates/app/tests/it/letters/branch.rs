//! The letter of a branch, and the desk that takes letter after letter.

use super::{all, batch, named, of_policy, page, scan, step, text_of};
use app::letters;
use domain::callbacks::CallbackState;
use domain::letters::LetterState as S;
use rstest::rstest;
use testkit::{Engine, TestApp, at, invalid, refused};

/// LTR-05: code after code at a desk; a copy that comes back brings its signature along.
#[rstest]
#[tokio::test]
async fn a_desk_takes_code_after_code(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    batch(&t, &p.manager, t.now, "NB-T10").await.unwrap();
    let letter = of_policy(&t, "P50-HE").await;
    let back = named("return", "");
    let work = async |code: &str, signed: &str| {
        letters::work_at_desk(&t.app, &p.operations_cq, t.now, code, &back, signed).await
    };
    assert_eq!(
        invalid(work("LT-1", "").await),
        [("code".into(), "no-letter".into())]
    );
    assert_eq!(
        refused(work(&letter.number, "").await),
        "letter-wrong-state"
    );
    let address = format!(
        "https://hf.example.cn/letters/{}",
        letter.number.to_lowercase()
    );
    let taken = work(&address, "2024-03-05").await.unwrap();
    assert_eq!(taken.state, S::Returned);
    let shown = page(&t, &letter.number).await.letter;
    assert_eq!(shown.signed_on.unwrap().to_string(), "2024-03-05");
}

/// A callback of P50-ZHOU that the branch has taken over.
async fn at_branch(t: &TestApp) -> domain::ids::CallbackId {
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let state = t
        .not_reached(&p.caller_cq, t.now, id, "hearing_difficulty")
        .await;
    assert_eq!(state, CallbackState::BranchSecond);
    id
}

/// LTR-07, CBK-24, TKT-06: the letter of a branch counts with its signed record only; a wrong address or
/// silence leads to the next step.
#[rstest]
#[tokio::test]
async fn a_letter_of_a_branch_comes_back_or_not(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let by = &p.operations_cq;
    let id = at_branch(&t).await;
    let write = async || {
        letters::write_letter(&t.app, by, t.now, id, "多次致电未接")
            .await
            .unwrap();
        assert_eq!(t.look(id).await.state, CallbackState::LetterOut);
        all(&t, by).await.remove(0)
    };
    let letter = write().await;
    assert_eq!(letter.state, S::Issued);
    let printed = letters::print_letter(&t.app, by, t.now, &letter.number)
        .await
        .unwrap();
    assert!(printed.missing.is_empty() && printed.bytes.len() < 100_000);
    let text = text_of(&printed.bytes);
    assert!(
        text.contains("客户回访函") && text.contains(letter.number.as_str()),
        "{text}"
    );
    step(&t, by, t.now, &letter, named("send", ""))
        .await
        .unwrap();
    let sent = page(&t, &letter.number).await.letter;
    assert_eq!(sent.due_on.unwrap().to_string(), "2024-03-20");
    step(&t, by, t.now, &letter, named("undeliverable", ""))
        .await
        .unwrap();
    assert_eq!(t.look(id).await.state, CallbackState::BranchSecond);

    let letter = write().await;
    step(&t, by, t.now, &letter, named("send", ""))
        .await
        .unwrap();
    let early = step(&t, by, t.now, &letter, named("no_reply", "")).await;
    assert_eq!(refused(early), "letter-not-due");
    let in_time = letters::end_unanswered(&t.app, at("2024-03-20 23:00")).await;
    assert_eq!(in_time.unwrap(), 0);
    let ended = letters::end_unanswered(&t.app, at("2024-03-21 01:00")).await;
    assert_eq!(ended.unwrap(), 1);
    assert_eq!(page(&t, &letter.number).await.letter.state, S::NoReply);
    assert_eq!(t.look(id).await.state, CallbackState::BranchSecond);

    let letter = write().await;
    step(&t, by, t.now, &letter, named("send", ""))
        .await
        .unwrap();
    let unsigned = step(&t, by, t.now, &letter, named("reply_affirmed", "")).await;
    assert_eq!(refused(unsigned), "letter-scan-missing");
    scan(&t, by, &letter).await;
    step(&t, by, t.now, &letter, named("reply_affirmed", ""))
        .await
        .unwrap();
    let done = t.look(id).await;
    assert_eq!(
        (done.state, done.affirmed),
        (CallbackState::Completed, Some(true))
    );
    let channel = "SELECT completed_channel FROM callbacks WHERE completed_channel IS NOT NULL";
    assert_eq!(t.database.column(channel).await, ["letter"]);
    assert_eq!(
        t.obligation("P50-ZHOU", "NB-CQ").await.unwrap().status,
        "discharged"
    );
}
