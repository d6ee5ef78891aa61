//! Two people at one draft, fields that cannot be taken, the glossary.

use super::{draft, step, version};
use app::questionnaires::Script;
use app::questionnaires::drafts::{Beginning, Edited, create_draft, edit_draft, find_version};
use app::questionnaires::edit::{Edit, ItemForm, Part, digest};
use app::questionnaires::glossary::{TermForm, list_terms, save_term};
use domain::access::Actor;
use domain::questionnaires::{ItemKind, Words};
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};
use uuid::Uuid;

fn words(zh: &str, en: &str) -> Words {
    Words {
        zh: zh.into(),
        en: en.into(),
    }
}

/// The form of an item with another wording.
fn reworded(code: &str, zh: &str) -> Edit {
    let form = ItemForm {
        code: code.into(),
        kind: "rate".into(),
        title: words("满意度", "Satisfaction"),
        ask: words(zh, "How satisfied are you?"),
        must_ask: true,
        ticket: "service_dissatisfaction".into(),
        topics: vec!["cover".into(), "claim_service".into()],
        ..ItemForm::default()
    };
    Edit::Item {
        code: code.into(),
        form: Box::new(form),
    }
}

async fn look(t: &TestApp, id: Uuid) -> Script {
    let view = find_version(&t.app, &t.people().compliance, t.now, id).await;
    view.unwrap().script
}

async fn edit(t: &TestApp, by: &Actor, id: Uuid, seen: &Script, edit: &Edit) -> Edited {
    let seen = digest(seen, &edit.part()).unwrap();
    edit_draft(&t.app, by, t.now, id, &seen, edit)
        .await
        .unwrap()
}

/// Two people work at different items at once; at the same item the second is shown the first's words
/// and nothing is lost.
#[rstest]
#[tokio::test]
async fn two_people_at_one_draft(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = draft(&t, &p.compliance, "pc-ren", None).await;
    let seen = look(&t, id).await;
    let cover = "cover_satisfaction";
    let saved = edit(&t, &p.compliance, id, &seen, &reworded(cover, "您满意吗？")).await;
    assert!(matches!(saved, Edited::Saved(..)));
    // Another item, from the same page: both changes stay.
    let other = reworded("claim_satisfaction", "理赔您满意吗？");
    let saved = edit(&t, &p.leader_cq, id, &seen, &other).await;
    assert!(matches!(saved, Edited::Saved(..)));
    // The same item, from the old page: nothing is written.
    let second = reworded(cover, "您觉得好吗？");
    let Edited::Conflict(theirs) = edit(&t, &p.leader_cq, id, &seen, &second).await else {
        panic!("the first words would be lost");
    };
    let ask = |s: &Script, code: &str| {
        let item = s.items.iter().find(|i| i.item.code == code).unwrap();
        item.item.ask.zh.clone()
    };
    assert_eq!(ask(&theirs, cover), "您满意吗？");
    // Having seen them, the second may decide.
    edit(&t, &p.leader_cq, id, &theirs, &second).await;
    let now = look(&t, id).await;
    assert_eq!(ask(&now, cover), "您觉得好吗？");
    assert_eq!(ask(&now, "claim_satisfaction"), "理赔您满意吗？");
    // Both wrote; neither reviews.
    let own = step(&t, &p.compliance, id, "review", |_| {}).await;
    assert_eq!(refused(own), "rules-own-text");
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    let late = edit_draft(&t.app, &p.leader_cq, t.now, id, "", &second).await;
    assert_eq!(refused(late), "rules-wrong-state");
}

#[rstest]
#[tokio::test]
async fn items_are_added_moved_copied_and_taken_away(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().compliance;
    let begin = Beginning::Empty("shop-visit".into());
    let id = create_draft(&t.app, by, t.now, begin.clone())
        .await
        .unwrap();
    for kind in ItemKind::ALL {
        let add = Edit::AddItem {
            behind: String::new(),
            kind: kind.to_string(),
        };
        edit_draft(&t.app, by, t.now, id, "", &add).await.unwrap();
    }
    let codes =
        |s: &Script| -> Vec<String> { s.items.iter().map(|i| i.item.code.clone()).collect() };
    let all = look(&t, id).await;
    assert_eq!(codes(&all).len(), ItemKind::ALL.len(), "each kind (QST-15)");
    let rate = || "rate".to_owned();
    let edits = [
        Edit::MoveItem {
            code: rate(),
            up: true,
        },
        Edit::CopyItem { code: rate() },
        Edit::DeleteItem {
            code: "open".into(),
        },
    ];
    for edit in &edits {
        let part = digest(&look(&t, id).await, &edit.part()).unwrap();
        edit_draft(&t.app, by, t.now, id, &part, edit)
            .await
            .unwrap();
    }
    let expected = [
        "identity",
        "inform",
        "confirm",
        "rate",
        "rate_2",
        "verify",
        "promotion",
    ];
    assert_eq!(codes(&look(&t, id).await), expected);
    let unsound = step(&t, &t.people().manager, id, "review", |_| {}).await;
    assert_eq!(refused(unsound), "rules-unsound");
}

#[rstest]
#[tokio::test]
async fn fields_that_cannot_be_taken_are_all_named(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().compliance;
    let id = draft(&t, by, "pc-ren", None).await;
    let rate = || "cover_satisfaction".to_owned();
    let mut wrong = ItemForm {
        code: "Rate!".into(),
        kind: "guess".into(),
        when: vec![("region".into(), vec!["50".into()])],
        ..ItemForm::default()
    };
    let save = |form: &ItemForm| Edit::Item {
        code: rate(),
        form: Box::new(form.clone()),
    };
    let result = edit_draft(&t.app, by, t.now, id, "", &save(&wrong)).await;
    let fields: Vec<_> = invalid(result)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["code", "kind", "when_region"]);
    wrong = ItemForm {
        code: "opinions".into(),
        kind: "rate".into(),
        ..ItemForm::default()
    };
    let result = edit_draft(&t.app, by, t.now, id, "", &save(&wrong)).await;
    let taken = ("code".to_owned(), "questionnaire-code-taken".to_owned());
    assert_eq!(invalid(result), [taken]);
    let gone = digest(&look(&t, id).await, &Part::Item("open".into()));
    assert_eq!(gone, None);
}

/// QST-11: one glossary for all; a change is shown at once wherever the term stands.
#[rstest]
#[tokio::test]
async fn the_glossary_is_shared(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let shipped = list_terms(&t.app, &p.caller_cq).await.unwrap();
    assert!(shipped.iter().any(|r| r.term.zh == "犹豫期"));
    let mut form = TermForm {
        term: words("保障期", "cover period"),
        plain: words("保险管多久。", "How long the cover lasts."),
        ..TermForm::default()
    };
    let denied = save_term(&t.app, &p.caller_cq, t.now, None, &form).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))));
    let id = save_term(&t.app, &p.compliance, t.now, None, &form)
        .await
        .unwrap();
    let twice = save_term(&t.app, &p.compliance, t.now, None, &form).await;
    assert_eq!(invalid(twice)[0].1, "questionnaire-term-taken");
    let scripts = t.app.scripts();
    let script = scripts.find(version(&t, "pc-ren")).unwrap();
    let shown = |zh: &str| {
        let found = t.app.scripts().terms_in(script, &[&words(zh, "")]);
        found.into_iter().map(|t| t.plain.zh).collect::<Vec<_>>()
    };
    assert_eq!(shown("保障期到哪天？"), ["保险管多久。"]);
    assert!(shown("到哪天？").is_empty());
    form.revision = 1;
    form.retired = true;
    save_term(&t.app, &p.manager, t.now, Some(id), &form)
        .await
        .unwrap();
    assert!(shown("保障期到哪天？").is_empty());
    let stale = save_term(&t.app, &p.manager, t.now, Some(id), &form).await;
    assert!(matches!(stale, Err(app::Error::Conflict)), "{stale:?}");
}
