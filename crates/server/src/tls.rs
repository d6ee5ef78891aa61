//! HTTPS: certificates of files, exchanged while the server runs; and the plain port that only sends
//! browsers to it.

use crate::environment::note;
use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The port that need not be named in addresses.
const HTTPS_PORT: u16 = 443;

/// The section `[tls]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// PEM file of the certificate and those between it and the root, its own first.
    pub certificate: PathBuf,
    /// PEM file of the private key.
    pub key: PathBuf,
    /// Whether the files are looked at each minute and taken when they changed.
    #[serde(default = "yes")]
    pub reload: bool,
    /// A plain address, such as `0.0.0.0:80`, that sends browsers to this server.
    pub redirect_bind: Option<String>,
}

fn yes() -> bool {
    true
}

impl TlsSettings {
    /// Reads both files and checks that they belong together.
    pub(crate) fn load(&self) -> Result<Arc<ServerConfig>> {
        let certificates: Vec<_> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .with_context(|| self.certificate.display().to_string())?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .with_context(|| self.key.display().to_string())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .with_context(|| {
                format!(
                    "{} and {} do not belong together",
                    self.certificate.display(),
                    self.key.display()
                )
            })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// When the files were changed last.
    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| std::fs::metadata(path).ok()?.modified().ok())
    }

    /// Takes new files as they come, for as long as the server lives. Connections that are open keep
    /// the certificate they began with; files that cannot be taken leave the old one in use.
    pub(crate) async fn watch(self, live: RustlsConfig) {
        let mut known = self.changed_at();
        #[cfg(unix)]
        let mut hangup = {
            use tokio::signal::unix::{SignalKind, signal};
            signal(SignalKind::hangup()).ok()
        };
        let mut minutes = tokio::time::interval(LOOK_EVERY);
        minutes.tick().await;
        loop {
            #[cfg(unix)]
            let asked = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            #[cfg(not(unix))]
            let asked = std::future::pending::<Option<()>>();
            let was_asked = tokio::select! {
                _ = asked => true,
                _ = minutes.tick(), if self.reload => false,
            };
            let seen = self.changed_at();
            if !was_asked && seen == known {
                continue;
            }
            known = seen;
            match self.load() {
                Ok(config) => {
                    live.reload_from_config(config);
                    note("a new certificate is in use");
                }
                Err(error) => {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "the new certificate is not taken"
                    );
                }
            }
        }
    }
}

/// What the plain port answers: that it lives, and where to go.
pub(crate) fn redirect_router(https_port: u16) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(move |request: Request| async move { redirect(https_port, &request) })
}

fn redirect(https_port: u16, request: &Request) -> Response {
    // Whatever a form sent here has crossed the net in the clear already: say so instead of repeating it.
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (
            StatusCode::FORBIDDEN,
            "this server is reached over https only\n",
        )
            .into_response();
    }
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|h| h.to_str().ok()).map(without_port);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    let Some(host) = host.filter(|h| !h.is_empty() && h.chars().all(is_plain)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    let port = match https_port {
        HTTPS_PORT => String::new(),
        port => format!(":{port}"),
    };
    let to = format!("https://{host}{port}{path}");
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

/// A host without its port; the address of an IPv6 host stands in brackets.
fn without_port(host: &str) -> &str {
    match host.rfind(':') {
        Some(at) if !host[at..].contains(']') => &host[..at],
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_cut_off() {
        for (host, bare) in [
            ("huifang.example", "huifang.example"),
            ("huifang.example:80", "huifang.example"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(without_port(host), bare);
        }
    }
}
