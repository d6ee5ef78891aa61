//! A gateway for text messages that speaks HTTP on a socket of this machine: it checks the signature of
//! each request, takes a message of one key once, and signs what it says later.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// The key that gateway and company share.
pub const GATEWAY_SECRET: &str = "s3cret-of-the-gateway";

#[derive(Debug, Default)]
struct Kept {
    /// Messages by idempotency key, as they came.
    messages: BTreeMap<String, serde_json::Value>,
    /// Requests, those of the same message too.
    requests: usize,
    /// Requests whose signature did not fit.
    forged: usize,
    /// Status and answer instead of the usual one.
    answer: Option<(u16, String)>,
}

/// A gateway of a test. It ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct SmsGateway {
    /// Its address.
    pub url: String,
    kept: Arc<Mutex<Kept>>,
}

/// The code that both sides compute over a text, in hexadecimal.
pub fn gateway_signature(text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(GATEWAY_SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

impl SmsGateway {
    /// Starts one that takes everything that is signed: the signature stands in `x-signature` and covers
    /// `x-app`, `x-time` and the SHA-256 of the body, one a line.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Self {
            url: format!("http://{}/send", listener.local_addr().unwrap()),
            kept: Arc::default(),
        };
        let router = Router::new()
            .route("/send", post(take))
            .with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    fn with<T>(&self, what: impl FnOnce(&mut Kept) -> T) -> T {
        what(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The messages that it took, by key.
    pub fn messages(&self) -> BTreeMap<String, serde_json::Value> {
        self.with(|k| k.messages.clone())
    }

    /// How many requests came, and how many of them had no right signature.
    pub fn counts(&self) -> (usize, usize) {
        self.with(|k| (k.requests, k.forged))
    }

    /// From now on it answers this; nothing lets it take messages again.
    pub fn say(&self, answer: Option<(u16, &str)>) {
        self.with(|k| k.answer = answer.map(|(status, text)| (status, text.to_owned())));
    }
}

async fn take(
    State(gateway): State<SmsGateway>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let digest = hex::encode(Sha256::digest(&body));
    let text = format!("{}\n{}\n{digest}", header("x-app"), header("x-time"));
    let fits = header("x-signature") == gateway_signature(&text);
    let key = header("idempotency-key");
    gateway.with(|kept| {
        kept.requests += 1;
        if !fits {
            kept.forged += 1;
            return (StatusCode::FORBIDDEN, r#"{"code":"SIGN"}"#.to_owned());
        }
        if let Some((status, text)) = &kept.answer {
            let status = StatusCode::from_u16(*status).unwrap();
            return (status, text.clone());
        }
        let message = serde_json::from_slice(&body).unwrap_or_default();
        kept.messages.entry(key.clone()).or_insert(message);
        let answer = format!(r#"{{"code":"0","data":{{"id":"SID-{key}"}}}}"#);
        (StatusCode::OK, answer)
    })
}
