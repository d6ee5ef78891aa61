//! Things of two branches, with work in every state.

use app::access::{NewClient, create_client, create_token};
use domain::access::{Actor, ApprovalKind, ApprovalState};
use domain::ids::{CallbackId, CustomerId, PolicyId, RecordingId, TicketId, UserId};
use domain::tickets::EvidenceKind;
use store::AuditEntry;
use store::access::{NewApproval, end_approval, insert_approval};
use testkit::{Engine, Portfolio, TestApp, row};

/// Things of one unit, with work in every state.
pub(super) struct Objects {
    pub(super) org: &'static str,
    pub(super) customer_no: &'static str,
    pub(super) policy_no: &'static str,
    pub(super) name: &'static str,
    pub(super) customer: CustomerId,
    pub(super) policy: PolicyId,
    pub(super) obligation: String,
    pub(super) callback: CallbackId,
    pub(super) next: CallbackId,
    pub(super) check: uuid::Uuid,
    pub(super) ticket: TicketId,
    pub(super) recording: RecordingId,
    pub(super) caller: UserId,
    pub(super) handler: UserId,
    pub(super) kept: super::walk_retention::Kept,
    pub(super) paper: super::walk_letters::Paper,
    pub(super) links: super::walk_electronic::Links,
    pub(super) message: String,
    pub(super) visits: super::walk_visits::Made,
    pub(super) campaign: (domain::ids::CampaignId, String),
    pub(super) survey: String,
}

/// A portfolio in which a customer of each province has a claim, a contact person, an exclusion and two
/// callbacks.
pub(super) fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    for (group, org) in [("G50", "5001"), ("G37", "3701")] {
        portfolio.customers.add(row([
            ("customer_no", group),
            ("kind", "group"),
            ("name", "联合实业有限公司"),
            ("phone", "023-63000001"),
            ("address", "北京市西城区金融大街1号"),
            ("org_code", org),
        ]));
        let below = format!("S{}", &group[1..]);
        portfolio.customers.add(row([
            ("customer_no", &below),
            ("kind", "group"),
            ("name", "联合物流有限公司"),
            ("org_code", org),
        ]));
        portfolio.contacts.add(row([
            ("customer_no", group),
            ("role", "insurance_contact"),
            ("name", "钱进"),
        ]));
        let beside = if org == "5001" { "C50-ZHOU" } else { "C37-SUN" };
        let policy = format!("P-{group}");
        portfolio.policies.add(row([
            ("policy_no", &policy),
            ("product_name", "企业财产险"),
            ("product_class", "property"),
            ("line", "commercial"),
            ("channel", "direct"),
            ("policyholder_no", group),
            ("insured_no", group),
            ("org_code", org),
            ("issue_date", "2023-09-01"),
            ("status", "in_force"),
        ]));
        portfolio.policies.add(row([
            ("policy_no", &format!("PB-{group}")),
            ("product_name", "企业财产险"),
            ("product_class", "property"),
            ("line", "commercial"),
            ("channel", "direct"),
            ("policyholder_no", group),
            ("insured_no", beside),
            ("org_code", org),
            ("issue_date", "2022-09-01"),
            ("status", "expired"),
        ]));
        let short = format!("PS-{group}");
        let mut life =
            Portfolio::life_policy(&short, group, org, "A5002", "2024-02-26", "2024-03-01");
        life.retain(|(column, _)| *column != "insured_no");
        portfolio.policies.add(life);
        sampled(&mut portfolio, group, org);
        for (event, kind) in [("paid", "claim_paid"), ("settled", "claim_settled")] {
            portfolio.events.add(row([
                ("event_id", &format!("{group}-{event}")),
                ("type", kind),
                ("occurred_at", "2024-03-01T15:00:00+08:00"),
                ("policy_no", &policy),
                ("claim_no", &format!("CL-{group}")),
                ("amount", "100.00"),
                ("outcome", "paid"),
            ]));
        }
    }
    portfolio
}

/// Motor claims of one damage assessor: three to draw two from, and one that is not called.
fn sampled(portfolio: &mut Portfolio, group: &str, org: &str) {
    let policy = format!("PM-{group}");
    portfolio.policies.add(row([
        ("policy_no", &policy),
        ("product_name", "机动车辆保险"),
        ("product_class", "motor"),
        ("line", "motor"),
        ("channel", "direct"),
        ("policyholder_no", group),
        ("insured_no", group),
        ("org_code", org),
        ("issue_date", "2023-09-01"),
        ("status", "in_force"),
    ]));
    for (n, reporter) in [(1, "insured"), (2, "driver"), (3, "insured"), (4, "agent")] {
        portfolio.events.add(row([
            ("event_id", &format!("{group}-registered-{n}")),
            ("type", "claim_registered"),
            ("occurred_at", "2024-02-15T15:00:00+08:00"),
            ("policy_no", &policy),
            ("claim_no", &format!("CM-{group}-{n}")),
            ("adjuster_code", &format!("DS-{group}")),
            ("reporter_role", reporter),
        ]));
    }
}

pub(super) async fn objects(t: &TestApp, shandong: bool) -> Objects {
    let p = t.people();
    let (leader, caller, handler) = if shandong {
        (&p.leader_sd, &p.caller_sd, &p.operations_sd)
    } else {
        (&p.leader_cq, &p.sichuan_caller_cq, &p.operations_cq)
    };
    let (org, customer_no, policy_no) = if shandong {
        ("37", "G37", "P-G37")
    } else {
        ("50", "G50", "P-G50")
    };
    let callback = t.callback(policy_no, "CP-SET").await;
    t.assign(leader, callback, caller).await;
    t.interview(caller, t.now, callback, &[("result_explained", "negative")])
        .await;
    super::walk_plans::call(t, caller, callback).await;
    let mut tickets = t.tickets(callback).await;
    assert!(!tickets.is_empty(), "the interview raised no ticket");
    let ticket = tickets.remove(0).id;
    t.issue(leader, t.now, ticket, handler.user().unwrap())
        .await
        .unwrap();
    let recording = t
        .evidence(handler, t.now, ticket, EvidenceKind::Recording)
        .await
        .unwrap();
    let next = t.callback(policy_no, "PC-CL1").await;
    t.assign(leader, next, caller).await;
    request(t, leader, false).await;
    request(t, leader, true).await;
    let form = app::customers::RevealForm {
        field: "phone".into(),
        purpose: "callback".into(),
        note: String::new(),
    };
    app::customers::reveal(&t.app, leader, t.now, customer_no, &form)
        .await
        .unwrap();
    let seen = t.look(callback).await;
    let sales = [&p.sales_cq, &p.sales_sd][usize::from(shandong)];
    let people = (leader, caller, sales, handler);
    let visits = super::walk_visits::make(t, people, next, customer_no).await;
    let objects = Objects {
        survey: t.asked(handler, "sms", "anonymous").await,
        visits,
        campaign: super::walk_campaigns::make(t, handler, customer_no).await,
        org,
        customer_no,
        policy_no,
        name: "联合实业有限公司",
        customer: seen.customer_id,
        policy: seen.policy_id.unwrap(),
        obligation: seen.obligation_number,
        callback,
        next,
        check: spot_check(t, leader, callback).await,
        ticket,
        recording,
        caller: caller.user().unwrap(),
        handler: handler.user().unwrap(),
        kept: super::walk_retention::keep(t, customer_no, policy_no).await,
        paper: super::walk_letters::print(t, handler, policy_no).await,
        links: super::walk_electronic::link(t, leader, next).await,
        message: super::walk_messages::write(t, customer_no).await,
    };
    super::walk_units::prepare(t, &objects).await;
    super::walk_cases::prepare(t, &objects).await;
    objects
}

/// A spot check that has drawn a callback.
async fn spot_check(t: &TestApp, by: &Actor, callback: CallbackId) -> uuid::Uuid {
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
    let entry = AuditEntry::new(by, "spot_check.drawn", "spot_check", check.id);
    work.commit(entry).await.unwrap();
    check.id
}

/// Something that a leader asks for, and withdraws if it is to be decided.
async fn request(t: &TestApp, leader: &Actor, decided: bool) {
    let work = t.app.store().begin(t.now).await.unwrap();
    let asked_by = leader.user().unwrap();
    let new = NewApproval {
        kind: ApprovalKind::Export,
        subject: "customers",
        payload: "{}",
        reason: "审计",
        org: leader.org_id.unwrap(),
        asked_by,
        delegation: None,
        expires_at: domain::access::expires_at(t.now),
    };
    let id = insert_approval(&work, &new).await.unwrap();
    if decided {
        let state = ApprovalState::Withdrawn;
        end_approval(&work, id, state, asked_by, "").await.unwrap();
    }
    work.commit(AuditEntry::new(leader, "approval.asked", "approval", id))
        .await
        .unwrap();
}

pub(super) async fn begin(engine: Engine) -> (TestApp, Objects, Objects) {
    let t = TestApp::with(engine, &portfolio()).await;
    for org in ["50", "37"] {
        let form = NewClient {
            name: format!("client of {org}"),
            org_code: org.into(),
            roles: vec!["executive".into()],
            ..NewClient::default()
        };
        let admin = &t.people().administrator;
        let client = create_client(&t.app, admin, t.now, &form).await.unwrap();
        create_token(&t.app, admin, t.now, client, 10)
            .await
            .unwrap();
    }
    let (here, there) = (objects(&t, false).await, objects(&t, true).await);
    (t, here, there)
}
