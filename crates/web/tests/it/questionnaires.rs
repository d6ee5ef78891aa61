//! A questionnaire through the pages: begun, edited by two people, looked at, compared, approved.

use crate::browser::{Browser, Site};
use crate::chrome::Driver;
use axum::http::StatusCode;
use fantoccini::key::Key;
use rstest::rstest;
use testkit::{Engine, TestApp};
use web::{Settings, Web};

/// The version in force of a questionnaire.
fn version(t: &TestApp, code: &str) -> String {
    let scripts = t.app.scripts();
    let on = domain::time::date_in_china(t.now);
    scripts.in_effect(code, on).unwrap().id.to_string()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// What the form of an item of a renewal questionnaire sends, reworded.
fn item<'f>(seen: &'f str, ask: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("edit", "item"),
        ("code", "cover_satisfaction"),
        ("new_code", "cover_satisfaction"),
        ("seen", seen),
        ("kind", "rate"),
        ("title_zh", "保障满意度"),
        ("title_en", "Cover"),
        ("ask_zh", ask),
        ("ask_en", "How satisfied are you?"),
        ("must_ask", "true"),
        ("expected", "affirm"),
        ("ticket", "service_dissatisfaction"),
        ("cite", "第六条第二项"),
        ("topics", "cover"),
    ]
}

async fn step(browser: &mut Browser, draft: &str, step: &str) -> StatusCode {
    let page = browser.read(draft).await;
    let hash = page.split_once("name=\"hash\" value=\"");
    let hash = hash.map_or("", |(_, rest)| rest.split('"').next().unwrap());
    let fields = [("step", step), ("hash", hash), ("reason", "同意")];
    browser
        .post(&format!("{draft}/steps"), &fields)
        .await
        .status
}

/// A draft of the next version of the renewal questionnaire, begun by compliance: its address.
async fn begin(t: &TestApp, author: &mut Browser) -> String {
    let from = version(t, "pc-ren");
    let editor = author.submit("/questionnaires", &[("from", &from)]).await;
    editor.strip_suffix("/edit").unwrap().to_owned()
}

/// Two people at one item, without a script in the browser: both wordings are shown, nothing is lost.
#[rstest]
#[tokio::test]
async fn two_people_in_the_editor(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut author = site.sign_in("compliance").await;
    let mut other = site.sign_in("leader_cq").await;
    let draft = begin(&t, &mut author).await;
    let edits = format!("{draft}/edits");
    let page = other
        .read(&format!("{draft}/edit?item=cover_satisfaction"))
        .await;
    let (_, seen) = page
        .split_once("id=\"piece-seen\" name=\"seen\" value=\"")
        .unwrap();
    let seen = seen.split('"').next().unwrap();
    author
        .submit(&edits, &item(seen, "您对{product}满意吗？"))
        .await;
    let conflict = other.post(&edits, &item(seen, "您觉得好吗？")).await;
    assert_eq!(conflict.status, StatusCode::OK);
    for text in [
        "刚被别人改过",
        "您对{product}满意吗？",
        ">您觉得好吗？</textarea>",
    ] {
        assert!(conflict.text.contains(text), "{text}: {}", conflict.text);
    }
    let page = author.read(&draft).await;
    assert!(page.contains("插入项不一致"), "{page}");
    let over = hidden(&conflict.text, "over");
    let mut mine = item(seen, "您觉得好吗？");
    mine.push(("over", over.as_str()));
    other.submit(&edits, &mine).await;
    let part = other.post_part(&edits, &item("", "您觉得保障好吗？")).await;
    for text in ["已保存", "hx-swap-oob"] {
        assert!(part.text.contains(text), "{text}: {}", part.text);
    }
}

/// QST-01, QST-15, QST-16: looked at in every medium, compared, reviewed, approved, taken out and in.
#[rstest]
#[tokio::test]
async fn a_questionnaire_goes_its_way(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut author = site.sign_in("compliance").await;
    let list = author.read("/questionnaires?programme=PC-REN").await;
    assert!(list.contains("pc-ren v1") && !list.contains("nb-cq v1"));
    let draft = begin(&t, &mut author).await;
    let ask = item("", "您觉得保障好吗？");
    author.submit(&format!("{draft}/edits"), &ask).await;
    for (medium, sign) in [
        ("call", "class=\"ask\""),
        ("letter", "□"),
        ("visit", "回访人"),
        ("electronic", "phones"),
    ] {
        let page = author
            .read(&format!("{draft}/preview?medium={medium}"))
            .await;
        assert!(
            page.contains("您觉得保障好吗？") && page.contains(sign),
            "{medium}"
        );
    }
    let page = author.read(&format!("{draft}/comparison")).await;
    assert!(page.contains("改措辞") && page.contains("<del>") && page.contains("<ins>"));
    let file = author.read(&format!("{draft}/file")).await;
    assert!(
        file.starts_with("code = \"pc-ren\"\nversion = 2\n"),
        "{file}"
    );
    let mut reviewer = site.sign_in("manager").await;
    let mut leader = site.sign_in("executive").await;
    assert!(
        author
            .read(&draft)
            .await
            .contains("不能复核自己起草或修改的")
    );
    assert!(
        reviewer
            .read("/questionnaires")
            .await
            .contains("待我复核 1 件")
    );
    assert!(step(&mut reviewer, &draft, "review").await.is_redirection());
    assert!(step(&mut leader, &draft, "approve").await.is_redirection());
    assert_eq!(format!("/questionnaires/{}", version(&t, "pc-ren")), draft);
    let page = leader.read(&draft).await;
    assert!(page.contains("使用中") && page.contains("同意"), "{page}");
    let editor = author.get(&format!("{draft}/edit")).await;
    assert_eq!(editor.location(), draft, "never edited in place");
    let name = "pc-ren.toml";
    let copy = author
        .post_file("/questionnaires/file", &[], name, file.as_bytes())
        .await;
    let page = author.read(&copy.location()).await;
    assert!(page.contains("pc-ren v3"), "{page}");
}

/// QST-11: whoever reviews keeps the glossary; callers read it.
#[rstest]
#[tokio::test]
async fn the_glossary_has_a_page(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let (mut keeper, mut caller) = (
        site.sign_in("manager").await,
        site.sign_in("caller_cq").await,
    );
    let glossary = "/questionnaires/glossary";
    let page = caller.read(glossary).await;
    assert!(page.contains("犹豫期") && !page.contains("name=\"plain_zh\""));
    let term = [
        ("term_zh", "免赔率"),
        ("term_en", "deductible rate"),
        ("plain_zh", "约定由您自己承担的比例。"),
        ("plain_en", "The share that you bear."),
    ];
    assert_eq!(
        caller.post(glossary, &term).await.status,
        StatusCode::FORBIDDEN
    );
    keeper.submit(glossary, &term).await;
    assert!(
        caller
            .read(glossary)
            .await
            .contains("约定由您自己承担的比例。")
    );
}

/// The editor by keyboard: an item is added, worded, kept as it is typed, moved, and looked at.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_editor_works_by_keyboard(#[values(Engine::Sqlite)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let begin = app::questionnaires::drafts::Beginning::Empty("keyboard".into());
    let by = &t.people().compliance;
    let id = app::questionnaires::drafts::create_draft(&t.app, by, t.now, begin)
        .await
        .unwrap();
    let settings = Settings {
        company: "惠民人寿".into(),
        clock: testkit::morning,
        secure_cookies: false,
        demo_accounts: Vec::new(),
    };
    let router = web::router(Web::new(t.app.clone(), settings));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let driver = Driver::start();
    let window = driver.open(&site, 1280, 900).await;
    window.sign_in("compliance").await;
    window.go(&format!("/questionnaires/{id}/edit")).await;
    window.write("a").await;
    window.see("[name=ask_zh]").await;
    window.write("w").await;
    window.write("Are you satisfied?").await;
    window.press(Key::Tab).await;
    window.read("已保存").await;
    window.press(Key::Escape).await;
    window.write("c").await;
    window.see(".tree a.here[href$=confirm_2]").await;
    window.write("u").await;
    let codes = || async {
        let view = app::questionnaires::drafts::find_version(&t.app, by, t.now, id).await;
        let items = view.unwrap().script.items;
        items.into_iter().map(|i| i.item.code).collect::<Vec<_>>()
    };
    for _ in 0..100 {
        if codes().await == ["confirm_2", "confirm"] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(codes().await, ["confirm_2", "confirm"]);
    assert!(!window.overflows().await);
    window.close().await;
}
