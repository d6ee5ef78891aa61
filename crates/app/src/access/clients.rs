//! Systems that use the API: a name, a unit, roles, and tokens that expire.

use super::secrets::{Token, hash_token};
use crate::{App, Error, FieldProblem, Result};
use chrono::Duration;
use domain::access::{Actor, ActorKind, Permission, Rights, Role};
use domain::ids::ClientId;
use domain::time::Instant;
use store::access::{self as rows, ClientRow, TokenRow};
use store::{AuditEntry, StoreError, UnitOfWork};

/// Longest life of a token, in days.
const TOKEN_DAYS_MAX: i64 = 366;
/// Longest time for which an old token lives beside the new one, in hours: a month.
const OVERLAP_HOURS_MAX: i64 = 31 * 24;
/// The use of a token is noted at most this often, so that reading does not write all the time.
const USED_EVERY: Duration = Duration::minutes(5);
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
    /// Codes of the rights among those to which it is limited; none for all of them but seeing
    /// personal data in full.
    pub permissions: Vec<String>,
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

/// Adds a client. One with sensitive rights is kept out until a second person agrees, where the company
/// wants two for such roles.
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
    super::roles::demand_duties(app, &roles)?;
    let rights = form.permissions.iter().map(|p| Permission::parse(p).ok());
    let table = app.rights_in_force().await?;
    let rights: Vec<_> = rights
        .flatten()
        .filter(|p| table.grants(&roles, *p))
        .collect();
    if rights.len() != form.permissions.len() {
        problems.push(FieldProblem::new("permissions", "permission-not-of-roles"));
    }
    let only = (!rights.is_empty()).then_some(rights.as_slice());
    let Some(org) = org.filter(|_| problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let work = app.store().begin(now).await?;
    let id = match rows::insert_client(&work, form.name.trim(), org.id, &roles, only).await {
        Ok(id) => id,
        Err(StoreError::Constraint(_)) => return Err(Error::invalid("name", "taken")),
        Err(error) => return Err(error.into()),
    };
    let detail = serde_json::json!({
        "name": form.name, "org": org.code, "roles": form.roles, "permissions": form.permissions,
    });
    let entry = AuditEntry::new(actor, "access.client_created", "api_client", id.0).detail(detail);
    let created = ClientRow {
        id,
        name: form.name.trim().to_owned(),
        org_id: org.id,
        org_name: org.name,
        org_path: org.path,
        permissions: (!rights.is_empty()).then_some(rights),
        roles,
        active: false,
    };
    let asked = let_in(app, &work, actor, &created).await?;
    work.commit(store::Audit::with(entry, asked)).await?;
    Ok(id)
}

/// Keeps a client out that needs a second person, and asks for one.
async fn let_in(
    app: &App,
    work: &UnitOfWork,
    by: &Actor,
    client: &ClientRow,
) -> Result<Option<AuditEntry>> {
    let with = actor(client.clone(), &*app.rights_in_force().await?);
    let waits = super::roles::is_client_for_two(app, by, &with);
    rows::set_client_active(work, client.id, !waits).await?;
    if !waits {
        return Ok(None);
    }
    let asked = super::roles::ask_for_client(work, by, client.id, &client.name, &client.roles);
    asked.await.map(Some)
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
    demand_days(days)?;
    let work = app.store().begin(now).await?;
    let (token, hint) = put_token(app, &work, client, days).await?;
    let detail = serde_json::json!({ "hint": hint, "days": days });
    work.commit(
        AuditEntry::new(actor, "access.token_created", "api_client", client.0).detail(detail),
    )
    .await?;
    Ok(token)
}

fn demand_days(days: i64) -> Result<()> {
    if (1..=TOKEN_DAYS_MAX).contains(&days) {
        return Ok(());
    }
    Err(Error::invalid("days", "number"))
}

async fn put_token(
    app: &App,
    work: &UnitOfWork,
    client: ClientId,
    days: i64,
) -> Result<(Token, String)> {
    let token = Token::new(app);
    let hint: String = token.0.chars().take(HINT_LENGTH).collect();
    let until = work.now() + Duration::days(days);
    rows::insert_token(work, client, hash_token(&token.0), &hint, until).await?;
    Ok((token, hint))
}

/// Makes a token in the place of another, named by its first characters, which lives on for some hours so
/// that the system can be changed over without a gap. The new one is shown once.
///
/// # Errors
/// When the client is not in sight, the token is not good any more, or a number is out of range.
pub async fn rotate_token(
    app: &App,
    actor: &Actor,
    now: Instant,
    client: ClientId,
    old: &str,
    days: i64,
    overlap_hours: i64,
) -> Result<Token> {
    in_sight(app, actor, client).await?;
    demand_days(days)?;
    if !(0..=OVERLAP_HOURS_MAX).contains(&overlap_hours) {
        return Err(Error::invalid("overlap_hours", "number"));
    }
    let work = app.store().begin(now).await?;
    let until = now + Duration::hours(overlap_hours);
    match rows::end_token_at(&work, client, old, until).await {
        Err(StoreError::Conflict) => return Err(Error::NotFound),
        other => other?,
    }
    let (token, hint) = put_token(app, &work, client, days).await?;
    let detail = serde_json::json!({
        "old": old, "hint": hint, "days": days, "overlap_hours": overlap_hours,
    });
    let entry = AuditEntry::new(actor, "access.token_rotated", "api_client", client.0);
    work.commit(entry.detail(detail)).await?;
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

/// Lets a client in or keeps it out. Where two persons let it in, the other one is asked.
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
    let row = in_sight(app, actor, client).await?;
    let work = app.store().begin(now).await?;
    let entry = if active {
        match let_in(app, &work, actor, &row).await? {
            Some(asked) => asked,
            None => AuditEntry::new(actor, "access.client_enabled", "api_client", client.0),
        }
    } else {
        rows::set_client_active(&work, client, false).await?;
        AuditEntry::new(actor, "access.client_disabled", "api_client", client.0)
    };
    Ok(work.commit(entry).await?)
}

/// The actor behind an API token, if it is good. That it was used, and from where, is noted now and then.
///
/// # Errors
/// What the store says.
pub async fn authenticate_client(
    app: &App,
    now: Instant,
    token: &str,
    address: &str,
) -> Result<Option<Actor>> {
    let hash = hash_token(token);
    let Some(client) = rows::find_client_by_token(app.store(), hash, now).await? else {
        return Ok(None);
    };
    let rights = app.rights_in_force().await?;
    let actor = actor(client, &rights);
    let noted = rows::find_token_use(app.store(), hash).await?;
    let since = now - USED_EVERY;
    if noted.is_none_or(|at| at <= since) {
        let work = app.store().begin(now).await?;
        if rows::touch_token(&work, hash, address, since).await? {
            let client = match actor.kind {
                ActorKind::Client(id) => Some(id.0),
                _ => None,
            };
            let detail = serde_json::json!({ "address": address });
            let entry = AuditEntry::new(&actor, "access.token_used", "api_client", client);
            work.commit(entry.detail(detail)).await?;
        }
    }
    Ok(Some(actor))
}

/// A client as an actor, with what the table of rights gives to the client's roles. Personal data in
/// full is for a client in whose list it stands.
pub(super) fn actor(client: ClientRow, rights: &Rights) -> Actor {
    let but_in_full = || {
        let held = rights.held_by(&client.roles);
        let masked = held.permissions();
        let masked = masked.filter(|p| *p != Permission::PersonalDataReveal);
        masked.collect()
    };
    let only = client.permissions.unwrap_or_else(but_in_full);
    Actor {
        kind: ActorKind::Client(client.id),
        name: client.name,
        rights: rights.held_by(&client.roles),
        roles: client.roles,
        only: Some(only),
        org: client.org_path,
        org_id: Some(client.org_id),
        agent: None,
        delegation: None,
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
