//! Ways to sign in besides a password, as `huifang.toml` describes them, and the requests to providers.

use crate::config::Config;
use anyhow::{Context as _, Result, bail};
use app::access::{Answering, Doors, Fetch, Provider, RoleMapping, Unreachable};
use axum::http::{Request, Response};
use domain::access::Role;
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer of a provider, in bytes. Keys and addresses take some thousand.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// What providers are asked for when nothing is said.
const SCOPES: [&str; 2] = ["profile", "email"];
/// The claim that holds the user name when nothing is said.
const USERNAME_CLAIM: &str = "preferred_username";

/// A provider of identities: `[[oidc]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcConfig {
    /// Short name in addresses: small letters, digits, hyphens.
    code: String,
    /// Name on the button.
    name: String,
    /// Its address, exactly as it writes it.
    issuer: String,
    /// Our name there.
    client_id: String,
    /// File that holds our secret there.
    client_secret_file: Option<PathBuf>,
    /// Environment variable that holds our secret there.
    client_secret_env: Option<String>,
    /// What is asked for besides `openid`.
    scopes: Option<Vec<String>>,
    /// The claim that holds the user name.
    username_claim: Option<String>,
    /// E-mail domains whose addresses name users by the part before the `@`.
    #[serde(default)]
    domains: Vec<String>,
    /// Whether somebody new here becomes the user whom the claim names.
    #[serde(default)]
    link_by_claim: bool,
    /// Whether a user is added for somebody whom nobody knows here.
    #[serde(default)]
    auto_create: bool,
    /// Units and roles of users that are added: `[[oidc.mapping]]`.
    #[serde(default)]
    mapping: Vec<MappingConfig>,
}

/// What somebody with a claim's value becomes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingConfig {
    claim: String,
    value: String,
    org: String,
    roles: Vec<String>,
}

impl OidcConfig {
    fn provider(&self) -> Result<Provider> {
        let mappings = self.mapping.iter().map(|m| {
            let roles = m.roles.iter().map(|r| Role::parse(r));
            let roles = roles.collect::<Result<Vec<_>, _>>()?;
            if roles.is_empty() {
                bail!("a mapping gives no role");
            }
            Ok(RoleMapping {
                claim: m.claim.clone(),
                value: m.value.clone(),
                org: m.org.clone(),
                roles,
            })
        });
        let scopes = self.scopes.clone();
        let claim = self.username_claim.clone();
        Ok(Provider {
            code: self.code.clone(),
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.secret()?,
            scopes: scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec()),
            username_claim: claim.unwrap_or_else(|| USERNAME_CLAIM.to_owned()),
            domains: self.domains.clone(),
            link_by_claim: self.link_by_claim,
            auto_create: self.auto_create,
            mappings: mappings.collect::<Result<_>>()?,
        })
    }

    /// Our secret. It never stands in the configuration itself.
    fn secret(&self) -> Result<Option<app::access::ClientSecret>> {
        let text = match (&self.client_secret_env, &self.client_secret_file) {
            (Some(_), Some(_)) => bail!("client_secret_env and client_secret_file: which one?"),
            (Some(name), None) => std::env::var(name).with_context(|| name.clone())?,
            (None, Some(path)) => {
                std::fs::read_to_string(path).with_context(|| path.display().to_string())?
            }
            (None, None) => return Ok(None),
        };
        match text.trim() {
            "" => bail!("the client's secret is empty"),
            text => Ok(Some(app::access::ClientSecret::new(text.to_owned()))),
        }
    }
}

/// The ways of a server that listens on a port.
pub(crate) fn open(config: &Config, port: u16, company: &str) -> Result<Doors> {
    let default = || format!("http://localhost:{port}");
    let public_url = config.public_url.clone().unwrap_or_else(default);
    let doors = Doors::at(&public_url, company)?;
    if config.oidc.is_empty() {
        return Ok(doors);
    }
    let providers = config.oidc.iter().map(|o| {
        let provider = o.provider();
        provider.with_context(|| format!("[[oidc]] {}", o.code))
    });
    Ok(doors.with_providers(providers.collect::<Result<_>>()?, fetch()?)?)
}

/// Sends requests to providers: no redirect is followed, nothing endless is waited for or read.
fn fetch() -> Result<Fetch> {
    // Another part of the program may have chosen already; it chooses the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()?;
    Ok(Arc::new(move |request| -> Answering {
        let client = client.clone();
        Box::pin(async move {
            let answer = ask(&client, request).await;
            answer.map_err(|e| Unreachable(format!("{e:#}")))
        })
    }))
}

async fn ask(client: &reqwest::Client, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>> {
    let mut answer = client.execute(request.try_into()?).await?;
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.clone_from(answer.headers());
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            bail!("the answer is longer than {ANSWER_BYTES_MAX} bytes");
        }
    }
    Ok(response.body(body)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> Result<Doors> {
        open(&toml::from_str(text)?, 7300, "惠民人寿")
    }

    const PROVIDER: &str = r#"
        [[oidc]]
        code = "corp"
        name = "集团统一认证"
        issuer = "https://id.example"
        client_id = "huifang"
    "#;

    #[test]
    fn passkeys_need_a_name_and_protection() {
        for (text, expected) in [
            ("", true),
            ("public_url = 'https://huifang.example'", true),
            ("public_url = 'http://huifang.example'", false),
            ("public_url = 'https://192.0.2.1'", false),
        ] {
            assert_eq!(opened(text).unwrap().has_passkeys(), expected, "{text}");
        }
        assert!(opened("public_url = 'huifang'").is_err());
    }

    #[test]
    fn a_provider_is_described_well_or_not_at_all() {
        let doors = opened(PROVIDER).unwrap();
        assert_eq!(doors.providers()[0].username_claim, "preferred_username");
        let mapping = |role: &str| {
            format!(
                "auto_create = true\n[[oidc.mapping]]\nclaim = 'groups'\nvalue = 'a'\norg = '50'\nroles = ['{role}']"
            )
        };
        assert!(opened(&format!("{PROVIDER}\n{}", mapping("callback_agent"))).is_ok());
        for (more, why) in [
            (mapping("king"), "king"),
            ("auto_create = true".to_owned(), "mapping"),
            (PROVIDER.to_owned(), "taken"),
            ("client_secret = 'in the open'".to_owned(), "client_secret"),
            (
                "client_secret_env = 'NOBODY_SETS_THIS'".to_owned(),
                "NOBODY_SETS_THIS",
            ),
            (
                "username_claim = 'email'\nlink_by_claim = true".to_owned(),
                "domains",
            ),
        ] {
            let error = opened(&format!("{PROVIDER}\n{more}")).unwrap_err();
            assert!(format!("{error:#}").contains(why), "{more}: {error:#}");
        }
        let plain = PROVIDER.replace("https://id", "http://id");
        assert!(opened(&plain).is_err());
    }

    #[tokio::test]
    async fn requests_follow_nothing_and_read_nothing_endless() {
        use axum::response::Redirect;
        use axum::routing::{get, post};
        let long = || async { vec![b'x'; ANSWER_BYTES_MAX + 1] };
        let router = axum::Router::new()
            .route("/echo", post(|body: String| async move { body }))
            .route("/away", get(|| async { Redirect::to("/long") }))
            .route("/long", get(long));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let fetch = fetch().unwrap();
        let send = async |method: &str, path: &str, body: &str| {
            let request = Request::builder().method(method);
            let request = request.uri(format!("http://{address}{path}"));
            fetch(request.body(body.as_bytes().to_vec()).unwrap()).await
        };
        let echo = send("POST", "/echo", "code=1").await.unwrap();
        assert_eq!(
            (echo.status().as_u16(), echo.body().as_slice()),
            (200, &b"code=1"[..])
        );
        let away = send("GET", "/away", "").await.unwrap();
        assert_eq!(away.status().as_u16(), 303);
        assert_eq!(away.headers()["location"], "/long");
        let long = send("GET", "/long", "").await.unwrap_err();
        assert!(long.0.contains("longer"), "{long}");
        let nobody = fetch(
            Request::get("http://127.0.0.1:1/")
                .body(Vec::new())
                .unwrap(),
        );
        assert!(nobody.await.is_err());
    }
}
