//! Visits, sales visits, a symposium and a formatted questionnaire of the demonstration.

use super::people::Person;
use super::story::{Story, tolerated};
use anyhow::Result;
use app::customers::{CustomerQuery, list_customers};
use app::visits::{self as v, NewVisitForm, StepForm, VisitForm};
use chrono::{DateTime, NaiveDate, TimeDelta};
use domain::access::Role;
use domain::customers::CustomerKind;
use domain::ids::VisitId;
use domain::time::Instant;
use store::callbacks::CallbackRow;
use store::customers::CustomerRow;

/// Strokes of a signature.
const STROKES: &str = "120,180 200,120 260,260 330,110 380,250;420,140 520,150 610,135;470,90 480,290;660,120 720,250 790,110 860,260";
/// Slips: customer, business, contact, title, satisfaction (0 for none yet), important words.
const SLIPS: [(&str, &str, &str, &str, u8, &str); 6] = [
    (
        "渝北汽车零部件制造有限公司",
        "企业财产险续保洽谈",
        "钱进",
        "财务经理",
        5,
        "",
    ),
    (
        "巴南物流集团有限公司",
        "货物运输险合作",
        "何敏",
        "行政经理",
        4,
        "",
    ),
    (
        "江津食品加工有限公司",
        "雇主责任险新签",
        "罗云",
        "副总经理",
        2,
        "客户表示报价迟迟未给，正在比价其他公司",
    ),
    (
        "涪陵医药有限公司",
        "团体意外险续保",
        "谭丽",
        "人事主管",
        0,
        "",
    ),
    (
        "永川建材有限公司",
        "工程险洽谈",
        "冉强",
        "总经理助理",
        0,
        "",
    ),
    (
        "合川纺织有限公司",
        "团体健康险洽谈",
        "向红",
        "财务总监",
        1,
        "客户称当天没有人来过",
    ),
];

/// Visits that stand on the pages.
const VISITS: usize = 6;

fn text(at: Instant) -> String {
    DateTime::to_rfc3339(&at)
}

impl Story<'_> {
    /// A branch arranges a visit instead of another call.
    pub(super) async fn plan_visit(
        &mut self,
        person: &Person,
        row: &CallbackRow,
        on: NaiveDate,
        at: Instant,
    ) -> Result<()> {
        let asked = NewVisitForm {
            callback: row.number.clone(),
            report: "多次致电未能联系到本人".into(),
            ..NewVisitForm::default()
        };
        let visit = v::request_visit(self.app, &person.actor, at, &asked).await;
        let Some((visit, _)) = tolerated("request_visit", visit)? else {
            return Ok(());
        };
        let agreed = self.chance.moment(on, 10, 16).max(at + TimeDelta::hours(1));
        self.arrange(person, visit, agreed, "客户家中", at).await?;
        self.visits.insert(row.id, (visit, person.clone()));
        Ok(())
    }

    async fn arrange(
        &self,
        person: &Person,
        visit: VisitId,
        agreed: Instant,
        place: &str,
        at: Instant,
    ) -> Result<()> {
        let form = StepForm {
            step: "schedule".into(),
            appointment_at: text(agreed),
            place: place.into(),
            agreed_with: "客户本人，短信约定".into(),
            ..StepForm::default()
        };
        let done = v::take_step(self.app, &person.actor, at, visit, &form).await;
        tolerated("schedule", done)?;
        Ok(())
    }

    /// The visit of a callback is made, signed and filed.
    pub(super) async fn end_visit(&mut self, row: &CallbackRow, at: Instant) -> Result<()> {
        let Some((visit, person)) = self.visits.remove(&row.id) else {
            return Ok(());
        };
        let affirmed = self.chance.per_mille(860);
        let form = VisitForm {
            visited_at: text(at - TimeDelta::hours(2)),
            respondent: "policyholder".into(),
            respondent_name: "客户本人".into(),
            phone: self.chance.mobile(),
            place: "客户家中".into(),
            summary: "逐项核对回访内容".into(),
            feedback: if affirmed {
                "清楚，没有疑问".into()
            } else {
                "不清楚退保损失".into()
            },
            follow_up: "由分公司运营解释后再次确认".into(),
            affirmed: if affirmed { "yes" } else { "no" }.into(),
            problem: "rights_unclear".into(),
            ..VisitForm::default()
        };
        self.finish_visit(&person, visit, &form, true, at).await
    }

    async fn finish_visit(
        &self,
        person: &Person,
        visit: VisitId,
        form: &VisitForm,
        files: bool,
        at: Instant,
    ) -> Result<()> {
        let actor = &person.actor;
        let written = v::write_form(self.app, actor, at, visit, form).await;
        if tolerated("write_form", written)?.is_none() {
            return Ok(());
        }
        let signed = v::sign_on_screen(self.app, actor, at, visit, STROKES).await;
        if tolerated("sign", signed)?.is_some() && files {
            tolerated(
                "archive",
                v::archive_visit(self.app, actor, at, visit).await,
            )?;
        }
        Ok(())
    }

    /// What stands on the pages of visits and sales visits today.
    pub(super) async fn leave_visits(&mut self, at: Instant) -> Result<()> {
        let Some(sales) = self.staff.of(Role::BranchSales).next().cloned() else {
            return Ok(());
        };
        self.visit_key_customers(&sales, at).await?;
        self.leave_slips(&sales, at).await?;
        self.leave_gathering(&sales, at).await?;
        self.leave_questionnaire(&sales, at).await?;
        self.leave_surveys(at).await
    }

    async fn visit_key_customers(&mut self, sales: &Person, at: Instant) -> Result<()> {
        for (serial, customer) in self.to_visit(sales, at).await?.iter().enumerate() {
            let is_group = customer.kind == CustomerKind::Group;
            let before = at - TimeDelta::days(20 - i64::try_from(serial).unwrap_or(0) * 3);
            let asked = NewVisitForm {
                purpose: match (is_group, serial % 2) {
                    (false, _) => "large",
                    (true, 0) => "key",
                    (true, _) => "shareholder",
                }
                .into(),
                customer_no: customer.customer_no.clone(),
                ..NewVisitForm::default()
            };
            let visit = v::request_visit(self.app, &sales.actor, before, &asked).await;
            let Some((visit, _)) = tolerated("request_visit", visit)? else {
                continue;
            };
            if serial == 5 {
                continue;
            }
            let agreed = if serial == 4 {
                at + TimeDelta::hours(26)
            } else {
                before + TimeDelta::hours(3)
            };
            let place = if is_group {
                "客户公司会议室"
            } else {
                "客户家中"
            };
            self.arrange(sales, visit, agreed, place, before).await?;
            if serial == 4 {
                continue;
            }
            let form = VisitForm {
                visited_at: text(agreed),
                respondent: if is_group {
                    "insurance_contact"
                } else {
                    "policyholder"
                }
                .into(),
                respondent_name: "钱进".into(),
                position: if is_group { "财务经理" } else { "" }.into(),
                phone: self.chance.mobile(),
                place: place.into(),
                summary: "介绍上次风险查勘的结果，核对现有保障范围和保额".into(),
                answers: vec![
                    "仓库消防通道已清理，喷淋改造预计下月完成".into(),
                    "现有财产险保额低于新增设备价值".into(),
                    "上次水渍理赔材料一次性告知不够清楚".into(),
                    "有意了解货运险和雇主责任险".into(),
                ],
                feedback: "总体满意，希望理赔材料清单更清楚".into(),
                follow_up: "理赔部提供材料清单，销售岗重新测算保额".into(),
                affirmed: if serial == 1 { "no" } else { "yes" }.into(),
                problem: "service_dissatisfaction".into(),
                ..VisitForm::default()
            };
            let entered = agreed + TimeDelta::hours(if serial == 2 { 30 } else { 2 });
            self.finish_visit(sales, visit, &form, serial != 3, entered)
                .await?;
        }
        Ok(())
    }

    /// Customers to visit: organisations, and persons where there are not enough of them.
    async fn to_visit(&self, sales: &Person, at: Instant) -> Result<Vec<CustomerRow>> {
        let mut wanted = Vec::new();
        for kind in ["group", "individual"] {
            let query = CustomerQuery {
                kind: kind.into(),
                ..CustomerQuery::default()
            };
            let found = list_customers(self.app, &sales.actor, at, &query).await?;
            wanted.extend(found.page.rows);
        }
        wanted.truncate(VISITS);
        Ok(wanted)
    }

    async fn leave_slips(&mut self, sales: &Person, at: Instant) -> Result<()> {
        let caller = self.first(Role::CallbackAgent)?.actor.clone();
        for (serial, (customer, business, contact, title, satisfaction, words)) in
            SLIPS.iter().enumerate()
        {
            let hours = 60 - i64::try_from(serial).unwrap_or(0) * 11;
            let registered = at - TimeDelta::hours(hours);
            let form = v::SlipForm {
                category: if serial < 3 {
                    "in_negotiation"
                } else {
                    "prospect"
                }
                .into(),
                customer_name: (*customer).into(),
                business_type: (*business).into(),
                contact_name: (*contact).into(),
                contact_title: (*title).into(),
                contact_phone: self.chance.mobile(),
                planned_at: text(registered + TimeDelta::hours(1)),
                ..v::SlipForm::default()
            };
            let slip = v::register_slip(self.app, &sales.actor, registered, &form).await;
            let Some((slip, _)) = tolerated("register_slip", slip)? else {
                continue;
            };
            if serial == 4 {
                continue;
            }
            let ended = registered + TimeDelta::hours(2);
            let end = v::EndForm::default();
            tolerated(
                "end",
                v::end_visit(self.app, &sales.actor, ended, slip, &end).await,
            )?;
            if *satisfaction == 0 {
                continue;
            }
            let call = v::CallForm {
                satisfaction: satisfaction.to_string(),
                important: (*words).into(),
                is_suspicious: *satisfaction == 1,
                ..v::CallForm::default()
            };
            let called = ended + TimeDelta::hours(2);
            tolerated(
                "call",
                v::record_call(self.app, &caller, called, slip, &call).await,
            )?;
            if *satisfaction == 5 {
                let read = v::read_result(self.app, &sales.actor, called, slip).await;
                tolerated("read", read)?;
            }
        }
        Ok(())
    }

    async fn leave_gathering(&mut self, sales: &Person, at: Instant) -> Result<()> {
        let invited = self.to_visit(sales, at).await?;
        let (actor, begins) = (&sales.actor, at - TimeDelta::days(6));
        let form = v::GatheringForm {
            kind: "symposium".into(),
            title: "重点客户座谈会：理赔服务与风险管理".into(),
            place: "重庆分公司三楼会议室".into(),
            begins_at: text(begins),
        };
        let before = begins - TimeDelta::days(3);
        let id = v::create_gathering(self.app, actor, before, &form).await?;
        let mut there = Vec::new();
        for customer in invited.iter().take(5) {
            let number = customer.customer_no.clone();
            v::add_participant(self.app, actor, before, id, &number).await?;
            if there.len() < 3 {
                there.push((number, "希望理赔材料清单更清楚".to_owned()));
            }
        }
        let record = v::Attendance {
            there,
            minutes: "介绍全年理赔情况，客户逐一发言，就材料清单、时效和防灾服务提出意见。".into(),
            findings: "理赔材料一次性告知不足；两家客户需要扩展责任。".into(),
        };
        let held = begins + TimeDelta::hours(3);
        tolerated(
            "hold",
            v::hold_gathering(self.app, actor, held, id, &record).await,
        )?;
        Ok(())
    }

    async fn leave_questionnaire(&mut self, sales: &Person, at: Instant) -> Result<()> {
        let form = v::FormattedForm {
            title: "风险查勘建议落实情况问卷".into(),
            department: "承保部".into(),
            reason: "了解年度风险查勘建议的落实情况".into(),
            questions:
                "上次风险查勘的建议是否已经落实？\n消防设施是否按期检测？\n新增设备是否已投保？"
                    .into(),
        };
        let actor = &sales.actor;
        let id = v::create_formatted(self.app, actor, at, &form).await?;
        v::take_chain_step(self.app, actor, at, id, ("submit", "")).await?;
        let manager = &self.first(Role::HeadOfficeManager)?.actor;
        v::take_chain_step(self.app, manager, at, id, ("head_agrees", "同意")).await?;
        Ok(())
    }
}
