//! Customer risk: what the rules found, some assessments, a credit flag that waits, the registers.

use super::people::Staff;
use super::story::tolerated;
use anyhow::Result;
use app::App;
use app::risk as r;
use domain::access::{Actor, Role};
use domain::time::{self, Instant};

/// Assessments: dimension, answers, the situation.
type Told = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);
const ASSESSMENTS: [Told; 3] = [
    (
        "credit",
        &[
            ("risk.credit.payment", "arrears"),
            ("risk.credit.rating", "poor"),
            ("risk.credit.court", "true"),
        ],
        "近半年两次欠缴续期保费，所在企业经营困难，已被列为被执行人。",
    ),
    (
        "operational",
        &[
            ("risk.operational.data", "incomplete"),
            ("risk.operational.identity", "expired"),
        ],
        "身份证件已过有效期，职业信息缺失，待补充核验。",
    ),
    (
        "market",
        &[
            ("risk.market.exposure", "low"),
            ("risk.market.industry", "stable"),
            ("risk.market.region", "steady"),
        ],
        "收入稳定，持有产品以保障型为主。",
    ),
];
/// Days until something is due.
const DAYS: u64 = 21;

/// Leaves some of everything behind.
pub(super) async fn leave_risks(app: &App, staff: &Staff, now: Instant) -> Result<()> {
    r::watch_risks(app, now).await?;
    let operations = staff.of(Role::BranchOperations).next();
    let manager = staff.of(Role::HeadOfficeManager).next();
    let (Some(operations), Some(manager)) = (operations, manager) else {
        return Ok(());
    };
    let scope = operations
        .actor
        .scope(domain::access::Permission::RiskRead)?;
    let filter = store::customers::CustomerFilter::default();
    let found = store::customers::list_customers(app.store(), &scope, &filter, 3).await?;
    for (customer, told) in found.rows.iter().zip(ASSESSMENTS) {
        let both = (&operations.actor, &manager.actor);
        assess(app, both, now, &customer.customer_no, told).await?;
    }
    if let Some(first) = found.rows.first() {
        flag(app, (&operations.actor, now), &first.customer_no).await?;
    }
    let due_on = (time::date_in_china(now) + chrono::Days::new(DAYS)).to_string();
    let market = r::MarketForm {
        indicator: "十年期国债收益率".into(),
        observed_on: time::date_in_china(now).to_string(),
        observation: "较上季末下行十五个基点".into(),
        effect: "传统险利差收窄，客户对分红水平的预期需要管理".into(),
        adjustment: "调整产品结构，完善分红险说明话术".into(),
        owner: operations.username.clone(),
        due_on: due_on.clone(),
    };
    let noted = r::add_market_risk(app, &operations.actor, now, &market).await;
    tolerated("market risk", noted)?;
    let error = r::ErrorForm {
        kind: "payment".into(),
        process: "生存金给付".into(),
        happened_on: time::date_in_china(now).to_string(),
        cause: "收款账号录入错误".into(),
        effect: "退票一笔，次日重付".into(),
        remedy: "付款前由另一人复核账号".into(),
        needs_training: true,
        owner: operations.username.clone(),
        due_on,
    };
    let noted = r::add_error(app, &operations.actor, now, &error).await;
    tolerated("operational error", noted)?;
    Ok(())
}

async fn assess(
    app: &App,
    (writer, confirmer): (&Actor, &Actor),
    now: Instant,
    customer_no: &str,
    (dimension, answers, content): Told,
) -> Result<()> {
    let answers = answers.iter();
    let form = r::AssessmentForm {
        dimension: dimension.into(),
        answers: answers
            .map(|(fact, value)| ((*fact).to_owned(), (*value).to_owned()))
            .collect(),
        content: content.into(),
    };
    let id = r::save_assessment(app, writer, now, customer_no, &form).await?;
    for (step, by) in [("submit", writer), ("confirm", confirmer)] {
        let form = r::StepForm {
            step: step.into(),
            ..r::StepForm::default()
        };
        let taken = r::take_assessment_step(app, by, now, id, &form).await;
        tolerated("assessment", taken)?;
    }
    Ok(())
}

/// Under watch, with an entry of the file, and poor as soon as somebody agrees.
async fn flag(app: &App, (by, now): (&Actor, Instant), customer_no: &str) -> Result<()> {
    let entry = r::EntryForm {
        kind: "court".into(),
        source: "中国执行信息公开网".into(),
        noted_on: time::date_in_china(now).to_string(),
        words: "列为被执行人，标的十二万元".into(),
    };
    let noted = r::add_credit_entry(app, by, now, customer_no, &entry).await;
    tolerated("credit entry", noted)?;
    for wanted in ["watch", "poor"] {
        let form = r::FlagForm {
            flag: wanted.into(),
            reason: "被列为被执行人，续期保费逾期".into(),
        };
        let asked = r::ask_flag(app, by, now, customer_no, &form).await;
        tolerated("credit flag", asked)?;
    }
    Ok(())
}
