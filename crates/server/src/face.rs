//! The service that compares faces, as `[electronic.face]` describes it, and the requests to it.

use anyhow::{Context as _, Result, bail};
use app::electronic::{Comparing, FaceAnswer, FaceQuestion, FaceUnavailable, IdentityVerifier};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Least similarity when nothing is said.
const THRESHOLD: f64 = 0.8;

/// Electronic callbacks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElectronicConfig {
    /// The service that compares faces; without it, data and code prove the identity.
    pub face: Option<FaceConfig>,
}

/// A service that compares faces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaceConfig {
    /// What the evidence calls it.
    name: String,
    /// Where it is asked (POST, JSON).
    url: String,
    /// Variable of the environment that holds the key of the signature.
    key_env: Option<String>,
    /// File that holds the key of the signature.
    key_file: Option<PathBuf>,
    /// Faces that are less alike are of somebody else, from 0 to 1.
    #[serde(default = "threshold")]
    threshold: f64,
}

fn threshold() -> f64 {
    THRESHOLD
}

/// What the service is sent.
#[derive(Serialize)]
struct Asked<'a> {
    name: &'a str,
    id_no: &'a str,
    image: String,
}

/// What it answers.
#[derive(Deserialize)]
struct Told {
    score: f64,
    #[serde(default)]
    reference: String,
}

impl FaceConfig {
    /// The key never stands in the configuration itself.
    fn key(&self) -> Result<Vec<u8>> {
        let text = match (&self.key_env, &self.key_file) {
            (Some(name), None) => std::env::var(name).with_context(|| name.clone())?,
            (None, Some(path)) => {
                std::fs::read_to_string(path).with_context(|| path.display().to_string())?
            }
            _ => bail!("[electronic.face] needs key_env or key_file"),
        };
        match text.trim() {
            "" => bail!("the key of [electronic.face] is empty"),
            text => Ok(text.as_bytes().to_vec()),
        }
    }

    /// The service, ready to be asked.
    pub(crate) fn open(&self) -> Result<IdentityVerifier> {
        let url = Url::parse(&self.url).with_context(|| self.url.clone())?;
        let near = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !near {
            bail!("[electronic.face] url must be an https address");
        }
        if !(0.0..=1.0).contains(&self.threshold) {
            bail!("[electronic.face] threshold lies between 0 and 1");
        }
        // Another part of the program may have chosen already; it chooses the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let key: Arc<[u8]> = self.key()?.into();
        Ok(IdentityVerifier {
            name: self.name.clone(),
            threshold: of_thousand(self.threshold),
            compare: Arc::new(move |question| -> Comparing {
                let (client, url, key) = (client.clone(), url.clone(), Arc::clone(&key));
                Box::pin(async move {
                    let answer = ask(&client, url, &key, &question).await;
                    answer.map_err(|e| FaceUnavailable(format!("{e:#}")))
                })
            }),
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 1000"
)]
fn of_thousand(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1_000.0).round() as u32
}

async fn ask(
    client: &reqwest::Client,
    url: Url,
    key: &[u8],
    question: &FaceQuestion,
) -> Result<FaceAnswer> {
    let asked = Asked {
        name: &question.name,
        id_no: &question.id_no,
        image: STANDARD.encode(&question.picture),
    };
    let body = serde_json::to_vec(&asked)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(&body);
    let signature = hex::encode(mac.finalize().into_bytes());
    let mut answer = client
        .post(url)
        .header("content-type", "application/json")
        .header("x-huifang-signature", format!("sha256={signature}"))
        .body(body)
        .send()
        .await?
        .error_for_status()?;
    let mut text = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        text.extend_from_slice(&chunk);
        if text.len() > ANSWER_BYTES_MAX {
            bail!("the answer is longer than {ANSWER_BYTES_MAX} bytes");
        }
    }
    let told: Told = serde_json::from_slice(&text)?;
    if !told.score.is_finite() {
        bail!("the score is no number");
    }
    Ok(FaceAnswer {
        score: of_thousand(told.score),
        reference: told.reference,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use bytes::Bytes;

    const KEY: &str = "a key of the service";

    /// A service that knows one person, and takes nothing without its signature.
    async fn compare(headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        mac.update(&body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        if headers["x-huifang-signature"] != signature.as_str() {
            return (StatusCode::FORBIDDEN, String::new());
        }
        let asked: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let score = if asked["name"] == "周敏" && asked["image"] == STANDARD.encode("face") {
            0.93
        } else {
            0.1
        };
        let told = serde_json::json!({ "score": score, "reference": "F-1" });
        (StatusCode::OK, told.to_string())
    }

    async fn service(key: &str) -> IdentityVerifier {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/compare", post(compare));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, key).unwrap();
        let text = format!(
            "name = 'face-centre'\nurl = 'http://{address}/compare'\nkey_file = '{}'\nthreshold = 0.85",
            file.display()
        );
        let config: FaceConfig = toml::from_str(&text).unwrap();
        config.open().unwrap()
    }

    fn question(name: &str) -> FaceQuestion {
        FaceQuestion {
            name: name.into(),
            id_no: "1".into(),
            picture: Bytes::from_static(b"face"),
        }
    }

    #[tokio::test]
    async fn faces_are_compared_by_signed_requests() {
        let verifier = service(KEY).await;
        assert_eq!(verifier.threshold, 850);
        let alike = (verifier.compare)(question("周敏")).await.unwrap();
        assert_eq!((alike.score, alike.reference.as_str()), (930, "F-1"));
        let other = (verifier.compare)(question("张三")).await.unwrap();
        assert_eq!(other.score, 100);
        let forged = service("another key").await;
        assert!((forged.compare)(question("周敏")).await.is_err());
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        for text in [
            "name = 'x'\nurl = 'http://face.example/'\nkey_env = 'PATH'",
            "name = 'x'\nurl = 'https://face.example/'",
            "name = 'x'\nurl = 'https://face.example/'\nkey_env = 'PATH'\nthreshold = 2.0",
        ] {
            let config: FaceConfig = toml::from_str(text).unwrap();
            assert!(config.open().is_err(), "{text}");
        }
    }
}
