//! What gateways say later: a signed request with one or more messages and their fate.

use super::fill::{Fill, exact};
use super::gateway::word;
use super::sign::{Algorithm, Encoding, Signer, digest};
use super::{said, secret};
use anyhow::{Result, bail};
use app::messaging::{ReadReceipts, Receipt, ReceiptRequest};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;

/// Places that the signed text may use.
const PLACES: [&str; 3] = ["timestamp", "payload", "payload_sha256"];
/// How old a request may be when nothing is said, in seconds.
const AGE_MAX: i64 = 300;

/// What a gateway says later: `[messaging.sms.receipts]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptsConfig {
    /// Header that holds the signature.
    signature_header: String,
    /// Header that holds the moment, in seconds or milliseconds since 1970.
    timestamp_header: Option<String>,
    /// How old a request may be, in seconds.
    age_max: Option<i64>,
    /// The text that is signed.
    sign: String,
    /// `hmac-sha256` or `hmac-sm3`.
    #[serde(default)]
    algorithm: Algorithm,
    /// `hex` or `base64`.
    #[serde(default)]
    encoding: Encoding,
    /// File that holds the key, when it is not the one of requests.
    secret_file: Option<PathBuf>,
    /// Environment variable that holds the key, when it is not the one of requests.
    secret_env: Option<String>,
    /// Where the list stands; the whole body when nothing is said.
    #[serde(default)]
    list_at: String,
    /// Where the name of the message stands: the gateway's own, or our number.
    id_at: String,
    /// Where its fate stands.
    state_at: String,
    /// What is said there of a message that arrived.
    delivered: Vec<String>,
    /// What is said there of one that is still under way.
    #[serde(default)]
    under_way: Vec<String>,
    /// Where it says in words what is wrong.
    words_at: Option<String>,
    /// What the gateway wants to hear.
    #[serde(default = "thanks")]
    answer: String,
}

fn thanks() -> String {
    "ok".to_owned()
}

struct Reader {
    config: ReceiptsConfig,
    sign: Fill,
    signer: Signer,
}

impl ReceiptsConfig {
    /// A reader, and what the gateway wants to hear.
    pub(super) fn open(&self, key_of_requests: Option<String>) -> Result<(ReadReceipts, String)> {
        let sign = Fill::parse("sign", &self.sign, &PLACES)?;
        if !sign.names("payload") && !sign.names("payload_sha256") {
            bail!("sign: the signature must cover ${{payload}} or ${{payload_sha256}}");
        }
        if sign.names("timestamp") != self.timestamp_header.is_some() {
            bail!("sign: ${{timestamp}} and timestamp_header belong together");
        }
        let own = secret::read(
            "secret",
            self.secret_file.as_deref(),
            self.secret_env.as_deref(),
        )?;
        let signer = Signer::new(self.algorithm, self.encoding, own.or(key_of_requests))?;
        let reader = Reader {
            config: self.clone(),
            sign,
            signer,
        };
        let reader = Arc::new(reader);
        let read: ReadReceipts = Arc::new(move |request: &ReceiptRequest<'_>| reader.read(request));
        Ok((read, self.answer.clone()))
    }
}

impl Reader {
    fn read(&self, request: &ReceiptRequest<'_>) -> Result<Vec<Receipt>, String> {
        let header = |name: &str| {
            let found = request
                .headers
                .iter()
                .find(|(n, _)| n.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        let payload = std::str::from_utf8(request.body).map_err(|_| "no UTF-8".to_owned())?;
        let timestamp = match &self.config.timestamp_header {
            Some(name) => header(name).ok_or("no timestamp")?,
            None => "",
        };
        let sha256 = digest(request.body);
        let values = [
            ("timestamp", timestamp),
            ("payload", payload),
            ("payload_sha256", sha256.as_str()),
        ];
        let signed = header(&self.config.signature_header).ok_or("no signature")?;
        if !self.signer.verify(&self.sign.fill(&values, exact), signed) {
            return Err("the signature does not fit".to_owned());
        }
        if self.config.timestamp_header.is_some() {
            self.check_age(timestamp, request)?;
        }
        let body: serde_json::Value =
            serde_json::from_str(payload).map_err(|e| format!("no JSON: {e}"))?;
        let list = body.pointer(&self.config.list_at).ok_or("no list")?;
        let one = std::slice::from_ref(list);
        let items = list.as_array().map_or(one, Vec::as_slice);
        Ok(items.iter().filter_map(|item| self.receipt(item)).collect())
    }

    fn check_age(&self, timestamp: &str, request: &ReceiptRequest<'_>) -> Result<(), String> {
        let given: i64 = timestamp
            .trim()
            .parse()
            .map_err(|_| "no timestamp".to_owned())?;
        // Milliseconds have three digits more.
        let seconds = if given > 100_000_000_000 {
            given / 1000
        } else {
            given
        };
        let age = (request.now.timestamp() - seconds).abs();
        if age > self.config.age_max.unwrap_or(AGE_MAX) {
            return Err("the request is too old".to_owned());
        }
        Ok(())
    }

    fn receipt(&self, item: &serde_json::Value) -> Option<Receipt> {
        let state = word(item, &self.config.state_at)?;
        if self.config.under_way.contains(&state) {
            return None;
        }
        let words = self.config.words_at.as_ref().and_then(|p| word(item, p));
        Some(Receipt {
            name: word(item, &self.config.id_at)?,
            delivered: self.config.delivered.contains(&state),
            note: said(&format!("{state} {}", words.unwrap_or_default())),
        })
    }
}
