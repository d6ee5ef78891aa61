//! The walk through risks: assessments, signals, measures, credit files, checks, registers of units.

use super::objects::Objects;
use super::walk::Seen;
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::ids::{CustomerId, OrgId, UserId};
use domain::risk::{
    CreditEntryKind, CreditFlag, ErrorKind, FlagState, RiskDimension, RiskLevel, RiskSignalKind,
};
use domain::tickets::ProblemType;
use store::AuditEntry;
use store::risk::{self as rows, AssessmentFilter, MeasureFilter, RiskSignalFilter};
use testkit::{TestApp, day};
use uuid::Uuid;

/// What a customer and a unit have.
pub(super) struct Made {
    assessment: Uuid,
    signal: Uuid,
    measure: Uuid,
    flag: Uuid,
    market: Uuid,
    error: Uuid,
    process: Uuid,
    payment: Uuid,
}

/// A day before everything that happened.
fn since() -> NaiveDate {
    day("2020-01-01")
}

/// Everything, for finding what was made.
fn whole() -> Scope {
    let system = Actor::system();
    system.scope(Permission::RiskConfidential).unwrap()
}

async fn customer_of(t: &TestApp, number: &str) -> CustomerId {
    let scope = whole();
    let found = store::customers::find_customer_by_number(t.app.store(), &scope, number);
    found.await.unwrap().unwrap().id
}

/// Two claims become payouts that are to be checked.
async fn pay(t: &TestApp, customer_no: &str) {
    let sql = format!(
        "UPDATE events SET type = 'service_payout', amount_fen = 2000000 \
         WHERE event_id IN ('{customer_no}-registered-3', '{customer_no}-registered-4')"
    );
    t.database.execute(&sql).await;
}

/// One entry of each register.
async fn keep_registers(
    work: &store::UnitOfWork,
    org: OrgId,
    (user, name): (UserId, &str),
) -> (Uuid, Uuid, Uuid) {
    let today = day("2024-03-05");
    let new = rows::NewMarket {
        org,
        indicator: "国债收益率",
        observed_on: today,
        observation: "下行",
        effect: "利差收窄",
        adjustment: "调整产品",
        owner: user,
        due_on: today,
        by: name,
    };
    let market = rows::insert_market(work, &new).await;
    let new = rows::NewError {
        org,
        kind: ErrorKind::Data,
        process: "录入",
        happened_on: today,
        cause: "漏录",
        effect: "无",
        remedy: "补录",
        needs_training: false,
        owner: user,
        due_on: today,
        by: name,
    };
    let error = rows::insert_error(work, &new).await;
    let new = rows::NewProcess {
        org,
        name: "给付复核",
        standard: "给付管理办法",
        is_sensitive: true,
        owner: user,
        reviewed_on: today,
    };
    let process = rows::insert_process(work, &new).await;
    (market.unwrap(), error.unwrap(), process.unwrap())
}

/// Two payments to check, of which one is checked; the other.
async fn check_one(t: &TestApp, by: &Actor, customer: CustomerId, customer_no: &str) -> Uuid {
    pay(t, customer_no).await;
    let rated =
        format!("UPDATE customers SET risk_class = 'high' WHERE customer_no = '{customer_no}'");
    t.database.execute(&rated).await;
    let limits = (since(), 1_000_000);
    let due = rows::list_due_payments(t.app.store(), &whole(), limits, None, 50).await;
    let due = due.unwrap().rows.into_iter();
    let mut own = due.filter(|d| d.customer == customer).map(|d| d.event);
    let (checked, payment) = (own.next().unwrap(), own.next().unwrap());
    let work = t.app.store().begin(t.now).await.unwrap();
    let new = rows::NewAmlCheck {
        event: checked,
        subject: domain::risk::AmlSubject::Applicant,
        result: domain::risk::AmlResult::Verified,
        words: "已核实",
        by: &by.name,
    };
    rows::insert_aml_check(&work, customer, &new).await.unwrap();
    let entry = AuditEntry::new(by, "risk.made", "customer", customer.0);
    work.commit(entry).await.unwrap();
    payment
}

/// One of everything for a customer and its unit.
pub(super) async fn make(t: &TestApp, customer_no: &str, shandong: bool) -> Made {
    let p = t.people();
    let by = [&p.operations_cq, &p.operations_sd][usize::from(shandong)];
    let customer = customer_of(t, customer_no).await;
    let (user, org): (UserId, OrgId) = (by.user().unwrap(), by.org_id.unwrap());
    let who = (user, by.name.as_str());
    let today = day("2024-03-05");
    let work = t.app.store().begin(t.now).await.unwrap();
    let new = rows::NewAssessment {
        dimension: RiskDimension::Credit,
        points: 0,
        level: RiskLevel::Low,
        answers: "{}",
        explanation: "{}",
        content: "正常",
    };
    let assessment = rows::insert_assessment(&work, customer, &new, who).await;
    let new = rows::NewRiskSignal {
        kind: RiskSignalKind::AdverseNews,
        level: RiskLevel::Medium,
        happened_on: today,
        found_on: today,
        detail: "{}",
        by: &by.name,
    };
    let signal = rows::insert_risk_signal(&work, customer, &new).await;
    let new = rows::NewRiskMeasure {
        assessment: None,
        signal: None,
        is_confidential: false,
        measure: "核实",
        owner: user,
        due_on: today,
        by: &by.name,
    };
    let measure = rows::insert_risk_measure(&work, customer, &new).await;
    let new = rows::NewCreditEntry {
        kind: CreditEntryKind::Court,
        source: "法院公告",
        noted_on: today,
        words: "无",
        by: &by.name,
    };
    rows::insert_credit_entry(&work, customer, &new)
        .await
        .unwrap();
    let change = (CreditFlag::Watch, CreditFlag::Poor);
    let flag = rows::insert_flag(&work, customer, change, FlagState::Waiting, "欠费", who).await;
    let (market, error, process) = keep_registers(&work, org, who).await;
    let entry = AuditEntry::new(by, "risk.made", "customer", customer.0);
    work.commit(entry).await.unwrap();
    let payment = check_one(t, by, customer, customer_no).await;
    Made {
        assessment: assessment.unwrap(),
        signal: signal.unwrap(),
        measure: measure.unwrap(),
        flag: flag.unwrap(),
        market,
        error,
        process,
        payment,
    }
}

pub(super) async fn walk_risk(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let (db, made) = (t.app.store(), &o.risk);
    let mut seen = Seen::new();
    let filter = AssessmentFilter::default();
    let found = rows::list_assessments(db, scope, &filter, 100)
        .await
        .unwrap();
    let own = found.rows.iter().filter(|a| a.id == made.assessment);
    seen.insert("list_assessments", own.count());
    let found = rows::find_assessment(db, scope, made.assessment, true).await;
    seen.insert("find_assessment", usize::from(found.unwrap().is_some()));
    let filter = RiskSignalFilter::default();
    let found = rows::list_risk_signals(db, scope, &filter, 100).await;
    let found = found.unwrap();
    let own = found.rows.iter().filter(|s| s.id == made.signal);
    seen.insert("list_risk_signals", own.count());
    let filter = RiskSignalFilter {
        customer: Some(o.customer),
        ..filter
    };
    let n = rows::count_risk_signals(db, scope, &filter, 50).await;
    seen.insert("count_risk_signals", usize::try_from(n.unwrap()).unwrap());
    let found = rows::find_risk_signal(db, scope, made.signal, true).await;
    seen.insert("find_risk_signal", usize::from(found.unwrap().is_some()));
    let filter = MeasureFilter::default();
    let found = rows::list_risk_measures(db, scope, &filter, 100).await;
    let found = found.unwrap();
    let own = found.rows.iter().filter(|m| m.id == made.measure);
    seen.insert("list_risk_measures", own.count());
    let found = rows::find_risk_measure(db, scope, made.measure, true).await;
    seen.insert("find_risk_measure", usize::from(found.unwrap().is_some()));
    let found = rows::list_credit_entries(db, scope, o.customer).await;
    seen.insert("list_credit_entries", found.unwrap().len());
    let found = rows::list_flags(db, scope, o.customer).await.unwrap();
    seen.insert("list_flags", found.len());
    let found = rows::list_waiting_flags(db, scope).await.unwrap();
    let own = found.iter().filter(|f| f.id == made.flag);
    seen.insert("list_waiting_flags", own.count());
    let found = rows::find_flag(db, scope, made.flag).await.unwrap();
    seen.insert("find_flag", usize::from(found.is_some()));
    let found = rows::find_risk_facts(db, scope, o.customer, since()).await;
    seen.insert("find_risk_facts", usize::from(found.unwrap().is_some()));
    seen.extend(walk_monitored(t, scope, o).await);
    seen.extend(walk_aml(t, scope, o).await);
    seen.extend(walk_registers(t, scope, o).await);
    seen
}

async fn walk_monitored(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let mut seen = Seen::new();
    let asked = RiskLevel::ALL.iter().map(|class| rows::Asked {
        class: *class,
        dimensions: 9,
        until: since(),
    });
    let filter = rows::MonitoredFilter {
        asked: asked.collect(),
        after: None,
    };
    let found = rows::list_monitored(db, scope, &filter, 100).await;
    let found = found.unwrap().rows.into_iter();
    let own = found.filter(|m| m.id == o.customer).count();
    seen.insert("list_monitored", own);
    let found = rows::find_risk_standing(db, scope, o.customer).await;
    let found = usize::from(found.unwrap().is_some());
    seen.insert("find_risk_standing", found);
    seen
}

async fn walk_aml(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let (db, made) = (t.app.store(), &o.risk);
    let mut seen = Seen::new();
    let found = rows::list_aml_checks(db, scope, o.customer).await.unwrap();
    seen.insert("list_aml_checks", found.len());
    let limits = (since(), 1_000_000);
    let found = rows::list_due_payments(db, scope, limits, None, 100).await;
    let found = found.unwrap();
    let own = found.rows.iter().filter(|p| p.event == made.payment);
    seen.insert("list_due_payments", own.count());
    let found = rows::find_due_payment(db, scope, limits, made.payment).await;
    seen.insert("find_due_payment", usize::from(found.unwrap().is_some()));
    let which = (since(), false, day("2024-03-05"));
    let found = rows::list_ungraded(db, scope, which, None, 100).await;
    let found = found.unwrap();
    let own = found.rows.iter().filter(|u| u.customer == o.customer);
    seen.insert("list_ungraded", own.count());
    // Of a branch there are as many as its list has.
    let counts = rows::count_grades(db, scope, day("2024-03-06")).await;
    let counted = usize::try_from(counts.unwrap().customers).unwrap();
    assert_eq!(counted, found.rows.len());
    let shown = found.rows.iter().any(|u| u.customer == o.customer);
    seen.insert("count_grades", if shown { counted } else { 0 });
    seen
}

async fn walk_registers(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let (db, made) = (t.app.store(), &o.risk);
    let mut seen = Seen::new();
    let found = rows::list_market_risks(db, scope, true, None, 100).await;
    let found = found.unwrap();
    let own = found.rows.iter().filter(|m| m.id == made.market);
    seen.insert("list_market_risks", own.count());
    let found = rows::find_market_risk(db, scope, made.market).await;
    seen.insert("find_market_risk", usize::from(found.unwrap().is_some()));
    let found = rows::list_operational_errors(db, scope, true, None, 100).await;
    let found = found.unwrap();
    let own = found.rows.iter().filter(|e| e.id == made.error);
    seen.insert("list_operational_errors", own.count());
    let found = rows::find_operational_error(db, scope, made.error).await;
    let found = usize::from(found.unwrap().is_some());
    seen.insert("find_operational_error", found);
    let found = rows::list_processes(db, scope).await.unwrap();
    let own = found.iter().filter(|p| p.id == made.process);
    seen.insert("list_processes", own.count());
    let days = (since(), day("2024-03-05"));
    let all = rows::list_contract_quality(db, &whole(), ProblemType::ALL, days).await;
    let all = all.unwrap();
    let own = all.iter().find(|r| r.org_code.starts_with(o.org)).unwrap();
    let found = rows::list_contract_quality(db, scope, ProblemType::ALL, days).await;
    let found = found.unwrap();
    let shown = found.iter().filter(|r| r.org_id == own.org_id);
    seen.insert("list_contract_quality", shown.count());
    let of = (own.org_id, own.agent_id);
    let found = rows::list_open_quality_tickets(db, scope, ProblemType::ALL, of).await;
    seen.insert("list_open_quality_tickets", found.unwrap().len());
    seen
}
