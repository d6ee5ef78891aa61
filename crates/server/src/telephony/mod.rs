//! Telephone systems, as `[telephony]` of `huifang.toml` describes them.

mod ari;
mod http;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, Result, bail};
use app::App;
use app::telephony::{Line, TelephonyError};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a telephone system may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest recording that is fetched: what people may upload.
const RECORDING_BYTES_MAX: usize = app::recordings::UPLOAD_BYTES_MAX;

/// A telephone system.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum TelephonyConfig {
    /// Asterisk by its REST interface.
    Ari(AriConfig),
    /// Any system that takes a request to call and sends events.
    Http(HttpConfig),
}

/// Asterisk by its REST interface.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AriConfig {
    /// Where it is, such as `http://pbx:8088`.
    url: String,
    username: String,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    /// First part of the name under which calls are handled; each server adds one of its own.
    #[serde(default = "AriConfig::app")]
    app: String,
    /// How an extension is reached.
    #[serde(default = "AriConfig::endpoint")]
    endpoint: String,
    /// How a number is reached.
    trunk: String,
    /// Number that the customer sees.
    caller_id: Option<String>,
    /// Record what is spoken.
    #[serde(default = "AriConfig::record")]
    record: bool,
}

impl AriConfig {
    fn app() -> String {
        "huifang".into()
    }

    fn endpoint() -> String {
        "PJSIP/{extension}".into()
    }

    fn record() -> bool {
        true
    }
}

/// Any system that takes a request to call and sends events to `/hooks/telephony`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpConfig {
    /// Where a call is asked for (POST).
    dial_url: String,
    /// What is sent there; `{call}`, `{extension}` and `{number}` are filled in.
    #[serde(default = "HttpConfig::dial_body")]
    dial_body: String,
    /// Where a call is ended (POST); `{call}` and `{external}` are filled in.
    hang_up_url: Option<String>,
    /// Headers of every request.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// JSON pointer to its own name of the call in the answer.
    external_pointer: Option<String>,
    /// Recordings are fetched from addresses that begin so, and from no others.
    recordings_from: Option<String>,
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    /// Names of fields of events, by ours: `call`, `external`, `extension`, `event`, `cause`, `recording`.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Names of events, by theirs: `caller_rings`, `dialling`, `rings`, `answered`, `ended`, `recorded`.
    #[serde(default)]
    events: BTreeMap<String, String>,
}

impl HttpConfig {
    fn dial_body() -> String {
        r#"{"call":"{call}","extension":"{extension}","number":"{number}"}"#.into()
    }
}

/// A telephone system that was opened.
pub(crate) struct Opened {
    /// For the application.
    pub(crate) line: Line,
    /// What listens to it besides.
    listener: Option<Arc<ari::Ari>>,
}

impl Opened {
    /// Listens for as long as the server lives, where the telephone system wants that.
    pub(crate) fn listen(self, app: App) {
        if let Some(listener) = self.listener {
            tokio::spawn(listener.listen(app));
        }
    }
}

/// Opens the telephone system of a configuration. `server` tells servers side by side apart.
pub(crate) fn open(config: Option<&TelephonyConfig>, server: &str) -> Result<Opened> {
    match config {
        None => Ok(Opened {
            line: None,
            listener: None,
        }),
        Some(TelephonyConfig::Ari(config)) => {
            let ari = ari::Ari::new(config, server).context("[telephony]")?;
            let ari = Arc::new(ari);
            Ok(Opened {
                line: Some(Arc::clone(&ari) as _),
                listener: Some(ari),
            })
        }
        Some(TelephonyConfig::Http(config)) => {
            let http = http::Gateway::new(config).context("[telephony]")?;
            Ok(Opened {
                line: Some(Arc::new(http)),
                listener: None,
            })
        }
    }
}

/// A secret from a file or the environment; never from the configuration itself.
fn secret(what: &str, file: Option<&PathBuf>, variable: Option<&String>) -> Result<String> {
    let text = match (file, variable) {
        (Some(path), None) => {
            std::fs::read_to_string(path).with_context(|| path.display().to_string())?
        }
        (None, Some(name)) => std::env::var(name).with_context(|| name.clone())?,
        _ => bail!("{what}_file or {what}_env: one of them"),
    };
    let text = text.trim();
    if text.is_empty() {
        bail!("the {what} is empty");
    }
    Ok(text.to_owned())
}

fn client() -> Result<reqwest::Client> {
    // Another part of the program may have chosen already; it chooses the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()?)
}

/// The status that came instead of success. Never the address: it may hold a number.
fn refused(response: &reqwest::Response) -> TelephonyError {
    TelephonyError(format!("it answered {}", response.status()))
}

fn unreachable(error: reqwest::Error) -> TelephonyError {
    TelephonyError(error.without_url().to_string())
}

/// A whole recording, if it is not endless.
async fn bytes_of(mut response: reqwest::Response) -> Result<bytes::Bytes, TelephonyError> {
    let mut all = bytes::BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        all.extend_from_slice(&chunk);
        if all.len() > RECORDING_BYTES_MAX {
            let most = RECORDING_BYTES_MAX / 1024 / 1024;
            return Err(TelephonyError(format!(
                "the recording is larger than {most} MiB"
            )));
        }
    }
    Ok(all.freeze())
}
