//! What the company changed in the table of rights.

use crate::settings::{find_setting, put_setting};
use crate::sql::{list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::{Limit, LimitChange, Permission, RightChange, Rights, Role, RowScope};
use sea_orm::FromQueryResult;

/// The setting that counts changes of the table, so that every server notices one.
const VERSION: &str = "rights.version";

#[derive(FromQueryResult)]
struct Row {
    role: String,
    permission: String,
    scope: Option<String>,
}

#[derive(FromQueryResult)]
struct LimitRow {
    name: String,
    value: i64,
}

/// How often the table was changed.
///
/// # Errors
/// What the database says.
pub async fn rights_version(db: &impl Reads) -> Result<i64> {
    let version = find_setting(db, VERSION).await?;
    Ok(version.and_then(|v| v.parse().ok()).unwrap_or(0))
}

/// The table of rights in force: what is shipped, with what the company changed.
///
/// # Errors
/// What the database says; a scope that cannot be read.
pub async fn load_rights(db: &impl Reads) -> Result<Rights> {
    let version = rights_version(db).await?;
    let sql = "SELECT role, permission, scope FROM role_rights ORDER BY role, permission";
    let rows: Vec<Row> = list(db, sql, Vec::new()).await?;
    let mut changed = Vec::new();
    for row in rows {
        // A right or role of a later version of the program gives nothing here.
        let (Ok(role), Ok(permission)) =
            (Role::parse(&row.role), Permission::parse(&row.permission))
        else {
            continue;
        };
        let scope = row.scope.as_deref().map(RowScope::parse).transpose()?;
        changed.push((role, permission, scope));
    }
    let sql = "SELECT name, value FROM right_limits ORDER BY name";
    let limits: Vec<LimitRow> = list(db, sql, Vec::new()).await?;
    let limits = limits
        .iter()
        .filter_map(|r| Some((Limit::parse(&r.name)?, r.value)));
    Ok(Rights::with(changed, limits, version))
}

/// Puts changes of the table and of its limits into force and counts the version on.
///
/// # Errors
/// What the database says.
pub async fn put_rights(
    work: &UnitOfWork,
    changes: &[RightChange],
    limits: &[LimitChange],
    changed_by: &str,
) -> Result<()> {
    let sql = "INSERT INTO role_rights (role, permission, scope, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (role, permission) DO UPDATE SET scope = excluded.scope, \
               changed_at = excluded.changed_at, changed_by = excluded.changed_by";
    for change in changes {
        let values = params![
            change.role.as_str(),
            change.permission.as_str(),
            change.after.map(RowScope::as_str),
            millis(work.now()),
            changed_by,
        ];
        work.execute(sql, values).await?;
    }
    let sql = "INSERT INTO right_limits (name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, \
               changed_by = excluded.changed_by";
    for change in limits {
        let key = change.limit.key();
        let values = params![key, change.after, millis(work.now()), changed_by];
        work.execute(sql, values).await?;
    }
    let version = rights_version(work).await? + 1;
    put_setting(work, VERSION, &version.to_string()).await
}
