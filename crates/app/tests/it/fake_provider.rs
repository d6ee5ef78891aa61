//! A provider of identities inside the test, which says whatever the test wants it to say.

use crate::authenticator::base64url;
use app::access::{Fetch, Provider, Unreachable};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::http::Response;
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Its address.
pub(crate) const ISSUER: &str = "https://id.example";
/// Two keys of nobody: the provider's and a forger's.
pub(crate) const KEYS: [&str; 2] = [
    "MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH",
    "MC4CAQAwBQYDK2VwBCIEIAkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ",
];

fn key(text: &str) -> CoreEdDsaPrivateSigningKey {
    let kind = "PRIVATE KEY";
    let pem = format!("-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n");
    let id = JsonWebKeyId::new("one".to_owned());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(id)).unwrap()
}

/// What it says next.
pub(crate) struct Said {
    /// The token.
    pub(crate) token: Arc<Mutex<String>>,
}

impl Said {
    /// Says these claims, signed with a key.
    pub(crate) fn claims(&self, claims: &Value, with: &str) {
        let header = json!({ "alg": "EdDSA", "kid": "one" });
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = key(with).sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes());
        let token = format!("{signed}.{}", base64url(&signature.unwrap()));
        *self.token.lock().unwrap() = token;
    }
}

/// Answers with the token, and with what providers say of themselves.
pub(crate) fn provider_says(token: Arc<Mutex<String>>) -> Fetch {
    let set = CoreJsonWebKeySet::new(vec![key(KEYS[0]).as_verification_key()]);
    Arc::new(move |request| {
        let body = match request.uri().path() {
            "/.well-known/openid-configuration" => json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/auth"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/jwks"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA"],
            }),
            "/jwks" => serde_json::to_value(&set).unwrap(),
            "/token" => {
                let token = token.lock().unwrap().clone();
                json!({ "access_token": "a", "token_type": "Bearer", "id_token": token })
            }
            other => {
                let gone = Unreachable(other.to_owned());
                return Box::pin(std::future::ready(Err(gone)));
            }
        };
        let response = Response::builder().header("content-type", "application/json");
        let response = response.body(body.to_string().into_bytes()).unwrap();
        Box::pin(std::future::ready(Ok(response)))
    })
}

/// How it is configured.
pub(crate) fn provider() -> Provider {
    Provider {
        code: "corp".into(),
        name: "集团统一认证".into(),
        issuer: ISSUER.into(),
        client_id: "huifang".into(),
        client_secret: None,
        scopes: vec!["profile".into()],
        username_claim: "preferred_username".into(),
        domains: Vec::new(),
        link_by_claim: false,
        auto_create: false,
        mappings: Vec::new(),
    }
}
