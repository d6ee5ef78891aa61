//! The quality of information over HTTP: a customer's page, the board, the list, lists that follow from it.

use crate::browser::Site;
use rstest::rstest;
use testkit::{Engine, TestApp};

/// CUS-09, CUS-11, CUS-17 over the pages: what is wrong, why it is in order, when it was verified.
#[rstest]
#[tokio::test]
async fn findings_are_read_explained_and_given_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut browser = site.sign_in("operations_cq").await;
    let quality = "/customers/C50-ZHOU/quality";
    let page = browser.read(quality).await;
    assert!(page.contains("尚未校验"), "{page}");
    app::data_quality::examine_due(&t.app, t.now, &|_| {})
        .await
        .unwrap();
    let page = browser.read(quality).await;
    assert!(
        page.contains("地址不详细") && page.contains("补充到门牌号或村组"),
        "{page}"
    );
    assert!(
        !page.contains("13800500001") && !page.contains("人民路"),
        "masked"
    );
    let action = page
        .split("action=\"")
        .find(|a| a.contains("/explanation\""));
    let action = action.unwrap().split('"').next().unwrap().to_owned();
    let words = [("words", "已电话核实"), ("version", "1")];
    browser.submit(&action, &words).await;
    let verified = [("way", "telephone"), ("on", ""), ("note", "逐项核对")];
    browser
        .submit(&format!("{quality}/verifications"), &verified)
        .await;
    app::data_quality::examine_due(&t.app, t.now, &|_| {})
        .await
        .unwrap();
    let page = browser.read(quality).await;
    for words in ["已电话核实", "逐项核对", "电话核对"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

/// The board, the list, cleaning up, own numbers, drawn policies.
#[rstest]
#[tokio::test]
async fn lists_are_worked_off(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut browser = site.sign_in("operations_cq").await;
    app::data_quality::examine_due(&t.app, t.now, &|_| {})
        .await
        .unwrap();
    for by in ["unit", "channel", "agent"] {
        let board = browser.read(&format!("/information-quality?by={by}")).await;
        assert!(
            board.contains("data-chart") && board.contains("地址不详细"),
            "{board}"
        );
    }
    let list = "/information-quality/findings?check=address_detail";
    assert!(browser.read(list).await.contains("C50-LI"));
    let all = [
        ("target", "filter"),
        ("query", "check=address_detail"),
        ("title", "地址清理"),
        ("assignee", "operations_cq"),
    ];
    let made = browser.post("/information-quality/assignments", &all).await;
    assert!(made.text.contains("查看清理任务"), "{}", made.text);
    assert!(
        browser
            .read("/information-quality/cleanups")
            .await
            .contains("地址清理")
    );
    let mine = browser
        .read("/information-quality/findings?view=mine")
        .await;
    assert!(mine.contains("C50-LI"), "{mine}");
}

/// Numbers of the own side are kept masked; drawn policies are judged and put right.
#[rstest]
#[tokio::test]
async fn numbers_and_samples_are_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut browser = site.sign_in("operations_cq").await;
    let number = [
        ("number", "023-63000000"),
        ("owner", "outlet"),
        ("label", "前台"),
    ];
    browser
        .submit("/information-quality/own-numbers", &number)
        .await;
    let numbers = browser.read("/information-quality/own-numbers").await;
    assert!(
        numbers.contains("前台") && !numbers.contains("63000000"),
        "{numbers}"
    );
    app::data_quality::examine_due(&t.app, t.now, &|_| {})
        .await
        .unwrap();
    let group = browser.read("/customers/C50-CORP/quality").await;
    assert!(group.contains("登记为公司方号码"), "{group}");
    browser
        .submit("/information-quality/samples", &[("month", "2024-02")])
        .await;
    let samples = browser
        .read("/information-quality/samples?month=2024-02")
        .await;
    let sheet = samples
        .split("href=\"")
        .find(|a| a.starts_with("/information-quality/samples/"));
    let sheet = sheet.unwrap().split('"').next().unwrap().to_owned();
    let result = [("result", "incomplete"), ("finding", "缺职业")];
    browser.submit(&format!("{sheet}/result"), &result).await;
    browser
        .submit(
            &format!("{sheet}/rectification"),
            &[("rectification", "已补录")],
        )
        .await;
    assert!(browser.read(&sheet).await.contains("已补录"));
    assert!(
        browser
            .read("/information-quality/verifications")
            .await
            .contains("C50-LI")
    );
    assert!(
        browser
            .read("/information-quality/commissions")
            .await
            .contains("缓发")
    );
}
