//! Users and units for other systems.

use crate::api::{Asked, Body, Caller, ListOf, Named, PageQuery, Problem, Reply, codes, listed};
use crate::api::{tagged, text, whole};
use crate::state::Web;
use app::access::UserForm;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
use store::access::UserRow;
use store::orgs::Org;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(get_user, change_user))
        .routes(routes!(disable_user))
        .routes(routes!(enable_user))
        .routes(routes!(list_units))
}

/// A person who signs in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserJson {
    /// Id.
    id: Uuid,
    /// Name to sign in with.
    username: String,
    /// Name to show.
    display_name: String,
    /// Code of the unit.
    org_code: String,
    /// Name of the unit.
    org_name: String,
    /// Roles.
    #[schema(value_type = Vec<codes::RoleCode>)]
    roles: Vec<&'static str>,
    /// Languages spoken besides Mandarin.
    languages: Vec<String>,
    /// May sign in.
    active: bool,
    /// Version, as in `ETag`.
    version: i64,
}

impl From<UserRow> for UserJson {
    fn from(r: UserRow) -> Self {
        Self {
            id: r.id.0,
            username: r.username,
            display_name: r.display_name,
            org_code: r.org_code,
            org_name: r.org_name,
            roles: r.roles.iter().map(|r| r.as_str()).collect(),
            languages: r.languages,
            active: r.active,
            version: r.version,
        }
    }
}

/// What is known of a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserData {
    /// Name to sign in with; it never changes.
    #[schema(min_length = 1, max_length = 60)]
    username: String,
    /// Name to show.
    #[schema(min_length = 1, max_length = 60)]
    display_name: String,
    /// Password, at least ten characters; a change without one keeps the old one.
    #[schema(nullable = false, min_length = 10, max_length = 200)]
    password: Option<String>,
    /// Code of the unit.
    org_code: String,
    /// Roles, at least one.
    #[schema(value_type = Vec<codes::RoleCode>)]
    roles: Vec<String>,
    /// Languages spoken besides Mandarin.
    #[serde(default)]
    #[schema(required = false)]
    languages: Vec<String>,
    /// Code of the salesperson that this user is.
    #[schema(nullable = false)]
    agent_code: Option<String>,
}

impl From<UserData> for UserForm {
    fn from(d: UserData) -> Self {
        Self {
            username: d.username,
            display_name: d.display_name,
            password: text(d.password),
            org_code: d.org_code,
            roles: d.roles,
            languages: d.languages,
            agent_code: text(d.agent_code),
        }
    }
}

/// Lists users.
///
/// In the order in which they were added.
#[utoipa::path(get, path = "/api/v1/users", tag = "users",
    params(PageQuery),
    responses((status = 200, description = "A page of users.", body = ListOf<UserJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_users(
    State(web): State<Web>,
    caller: Caller,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let (after, rows) = (page.after(), page.rows()?);
    let found = app::access::page_of_users(&web.app, &caller.actor, &after, rows).await?;
    Ok(listed::<_, UserJson>(&caller, found))
}

async fn shown(web: &Web, caller: &Caller, id: UserId) -> Result<Response, Problem> {
    let user = app::access::user_in_sight(&web.app, &caller.actor, id).await?;
    Ok(tagged(user.version, UserJson::from(user)))
}

/// Adds a user.
#[utoipa::path(post, path = "/api/v1/users", tag = "users",
    request_body = UserData,
    responses((status = 201, description = "Added.", body = UserJson,
        headers(("Location" = String, description = "Address of the user."), ("ETag" = String, description = "Version.")))))]
pub(crate) async fn create_user(
    State(web): State<Web>,
    caller: Caller,
    Body(data): Body<UserData>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let id = app::access::create_user(&web.app, actor, now, &data.into()).await?;
    let location = [(header::LOCATION, format!("/api/v1/users/{id}"))];
    Ok((
        StatusCode::CREATED,
        location,
        shown(&web, &caller, id).await?,
    )
        .into_response())
}

/// Reads a user.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "Id of the user.")),
    responses((status = 200, description = "The user.", body = UserJson,
        headers(("ETag" = String, description = "Version.")))))]
pub(crate) async fn get_user(State(web): State<Web>, caller: Caller, id: Named) -> Reply {
    shown(&web, &caller, UserId(id.id()?)).await
}

/// Changes a user.
///
/// Everything is replaced except the name to sign in with. The sessions of the user end. `If-Match` must
/// name the version that was read.
#[utoipa::path(put, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "Id of the user."),
        ("If-Match" = String, Header, description = "The version that was read, as `ETag` gave it.")),
    request_body = UserData,
    responses((status = 200, description = "Changed.", body = UserJson,
        headers(("ETag" = String, description = "Version."))),
        (status = 412, description = "Someone else changed the user.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json"),
        (status = 428, description = "`If-Match` is missing.", body = crate::api::problem::ProblemJson, content_type = "application/problem+json")))]
pub(crate) async fn change_user(
    State(web): State<Web>,
    caller: Caller,
    id: Named,
    Body(data): Body<UserData>,
) -> Reply {
    let (actor, now, id) = (&caller.actor, caller.now, UserId(id.id()?));
    let user = app::access::user_in_sight(&web.app, actor, id).await?;
    let version = caller.demands(user.version)?;
    if data.username.trim() != user.username {
        return Err(Problem::field("username", "fixed"));
    }
    app::access::change_user(&web.app, actor, now, id, version, &data.into())
        .await
        .map_err(|e| caller.said(e))?;
    shown(&web, &caller, id).await
}

async fn set_active(web: &Web, caller: &Caller, id: &Named, active: bool) -> Reply {
    let id = UserId(id.id()?);
    app::access::disable_user(&web.app, &caller.actor, caller.now, id, active)
        .await
        .map_err(|e| caller.said(e))?;
    shown(web, caller, id).await
}

/// Keeps a user out.
///
/// The sessions of the user end at once.
#[utoipa::path(post, path = "/api/v1/users/{id}/disable", tag = "users",
    params(("id" = Uuid, Path, description = "Id of the user.")),
    responses((status = 200, description = "Kept out.", body = UserJson)))]
pub(crate) async fn disable_user(State(web): State<Web>, caller: Caller, id: Named) -> Reply {
    set_active(&web, &caller, &id, false).await
}

/// Lets a user in again.
#[utoipa::path(post, path = "/api/v1/users/{id}/enable", tag = "users",
    params(("id" = Uuid, Path, description = "Id of the user.")),
    responses((status = 200, description = "Let in.", body = UserJson)))]
pub(crate) async fn enable_user(State(web): State<Web>, caller: Caller, id: Named) -> Reply {
    set_active(&web, &caller, &id, true).await
}

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unit)]
pub(crate) struct UnitJson {
    /// Code.
    org_code: String,
    /// Name.
    name: String,
    /// Level.
    level: String,
    /// Region code (GB/T 2260).
    region: Option<String>,
    /// Codes from the root down to this unit.
    #[schema(example = "/000/50/5001/")]
    path: String,
}

impl From<Org> for UnitJson {
    fn from(o: Org) -> Self {
        Self {
            org_code: o.code,
            name: o.name,
            level: o.level,
            region: o.region,
            path: o.path.as_str().to_owned(),
        }
    }
}

/// Lists units.
///
/// Those in sight, from the top down.
#[utoipa::path(get, path = "/api/v1/units", tag = "users",
    responses((status = 200, description = "Units.", body = ListOf<UnitJson>)))]
pub(crate) async fn list_units(State(web): State<Web>, caller: Caller) -> Reply {
    let units = app::access::list_orgs(&web.app, &caller.actor).await?;
    Ok(whole::<_, UnitJson>(units))
}
