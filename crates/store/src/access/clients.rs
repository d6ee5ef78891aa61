//! Systems that use the API, and their tokens.

use crate::sql::{Select, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::{OrgPath, Role, Scope};
use domain::ids::{ClientId, OrgId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A system that uses the API.
#[derive(Clone, Debug)]
pub struct ClientRow {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// Unit whose data it sees.
    pub org_id: OrgId,
    /// Name of the unit.
    pub org_name: String,
    /// Place of the unit.
    pub org_path: OrgPath,
    /// Roles whose rights it has.
    pub roles: Vec<Role>,
    /// May use the API.
    pub active: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    org_id: Uuid,
    org_name: String,
    org_path: String,
    roles: String,
    active: bool,
}

impl TryFrom<Row> for ClientRow {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        let roles = r
            .roles
            .split_whitespace()
            .map(Role::parse)
            .collect::<std::result::Result<_, _>>()?;
        Ok(Self {
            id: ClientId(r.id),
            name: r.name,
            org_id: OrgId(r.org_id),
            org_name: r.org_name,
            org_path: OrgPath::from_stored(r.org_path),
            roles,
            active: r.active,
        })
    }
}

const SELECT: &str = "SELECT c.id, c.name, c.org_id, o.name AS org_name, CASE WHEN o.parent_id IS NULL AND (SELECT COUNT(*) FROM orgs WHERE parent_id IS NULL) = 1 THEN '/' ELSE o.path END AS org_path, c.roles, c.active \
     FROM api_clients c JOIN orgs o ON o.id = c.org_id";

/// Systems of the units in sight, by name.
///
/// # Errors
/// What the database says.
pub async fn list_clients(db: &impl Reads, scope: &Scope) -> Result<Vec<ClientRow>> {
    let mut select = Select::new(SELECT);
    select
        .scope(scope, "c.org_id")
        .then("ORDER BY c.name LIMIT 1000", Vec::new());
    select
        .list::<Row>(db)
        .await?
        .into_iter()
        .map(ClientRow::try_from)
        .collect()
}

/// The system of a token that is neither revoked nor expired.
///
/// # Errors
/// What the database says.
pub async fn find_client_by_token(
    db: &impl Reads,
    token_hash: [u8; 32],
    now: Instant,
) -> Result<Option<ClientRow>> {
    let sql = format!(
        "{SELECT} JOIN api_tokens t ON t.client_id = c.id \
         WHERE t.token_hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND c.active"
    );
    let row = find::<Row>(db, &sql, params![token_hash.to_vec(), millis(now)]).await?;
    row.map(ClientRow::try_from).transpose()
}

/// Adds a system.
///
/// # Errors
/// When the name is taken.
pub async fn insert_client(
    work: &UnitOfWork,
    name: &str,
    org: OrgId,
    roles: &[Role],
) -> Result<ClientId> {
    let id = work.next_id();
    let roles: Vec<_> = roles.iter().map(|r| r.as_str()).collect();
    let sql = "INSERT INTO api_clients (id, name, org_id, roles, active, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, TRUE, $5, $5)";
    work.execute(
        sql,
        params![id, name, org.0, roles.join(" "), millis(work.now())],
    )
    .await?;
    Ok(ClientId(id))
}

/// Lets a system in or keeps it out.
///
/// # Errors
/// What the database says.
pub async fn set_client_active(work: &UnitOfWork, client: ClientId, active: bool) -> Result<()> {
    let sql = "UPDATE api_clients SET active = $1, updated_at = $2 WHERE id = $3";
    work.execute_one(sql, params![active, millis(work.now()), client.0])
        .await
}

/// Adds a token.
///
/// # Errors
/// What the database says.
pub async fn insert_token(
    work: &UnitOfWork,
    client: ClientId,
    token_hash: [u8; 32],
    hint: &str,
    expires_at: Instant,
) -> Result<()> {
    let sql = "INSERT INTO api_tokens (token_hash, client_id, hint, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = params![
        token_hash.to_vec(),
        client.0,
        hint,
        millis(work.now()),
        millis(expires_at)
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// A token as it is shown: never the token itself.
#[derive(Clone, Debug)]
pub struct TokenRow {
    /// Whose it is.
    pub client: ClientId,
    /// Its first characters.
    pub hint: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it expires.
    pub expires_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct TokenDbRow {
    client_id: Uuid,
    hint: String,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl TokenRow {
    /// Tokens of the systems in sight, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_tokens(db: &impl Reads, scope: &Scope) -> Result<Vec<Self>> {
        let mut select = Select::new(
            "SELECT t.client_id, t.hint, t.created_at, t.expires_at, t.revoked_at FROM api_tokens t \
             JOIN api_clients c ON c.id = t.client_id",
        );
        select
            .scope(scope, "c.org_id")
            .then("ORDER BY t.created_at DESC LIMIT 1000", Vec::new());
        let rows: Vec<TokenDbRow> = select.list(db).await?;
        let rows = rows.into_iter().map(|r| Self {
            client: ClientId(r.client_id),
            hint: r.hint,
            created_at: instant(r.created_at),
            expires_at: instant(r.expires_at),
            revoked_at: r.revoked_at.map(instant),
        });
        Ok(rows.collect())
    }
}

/// Revokes the tokens of a system that begin with a hint.
///
/// # Errors
/// What the database says.
pub async fn revoke_token(work: &UnitOfWork, client: ClientId, hint: &str) -> Result<()> {
    let sql = "UPDATE api_tokens SET revoked_at = $1 WHERE client_id = $2 AND hint = $3 AND revoked_at IS NULL";
    work.execute(sql, params![millis(work.now()), client.0, hint])
        .await
        .map(|_| ())
}
