//! Systems that use the API, and their tokens.

use crate::sql::{Select, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::{OrgPath, Permission, Role, Scope};
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
    /// The rights to which it was limited; nothing when it has all that its roles give.
    pub permissions: Option<Vec<Permission>>,
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
    permissions: Option<String>,
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
        let permissions = r.permissions.map(|all| {
            let codes = all.split_whitespace().map(Permission::parse);
            codes.collect::<std::result::Result<_, _>>()
        });
        Ok(Self {
            id: ClientId(r.id),
            name: r.name,
            org_id: OrgId(r.org_id),
            org_name: r.org_name,
            org_path: OrgPath::from_stored(r.org_path),
            roles,
            permissions: permissions.transpose()?,
            active: r.active,
        })
    }
}

const SELECT: &str = "SELECT c.id, c.name, c.org_id, o.name AS org_name, CASE WHEN o.parent_id IS NULL AND (SELECT COUNT(*) FROM orgs WHERE parent_id IS NULL) = 1 THEN '/' ELSE o.path END AS org_path, c.roles, c.permissions, c.active \
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

/// Adds a system; without permissions it has all that its roles give.
///
/// # Errors
/// When the name is taken.
pub async fn insert_client(
    work: &UnitOfWork,
    name: &str,
    org: OrgId,
    roles: &[Role],
    permissions: Option<&[Permission]>,
) -> Result<ClientId> {
    let id = work.next_id();
    let roles: Vec<_> = roles.iter().map(|r| r.as_str()).collect();
    let permissions = permissions.map(|all| {
        let codes: Vec<_> = all.iter().map(|p| p.as_str()).collect();
        codes.join(" ")
    });
    let sql = "INSERT INTO api_clients (id, name, org_id, roles, permissions, active, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, TRUE, $6, $6)";
    let values = params![
        id,
        name,
        org.0,
        roles.join(" "),
        permissions,
        millis(work.now())
    ];
    work.execute(sql, values).await?;
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
    /// When it was last used, to within minutes.
    pub used_at: Option<Instant>,
    /// From which network address.
    pub used_from: Option<String>,
}

impl TokenRow {
    /// Whether it lets a system in at a moment.
    pub fn is_good(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

#[derive(FromQueryResult)]
struct TokenDbRow {
    client_id: Uuid,
    hint: String,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    used_at: Option<i64>,
    used_from: Option<String>,
}

impl TokenRow {
    /// Tokens of the systems in sight, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_tokens(db: &impl Reads, scope: &Scope) -> Result<Vec<Self>> {
        let mut select = Select::new(
            "SELECT t.client_id, t.hint, t.created_at, t.expires_at, t.revoked_at, t.used_at, t.used_from FROM api_tokens t \
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
            used_at: r.used_at.map(instant),
            used_from: r.used_from,
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

/// Notes that a token is in use, unless that was noted after a moment already; says whether it was
/// noted now.
///
/// # Errors
/// What the database says.
pub async fn touch_token(
    work: &UnitOfWork,
    token_hash: [u8; 32],
    address: &str,
    unless_after: Instant,
) -> Result<bool> {
    let sql = "UPDATE api_tokens SET used_at = $1, used_from = $2 WHERE token_hash = $3 \
               AND (used_at IS NULL OR used_at <= $4)";
    let values = params![
        millis(work.now()),
        address,
        token_hash.to_vec(),
        millis(unless_after)
    ];
    Ok(work.execute(sql, values).await? == 1)
}

#[derive(FromQueryResult)]
struct UsedRow {
    used_at: Option<i64>,
}

/// When the use of a token was last noted.
///
/// # Errors
/// What the database says.
pub async fn find_token_use(db: &impl Reads, token_hash: [u8; 32]) -> Result<Option<Instant>> {
    let sql = "SELECT used_at FROM api_tokens WHERE token_hash = $1";
    let row = find::<UsedRow>(db, sql, params![token_hash.to_vec()]).await?;
    Ok(row.and_then(|r| r.used_at).map(instant))
}

/// Lets a good token of a system end at a moment, if it does not end before.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the system has no such token.
pub async fn end_token_at(
    work: &UnitOfWork,
    client: ClientId,
    hint: &str,
    at: Instant,
) -> Result<()> {
    let sql = "UPDATE api_tokens SET expires_at = CASE WHEN expires_at > $1 THEN $1 ELSE expires_at END \
               WHERE client_id = $2 AND hint = $3 AND revoked_at IS NULL AND expires_at > $4";
    let values = params![millis(at), client.0, hint, millis(work.now())];
    work.execute_one(sql, values).await
}
