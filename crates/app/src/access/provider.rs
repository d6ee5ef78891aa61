//! Talking to a provider of identities (OpenID Connect Core 1.0, authorization code flow with PKCE):
//! where to send people, and what the code that they come back with is worth.

use super::doors::{Answering, Fetch, Provider, Unreachable};
use crate::App;
use chrono::Duration;
use domain::time::Instant;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AsyncHttpClient, AuthType, AuthorizationCode,
    ClaimsVerificationError, Client, ClientId, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, IdToken, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    SubjectIdentifier, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::pin::Pin;
use std::sync::Arc;

/// How long what a provider said of itself is believed: its addresses and keys.
const KNOWN_FOR: Duration = Duration::hours(1);
/// How soon its keys are asked for again when a token is signed with one that nobody knows.
const KEYS_AGAIN_AFTER: Duration = Duration::minutes(1);
/// By how much the provider's clock may differ from ours.
const SKEW: Duration = Duration::seconds(60);

/// What a provider says of itself, its keys included.
pub(super) type Known = CoreProviderMetadata;

/// Claims that the standard does not name, such as groups.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Others {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Others {}

/// What the library sends its requests through.
struct Http(Fetch);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Unreachable;
    type Future = Answering;

    fn call(&'c self, request: HttpRequest) -> Answering {
        (self.0)(request)
    }
}

type Token =
    IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Ours = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a provider's answer is worth nothing.
#[derive(Debug)]
pub(super) enum Worthless {
    /// It did not answer, or not as providers do.
    Unreachable(String),
    /// It would not take the code.
    Code(String),
    /// Its token is not good: signature, issuer, audience, time or nonce.
    Token(String),
}

/// What ties the answer to the question.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Ties {
    /// Comes back in the token.
    pub(super) nonce: String,
    /// Shows that who asked is who redeems (PKCE).
    pub(super) verifier: String,
}

/// Who somebody is, as the provider says. All of it was checked.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    /// Who it is there, for ever.
    pub(super) subject: String,
    all: Map<String, Value>,
}

impl Claims {
    /// The text of a claim, when there is one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let text = self.all.get(name)?.as_str()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Whether a claim says yes.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.all.get(name) == Some(&Value::Bool(true))
    }

    /// Whether a claim has a value, alone or in a list.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        match self.all.get(name) {
            Some(Value::String(text)) => text == value,
            Some(Value::Array(list)) => list.iter().any(|v| v.as_str() == Some(value)),
            _ => false,
        }
    }
}

/// Something under way. Boxed, because the library's own futures are too general for handlers.
type Under<T> = Pin<Box<dyn Future<Output = Result<T, Worthless>> + Send>>;

/// Where to send somebody who wants to sign in at a provider.
pub(super) fn departure(
    app: &App,
    now: Instant,
    provider: &Provider,
    state: &str,
    ties: &Ties,
) -> Under<String> {
    let (app, provider) = (app.clone(), provider.clone());
    let (state, ties) = (state.to_owned(), ties.clone());
    Box::pin(async move { depart(&app, now, &provider, &state, &ties).await })
}

async fn depart(
    app: &App,
    now: Instant,
    provider: &Provider,
    state: &str,
    ties: &Ties,
) -> Result<String, Worthless> {
    let known = known(app, now, provider, KNOWN_FOR).await?;
    let ours = ours(app, provider, &known)?;
    let (state, nonce) = (state.to_owned(), ties.nonce.clone());
    let verifier = PkceCodeVerifier::new(ties.verifier.clone());
    let request = ours
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        )
        .add_scopes(provider.scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    Ok(request.url().0.to_string())
}

/// Redeems a code and checks what it is worth.
pub(super) fn redeem(
    app: &App,
    now: Instant,
    provider: &Provider,
    code: &str,
    ties: &Ties,
) -> Under<Claims> {
    let (app, provider) = (app.clone(), provider.clone());
    let (code, ties) = (code.to_owned(), ties.clone());
    Box::pin(async move { claims_for(&app, now, &provider, &code, &ties).await })
}

async fn claims_for(
    app: &App,
    now: Instant,
    provider: &Provider,
    code: &str,
    ties: &Ties,
) -> Result<Claims, Worthless> {
    let known_now = known(app, now, provider, KNOWN_FOR).await?;
    let ours_now = ours(app, provider, &known_now)?;
    let http = http(app)?;
    let answer = ours_now
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|e| Worthless::Unreachable(e.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(ties.verifier.clone()))
        .request_async(&http)
        .await
        .map_err(|e| match e {
            RequestTokenError::ServerResponse(said) => Worthless::Code(said.to_string()),
            RequestTokenError::Request(e) => Worthless::Unreachable(e.to_string()),
            other => Worthless::Token(other.to_string()),
        })?;
    let token = answer.id_token();
    let token = token.ok_or_else(|| Worthless::Token("there is no ID token".to_owned()))?;
    let claims = match check(&ours_now, token, &ties.nonce, now) {
        // The provider may have new keys since we asked.
        Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        )) => {
            let fresh = known(app, now, provider, KEYS_AGAIN_AFTER).await?;
            check(&ours(app, provider, &fresh)?, token, &ties.nonce, now)
        }
        checked => checked,
    };
    let claims = claims.map_err(|e| Worthless::Token(e.to_string()))?;
    let wanted = provider.mappings.iter().map(|m| m.claim.as_str());
    let mut wanted = wanted.chain([provider.username_claim.as_str()]);
    if wanted.all(|claim| claims.all.contains_key(claim)) {
        return Ok(claims);
    }
    // Many providers put into the token little more than who it is.
    ask_more(&ours_now, &http, answer.access_token(), claims).await
}

/// Checks signature, issuer, audience, time and nonce of a token.
fn check(
    ours: &Ours,
    token: &Token,
    nonce: &str,
    now: Instant,
) -> Result<Claims, ClaimsVerificationError> {
    let verifier = ours
        .id_token_verifier()
        .set_time_fn(move || now - SKEW)
        .set_issue_time_verifier_fn(move |at| {
            let early = at > now + SKEW;
            (!early).then_some(()).ok_or(format!("issued at {at}"))
        });
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned()))?;
    let all = as_map(claims).map_err(ClaimsVerificationError::Other)?;
    Ok(Claims {
        subject: claims.subject().to_string(),
        all,
    })
}

/// Adds what the provider says when asked about the person. It must be about the same person; what the
/// signed token says comes first.
async fn ask_more(
    ours: &Ours,
    http: &Http,
    access: &AccessToken,
    mut claims: Claims,
) -> Result<Claims, Worthless> {
    let subject = SubjectIdentifier::new(claims.subject.clone());
    let Ok(request) = ours.user_info(access.clone(), Some(subject)) else {
        return Ok(claims);
    };
    let more: UserInfoClaims<Others, CoreGenderClaim> = request
        .request_async(http)
        .await
        .map_err(|e| Worthless::Token(format!("user info: {e}")))?;
    for (name, value) in as_map(&more).map_err(Worthless::Token)? {
        claims.all.entry(name).or_insert(value);
    }
    Ok(claims)
}

fn as_map(claims: &impl Serialize) -> Result<Map<String, Value>, String> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err("the claims are no object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// What a provider says of itself, asked again when the last answer is older than a while.
async fn known(
    app: &App,
    now: Instant,
    provider: &Provider,
    not_older_than: Duration,
) -> Result<Arc<Known>, Worthless> {
    if let Some((at, known)) = app.doors().known(&provider.code)
        && now - at < not_older_than
    {
        return Ok(known);
    }
    let issuer = IssuerUrl::new(provider.issuer.clone());
    let issuer = issuer.map_err(|e| Worthless::Unreachable(e.to_string()))?;
    let http = http(app)?;
    let said = Known::discover_async(issuer, &http).await;
    let said = Arc::new(said.map_err(|e| Worthless::Unreachable(described(&e)))?);
    app.doors().remember(&provider.code, now, Arc::clone(&said));
    Ok(said)
}

/// An error with what caused it.
fn described(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", described(cause)),
        None => error.to_string(),
    }
}

fn http(app: &App) -> Result<Http, Worthless> {
    let none = |_| Worthless::Unreachable("nothing sends requests".to_owned());
    app.doors().fetch().map(Http).map_err(none)
}

fn ours(app: &App, provider: &Provider, known: &Known) -> Result<Ours, Worthless> {
    let back = RedirectUrl::new(app.doors().return_url());
    let back = back.map_err(|e| Worthless::Unreachable(e.to_string()))?;
    let id = ClientId::new(provider.client_id.clone());
    let ours = Ours::from_provider_metadata(known.clone(), id, provider.client_secret.clone());
    let methods = known.token_endpoint_auth_methods_supported();
    let basic = methods.is_none_or(|m| m.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let how = if basic {
        AuthType::BasicAuth
    } else {
        AuthType::RequestBody
    };
    Ok(ours.set_auth_type(how).set_redirect_uri(back))
}
