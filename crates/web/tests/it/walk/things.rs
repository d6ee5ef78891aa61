//! Things of Chongqing that the walk knocks at, and the people who knock.

use super::routes::Needs;
use app::access::{UserForm, create_user};
use app::exports::{ExportFormat, ExportKind, ExportQuery, request_export};
use app::jobs::start_export;
use domain::access::{Actor, Role, RowScope};
use domain::ids::CallbackId;
use domain::tickets::EvidenceKind;
use testkit::{PASSWORD, TestApp, actor_of};
use uuid::Uuid;

/// Things of Chongqing, by the placeholders of addresses.
pub(super) struct Things {
    callback: CallbackId,
    ticket: Uuid,
    recording: Uuid,
    user: Uuid,
    client: Uuid,
    approval: Uuid,
    job: Uuid,
    pub(super) number: String,
    pub(super) callback_number: String,
    ticket_number: String,
    message_number: String,
    /// The only person on whose list a callback lies.
    pub(super) assignee: Actor,
}

pub(super) async fn person(t: &TestApp, role: Role, org: &str) -> Actor {
    let form = UserForm {
        username: format!("{role}_{org}"),
        display_name: format!("walker {org}"),
        password: PASSWORD.into(),
        org_code: org.into(),
        roles: vec![role.as_str().into()],
        ..Default::default()
    };
    create_user(&t.app, &Actor::shell("tests"), t.now, &form)
        .await
        .unwrap();
    actor_of(&t.app, t.now, &form.username).await
}

/// Puts work of every kind into Chongqing; its callback lies on the list of an outsourced caller.
pub(super) async fn things(t: &TestApp) -> Things {
    let p = t.people();
    let assignee = person(t, Role::OutsourcedCaller, "50").await;
    let spoiled = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&p.leader_cq, spoiled, &p.caller_cq).await;
    t.not_reached(&p.caller_cq, t.now, spoiled, "wrong_number")
        .await;
    let ticket = t.tickets(spoiled).await.remove(0);
    let handler = p.operations_cq.user().unwrap();
    t.issue(&p.leader_cq, t.now, ticket.id, handler)
        .await
        .unwrap();
    let kind = EvidenceKind::Recording;
    let recording = t
        .evidence(&p.operations_cq, t.now, ticket.id, kind)
        .await
        .unwrap();
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.manager, callback, &assignee).await;
    let query =
        ExportQuery::new(ExportKind::Policies, ExportFormat::Csv).stating("policy_service", "");
    let leader = &p.leader_cq;
    let approval = request_export(&t.app, leader, t.now, &query).await.unwrap();
    let job = start_export(&t.app, leader, t.now, query).await.unwrap();
    let (client, _) = crate::api::system::client(t, "50", &["executive", "administrator"]).await;
    let seen = t.look(callback).await;
    let message_number = message(t).await;
    Things {
        message_number,
        callback,
        ticket: ticket.id.0,
        ticket_number: ticket.number,
        recording: recording.0,
        user: p.caller_cq.user().unwrap().0,
        client: client.0,
        approval,
        job,
        number: seen.obligation_number,
        callback_number: seen.number,
        assignee,
    }
}

/// A message to a customer whose callback lies on a list.
async fn message(t: &TestApp) -> String {
    let form = app::messaging::WrittenForm {
        template: "notice".into(),
        channel: "sms".into(),
        values: vec![("content".into(), "资料已收到".into())],
        ..Default::default()
    };
    let manager = &t.people().manager;
    app::messaging::send_written(&t.app, manager, t.now, "C50-ZHOU", &form)
        .await
        .unwrap();
    let query = app::messaging::MessageQuery::default();
    let list = app::messaging::list_messages(&t.app, manager, &query).await;
    list.unwrap().page.rows.remove(0).row.number
}

impl Things {
    /// An address with things of Chongqing in its places.
    pub(super) fn fill(&self, path: &str) -> String {
        let id = match path.split('/').nth(1).unwrap_or_default() {
            "callbacks" => self.callback.0,
            "tickets" => self.ticket,
            "recordings" => self.recording,
            "users" => self.user,
            "clients" => self.client,
            "approvals" => self.approval,
            "jobs" => self.job,
            "api" => self.user,
            _ => Uuid::nil(),
        };
        let (callback, ticket) = (&self.callback_number, &self.ticket_number);
        let filled = path
            .replace("{id}", &id.to_string())
            .replace("{view}", &Uuid::nil().to_string())
            .replace("{customer_no}", "C50-ZHOU")
            .replace("{policy_no}", "P50-ZHOU")
            .replace(
                "/messages/{number}",
                &format!("/messages/{}", self.message_number),
            )
            .replace("{message}", &self.message_number)
            .replace("{channel}", "sms")
            .replace("{number}", &self.number)
            .replace("{callback}", callback)
            .replace("{ticket}", ticket)
            .replace("{role}", "team_leader")
            .replace("{kind}", "policies")
            .replace("{metric}", "success")
            .replace("{jurisdiction}/{topic}", "cn-50/new-contract")
            .replace("{hint}", "abcdefgh")
            .replace("{code}", "5001")
            .replace("{post}", &Uuid::nil().to_string())
            .replace("{holder}", &Uuid::nil().to_string())
            .replace("{identity}", &Uuid::nil().to_string())
            .replace("{key}", &Uuid::nil().to_string());
        assert!(!filled.contains('{'), "no example for {path}");
        match path {
            "/exports/new" => format!("{filled}?list=customers"),
            "/reports/{metric}" | "/reports/{metric}/file" | "/reports/{metric}/list" => {
                format!("{filled}?from=2024-01-01&to=2024-03-31&by=unit&format=csv&figure=due")
            }
            _ if path.ends_with("/export") => {
                format!("{filled}?format=csv&purpose=policy_service")
            }
            _ => filled,
        }
    }

    /// Whether an actor of the unit sees the thing behind an address.
    pub(super) fn shown_to(&self, actor: &Actor, needs: Needs) -> bool {
        let reach = needs.of_rows().and_then(|p| actor.rights.scope(p));
        reach != Some(RowScope::OwnList) || actor.user() == self.assignee.user()
    }
}
