//! API clients: systems that read and write through the interface, and their tokens.

use super::users::{OncePage, depth, roles};
use crate::failure::Failure;
use crate::forms::{Choice, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::{ClientWithTokens, NewClient};
use axum::extract::{Path, State};
use domain::ids::ClientId;
use store::access::TokenRow;
use store::orgs::Org;

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

    /// Where a token stands: code of its state and colour of its tag.
    fn state(&self, token: &TokenRow) -> (&'static str, &'static str) {
        if token.revoked_at.is_some() {
            ("revoked", "secondary")
        } else if token.expires_at <= self.f.now {
            ("expired", "red")
        } else {
            ("valid", "green")
        }
    }
}
