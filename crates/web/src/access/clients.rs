//! API clients: systems that read and write through the interface, and their tokens.

use super::users::{OncePage, depth, roles};
use crate::failure::Failure;
use crate::forms::{Choice, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::{ClientWithTokens, NewClient};
use axum::extract::{Path, State};
use chrono::Duration;
use domain::access::Permission;
use domain::ids::ClientId;
use store::access::TokenRow;
use store::orgs::Org;

/// A token that ends within this time is to be rotated.
const SOON: Duration = Duration::days(14);

#[derive(askama::Template)]
#[template(path = "access/clients.html")]
struct ClientsPage {
    f: Frame,
    clients: Vec<ClientWithTokens>,
    orgs: Vec<Org>,
}

pub(crate) async fn list_clients(State(web): State<Web>, who: Who) -> Answer {
    let clients = app::access::list_clients(&web.app, &who.actor).await?;
    html(&ClientsPage {
        orgs: app::access::list_orgs(&web.app, &who.actor).await?,
        f: who.frame("clients"),
        clients,
    })
}

pub(crate) async fn create_client(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = NewClient {
        name: fields.own("name"),
        org_code: fields.own("org_code"),
        roles: fields.all("roles"),
        permissions: fields.all("permissions"),
    };
    app::access::create_client(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/clients"))
}

pub(crate) async fn create_token(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let days = fields
        .get("days")
        .parse()
        .map_err(|_| app::Error::invalid("days", "number"))?;
    let token = app::access::create_token(&web.app, &who.actor, who.now, id, days).await?;
    let f = who.frame("clients");
    html(&OncePage {
        title: f.say("token-created"),
        hint: f.say1("token-once", "n", days),
        secret: token.0,
        back: "/clients".into(),
        f,
    })
}

pub(crate) async fn rotate_token(
    State(web): State<Web>,
    Path((id, hint)): Path<(String, String)>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let number = |name: &str| {
        let number = fields.get(name).parse::<i64>();
        number.map_err(|_| app::Error::invalid(name, "number"))
    };
    let (days, overlap) = (number("days")?, number("overlap_hours")?);
    let (actor, now) = (&who.actor, who.now);
    let token = app::access::rotate_token(&web.app, actor, now, id, &hint, days, overlap).await?;
    let f = who.frame("clients");
    html(&OncePage {
        title: f.say("token-rotated"),
        hint: f.say2("token-rotated-once", "n", days, "hours", overlap),
        secret: token.0,
        back: "/clients".into(),
        f,
    })
}

pub(crate) async fn revoke_token(
    State(web): State<Web>,
    Path((id, hint)): Path<(String, String)>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::access::revoke_token(&web.app, &who.actor, who.now, id, &hint).await?;
    Ok(who.go("/clients"))
}

pub(crate) async fn suspend_client(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::access::set_client_active(&web.app, &who.actor, who.now, id, false).await?;
    Ok(who.go("/clients"))
}

pub(crate) async fn restore_client(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::access::set_client_active(&web.app, &who.actor, who.now, id, true).await?;
    Ok(who.go("/clients"))
}

fn id_of(text: &str) -> Result<ClientId, Failure> {
    uuid::Uuid::try_parse(text)
        .map(ClientId)
        .map_err(|_| Failure::not_found())
}

impl ClientsPage {
    fn depth(&self, org: &Org) -> usize {
        depth(org, &self.orgs)
    }

    fn roles(&self) -> Vec<Choice> {
        roles(&self.f)
    }

    /// All rights, for limiting a client to some.
    fn permissions(&self) -> Vec<Choice> {
        let codes = Permission::ALL.iter().map(|p| p.as_str());
        choices(&self.f, "permission", codes, "")
    }

    /// The rights to which a client is limited, in words.
    fn limits(&self, client: &ClientWithTokens) -> Vec<String> {
        let only = client.client.permissions.iter().flatten();
        only.map(|p| self.f.code("permission", p.as_str()))
            .collect()
    }

    /// Clients that will stand before the door soon: none of their tokens lives longer.
    fn expiring(&self) -> Vec<&str> {
        let now = self.f.now;
        let soon = |c: &&ClientWithTokens| {
            let good = || c.tokens.iter().filter(|t| t.is_good(now));
            let last = good().map(|t| t.expires_at).max();
            c.client.active && last.is_some_and(|at| at <= now + SOON)
        };
        let clients = self.clients.iter().filter(soon);
        clients.map(|c| c.client.name.as_str()).collect()
    }

    fn is_good(&self, token: &TokenRow) -> bool {
        token.is_good(self.f.now)
    }

    /// Where a token stands: code of its state and colour of its tag.
    fn state(&self, token: &TokenRow) -> (&'static str, &'static str) {
        if token.revoked_at.is_some() {
            ("revoked", "secondary")
        } else if token.expires_at <= self.f.now {
            ("expired", "red")
        } else if token.expires_at <= self.f.now + SOON {
            ("soon", "orange")
        } else {
            ("valid", "green")
        }
    }
}
