//! The document about the API, the page made of it, and the shape of failures.

use super::system::System;
use crate::browser::Site;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Engine, TestApp};

/// Every reference in a document.
fn references<'d>(value: &'d Value, found: &mut Vec<&'d str>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found.push(reference);
            }
            map.values().for_each(|v| references(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_says_everything_of_every_operation() {
    let t = TestApp::empty(Engine::Sqlite).await;
    let site = Site::of(&t);
    let answer = System::stranger(&site).get("/api/v1/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.good();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let (mut ids, mut operations) = (BTreeSet::new(), 0);
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{what}");
            assert!(
                !operation["security"].as_array().unwrap().is_empty(),
                "{what}"
            );
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{what}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|s| s.starts_with('2')), "{what}");
            for status in ["400", "401", "403", "422", "429", "503"] {
                assert!(responses.contains_key(status), "{what} lacks {status}");
            }
            ids.insert(operation["operationId"].as_str().unwrap().to_owned());
            operations += 1;
        }
    }
    assert_eq!(ids.len(), operations, "operations share a name");
    assert!(operations >= 30, "{operations}");
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            // What may be missing is one of null and a schema with its own description.
            let described = |p: &Value| p["description"].is_string() || p.get("$ref").is_some();
            let choices = property["oneOf"].as_array().into_iter().flatten();
            let said = described(property) || choices.into_iter().any(described);
            assert!(said, "{name}.{field} is not described");
        }
    }
}

#[tokio::test]
async fn the_reference_is_a_page_without_signing_in() {
    let t = TestApp::empty(Engine::Sqlite).await;
    let site = Site::of(&t);
    let mut browser = site.browser();
    let page = browser.read("/api/docs").await;
    for text in [
        "接口说明",
        "/api/v1/callbacks/{callback}",
        "problem-outdated",
        "shape-Customer",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("style=") && !page.contains("<script>"));
    browser.language = "en";
    let english = browser.read("/api/docs").await;
    assert!(english.contains("API reference"));
    // Every operation has its words in both languages; one without shows its bare name.
    let document = System::stranger(&site)
        .get("/api/v1/openapi.json")
        .await
        .good();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            let bare = format!("<strong>{id}</strong>");
            assert!(!page.contains(&bare) && !english.contains(&bare), "{id}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn failures_have_one_shape(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let system = System::of(&t, &site, "000", &["administrator", "head_office_manager"]).await;
    let answer = system.get("/api/v1/nothing").await;
    assert_eq!(answer.problem(404), "not-found");
    assert_eq!(answer.json["instance"], "/api/v1/nothing");
    let answer = system.send(Method::DELETE, "/api/v1/policies", None).await;
    assert_eq!(answer.problem(405), "method");
    assert!(answer.header("allow").contains("GET"));
    let answer = system.get("/api/v1/callbacks?view=nonsense").await;
    assert_eq!(answer.problem(422), "invalid");
    assert_eq!(answer.json["fields"][0]["code"], "unknown-code");

    let (name, value) = system.headers[0].clone();
    let send = async |kind: &str, body: String| {
        let request = Request::post("/api/v1/customers/searches")
            .header(name, &value)
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        system.raw(request).await
    };
    let search = json!({ "term": "周敏" }).to_string();
    assert_eq!(send("text/plain", search).await.problem(415), "media-type");
    for bad in [
        "",
        "{",
        "[]",
        "{\"term\":1}",
        "{\"trem\":\"x\"}",
        "{\"term\":\"a\\u0000\"}",
    ] {
        let answer = send("application/json", bad.to_owned()).await;
        assert_eq!(answer.problem(400), "unreadable", "{bad}");
    }
    let huge = json!({ "term": "x".repeat(3 * 1024 * 1024) }).to_string();
    let answer = send("application/json", huge).await;
    assert_eq!(answer.problem(413), "too-large");
    let answer = system.get("/api/v1/policies/a%00b").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer = system.get("/api/v1/policies/%FF").await;
    assert_eq!(answer.problem(404), "not-found");
}
