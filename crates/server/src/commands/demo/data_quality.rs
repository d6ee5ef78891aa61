//! Customers' information: examined, a list given out to be cleaned up, some findings explained, a month drawn.

use super::people::Staff;
use super::story::tolerated;
use anyhow::Result;
use app::App;
use app::data_quality::{
    AssignForm, AssignTarget, ExplanationForm, FindingQuery, JudgeForm, NumberForm, SampleQuery,
};
use chrono::Months;
use domain::access::Role;
use domain::time::{self, Instant};

/// Findings that are explained.
const EXPLAINED: usize = 3;
/// Drawn policies that are looked at.
const JUDGED: usize = 4;

/// Examines everybody and does some of what follows.
pub(super) async fn look_at_customers(app: &App, staff: &Staff, now: Instant) -> Result<()> {
    app::data_quality::examine_due(app, now, &|_| {}).await?;
    let Some(leader) = staff.of(Role::BranchOperations).next() else {
        return Ok(());
    };
    let actor = &leader.actor;
    let number = NumberForm {
        number: "023-63801234".into(),
        owner: "outlet".into(),
        label: "渝中营业部前台".into(),
    };
    let added = app::data_quality::add_own_number(app, actor, now, &number).await;
    tolerated("own number", added)?;
    let query = FindingQuery {
        severity: "alert".into(),
        ..FindingQuery::default()
    };
    let form = AssignForm {
        assignee: leader.username.clone(),
        title: "四季度客户资料清理".into(),
        filter: "severity=alert".into(),
        ..AssignForm::default()
    };
    let target = AssignTarget::Filter(query.clone());
    let given = app::data_quality::assign(app, actor, now, &target, &form).await;
    tolerated("clean-up", given.map(|_| ()))?;
    let list = app::data_quality::list_findings(app, actor, &query).await?;
    for row in list.page.rows.iter().take(EXPLAINED) {
        let page = app::data_quality::information_page(app, actor, now, &row.customer_no).await?;
        let Some(finding) = page.findings.iter().find(|f| f.id == row.id) else {
            continue;
        };
        let form = ExplanationForm {
            words: "已电话核实，情况属实。".into(),
            version: finding.version,
        };
        let number = &row.customer_no;
        let done = app::data_quality::explain(app, actor, now, number, row.id, &form).await;
        tolerated("explanation", done)?;
    }
    draw(app, staff, now).await?;
    app::data_quality::examine_due(app, now, &|_| {}).await?;
    Ok(())
}

/// Draws the policies of last month and looks at some of them.
async fn draw(app: &App, staff: &Staff, now: Instant) -> Result<()> {
    let Some(inspector) = staff.of(Role::QualityInspector).next() else {
        return Ok(());
    };
    let actor = &inspector.actor;
    let today = time::date_in_china(now);
    let month = today.checked_sub_months(Months::new(1)).unwrap_or(today);
    let month = month.format("%Y-%m").to_string();
    let drawn = app::data_quality::draw(app, actor, now, &month).await;
    tolerated("samples", drawn.map(|_| ()))?;
    let list = app::data_quality::list_samples(app, actor, &SampleQuery::default()).await?;
    for (at, row) in list.rows.iter().take(JUDGED).enumerate() {
        let (result, finding) = match at {
            0 => ("untrue", "预留号码接听人称不认识投保人"),
            _ => ("true", ""),
        };
        let form = JudgeForm {
            result: result.into(),
            finding: finding.into(),
        };
        let judged = app::data_quality::judge(app, actor, now, row.id, &form).await;
        tolerated("sample", judged)?;
    }
    Ok(())
}
