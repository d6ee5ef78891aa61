//! A system with a token, and who gets in.

use crate::browser::Site;
use app::access::{NewClient, create_client, create_token, list_clients, revoke_token};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::Duration;
use domain::access::{Rights, Role};
use domain::ids::ClientId;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Engine, TestApp};
use tower::ServiceExt as _;

/// A system that calls the API.
pub(crate) struct System {
    router: Router,
    /// Headers of every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The body, which must be a success.
    pub(crate) fn good(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json
    }

    /// The kind of problem, whose shape is checked on the way.
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["status"], status);
        assert!(!self.json["title"].as_str().unwrap().is_empty());
        assert!(self.json["instance"].as_str().unwrap().starts_with("/api/"));
        let kind = self.json["type"].as_str().unwrap();
        kind.strip_prefix("/api/docs#problem-").unwrap().to_owned()
    }
}

impl System {
    /// A caller without a token.
    pub(crate) fn stranger(site: &Site) -> Self {
        Self {
            router: site.router(),
            headers: Vec::new(),
        }
    }

    /// A caller with a token.
    pub(crate) fn with_token(site: &Site, token: &str) -> Self {
        let mut system = Self::stranger(site);
        system.set("authorization", format!("Bearer {token}"));
        system
    }

    /// A client of a unit with roles.
    pub(crate) async fn of(t: &TestApp, site: &Site, org: &str, roles: &[&str]) -> Self {
        let (_, token) = client(t, org, roles).await;
        Self::with_token(site, &token)
    }

    /// Sends a header with every request from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(n, _)| *n != name);
        self.headers.push((name, value.into()));
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.raw(request.body(body).unwrap()).await
    }

    pub(crate) async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 32 * 1024 * 1024).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        }
    }
}

/// A client and its token of thirty days.
pub(crate) async fn client(t: &TestApp, org: &str, roles: &[&str]) -> (ClientId, String) {
    let admin = &t.people().administrator;
    let parsed: Vec<_> = roles.iter().map(|r| Role::parse(r).unwrap()).collect();
    let held = Rights::shipped().held_by(&parsed);
    let form = NewClient {
        name: format!("{org} {}", roles.join(" ")),
        org_code: org.into(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        // Personal data in full is for those in whose list it stands.
        permissions: held.permissions().map(|p| p.to_string()).collect(),
    };
    let id = create_client(&t.app, admin, t.now, &form).await.unwrap();
    let token = create_token(&t.app, admin, t.now, id, 30).await.unwrap();
    (id, token.0)
}

#[rstest]
#[tokio::test]
async fn only_good_tokens_get_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let admin = &t.people().administrator;

    let answer = System::stranger(&site).get("/api/v1/policies").await;
    assert_eq!(answer.problem(401), "unauthenticated");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    for nonsense in ["", "nonsense"] {
        let system = System::with_token(&site, nonsense);
        let answer = system.get("/api/v1/policies").await;
        assert_eq!(answer.problem(401), "unauthenticated");
    }

    let (id, token) = client(&t, "50", &["executive"]).await;
    let system = System::with_token(&site, &token);
    assert_eq!(system.get("/api/v1/policies").await.status, StatusCode::OK);
    let answer = system.get("/api/v1/users").await;
    assert_eq!(answer.problem(403), "denied");
    assert_eq!(answer.json["code"], "users.manage");

    let past = t.now - Duration::days(40);
    let expired = create_token(&t.app, admin, past, id, 30).await.unwrap();
    let answer = System::with_token(&site, &expired.0)
        .get("/api/v1/policies")
        .await;
    assert_eq!(answer.problem(401), "unauthenticated");

    let shown = list_clients(&t.app, admin).await.unwrap();
    for token in &shown[0].tokens {
        revoke_token(&t.app, admin, t.now, id, &token.hint)
            .await
            .unwrap();
    }
    let answer = system.get("/api/v1/policies").await;
    assert_eq!(answer.problem(401), "unauthenticated");
}

/// What only a person may do is refused to systems and done for the session of the pages, when it
/// carries its token.
#[rstest]
#[tokio::test]
async fn people_may_call_with_their_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, &t.people().caller_cq)
        .await;
    let number = t.look(id).await.number;
    let at = |rest: &str| format!("/api/v1/callbacks/{number}{rest}");

    let system = System::of(&t, &site, "50", &["team_leader"]).await;
    let answer = system.post(&at("/attempts"), json!({})).await;
    assert_eq!(answer.problem(422), "refused");
    assert_eq!(answer.json["code"], "person-needed");

    let browser = site.sign_in("caller_cq").await;
    let request = browser
        .request(Method::GET, "/")
        .body(Body::empty())
        .unwrap();
    let cookie = request.headers()[header::COOKIE]
        .to_str()
        .unwrap()
        .to_owned();
    let mut person = System::stranger(&site);
    person.set("cookie", cookie);
    assert_eq!(person.get(&at("")).await.status, StatusCode::OK);
    let answer = person.post(&at("/attempts"), json!({})).await;
    assert_eq!(answer.problem(403), "forged");

    person.set("x-csrf-token", browser.token.clone());
    let attempt = person.post(&at("/attempts"), json!({})).await.good();
    assert!(attempt["id"].is_string());
    let link = json!({ "link": "https://recordings.example.com/1.wav" });
    person.post(&at("/recordings"), link).await.good();
    loop {
        let call = person.get(&at("/attempts/current")).await.good();
        let Some(current) = call["current"].as_str() else {
            break;
        };
        let items = call["items"].as_array().unwrap();
        let item = items.iter().find(|i| i["item"] == current).unwrap();
        let answer = match item["kind"].as_str().unwrap() {
            "rate" => json!({ "item": current, "answer": "given", "rating": 5 }),
            "open" | "promotion" => json!({ "item": current, "answer": "given" }),
            _ => json!({ "item": current, "answer": "affirm" }),
        };
        let answer = person.post(&at("/answers"), answer).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }
    let outcome = json!({ "result": "finished" });
    let state = person.post(&at("/attempts/current/outcome"), outcome).await;
    assert_eq!(state.good(), json!({ "state": "completed" }));
    let shown = person.get(&at("")).await.good();
    assert_eq!(shown["affirmed"], true);
    assert_eq!(shown["attempts_made"][0]["result"], "finished");
    assert!(!shown["answers"].as_array().unwrap().is_empty());
}
