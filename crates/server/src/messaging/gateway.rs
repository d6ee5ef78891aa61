//! Gateways over HTTP: request, signature and what counts as success are configuration, because each
//! company buys from somebody else.

use super::fill::{Fill, exact, json, percent, plain};
use super::receipts::ReceiptsConfig;
use super::sign::{Algorithm, Encoding, Signer, digest};
use super::{PATIENCE, said, secret};
use crate::environment;
use anyhow::{Context as _, Result, bail};
use app::messaging::{Hand, HandError, Handing, Outgoing, ReadReceipts, Taken};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Longest answer of a gateway that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Places that a request may use.
const PLACES: [&str; 12] = [
    "recipient",
    "body",
    "title",
    "key",
    "template",
    "key_id",
    "timestamp",
    "timestamp_ms",
    "time",
    "payload",
    "payload_sha256",
    "signature",
];

/// How values stand in the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Form,
}

/// What counts as success: the status, and a value of the answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerConfig {
    /// Where in the answer success is said, such as `/code`; the status alone when nothing is said.
    success_at: Option<String>,
    /// What is said there.
    #[serde(default)]
    success: Vec<String>,
    /// What is said there when trying again does not help.
    #[serde(default)]
    refused: Vec<String>,
    /// Where the gateway's own name of the message stands, such as `/data/id`.
    id_at: Option<String>,
    /// Where it says in words what is wrong.
    words_at: Option<String>,
}

impl AnswerConfig {
    fn check(&self) -> Result<()> {
        for (name, at) in [
            ("success_at", &self.success_at),
            ("id_at", &self.id_at),
            ("words_at", &self.words_at),
        ] {
            if at.as_ref().is_some_and(|at| !at.starts_with('/')) {
                bail!("answer.{name}: a place in the answer begins with /, such as /data/id");
            }
        }
        if self.success_at.is_some() == self.success.is_empty() {
            bail!("answer: success_at and success belong together");
        }
        Ok(())
    }
}

/// A gateway: `[messaging.sms]` and its like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GatewayConfig {
    /// Address; places are filled percent-encoded.
    url: String,
    /// `POST` or `GET`.
    #[serde(default = "post")]
    method: String,
    /// How values stand in the body: `json` or `form`.
    #[serde(default)]
    format: Format,
    /// The body.
    #[serde(default)]
    body: String,
    /// Headers.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Our name there.
    key_id: Option<String>,
    /// File that holds our key there.
    secret_file: Option<PathBuf>,
    /// Environment variable that holds our key there.
    secret_env: Option<String>,
    /// The text that is signed; nothing is signed without it.
    sign: Option<String>,
    /// `hmac-sha256` or `hmac-sm3`.
    #[serde(default)]
    algorithm: Algorithm,
    /// `hex` or `base64`.
    #[serde(default)]
    encoding: Encoding,
    /// What counts as success: `[messaging.sms.answer]`.
    #[serde(default)]
    answer: AnswerConfig,
    /// What the gateway says later: `[messaging.sms.receipts]`.
    receipts: Option<ReceiptsConfig>,
}

fn post() -> String {
    "POST".to_owned()
}

struct Gateway {
    client: reqwest::Client,
    method: Method,
    url: Fill,
    format: Format,
    body: Fill,
    headers: Vec<(HeaderName, Fill)>,
    key_id: String,
    signing: Option<(Fill, Signer)>,
    answer: AnswerConfig,
}

impl GatewayConfig {
    fn secret(&self) -> Result<Option<String>> {
        secret::read(
            "secret",
            self.secret_file.as_deref(),
            self.secret_env.as_deref(),
        )
    }

    /// A way to this gateway.
    pub(super) fn open(&self) -> Result<Hand> {
        let gateway = Arc::new(self.gateway()?);
        Ok(Arc::new(move |outgoing: Outgoing| -> Handing {
            let gateway = Arc::clone(&gateway);
            Box::pin(async move { gateway.hand(&outgoing).await })
        }))
    }

    /// How it is heard when it says later what became of messages.
    pub(super) fn listen(&self) -> Result<Option<(ReadReceipts, String)>> {
        let Some(receipts) = &self.receipts else {
            return Ok(None);
        };
        let opened = receipts.open(self.secret()?).context("receipts")?;
        Ok(Some(opened))
    }

    /// What is signed, and with what.
    fn signing(&self, body: &Fill, texts: &[&Fill]) -> Result<Option<(Fill, Signer)>> {
        let Some(text) = &self.sign else {
            if texts.iter().any(|fill| fill.names("signature")) {
                bail!("${{signature}} is used, and `sign` does not say of what");
            }
            return Ok(None);
        };
        let sign = Fill::parse("sign", text, &PLACES)?;
        let covers_body = sign.names("payload") || sign.names("payload_sha256");
        if sign.names("signature") || (body.names("signature") && covers_body) {
            bail!("sign: a signature in the body cannot be one of the body");
        }
        let signer = Signer::new(self.algorithm, self.encoding, self.secret()?)?;
        Ok(Some((sign, signer)))
    }

    fn gateway(&self) -> Result<Gateway> {
        let url = Url::parse(&self.url.replace("${", "").replace('}', ""));
        let url = url.with_context(|| format!("url: {:?} is no address", self.url))?;
        let near = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !near {
            bail!("url: must begin with https://, because messages hold personal data");
        }
        let method = match self.method.as_str() {
            "POST" => Method::POST,
            "GET" => Method::GET,
            other => bail!("method: {other:?}; say \"POST\" or \"GET\""),
        };
        let body = Fill::parse("body", &self.body, &PLACES)?;
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            let place = format!("headers.{name}");
            let parsed = HeaderName::from_bytes(name.as_bytes());
            headers.push((
                parsed.with_context(|| place.clone())?,
                Fill::parse(&place, value, &PLACES)?,
            ));
        }
        let url = Fill::parse("url", &self.url, &PLACES)?;
        let mut texts = vec![&url, &body];
        texts.extend(headers.iter().map(|(_, fill)| fill));
        let signing = self.signing(&body, &texts)?;
        self.answer.check()?;
        // Another part of the program may have chosen already; it chooses the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Gateway {
            client,
            method,
            url,
            format: self.format,
            body,
            headers,
            key_id: self.key_id.clone().unwrap_or_default(),
            signing,
            answer: self.answer.clone(),
        })
    }
}

impl Gateway {
    async fn hand(&self, outgoing: &Outgoing) -> Result<Taken, HandError> {
        let request = self.request(outgoing);
        let request = request.map_err(|e| HandError::Refused(said(&format!("{e:#}"))))?;
        let trouble = |e: reqwest::Error| HandError::Trouble(said(&e.without_url().to_string()));
        let mut answer = self.client.execute(request).await.map_err(trouble)?;
        let status = answer.status();
        let mut text = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(trouble)? {
            text.extend_from_slice(&chunk);
            if text.len() > ANSWER_BYTES_MAX {
                return Err(HandError::Trouble("the answer is too long".to_owned()));
            }
        }
        self.judge(status, &text)
    }

    fn request(&self, outgoing: &Outgoing) -> Result<reqwest::Request> {
        let now = environment::now();
        let (seconds, millis) = (
            now.timestamp().to_string(),
            now.timestamp_millis().to_string(),
        );
        let time = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let mut values: Vec<(&'static str, &str)> = vec![
            ("recipient", outgoing.recipient.as_str()),
            ("body", outgoing.body.as_str()),
            ("title", outgoing.title.as_deref().unwrap_or_default()),
            ("key", outgoing.key.as_str()),
            ("template", outgoing.template.as_str()),
            ("key_id", self.key_id.as_str()),
            ("timestamp", seconds.as_str()),
            ("timestamp_ms", millis.as_str()),
            ("time", time.as_str()),
        ];
        let write = match self.format {
            Format::Json => json,
            Format::Form => percent,
        };
        let first = self.body.fill(&values, write);
        let sha256 = digest(first.as_bytes());
        values.push(("payload", first.as_str()));
        values.push(("payload_sha256", sha256.as_str()));
        let signature = self.signing.as_ref();
        let signature = signature.map(|(text, signer)| signer.sign(&text.fill(&values, exact)));
        let signature = signature.unwrap_or_default();
        values.push(("signature", signature.as_str()));
        let payload = if self.body.names("signature") {
            self.body.fill(&values, write)
        } else {
            first.clone()
        };
        let url = Url::parse(&self.url.fill(&values, percent))?;
        let mut request = reqwest::Request::new(self.method.clone(), url);
        *request.headers_mut() = self.headers(&outgoing.key, &values)?;
        if self.method != Method::GET {
            *request.body_mut() = Some(payload.into());
        }
        Ok(request)
    }

    fn headers(&self, key: &str, values: &[(&'static str, &str)]) -> Result<HeaderMap> {
        let kind = match self.format {
            Format::Json => "application/json; charset=utf-8",
            Format::Form => "application/x-www-form-urlencoded; charset=utf-8",
        };
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(kind));
        headers.insert("idempotency-key", HeaderValue::from_str(key)?);
        for (name, fill) in &self.headers {
            let value = HeaderValue::from_bytes(fill.fill(values, plain).as_bytes())?;
            headers.insert(name.clone(), value);
        }
        Ok(headers)
    }

    /// What an answer means.
    fn judge(&self, status: reqwest::StatusCode, text: &[u8]) -> Result<Taken, HandError> {
        let answer: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
        let at = |place: &Option<String>| place.as_ref().and_then(|p| word(&answer, p));
        let words = at(&self.answer.words_at).unwrap_or_default();
        let code = at(&self.answer.success_at);
        let what = || {
            said(&format!(
                "{} {} {words}",
                status.as_u16(),
                code.as_deref().unwrap_or("")
            ))
        };
        if code
            .as_ref()
            .is_some_and(|c| self.answer.refused.contains(c))
        {
            return Err(HandError::Refused(what()));
        }
        if status.is_success() {
            let is_good = self.answer.success_at.is_none()
                || code
                    .as_ref()
                    .is_some_and(|c| self.answer.success.contains(c));
            return if is_good {
                Ok(Taken {
                    provider_id: at(&self.answer.id_at),
                })
            } else {
                Err(HandError::Trouble(what()))
            };
        }
        // These are about the message. Everything else is for somebody to mend, here or there, and the
        // message waits for it.
        if [400, 413, 422].contains(&status.as_u16()) {
            Err(HandError::Refused(what()))
        } else {
            Err(HandError::Trouble(what()))
        }
    }
}

/// A value of an answer as text.
pub(super) fn word(answer: &serde_json::Value, place: &str) -> Option<String> {
    match answer.pointer(place)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }
}
