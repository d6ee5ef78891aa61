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
    check: Uuid,
    recording: Uuid,
    link: Uuid,
    user: Uuid,
    client: Uuid,
    approval: Uuid,
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
    survey: String,
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
        survey: t.asked(&p.operations_cq, "sms", "anonymous").await,
        callback,
        ticket: ticket.id.0,
        check: spot_check(t, &p.operations_cq, callback).await,
        ticket_number: ticket.number,
        recording: recording.0,
        link: link.0,
        user: p.caller_cq.user().unwrap().0,
        client: client.0,
        approval,
        job,
        letter,
        number: seen.obligation_number,
        callback_number: seen.number,
        assignee,
    }
}

/// A spot check of the unit.
async fn spot_check(t: &TestApp, by: &Actor, callback: CallbackId) -> Uuid {
    let work = t.app.store().begin(t.now).await.unwrap();
    let check = store::callbacks::NewSpotCheck {
        id: work.next_id(),
        org: by.org_id.unwrap(),
        month: t.now.date_naive(),
        pool: (1, 1),
        by: by.user().unwrap(),
    };
    store::callbacks::insert_spot_check(&work, &check, &[callback])
        .await
        .unwrap();
    let entry = store::AuditEntry::new(by, "spot_check.drawn", "spot_check", check.id);
    work.commit(entry).await.unwrap();
    check.id
}

/// A letter of Chongqing.
async fn letter(t: &TestApp, by: &Actor) -> String {
    let form = app::letters::BatchForm {
        programme: "NB-T10".into(),
        ..Default::default()
    };
    app::letters::start_batch(&t.app, by, t.now, &form)
        .await
        .unwrap();
    let (app, now) = (t.app.clone(), t.now);
    let run = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    run.await.unwrap().unwrap();
    let query = app::letters::LetterQuery {
        policy: "P50-ZHOU".into(),
        ..Default::default()
    };
    let list = app::letters::list_letters(&t.app, by, t.now, &query)
        .await
        .unwrap();
    list.page.rows[0].number.clone()
}

/// A visit, a slip, a questionnaire and a gathering of Chongqing.
struct Visits {
    visit: (Uuid, String),
    slip: (Uuid, String),
    questionnaire: Uuid,
    gathering: Uuid,
}

async fn visits(t: &TestApp) -> Visits {
    use app::visits as v;
    let p = t.people();
    let (app, now) = (&t.app, t.now);
    let asked = v::NewVisitForm {
        purpose: "other".into(),
        customer_no: "C50-ZHOU".into(),
        ..Default::default()
    };
    let (visit, visit_number) = v::request_visit(app, &p.operations_cq, now, &asked)
        .await
        .unwrap();
    let slip = v::SlipForm {
        category: "prospect".into(),
        customer_name: "渝州机电有限公司".into(),
        business_type: "企业财产险".into(),
        contact_name: "钱进".into(),
        contact_title: "财务经理".into(),
        contact_phone: "13900500077".into(),
        ..Default::default()
    };
    let (slip, slip_number) = v::register_slip(app, &p.sales_cq, now, &slip)
        .await
        .unwrap();
    let form = v::FormattedForm {
        title: "风险查勘回访问卷".into(),
        department: "承保部".into(),
        reason: "了解防灾建议落实情况".into(),
        questions: "防灾建议落实了吗？".into(),
    };
    let questionnaire = v::create_formatted(app, &p.operations_cq, now, &form)
        .await
        .unwrap();
    let form = v::GatheringForm {
        kind: "symposium".into(),
        title: "客户座谈会".into(),
        place: "会议室".into(),
        begins_at: "2024-03-04T10:00".into(),
    };
    let gathering = v::create_gathering(app, &p.operations_cq, now, &form)
        .await
        .unwrap();
    Visits {
        visit: (visit.0, visit_number),
        slip: (slip.0, slip_number),
        questionnaire: questionnaire.0,
        gathering: gathering.0,
    }
}

/// A campaign of Chongqing.
async fn campaign(t: &TestApp) -> String {
    let form = app::campaigns::CampaignForm {
        title: "专项".into(),
        goal: "了解".into(),
        starts_on: "2024-03-05".into(),
        ends_on: "2024-03-29".into(),
        ..Default::default()
    };
    let by = &t.people().operations_cq;
    let made = app::campaigns::create_campaign(&t.app, by, t.now, &form).await;
    made.unwrap().1
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

/// The reminder that the policy of that customer took effect.
async fn contact(t: &TestApp) -> String {
    let query = app::care::CareQuery {
        programme: "CT-EFF".into(),
        ..Default::default()
    };
    let list = app::care::list_care(&t.app, &t.people().manager, &query).await;
    let mut rows = list.unwrap().page.rows.into_iter();
    let of_zhou = rows.find(|r| r.policy_no.as_deref() == Some("P50-ZHOU"));
    of_zhou.unwrap().number
}

/// Names in addresses behind which nothing lies: what is asked for does not exist.
const OF_NOBODY: [&str; 9] = [
    "{relation}",
    "{post}",
    "{holder}",
    "{review}",
    "{signal}",
    "{view}",
    "{item}",
    "{identity}",
    "{key}",
];

impl Things {
    /// An address with things of Chongqing in its places.
    pub(super) fn fill(&self, path: &str) -> String {
        let id = match path.split('/').nth(1).unwrap_or_default() {
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
            "jobs" => self.job,
            "api" => self.user,
            _ => Uuid::nil(),
        };
        let (callback, ticket) = (&self.callback_number, &self.ticket_number);
        let filled = path
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
            .replace("{campaign}", &self.campaign)
            .replace("{survey}", &self.survey)
            .replace("{visit}", &self.visit_number)
            .replace("{slip}", &self.slip_number)
            .replace("{role}", "team_leader")
            .replace("{kind}", "policies")
            .replace("{metric}", "success")
            .replace("{jurisdiction}/{topic}", "cn-50/new-contract")
            .replace("{hint}", "abcdefgh")
            .replace("{code}", "5001");
        let nobody = Uuid::nil().to_string();
        let filled = OF_NOBODY
            .iter()
            .fold(filled, |path, name| path.replace(name, &nobody));
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
