//! Letters: batches, templates, and what the tests of single letters share.

mod branch;
mod chain;

use app::jobs::{open_file, run_due};
use app::letters::{
    self, BatchForm, DraftForm, LetterPage, LetterQuery, ReviewForm, StepForm, TemplateWords,
};
use app::recordings::Upload;
use bytes::Bytes;
use chrono::Duration;
use domain::access::Actor;
use domain::letters::LetterState as S;
use domain::time::Instant;
use rstest::rstest;
use std::process::Command;
use store::letters::LetterRow;
use testkit::{Engine, Portfolio, TestApp, invalid, refused};
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
