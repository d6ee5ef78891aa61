//! A browser for tests: it signs in, keeps cookies, finds the token of its session, follows no
//! redirect of its own accord, and speaks to the router in this process.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use testkit::{PASSWORD, TestApp};
use tower::ServiceExt as _;
use web::{Settings, Web};

/// Longest answer that a test reads.
const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;
/// What stands between the parts of a form with a file.
const BOUNDARY: &str = "----part-of-a-form";

/// The server of a test, at the moment at which tests begin.
pub(crate) struct Site {
    router: Router,
    browsers: AtomicU32,
}

impl Site {
    /// Serves an application.
    pub(crate) fn of(t: &TestApp) -> Self {
        Self::over(t, false)
    }

    /// Serves an application that browsers reach over HTTPS.
    pub(crate) fn secure(t: &TestApp) -> Self {
        Self::over(t, true)
    }

    fn over(t: &TestApp, secure_cookies: bool) -> Self {
        let settings = Settings {
            company: "惠民人寿".into(),
            clock: testkit::morning,
            secure_cookies,
            demo_accounts: Vec::new(),
        };
        Self {
            router: web::router(Web::new(t.app.clone(), settings)),
            browsers: AtomicU32::new(1),
        }
    }

    /// The router, for callers that are no browser.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// A browser in which nobody signed in.
    pub(crate) fn browser(&self) -> Browser {
        // Each has an address of its own, because tries to sign in are limited by address.
        let number = self.browsers.fetch_add(1, Ordering::Relaxed);
        Browser {
            router: self.router.clone(),
            address: SocketAddr::from((Ipv4Addr::from(0x0a00_0000 | number), 40_000)),
            cookies: BTreeMap::new(),
            language: "zh-CN",
            token: String::new(),
        }
    }

    /// A browser in which one of the test's people signed in, by user name.
    pub(crate) async fn sign_in(&self, username: &str) -> Browser {
        let mut browser = self.browser();
        let form = [("username", username), ("password", PASSWORD)];
        let answer = browser.post("/session", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        // Everybody may see this page, and every page carries the token.
        let page = browser.get("/no-such-page").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        browser.token = page.token().unwrap_or_default();
        assert!(!browser.token.is_empty(), "{}", page.text);
        browser
    }
}

/// One person's browser.
pub(crate) struct Browser {
    router: Router,
    address: SocketAddr,
    /// Cookies that the browser keeps; a test may plant some.
    pub(crate) cookies: BTreeMap<String, String>,
    /// What the browser prefers to read.
    pub(crate) language: &'static str,
    /// The token that forms carry; a test may spoil it.
    pub(crate) token: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    /// Status.
    pub(crate) status: StatusCode,
    /// Headers.
    pub(crate) headers: HeaderMap,
    /// Body.
    pub(crate) text: String,
}

impl Browser {
    /// Asks for a page.
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send(self.request(Method::GET, path), Body::empty())
            .await
    }

    /// Asks for a part of a page, as htmx does.
    pub(crate) async fn get_part(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path).header("hx-request", "true");
        self.send(request, Body::empty()).await
    }

    /// Asks for a page that must be there; its text.
    pub(crate) async fn read(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        page.text
    }

    /// Sends a form, with the token of the session.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = self.encoded(fields);
        let request = self.form(path);
        self.send(request, Body::from(body)).await
    }

    /// Sends a form as htmx does, which has failures come back as JSON.
    pub(crate) async fn post_part(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = self.encoded(fields);
        let request = self.form(path).header("hx-request", "true");
        self.send(request, Body::from(body)).await
    }

    /// Sends a form that must be taken; where it leads.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{path}: {}",
            answer.text
        );
        answer.location()
    }

    /// Sends a form with a file in the field `file`.
    pub(crate) async fn post_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file_name: &str,
        bytes: &[u8],
    ) -> Page {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.token.as_str())].iter().chain(fields) {
            body.extend_from_slice(
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .as_bytes(),
            );
        }
        body.extend_from_slice(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
                 filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, kind);
        self.send(request, Body::from(body)).await
    }

    /// A request as this browser makes it, for tests that need something of their own.
    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Request::builder()
            .method(method)
            .uri(path)
            .extension(ConnectInfo(self.address))
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::COOKIE, cookies.join("; "))
    }

    /// Sends a request, keeps the cookies of the answer.
    pub(crate) async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = to_bytes(body, BODY_BYTES_MAX).await.unwrap().to_vec();
        Page {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn form(&self, path: &str) -> axum::http::request::Builder {
        self.request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    fn encoded(&self, fields: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.token);
        form.extend_pairs(fields);
        form.finish()
    }
}

impl Page {
    /// A header, empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Where the answer leads: a redirect, or what htmx is told to open.
    pub(crate) fn location(&self) -> String {
        let (plain, part) = (self.header("location"), self.header("hx-redirect"));
        if plain.is_empty() { part } else { plain }.to_owned()
    }

    /// The token in the page.
    pub(crate) fn token(&self) -> Option<String> {
        let mark = "x-csrf-token\":\"";
        let marks = [mark.to_owned(), mark.replace('"', "&#34;")];
        let rest = marks
            .iter()
            .find_map(|mark| self.text.split_once(mark.as_str()))?
            .1;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')?;
        Some(rest[..end].to_owned())
    }
}
