//! Things of Chongqing that the walk knocks at, and the people who knock.

use super::made::{
    campaign, contact, correction, duplicate, information, letter, message, spot_check, team,
    visits,
};
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
    check: Uuid,
    recording: Uuid,
    link: Uuid,
    user: Uuid,
    client: Uuid,
    approval: Uuid,
    change: Uuid,
    job: Uuid,
    problem_list: String,
    letter: String,
    visit: Uuid,
    visit_number: String,
    slip: Uuid,
    slip_number: String,
    questionnaire: Uuid,
    gathering: Uuid,
    campaign: String,
    duplicate: Uuid,
    team: Uuid,
    survey: String,
    finding: Uuid,
    own_number: Uuid,
    sample: Uuid,
    pub(super) number: String,
    pub(super) callback_number: String,
    ticket_number: String,
    message_number: String,
    contact: String,
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

/// A list of problem cases of Chongqing, with a case of a policy that a bank sold.
pub(crate) async fn problem_list(t: &TestApp, policy_no: &str) -> String {
    let sql =
        format!("UPDATE policies SET channel = 'bancassurance' WHERE policy_no = '{policy_no}'");
    t.database.execute(&sql).await;
    let form = app::tickets::ListForm {
        org: "50".into(),
        from: "2024-03-01".into(),
        to: "2024-03-05".into(),
        ..Default::default()
    };
    app::tickets::make_list(&t.app, &t.people().operations_cq, t.now, &form)
        .await
        .unwrap()
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
    let letter = letter(t, &p.operations_cq).await;
    let (link, _) = t.offer(&p.manager, t.now, callback).await;
    let query =
        ExportQuery::new(ExportKind::Policies, ExportFormat::Csv).stating("policy_service", "");
    let leader = &p.leader_cq;
    let approval = request_export(&t.app, leader, t.now, &query).await.unwrap();
    let job = start_export(&t.app, leader, t.now, query).await.unwrap();
    let (client, _) = crate::api::system::client(t, "50", &["executive", "administrator"]).await;
    let seen = t.look(callback).await;
    let visits = visits(t).await;
    let (finding, own_number, sample) = information(t).await;
    let message_number = message(t).await;
    Things {
        message_number,
        contact: contact(t).await,
        problem_list: problem_list(t, "P50-LI").await,
        visit: visits.visit.0,
        visit_number: visits.visit.1,
        slip: visits.slip.0,
        slip_number: visits.slip.1,
        questionnaire: visits.questionnaire,
        gathering: visits.gathering,
        campaign: campaign(t).await,
        duplicate: duplicate(t).await,
        team: team(t).await,
        survey: t.asked(&p.operations_cq, "sms", "anonymous").await,
        finding,
        own_number,
        sample,
        callback,
        ticket: ticket.id.0,
        check: spot_check(t, &p.operations_cq, callback).await,
        ticket_number: ticket.number,
        recording: recording.0,
        link: link.0,
        user: p.caller_cq.user().unwrap().0,
        client: client.0,
        approval,
        change: correction(t, &p.operations_cq).await,
        job,
        letter,
        number: seen.obligation_number,
        callback_number: seen.number,
        assignee,
    }
}

/// Places in addresses for things of which there is none.
const NOT_THERE: [&str; 14] = [
    "{item}",
    "{view}",
    "{review}",
    "{signal}",
    "{post}",
    "{holder}",
    "{identity}",
    "{key}",
    "{relation}",
    "{assessment}",
    "{measure}",
    "{flag}",
    "{entry}",
    "{event}",
];

impl Things {
    /// The thing that an id in an address stands for.
    fn id_of(&self, path: &str) -> Uuid {
        match path.split('/').nth(1).unwrap_or_default() {
            "callbacks" => self.callback.0,
            "payouts" => self.check,
            "tickets" => self.ticket,
            "recordings" => self.recording,
            "electronic" => self.link,
            "visits" => self.visit,
            "field-slips" => self.slip,
            "visit-questionnaires" => self.questionnaire,
            "gatherings" => self.gathering,
            "users" => self.user,
            "clients" => self.client,
            "approvals" => self.approval,
            "information-changes" => self.change,
            "jobs" => self.job,
            "duplicates" | "customers" => self.duplicate,
            "api" => self.user,
            _ => Uuid::nil(),
        }
    }

    /// An address with things of Chongqing in its places.
    pub(super) fn fill(&self, path: &str) -> String {
        let id = self.id_of(path);
        let (callback, ticket) = (&self.callback_number, &self.ticket_number);
        let unknown = Uuid::nil().to_string();
        let of_nothing = NOT_THERE.iter();
        let path_there = of_nothing.fold(path.to_owned(), |p, place| p.replace(place, &unknown));
        let filled = self
            .fill_more(&path_there)
            .replace("{id}", &id.to_string())
            .replace("{day}", "2024-03-06")
            .replace("{customer_no}", "C50-ZHOU")
            .replace("{policy_no}", "P50-ZHOU")
            .replace(
                "/messages/{number}",
                &format!("/messages/{}", self.message_number),
            )
            .replace("/care/{number}", &format!("/care/{}", self.contact))
            .replace(
                "/scheduled-contacts/{number}",
                &format!("/scheduled-contacts/{}", self.contact),
            )
            .replace("{message}", &self.message_number)
            .replace("{channel}", "sms")
            .replace("{number}", &self.number)
            .replace("{callback}", callback)
            .replace("{ticket}", ticket)
            .replace("{list}", &self.problem_list)
            .replace("{letter}", &self.letter)
            .replace("{duplicate}", &self.duplicate.to_string())
            .replace("{team}", &self.team.to_string())
            .replace("{visit}", &self.visit_number)
            .replace("{slip}", &self.slip_number)
            .replace("{dimension}", "credit")
            .replace("{role}", "team_leader")
            .replace("{kind}", "policies")
            .replace("{metric}", "success")
            .replace("{jurisdiction}/{topic}", "cn-50/new-contract")
            .replace("{hint}", "abcdefgh")
            .replace("{code}", "5001");
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

    fn fill_more(&self, path: &str) -> String {
        path.replace("{campaign}", &self.campaign)
            .replace("{survey}", &self.survey)
            .replace("{finding}", &self.finding.to_string())
            .replace("{own_number}", &self.own_number.to_string())
            .replace("{sample}", &self.sample.to_string())
    }

    /// Whether an actor of the unit sees the thing behind an address.
    pub(super) fn shown_to(&self, actor: &Actor, needs: Needs) -> bool {
        let reach = needs.of_rows().and_then(|p| actor.rights.scope(p));
        reach != Some(RowScope::OwnList) || actor.user() == self.assignee.user()
    }
}
