//! Users and units: the tree of units, who works where in which roles, adding and changing people.

use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::UserForm;
use axum::extract::{Path, RawQuery, State};
use domain::access::Role;
use domain::customers::SpokenLanguage;
use domain::ids::UserId;
use std::collections::HashMap;
use store::access::{SessionRow, UserRow};
use store::orgs::Org;

#[derive(askama::Template)]
#[template(path = "access/users.html")]
struct UsersPage {
    f: Frame,
    orgs: Vec<Org>,
    /// People of each unit and those below it, by the unit's path.
    people: HashMap<String, usize>,
    users: Vec<UserRow>,
    count: usize,
    chosen: Option<Org>,
    org: String,
    role: String,
    show: String,
}

pub(crate) async fn list_users(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let all = app::access::list_users(&web.app, &who.actor).await?;
    let orgs = app::access::list_orgs(&web.app, &who.actor).await?;
    let chosen = orgs.iter().find(|o| o.code == query.get("org")).cloned();
    let (role, show) = (query.own("role"), query.own("show"));
    let fits = |u: &UserRow| {
        let below = |o: &Org| u.org_path.as_str().starts_with(o.path.as_str());
        chosen.as_ref().is_none_or(below)
            && (role.is_empty() || u.roles.iter().any(|r| r.as_str() == role))
            && match show.as_str() {
                "disabled" => !u.active,
                "all" => true,
                _ => u.active,
            }
    };
    let mut people = HashMap::new();
    for org in &orgs {
        let inside = |u: &&UserRow| u.active && u.org_path.as_str().starts_with(org.path.as_str());
        people.insert(
            org.path.as_str().to_owned(),
            all.iter().filter(inside).count(),
        );
    }
    let users: Vec<_> = all.iter().filter(|u| fits(u)).cloned().collect();
    html(&UsersPage {
        f: who.frame("users"),
        orgs,
        people,
        count: users.len(),
        users,
        org: query.own("org"),
        chosen,
        role,
        show,
    })
}

#[derive(askama::Template)]
#[template(path = "access/user.html")]
struct UserPage {
    f: Frame,
    orgs: Vec<Org>,
    user: UserRow,
    sessions: Vec<SessionRow>,
    table: std::sync::Arc<domain::access::Rights>,
}

pub(crate) async fn show_user(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let user = app::access::user_page(&web.app, &who.actor, id_of(&id)?).await?;
    let sessions = app::access::list_user_sessions(&web.app, &who.actor, who.now, user.id).await?;
    html(&UserPage {
        sessions,
        orgs: app::access::list_orgs(&web.app, &who.actor).await?,
        f: who.frame("users"),
        table: web.app.rights(),
        user,
    })
}

/// Something that is shown once: a password or a token.
#[derive(askama::Template)]
#[template(path = "access/once.html")]
pub(super) struct OncePage {
    pub(super) f: Frame,
    pub(super) title: String,
    pub(super) hint: String,
    pub(super) secret: String,
    pub(super) back: String,
}

pub(crate) async fn create_user(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let mut form = read(&fields);
    let given = !form.password.is_empty();
    if !given {
        form.password = app::access::new_password(&web.app);
    }
    let id = app::access::create_user(&web.app, &who.actor, who.now, &form).await?;
    let back = format!("/users/{id}");
    if given {
        return Ok(who.go(&back));
    }
    let f = who.frame("users");
    html(&OncePage {
        title: f.say1("user-created", "name", &form.display_name),
        hint: f.say1("password-once", "username", &form.username),
        secret: form.password,
        back,
        f,
    })
}

pub(crate) async fn change_user(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let version = fields.get("version").parse().unwrap_or(0);
    let user = app::access::user_page(&web.app, &who.actor, id).await?;
    let form = UserForm {
        username: user.username,
        ..read(&fields)
    };
    app::access::change_user(&web.app, &who.actor, who.now, id, version, &form).await?;
    Ok(who.go("/users"))
}

pub(crate) async fn renew_password(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let (user, password) = app::access::renew_password(&web.app, &who.actor, who.now, id).await?;
    let f = who.frame("users");
    html(&OncePage {
        title: f.say1("password-renewed", "name", &user.display_name),
        hint: f.say1("password-once", "username", &user.username),
        secret: password,
        back: format!("/users/{id}"),
        f,
    })
}

pub(crate) async fn suspend_user(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::access::disable_user(&web.app, &who.actor, who.now, id, false).await?;
    Ok(who.go(&format!("/users/{id}")))
}

pub(crate) async fn restore_user(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::access::disable_user(&web.app, &who.actor, who.now, id, true).await?;
    Ok(who.go(&format!("/users/{id}")))
}

pub(crate) async fn reset_second_factor(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::access::reset_second_factor(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go(&format!("/users/{id}")))
}

pub(crate) async fn end_sessions(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::access::end_user_sessions(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go(&format!("/users/{id}")))
}

fn read(fields: &Fields) -> UserForm {
    UserForm {
        username: fields.own("username"),
        display_name: fields.own("display_name"),
        password: fields.own("password"),
        org_code: fields.own("org_code"),
        roles: fields.all("roles"),
        languages: fields.all("languages"),
        agent_code: fields.own("agent_code"),
    }
}

fn id_of(text: &str) -> Result<UserId, Failure> {
    uuid::Uuid::try_parse(text)
        .map(UserId)
        .map_err(|_| Failure::not_found())
}

/// How deep a unit lies under the topmost one in sight.
pub(super) fn depth(org: &Org, orgs: &[Org]) -> usize {
    let slashes = |o: &Org| o.path.as_str().matches('/').count();
    let top = orgs.iter().map(slashes).min().unwrap_or(0);
    (slashes(org) - top).min(5)
}

/// All roles, for choosing.
pub(super) fn roles(f: &Frame) -> Vec<Choice> {
    choices(f, "role", Role::ALL.iter().map(|r| r.as_str()), "")
}

impl UsersPage {
    fn depth(&self, org: &Org) -> usize {
        depth(org, &self.orgs)
    }

    fn people_of(&self, org: &Org) -> usize {
        self.people.get(org.path.as_str()).copied().unwrap_or(0)
    }

    fn roles(&self) -> Vec<Choice> {
        choices(
            &self.f,
            "role",
            Role::ALL.iter().map(|r| r.as_str()),
            &self.role,
        )
    }

    fn languages(&self) -> Vec<Choice> {
        languages(&self.f, &[])
    }

    fn shows(&self) -> Vec<Choice> {
        let show = if self.show.is_empty() {
            "active"
        } else {
            &self.show
        };
        choices(&self.f, "user-show", ["active", "disabled", "all"], show)
    }
}

/// Languages besides Mandarin, ticked where spoken.
fn languages(f: &Frame, spoken: &[String]) -> Vec<Choice> {
    let codes = SpokenLanguage::ALL.iter().map(|l| l.as_str());
    let others = codes.filter(|l| *l != "mandarin");
    let mut all = choices(f, "language", others, "");
    for choice in &mut all {
        choice.chosen = spoken.contains(&choice.value);
    }
    all
}

impl UserPage {
    fn depth(&self, org: &Org) -> usize {
        depth(org, &self.orgs)
    }

    fn roles(&self) -> Vec<Choice> {
        let mut all = roles(&self.f);
        for choice in &mut all {
            choice.chosen = self.user.roles.iter().any(|r| r.as_str() == choice.value);
        }
        all
    }

    fn languages(&self) -> Vec<Choice> {
        languages(&self.f, &self.user.languages)
    }

    fn device(&self, session: &SessionRow) -> String {
        domain::access::device_name(&session.user_agent)
    }

    fn is_self(&self) -> bool {
        self.f.session().is_some_and(|s| s.user.id == self.user.id)
    }

    /// What the roles allow together, for a look at what is being given.
    fn rights(&self) -> Vec<String> {
        let held = self.table.held_by(&self.user.roles);
        let words = held
            .permissions()
            .map(|p| self.f.code("permission", p.as_str()));
        words.collect()
    }
}
