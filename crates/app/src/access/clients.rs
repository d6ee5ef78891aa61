//! Systems that use the API: a name, a unit, roles, and tokens that expire.

use super::secrets::{Token, hash_token};
use crate::{App, Error, FieldProblem, Result};
use chrono::Duration;
use domain::access::{Actor, ActorKind, Permission, Rights, Role};
use domain::ids::ClientId;
use domain::time::Instant;
use store::access::{self as rows, ClientRow, TokenRow};
use store::{AuditEntry, StoreError};

/// Longest life of a token, in days.
const TOKEN_DAYS_MAX: i64 = 366;
/// Characters of a token that are kept to recognise it by.
const HINT_LENGTH: usize = 8;

/// What a form says of a client.
#[derive(Clone, Debug, Default)]
pub struct NewClient {
    /// Its name.
    pub name: String,
    /// Code of the unit whose data it sees.
    pub org_code: String,
    /// Codes of roles whose rights it has.
    pub roles: Vec<String>,
}

/// A client with its tokens.
#[derive(Clone, Debug)]
pub struct ClientWithTokens {
    /// The client.
    pub client: ClientRow,
    /// Its tokens, the newest first.
    pub tokens: Vec<TokenRow>,
}

/// Clients in sight with their tokens.
///
/// # Errors
/// When the actor may not.
pub async fn list_clients(app: &App, actor: &Actor) -> Result<Vec<ClientWithTokens>> {
    let scope = actor.scope(Permission::ClientsManage)?;
    let clients = rows::list_clients(app.store(), &scope).await?;
    let tokens = TokenRow::list_tokens(app.store(), &scope).await?;
    let with = |client: ClientRow| {
        let tokens = tokens
            .iter()
            .filter(|t| t.client == client.id)
            .cloned()
            .collect();
        ClientWithTokens { client, tokens }
    };
    Ok(clients.into_iter().map(with).collect())
}

/// Adds a client.
///
/// # Errors
/// All problems of the form at once.
pub async fn create_client(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &NewClient,
) -> Result<ClientId> {
    let scope = actor.scope(Permission::ClientsManage)?;
    let mut problems = Vec::new();
    if form.name.trim().is_empty() {
        problems.push(FieldProblem::new("name", "missing"));
    }
    let org = store::orgs::find_org_by_code(app.store(), form.org_code.trim()).await?;
    let org = org.filter(|o| scope.covers(&o.path));
    if org.is_none() {
        problems.push(FieldProblem::new("org_code", "unknown-org"));
    }
    let roles: Vec<_> = form
        .roles
        .iter()
        .filter_map(|r| Role::parse(r).ok())
        .collect();
    if roles.is_empty() || roles.len() != form.roles.len() {
        problems.push(FieldProblem::new("roles", "roles-needed"));
    }
    let Some(org) = org.filter(|_| problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let work = app.store().begin(now).await?;
    let id = match rows::insert_client(&work, form.name.trim(), org.id, &roles).await {
        Ok(id) => id,
        Err(StoreError::Constraint(_)) => return Err(Error::invalid("name", "taken")),
        Err(error) => return Err(error.into()),
    };
    let detail = serde_json::json!({ "name": form.name, "org": org.code, "roles": form.roles });
    work.commit(AuditEntry::new(actor, "access.client_created", "api_client", id.0).detail(detail))
        .await?;
    Ok(id)
}

/// Makes a token; it is shown once.
///
/// # Errors
/// When the client is not in sight or the life is out of range.
pub async fn create_token(
    app: &App,
    actor: &Actor,
    now: Instant,
    client: ClientId,
    days: i64,
) -> Result<Token> {
    in_sight(app, actor, client).await?;
    if !(1..=TOKEN_DAYS_MAX).contains(&days) {
        return Err(Error::invalid("days", "number"));
    }
    let token = Token::new(app);
    let hint: String = token.0.chars().take(HINT_LENGTH).collect();
    let work = app.store().begin(now).await?;
    rows::insert_token(
        &work,
        client,
        hash_token(&token.0),
        &hint,
        now + Duration::days(days),
    )
    .await?;
    let detail = serde_json::json!({ "hint": hint, "days": days });
    work.commit(
        AuditEntry::new(actor, "access.token_created", "api_client", client.0).detail(detail),
    )
    .await?;
    Ok(token)
}

/// Revokes a token by its first characters.
///
/// # Errors
/// When the client is not in sight.
pub async fn revoke_token(
    app: &App,
    actor: &Actor,
    now: Instant,
    client: ClientId,
    hint: &str,
) -> Result<()> {
    in_sight(app, actor, client).await?;
    let work = app.store().begin(now).await?;
    rows::revoke_token(&work, client, hint).await?;
    let detail = serde_json::json!({ "hint": hint });
    Ok(work
        .commit(
            AuditEntry::new(actor, "access.token_revoked", "api_client", client.0).detail(detail),
        )
        .await?)
}

/// Lets a client in or keeps it out.
///
/// # Errors
/// When the client is not in sight.
pub async fn set_client_active(
    app: &App,
    actor: &Actor,
    now: Instant,
    client: ClientId,
    active: bool,
) -> Result<()> {
    in_sight(app, actor, client).await?;
    let work = app.store().begin(now).await?;
    rows::set_client_active(&work, client, active).await?;
    let action = if active {
        "access.client_enabled"
    } else {
        "access.client_disabled"
    };
    Ok(work
        .commit(AuditEntry::new(actor, action, "api_client", client.0))
        .await?)
}

/// The actor behind an API token, if it is good.
///
/// # Errors
/// What the store says.
pub async fn authenticate_client(app: &App, now: Instant, token: &str) -> Result<Option<Actor>> {
    let client = rows::find_client_by_token(app.store(), hash_token(token), now).await?;
    let rights = app.rights_in_force().await?;
    Ok(client.map(|c| actor(c, &rights)))
}

/// A client as an actor, with what the table of rights gives to the client's roles.
pub(super) fn actor(client: ClientRow, rights: &Rights) -> Actor {
    Actor {
        kind: ActorKind::Client(client.id),
        name: client.name,
        rights: rights.held_by(&client.roles),
        roles: client.roles,
        org: client.org_path,
        org_id: Some(client.org_id),
        agent: None,
    }
}

async fn in_sight(app: &App, actor: &Actor, client: ClientId) -> Result<ClientRow> {
    let scope = actor.scope(Permission::ClientsManage)?;
    let clients = rows::list_clients(app.store(), &scope).await?;
    clients
        .into_iter()
        .find(|c| c.id == client)
        .ok_or(Error::NotFound)
}
