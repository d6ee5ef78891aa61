//! Nothing leads from an anonymous answer to a person (SEC-06).

use super::page;
use app::surveys as s;
use chrono::Duration;
use rstest::rstest;
use std::collections::BTreeMap;
use testkit::{Engine, TestApp};

/// Every table with its columns.
async fn tables(t: &TestApp) -> BTreeMap<String, Vec<String>> {
    let sql = match t.database.engine() {
        Engine::Sqlite => {
            "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        Engine::Postgres => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let mut tables = BTreeMap::<String, Vec<String>>::new();
    for name in t.database.column(sql).await {
        let (table, column) = name.split_once('.').unwrap();
        tables.entry(table.into()).or_default().push(column.into());
    }
    tables
}

/// An expression that writes a whole row as text: bytes and ids in hexadecimal.
fn row_text(engine: Engine, columns: &[String]) -> String {
    let cell = |column: &String| match engine {
        Engine::Sqlite => format!("COALESCE(lower(hex(\"{column}\")), '')"),
        Engine::Postgres => format!("COALESCE(replace(CAST(\"{column}\" AS text), '-', ''), '')"),
    };
    columns
        .iter()
        .map(cell)
        .collect::<Vec<_>>()
        .join(" || ',' || ")
}

/// Every table in which a value stands, as bytes or as text.
async fn holders(t: &TestApp, value: &str) -> Vec<String> {
    let engine = t.database.engine();
    let dashed = uuid::Uuid::try_parse(value)
        .map(|id| id.to_string())
        .unwrap_or_default();
    let written: String = match engine {
        Engine::Sqlite if !dashed.is_empty() => {
            dashed.bytes().map(|b| format!("{b:02x}")).collect()
        }
        _ => value.to_owned(),
    };
    let mut found = Vec::new();
    for (table, columns) in tables(t).await {
        let text = row_text(engine, &columns);
        let sql = format!(
            "SELECT COUNT(*) FROM \"{table}\" WHERE {text} LIKE '%{value}%' OR {text} LIKE '%{written}%'"
        );
        if t.database.number(&sql).await > 0 {
            found.push(table);
        }
    }
    found
}

/// Ids of a query, in hexadecimal without dashes.
async fn ids(t: &TestApp, column: &str, rest: &str) -> Vec<String> {
    let text = match t.database.engine() {
        Engine::Sqlite => format!("lower(hex({column}))"),
        Engine::Postgres => format!("replace(CAST({column} AS text), '-', '')"),
    };
    t.database
        .column(&format!("SELECT {text} FROM {rest}"))
        .await
}

/// Nothing in the database joins an answer with a person.
async fn demand_no_path(t: &TestApp) {
    let engine = t.database.engine();
    // What is kept has no place for a person, and the moment is a day.
    let columns = tables(t).await;
    let mut kept = columns["survey_answers"].clone();
    kept.sort();
    assert_eq!(
        kept,
        [
            "answered_on",
            "form_nonce",
            "id",
            "place",
            "survey_id",
            "verdict"
        ]
    );
    let mut kept = columns["survey_answer_items"].clone();
    kept.sort();
    assert_eq!(
        kept,
        [
            "answer_id",
            "chosen",
            "id",
            "is_valid",
            "place",
            "question",
            "survey_id",
            "words"
        ]
    );
    assert_eq!(
        t.database
            .number("SELECT COUNT(*) FROM survey_answers WHERE form_nonce IS NOT NULL")
            .await,
        0
    );
    // Ids of answers stand with the answers and nowhere else, and hold no time.
    let answer = ids(t, "id", "survey_answers").await.remove(0);
    assert_eq!(&answer[12..13], "4", "an id by chance, not by time");
    assert_eq!(
        holders(t, &answer).await,
        ["survey_answer_items", "survey_answers"]
    );
    for item in ids(t, "id", "survey_answer_items").await {
        assert_eq!(holders(t, &item).await, ["survey_answer_items"]);
    }
    // What stands for a person stands in no answer.
    let mut rows = Vec::new();
    for table in ["survey_answers", "survey_answer_items"] {
        let text = row_text(engine, &columns[table]);
        rows.extend(
            t.database
                .column(&format!("SELECT {text} FROM {table}"))
                .await,
        );
    }
    for rest in [
        "customers",
        "survey_invitations",
        "messages WHERE about_kind = 'survey'",
        "users",
    ] {
        for id in ids(t, "id", rest).await {
            assert!(!rows.iter().any(|row| row.contains(&id)), "{rest} {id}");
        }
    }
}

/// SEC-06, SRV-03: in the whole database there is no way from the answer to who gave it.
#[rstest]
#[tokio::test]
async fn no_table_joins_an_answer_with_a_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (by, who) = (&t.people().operations_cq, t.approvers().await);
    let number = t.asked(by, "sms", "anonymous").await;
    t.launch(by, &who, &number).await;
    let seen = page(&t, by, &number).await;
    let before = t
        .database
        .number("SELECT COUNT(*) FROM survey_tokens")
        .await;
    assert_eq!(
        t.database
            .number("SELECT COUNT(*) FROM survey_tokens WHERE invitation_id IS NOT NULL")
            .await,
        0
    );
    let token = t.survey_tokens(seen.row.id).await.remove(0);
    let at = t.now + Duration::hours(3);
    let answers: &[&[&str]] = &[&["2"], &["1"], &["等太久"]];
    t.answer_survey(at, &token, answers, 60).await.unwrap();
    // The token is gone, and nothing says which it was.
    assert_eq!(
        t.database
            .number("SELECT COUNT(*) FROM survey_tokens")
            .await,
        before - 1
    );
    demand_no_path(&t).await;
    // The log says that somebody answered, not who.
    let named = "SELECT COUNT(*) FROM audit_entries WHERE action = 'survey.answered' AND \
                 (customer_id IS NOT NULL OR actor_id IS NOT NULL OR actor_kind <> 'anonymous' OR purpose IS NOT NULL \
                 OR detail NOT IN ('null', '{}'))";
    assert_eq!(t.database.number(named).await, 0);
    assert_eq!(
        t.database
            .number("SELECT COUNT(*) FROM audit_entries WHERE action = 'survey.answered'")
            .await,
        1
    );
    // The people of the company see the words of no invitation's link either.
    s::take_survey_step(
        &t.app,
        &t.people().manager,
        t.now,
        &number,
        ("close", "提前结束"),
    )
    .await
    .unwrap();
    assert_eq!(
        t.database
            .number("SELECT COUNT(*) FROM survey_tokens")
            .await,
        0
    );
}

/// The same of a named survey is known, and goes with the customer's data.
#[rstest]
#[tokio::test]
async fn a_named_answer_is_somebodys(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let (by, who) = (&t.people().operations_cq, t.approvers().await);
    let number = t.asked(by, "sms", "named").await;
    t.launch(by, &who, &number).await;
    let seen = page(&t, by, &number).await;
    let token = t.survey_tokens(seen.row.id).await.remove(0);
    let answers: &[&[&str]] = &[&["2"], &["1"], &["等太久"]];
    t.answer_survey(t.now + Duration::hours(3), &token, answers, 60)
        .await
        .unwrap();
    let whose = "SELECT COUNT(*) FROM survey_named_answers n JOIN survey_invitations i ON i.id = n.invitation_id \
                 JOIN customers c ON c.id = i.customer_id";
    assert_eq!(t.database.number(whose).await, 1);
}
