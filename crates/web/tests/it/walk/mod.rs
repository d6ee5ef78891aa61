//! Every address with every role, against the table of rights: what it gives opens, what it does not
//! give stays shut, nothing of another unit is seen, and nobody reads personal data in the clear.

mod api_routes;
mod house_routes;
mod made;
mod routes;
mod statements;
mod things;

use crate::api::system::System;
use crate::browser::{Browser, Page, Site};
use api_routes::API;
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use domain::access::{Actor, Permission, Role};
use house_routes::HOUSE;
use routes::{Kind, NOT_PAGES, PAGES, Route};
use rstest::rstest;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;
use testkit::{Engine, TestApp, resident_id};
pub(crate) use things::problem_list;
use things::{Things, person, things};

/// Personal data of Chongqing in the clear: no answer of the walk may hold it.
fn clear() -> [String; 3] {
    let id = resident_id("500103", "19800506", 122);
    ["周敏".into(), "13800500001".into(), id]
}

/// What gives a thing of Chongqing away.
const NAMES: [&str; 4] = ["C50-ZHOU", "P50-ZHOU", "渝中支公司", "500103"];

/// Nothing in the clear, and nothing of Chongqing for others, but for what the address itself says.
fn demand_silence(who: &str, path: &str, text: &str, foreign: bool) {
    for secret in clear() {
        assert!(!text.contains(&secret), "{who} reads {secret} at {path}");
    }
    for name in NAMES.iter().filter(|n| foreign && !path.contains(*n)) {
        assert!(!text.contains(name), "{who} reads {name} at {path}: {text}");
    }
}

/// What an address must answer by the table of rights.
fn demand_status(
    things: &Things,
    actor: &Actor,
    (_, path, needs, kind): &Route,
    status: StatusCode,
    foreign: bool,
) {
    let told = format!("{} {path}: {status}", actor.name);
    assert!(!status.is_server_error(), "{told}");
    if !needs.met_by(actor) {
        // What lies in another unit may as well not exist.
        let hidden = foreign && *kind == Kind::Object && status == StatusCode::NOT_FOUND;
        assert!(hidden || status == StatusCode::FORBIDDEN, "{told}");
        return;
    }
    let opened = status.is_success() || status.is_redirection();
    match kind {
        Kind::Page | Kind::Open => assert!(opened, "{told}"),
        Kind::Company => assert_ne!(status, StatusCode::FORBIDDEN, "{told}"),
        Kind::Own => {
            let may = !foreign || actor.may(Permission::OrgsManage);
            assert!(status == StatusCode::NOT_FOUND || may && opened, "{told}");
        }
        Kind::Object if foreign || !things.shown_to(actor, *needs) => {
            assert_eq!(status, StatusCode::NOT_FOUND, "{told}");
        }
        // A call page without a call under way says so.
        Kind::Object if path.ends_with("/call") || path.ends_with("/current") => {
            assert_ne!(status, StatusCode::FORBIDDEN, "{told}");
        }
        Kind::Object => assert!(opened, "{told}"),
    }
}

/// Fields that any of the forms may want.
const FORM: [(&str, &str); 14] = [
    ("step", "accept"),
    ("note", "x"),
    ("reason", "x"),
    ("purpose", "callback"),
    ("field", "mobile"),
    ("mobile", "13900500009"),
    ("version", "1"),
    ("result", "busy"),
    ("item", "identity"),
    ("answer", "affirm"),
    ("days", "10"),
    ("kind", "letter"),
    ("display_name", "x"),
    ("list", "callbacks"),
];

async fn walk_pages(browser: &mut Browser, things: &Things, actor: &Actor, foreign: bool) {
    for route in PAGES.iter().chain(HOUSE) {
        let (method, path, needs, kind) = route;
        if *kind == Kind::Open {
            continue;
        }
        let filled = things.fill(path);
        let page: Page = if *method == "GET" {
            let page = browser.get(&filled).await;
            demand_status(things, actor, route, page.status, foreign);
            page
        } else {
            // What would be taken is not sent: the walk changes nothing.
            let aimed = foreign && matches!(kind, Kind::Object);
            if needs.met_by(actor) && !aimed {
                continue;
            }
            let page = browser.post(&filled, &FORM).await;
            let told = format!("{} {method} {path}: {}", actor.name, page.status);
            assert!(page.status.is_client_error(), "{told}");
            page
        };
        demand_silence(&actor.name, &filled, &page.text, foreign);
    }
}

/// SEC-02, SEC-07, SEC-08: pages.
#[rstest]
#[tokio::test]
async fn every_page_keeps_to_the_table_of_rights(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let things = things(&t).await;
    for role in Role::ALL {
        let foreign = person(&t, *role, "37").await;
        let mut browser = site.sign_in(&foreign.name).await;
        walk_pages(&mut browser, &things, &foreign, true).await;
        for term in ["13800500001", "周敏", "P50-ZHOU", things.number.as_str()] {
            let found = browser.post("/searches", &[("term", term)]).await;
            let echoed = found.text.replace(term, "");
            assert!(!found.location().contains("50"), "{role} is led to {term}");
            demand_silence(&foreign.name, term, &echoed, true);
        }
        let native = if *role == Role::OutsourcedCaller {
            things.assignee.clone()
        } else {
            person(&t, *role, "50").await
        };
        let mut browser = site.sign_in(&native.name).await;
        walk_pages(&mut browser, &things, &native, false).await;
    }
}

/// SEC-02, SEC-07, SEC-08: the API. A system has no list of its own, so a role that is limited to one
/// shows it nothing.
#[rstest]
#[tokio::test]
async fn every_operation_keeps_to_the_table_of_rights(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let things = things(&t).await;
    for (role, org) in Role::ALL.iter().flat_map(|r| [(*r, "37"), (*r, "50")]) {
        let system = System::of(&t, &site, org, &[role.as_str()]).await;
        let mut actor = t.people().manager.clone();
        actor.name = format!("system {role} {org}");
        actor.roles = vec![role];
        actor.rights = t.app.rights().held_by(&actor.roles);
        for route in API {
            let (method, path, needs, kind) = route;
            let (filled, foreign) = (things.fill(path), org == "37");
            let reads = *method == "GET";
            let aimed = foreign && *kind == Kind::Object;
            if !reads && needs.met_by(&actor) && !aimed {
                continue;
            }
            let verb: Method = method.parse().unwrap();
            let body = (!reads).then(|| json!({}));
            let answer = system.send(verb, &filled, body).await;
            if reads {
                demand_status(&things, &actor, route, answer.status, foreign);
            } else {
                let told = format!("{} {method} {path}: {}", actor.name, answer.status);
                assert!(answer.status.is_client_error(), "{told}");
            }
            demand_silence(&actor.name, &filled, &answer.text, foreign);
        }
    }
}

/// RPT, SEC-08: every report, and every table that can be taken out.
#[rstest]
#[tokio::test]
async fn every_report_and_export_keeps_to_the_table_of_rights(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let things = things(&t).await;
    for role in Role::ALL {
        let actor = person(&t, *role, "37").await;
        let mut browser = site.sign_in(&actor.name).await;
        let reads = actor.may(Permission::ReportsRead);
        for metric in domain::reports::metrics() {
            let path = format!("/reports/{}?from=2024-01-01&to=2024-03-31", metric.name);
            let page = browser.get(&path).await;
            // Some metrics cannot be measured with what the system knows, and say so.
            let unmeasured = page.status == StatusCode::UNPROCESSABLE_ENTITY;
            let good = if reads {
                page.status == StatusCode::OK || unmeasured
            } else {
                page.status == StatusCode::FORBIDDEN
            };
            assert!(good, "{role} {path}: {}", page.status);
            demand_silence(&actor.name, &path, &page.text, true);
        }
        for kind in ExportKind::ALL.iter().copied() {
            let query = ExportQuery::new(kind, ExportFormat::Csv).stating("policy_service", "");
            let mut sink = Vec::new();
            let taken = export(&t.app, &actor, t.now, &query, &mut sink, &|_| {}).await;
            let may = actor.may(Permission::DataExport) && actor.may(kind.permission());
            assert_eq!(taken.is_ok(), may, "{role} {kind}: {taken:?}");
            let text = String::from_utf8(sink).unwrap();
            assert!(may || text.is_empty(), "{role} {kind}");
            demand_silence(&actor.name, kind.as_str(), &text, true);
        }
    }
    assert_eq!(things.callback_number.len(), "CB-2024-0000001".len());
}

/// The lists that are walked are complete: they name what the sources and the document name.
#[tokio::test]
async fn every_address_has_its_rights() {
    let mut wanted = BTreeSet::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            for call in text.split(".route(").skip(1) {
                let address = call.trim_start().strip_prefix('"');
                let address = address.and_then(|rest| rest.split('"').next());
                wanted.extend(address.map(str::to_owned));
            }
        }
    }
    let listed = |routes: &[Route]| -> BTreeSet<String> {
        routes
            .iter()
            .map(|(_, path, ..)| (*path).to_owned())
            .collect()
    };
    let mut pages = listed(PAGES);
    pages.extend(listed(HOUSE));
    pages.extend(NOT_PAGES.map(str::to_owned));
    let unlisted: Vec<_> = wanted.symmetric_difference(&pages).collect();
    assert!(
        unlisted.is_empty(),
        "crates/web/tests/it/walk: {unlisted:?}"
    );

    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let system = System::of(&t, &Site::of(&t), "50", &["executive"]).await;
    let document = system.get("/api/v1/openapi.json").await.good();
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys();
        let methods = methods.filter(|m| *m != "parameters");
        operations.extend(methods.map(|m| format!("{} {path}", m.to_uppercase())));
    }
    let known: BTreeSet<_> = API
        .iter()
        .map(|(m, path, ..)| format!("{m} {path}"))
        .collect();
    let unlisted: Vec<_> = operations.symmetric_difference(&known).collect();
    assert!(
        unlisted.is_empty(),
        "crates/web/tests/it/walk/routes.rs: {unlisted:?}"
    );
}

/// The watermark names who looks, on pages that show data in the clear and on no other's screen.
#[tokio::test]
async fn pages_in_the_clear_carry_a_watermark() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let site = Site::of(&t);
    let mut leader = site.sign_in("leader_cq").await;
    let why = [("field", "mobile"), ("purpose", "callback")];
    let shown = leader.post("/customers/C50-ZHOU/disclosures", &why).await;
    assert!(shown.text.contains("in-clear") && shown.text.contains("13800500001"));
    let masked = leader.read("/customers/C50-ZHOU").await;
    assert!(!masked.contains("in-clear"));
    let picture = leader.get("/watermark.svg").await;
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert_eq!(picture.header("cache-control"), "no-store");
    for wanted in ["leader cq", "重庆分公司", "2024-03-05"] {
        assert!(picture.text.contains(wanted), "{wanted}: {}", picture.text);
    }
    let request = site.browser().request(Method::GET, "/watermark.svg");
    let stranger = site.browser().send(request, Body::empty()).await;
    assert!(!stranger.status.is_success());
    let style = include_str!("../../../assets/app.css");
    assert!(style.contains("body:has(.in-clear)::after") && style.contains("/watermark.svg"));
}
