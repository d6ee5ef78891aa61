//! A real provider of identities for tests: `oidc-provider` on Node, which `./test` installs, and a person
//! who signs in there.

use app::access::{Answering, Fetch, Unreachable};
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// Where the site of a test says it is.
pub(crate) const SITE: &str = "http://localhost:7300";
/// Names the folder in which `./test` installed the provider.
const VARIABLE: &str = "HUIFANG_TEST_OIDC";
/// Longest answer that a test reads.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most pages and redirects between leaving and coming back.
const STEPS_MAX: usize = 12;

/// The provider; it ends with the test.
pub(crate) struct RealProvider {
    process: Child,
    /// Its address.
    pub(crate) issuer: String,
}

impl RealProvider {
    /// Starts the provider on a port of its own choice, at the moment at which tests begin.
    pub(crate) fn start() -> Self {
        let modules = modules();
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/oidc/server.mjs"
        );
        let mut process = Command::new("node")
            .arg(script)
            .arg(&modules)
            .arg(testkit::morning().timestamp().to_string())
            .arg(format!("{SITE}/sign-in/oidc/callback"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node must be installed: ./test does it");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.ok()?;
            let (_, port) = line.split_once("on port ")?;
            port.trim().parse::<u16>().ok()
        });
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.expect("the provider says its port: run ./test provider to install it");
        Self {
            process,
            issuer: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for RealProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the provider's packages are.
fn modules() -> PathBuf {
    let folder = match std::env::var_os(VARIABLE) {
        Some(folder) => PathBuf::from(folder),
        None => {
            let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
            home.join(".cache/huifang-test/oidc")
        }
    };
    let modules = folder.join("node_modules");
    let found = modules.join("oidc-provider").is_dir();
    assert!(
        found,
        "no oidc-provider in {}: run ./test provider",
        modules.display()
    );
    modules
}

/// Sends the program's own requests.
pub(crate) fn fetch() -> Fetch {
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    Arc::new(move |request| -> Answering {
        let client = client.clone();
        Box::pin(async move {
            let failed = |e: &dyn std::fmt::Display| Unreachable(e.to_string());
            let (parts, body) = request.into_parts();
            let request = Request::from_parts(parts, Body::from(body));
            let answer = client.request(request).await.map_err(|e| failed(&e))?;
            let (parts, body) = answer.into_parts();
            let body = to_bytes(Body::new(body), BODY_BYTES_MAX).await;
            let body = body.map_err(|e| failed(&e))?.to_vec();
            Ok(Response::from_parts(parts, body))
        })
    })
}

/// Somebody at the provider, with a browser of their own.
pub(crate) struct Person {
    client: Client<HttpConnector, Body>,
    cookies: BTreeMap<String, String>,
}

impl Person {
    /// Somebody who has not been there before.
    pub(crate) fn new() -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens the address to which our site sent them, signs in by a name, agrees, and follows redirects
    /// until they lead back; the path on our site.
    pub(crate) async fn sign_in(&mut self, address: &str, name: &str) -> String {
        self.walk(address, |page| {
            let fields = if page.contains(r#"name="prompt" value="login""#) {
                format!("prompt=login&login={name}&password=any")
            } else {
                "prompt=consent".to_owned()
            };
            (attribute(page, "action=\""), Some(fields))
        })
        .await
    }

    /// Opens the address and changes their mind; the path on our site.
    pub(crate) async fn give_up(&mut self, address: &str) -> String {
        self.walk(address, |page| {
            let links = page.match_indices("href=\"").map(|(at, _)| &page[at..]);
            let abort = links.map(|link| attribute(link, "href=\""));
            (
                abort.filter(|l| l.ends_with("/abort")).last().unwrap(),
                None,
            )
        })
        .await
    }

    async fn walk(
        &mut self,
        address: &str,
        on_page: impl Fn(&str) -> (String, Option<String>),
    ) -> String {
        let here = address.parse::<Uri>().unwrap();
        let site = format!("http://{}", here.authority().unwrap());
        let (mut address, mut form) = (address.to_owned(), None);
        for _ in 0..STEPS_MAX {
            let (to, page) = self.open(&address, form.take()).await;
            let next = match to {
                Some(to) => to,
                None => {
                    let (next, fields) = on_page(&page);
                    form = fields;
                    next
                }
            };
            if let Some(path) = next.strip_prefix(SITE) {
                return path.to_owned();
            }
            address = if next.starts_with('/') {
                format!("{site}{next}")
            } else {
                next
            };
        }
        panic!("never came back, still at {address}");
    }

    /// Opens an address, or sends a form; where that leads, and the page.
    async fn open(&mut self, address: &str, form: Option<String>) -> (Option<String>, String) {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = Request::builder()
            .uri(address)
            .header(header::COOKIE, cookies.join("; "))
            .method(if form.is_some() { "POST" } else { "GET" })
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.unwrap_or_default()))
            .unwrap();
        let answer = self.client.request(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let to = parts.headers.get(header::LOCATION);
        let to = to.map(|l| l.to_str().unwrap().to_owned());
        let body = to_bytes(Body::new(body), BODY_BYTES_MAX).await.unwrap();
        let page = String::from_utf8_lossy(&body).into_owned();
        assert!(
            parts.status.is_success() || parts.status.is_redirection(),
            "{address}: {page}"
        );
        (to, page)
    }
}

/// What follows a mark, up to the next quotation mark.
fn attribute(page: &str, mark: &str) -> String {
    let (_, rest) = page
        .split_once(mark)
        .unwrap_or_else(|| panic!("no {mark}: {page}"));
    rest.split('"').next().unwrap().replace("&amp;", "&")
}
