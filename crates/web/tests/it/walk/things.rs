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

/// A pair of customers of Chongqing, and a merge of them that was taken back; both have the id of the first.
async fn duplicate(t: &TestApp) -> Uuid {
    let from = "FROM customers a JOIN customers b ON b.customer_no = 'C50-LI' WHERE a.customer_no = 'C50-ZHOU'";
    let pair = format!(
        "INSERT INTO duplicate_pairs (id, low_id, high_id, kind, weight, probability, grade, levels, state, found_at, updated_at, version) \
         SELECT a.id, a.id, b.id, 'individual', 3000, 999999, 'certain', '|name=sound|unit=equal|', 'open', 0, 0, 1 {from}"
    );
    let merge = format!(
        "INSERT INTO customer_merges (id, pair_id, survivor_id, absorbed_id, state, fields, moved, left_behind, merged_by, merged_at, is_destroyed) \
         SELECT a.id, a.id, a.id, b.id, 'undone', 'name', 3, 0, 'tests', 0, FALSE {from}"
    );
    t.database.execute(&format!("{pair}; {merge}")).await;
    let whole = Actor::system()
        .scope(domain::access::Permission::CustomersRead)
        .unwrap();
    let found = store::customers::find_customer_by_number(t.app.store(), &whole, "C50-ZHOU");
    found.await.unwrap().unwrap().id.0
}

/// A correction of a customer that waits.
async fn correction(t: &TestApp, by: &Actor) -> Uuid {
    let found = app::customers::customer_in_sight(&t.app, by, t.now, "C50-ZHOU");
    let form = app::information::InformationForm {
        facts: vec![("name".into(), Some("周大敏".into()))],
        reason: "户籍更名".into(),
        version: found.await.unwrap().0.version,
        ..Default::default()
    };
    let changed = app::information::change_information(&t.app, by, t.now, "C50-ZHOU", &form);
    changed.await.unwrap().change.unwrap()
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

/// A finding about a customer of Chongqing, a number of the unit, and a drawn policy.
async fn information(t: &TestApp) -> (Uuid, Uuid, Uuid) {
    use app::data_quality as i;
    let by = &t.people().operations_cq;
    i::examine_due(&t.app, t.now, &|_| {}).await.unwrap();
    let number = i::NumberForm {
        number: "023-63800000".into(),
        owner: "outlet".into(),
        label: "前台".into(),
    };
    i::add_own_number(&t.app, by, t.now, &number).await.unwrap();
    i::draw(&t.app, by, t.now, "2024-02").await.unwrap();
    let page = i::information_page(&t.app, by, t.now, "C50-ZHOU").await;
    let numbers = i::list_own_numbers(&t.app, by, "").await.unwrap();
    let samples = i::list_samples(&t.app, by, &i::SampleQuery::default()).await;
    (
        page.unwrap().findings[0].id,
        numbers.rows[0].id,
        samples.unwrap().rows[0].id,
    )
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

/// A service team of Chongqing.
async fn team(t: &TestApp) -> Uuid {
    let form = app::service::TeamForm {
        org: "50".into(),
        name: "专属服务一组".into(),
        serves: "high".into(),
        lead: "operations_cq".into(),
    };
    let by = &t.people().operations_cq;
    app::service::create_team(&t.app, by, t.now, &form)
        .await
        .unwrap()
        .0
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
