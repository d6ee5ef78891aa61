//! Letters: from the batch through every hand to the entered receipt, and the letters of branches.

use app::jobs::{open_file, run_due};
use app::letters::{
    self, BatchForm, DraftForm, LetterPage, LetterQuery, ReviewForm, StepForm, TemplateWords,
};
use app::recordings::Upload;
use bytes::Bytes;
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState;
use domain::letters::{Gap, LetterState as S};
use domain::time::Instant;
use rstest::rstest;
use std::process::Command;
use store::letters::LetterRow;
use testkit::{Engine, Portfolio, TestApp, at, invalid, refused};
use uuid::Uuid;

/// The text of a PDF as poppler, which knows nothing of us, reads it.
fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).unwrap();
    let run = Command::new("pdftotext")
        .arg("-layout")
        .arg(&path)
        .arg("-")
        .output();
    let output = run.expect("pdftotext of poppler-utils, which ./test installs");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "",
        "poppler complains"
    );
    String::from_utf8(output.stdout).unwrap()
}

async fn batch(t: &TestApp, by: &Actor, now: Instant, programme: &str) -> app::Result<Uuid> {
    let form = BatchForm {
        programme: programme.into(),
        ..BatchForm::default()
    };
    let job = letters::start_batch(&t.app, by, now, &form).await?;
    let app = t.app.clone();
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()?;
    Ok(job)
}

async fn file(t: &TestApp, by: &Actor, job: Uuid) -> Vec<u8> {
    let mut file = open_file(&t.app, by, t.now, job).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(part) = file.content.next().await.unwrap() {
        bytes.extend_from_slice(&part);
    }
    bytes
}

async fn all(t: &TestApp, by: &Actor) -> Vec<LetterRow> {
    let query = LetterQuery {
        view: "all".into(),
        ..LetterQuery::default()
    };
    let list = letters::list_letters(&t.app, by, t.now, &query)
        .await
        .unwrap();
    list.page.rows
}

async fn of_policy(t: &TestApp, policy: &str) -> LetterRow {
    let rows = all(t, &t.people().manager).await;
    let mut rows = rows
        .into_iter()
        .filter(|l| l.policy_no.as_deref() == Some(policy));
    rows.next().unwrap()
}

async fn step(
    t: &TestApp,
    by: &Actor,
    now: Instant,
    letter: &LetterRow,
    form: StepForm,
) -> app::Result<S> {
    letters::take_step(&t.app, by, now, letter.id, &form).await
}

fn named(step: &str, day: &str) -> StepForm {
    StepForm {
        step: step.into(),
        day: day.into(),
        ..StepForm::default()
    }
}

fn because(step: &str, text: &str) -> StepForm {
    StepForm {
        step: step.into(),
        text: text.into(),
        ..StepForm::default()
    }
}

async fn scan(t: &TestApp, by: &Actor, letter: &LetterRow) {
    let upload = Upload {
        file_name: "公司联.pdf".into(),
        bytes: Bytes::from_static(b"%PDF signed"),
    };
    letters::add_scan(&t.app, by, t.now, letter.id, upload)
        .await
        .unwrap();
}

async fn page(t: &TestApp, number: &str) -> LetterPage {
    letters::letter_page(&t.app, &t.people().manager, t.now, number)
        .await
        .unwrap()
}

/// The copy as it came back, everything confirmed; one answer may be another.
fn review(page: &LetterPage, negative: Option<&str>) -> StepForm {
    let answers = page.items.iter().map(|i| {
        let no = negative == Some(i.code.as_str());
        (
            i.code.clone(),
            if no { "negative" } else { "affirm" }.to_owned(),
        )
    });
    StepForm {
        step: "review".into(),
        review: ReviewForm {
            rights: true,
            receipt: true,
            signature: true,
            contact: true,
            answers: answers.collect(),
            ..ReviewForm::default()
        },
        ..StepForm::default()
    }
}

/// LTR-01, LTR-02, QST-16: the combined form in two copies with its three functions and the questions of
/// the programme; ten letters in one file, each with its number, made once however often they are asked
/// for.
#[rstest]
#[tokio::test]
async fn a_batch_prints_ten_letters(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut portfolio = Portfolio::small();
    for number in 0..9 {
        let policy = format!("P50-T{number}");
        let row = Portfolio::life_policy(&policy, "C50-ZHOU", "5001", "A5001", "2024-02-28", "");
        portfolio.policies.add(row);
    }
    let t = TestApp::with(engine, &portfolio).await;
    let p = t.people();
    let job = batch(&t, &p.leader_cq, t.now, "NB-T10").await.unwrap();
    let made = all(&t, &p.leader_cq).await;
    assert!(made.len() >= 10, "{}", made.len());
    let pdf = file(&t, &p.leader_cq, job).await;
    let text = text_of(&pdf);
    for letter in &made {
        let copies = text.matches(letter.number.as_str()).count();
        assert!(copies >= 4, "header and bar code of both copies: {copies}");
        assert_eq!(letter.state, S::Printed);
        assert_eq!(letter.due_on, Some(letter.issued_on + Duration::days(7)));
    }
    for words in [
        "客户回访函暨保险单签收回执",
        "第一联　客户留存联",
        "第二联　公司留存联",
        "沿此虚线撕下",
        "一、客户权益确认",
        "二、保险单签收回执",
        "三、联系资料及续期缴费账户确认或变更",
        "投保人亲笔签名",
    ] {
        let found = text
            .replace(' ', "")
            .matches(&words.replace('\u{3000}', ""))
            .count();
        let found = found.max(text.matches(words).count());
        assert!(found >= made.len(), "{words}: {found}");
    }
    let items = page(&t, &made[0].number).await.items;
    assert!(
        items.len() >= 5,
        "the questions of the programme: {}",
        items.len()
    );
    let flat: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for item in &items {
        assert!(
            flat.contains(&format!("【{}】", item.title.zh)),
            "{}",
            item.title.zh
        );
    }
    let again = batch(&t, &p.leader_cq, t.now, "NB-T10").await;
    assert!(again.is_ok(), "the job says that there is nothing to print");
    assert_eq!(all(&t, &p.leader_cq).await.len(), made.len());
    let foreign = letters::find_letter(&t.app, &p.leader_sd, &made[0].number).await;
    assert!(matches!(foreign, Err(app::Error::NotFound)));
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
    let (sales, desk) = (&p.sales_cq, &p.operations_cq);
    let skipped = step(&t, sales, t.now, &letter, named("return", "")).await;
    assert_eq!(refused(skipped), "letter-wrong-state");
    let late = at("2024-03-20 10:00");
    step(&t, sales, late, &letter, named("deliver", "2024-03-06"))
        .await
        .unwrap();
    let before = step(&t, sales, late, &letter, named("sign", "2024-03-05")).await;
    assert_eq!(
        invalid(before),
        [("day".into(), "before-earlier-step".into())]
    );
    step(&t, sales, late, &letter, named("sign", "2024-03-07"))
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
    step(&t, desk, late, &letter, named("return", "2024-03-19"))
        .await
        .unwrap();
    let not_theirs = step(&t, sales, late, &letter, named("review", "")).await;
    assert!(matches!(
        not_theirs,
        Err(app::Error::Denied(Permission::LettersReview))
    ));

    let shown = page(&t, &letter.number).await;
    let mut bare = review(&shown, None);
    bare.review.signature = false;
    bare.review.answers.pop();
    step(&t, desk, late, &letter, bare).await.unwrap();
    assert_eq!(
        page(&t, &letter.number).await.gaps,
        [Gap::Signature, Gap::Answers]
    );
    let lacking = step(&t, desk, late, &letter, named("accept", "")).await;
    assert_eq!(refused(lacking), "letter-incomplete");
    let back = step(&t, desk, late, &letter, because("reject", "非本人签名")).await;
    assert_eq!(back.unwrap(), S::Delivered);
    let shown = page(&t, &letter.number).await;
    assert!(shown.review.is_none() && shown.letter.signed_on.is_none());

    step(&t, sales, late, &letter, named("sign", "2024-03-08"))
        .await
        .unwrap();
    step(&t, desk, late, &letter, named("return", "2024-03-20"))
        .await
        .unwrap();
    let negative = shown.items[0].code.clone();
    let mut full = review(&shown, Some(&negative));
    full.review.mobile = "13900500042".into();
    full.review.bank = "工商银行重庆渝中支行".into();
    full.review.account = "6222021234567890123".into();
    step(&t, desk, late, &letter, full).await.unwrap();
    let unscanned = step(&t, desk, late, &letter, named("accept", "")).await;
    assert_eq!(refused(unscanned), "letter-scan-missing");
    scan(&t, desk, &letter).await;
    step(&t, desk, late, &letter, named("accept", ""))
        .await
        .unwrap();
    let callback = t.callback("P50-HE", "NB-T10").await;
    let tickets = t.tickets(callback).await;
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].item.as_deref(), Some(negative.as_str()));
    let hidden = page(&t, &letter.number).await;
    assert_eq!(hidden.changes.mobile.unwrap().to_string(), "139****0042");
    let sealed = "SELECT COUNT(*) FROM letters WHERE CAST(changes AS TEXT) LIKE '%13900500042%'";
    assert_eq!(t.database.column(sealed).await, ["0"]);

    assert!(
        t.obligation("P50-HE", "NB-CQ").await.is_none(),
        "no receipt, no period"
    );
    step(&t, desk, late, &letter, named("enter", ""))
        .await
        .unwrap();
    let days = "SELECT CAST(ack_signed_on AS TEXT) || ' ' || CAST(ack_entered_on AS TEXT) FROM policies \
                WHERE policy_no = 'P50-HE'";
    assert_eq!(t.database.column(days).await, ["2024-03-08 2024-03-20"]);
    t.plan(late).await;
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
    let done = step(&t, desk, late, &letter, named("enter", "")).await;
    assert_eq!(refused(done), "letter-wrong-state");
}

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
    assert!(printed.bytes.len() < 60_000 && printed.missing.is_empty());
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

/// LTR-02: a version of the template is written by one person and approved by another; letters keep
/// the version that they were printed with.
#[rstest]
#[tokio::test]
async fn a_template_needs_two_persons(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    batch(&t, &p.manager, t.now, "NB-T10").await.unwrap();
    let first = all(&t, &p.manager).await.remove(0).template_id;
    let (_, words) = letters::list_templates(&t.app, &p.manager)
        .await
        .unwrap()
        .remove(0);
    let form = DraftForm {
        kind: "combined".into(),
        effective_from: "2024-03-05".into(),
        words: TemplateWords {
            title: "回访函与回执（新版）".into(),
            ..words
        },
    };
    let draft = letters::draft_template(&t.app, &p.manager, t.now, &form)
        .await
        .unwrap();
    let own = letters::decide_template(&t.app, &p.manager, t.now, draft, true).await;
    assert_eq!(refused(own), "duty-proposer");
    letters::decide_template(&t.app, &p.compliance, t.now, draft, true)
        .await
        .unwrap();
    let looks = letters::preview(&t.app, &p.compliance, t.now, draft)
        .await
        .unwrap();
    assert!(text_of(&looks.bytes).contains("回访函与回执（新版）"));
    let void = because("void", "重打");
    let old = of_policy(&t, "P50-HE").await;
    step(&t, &p.operations_cq, t.now, &old, void).await.unwrap();
    batch(&t, &p.manager, t.now, "NB-T10").await.unwrap();
    let newest = of_policy(&t, "P50-HE").await;
    assert_eq!((old.template_id, newest.template_id), (first, draft));
    let empty = DraftForm {
        kind: "combined".into(),
        effective_from: "soon".into(),
        ..DraftForm::default()
    };
    let problems = invalid(letters::draft_template(&t.app, &p.manager, t.now, &empty).await);
    assert!(problems.len() >= 5, "{problems:?}");
}
