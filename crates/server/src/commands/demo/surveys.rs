//! Surveys of the demonstration: one whose results are collated, one to be confirmed, one to be agreed to.

use super::people::Person;
use super::story::Story;
use anyhow::Result;
use app::surveys::{
    self as s, AnswerSheet, ApplicationForm, CollationForm, SurveyScreen, build_questionnaire,
    take_survey_step,
};
use chrono::TimeDelta;
use domain::access::{Actor, Role};
use domain::time::{self, Instant};

/// A questionnaire on claims.
const CLAIMS: &str = "1. 您对本次理赔服务的总体评价？【评分】\n2. 您通过哪种方式报案？【单选】\n- 客服电话\n- 微信公众号\n- 业务员代报\n- 营业网点\n\
                      3. 哪些环节让您满意？【多选】【选填】\n- 报案受理\n- 查勘定损\n- 材料收取\n- 赔款到账\n4. 您有什么意见和建议？【问答】【选填】";
/// A questionnaire on a product.
const PRODUCT: &str = "1. 您最关注健康险的哪一项？【单选】\n- 保障范围\n- 价格\n- 就医服务\n- 理赔便捷\n2. 您愿意推荐给亲友吗？【评分】\n3. 您还希望增加哪些服务？【问答】【选填】";
/// Answers to the questionnaire on claims: rating, way, what pleased, words.
const ANSWERS: [(&str, &str, &[&str], &str); 12] = [
    ("5", "0", &["0", "3"], "赔款到账很快，谢谢"),
    ("4", "1", &["0"], ""),
    ("5", "1", &["1", "3"], ""),
    ("3", "0", &["0"], "材料清单希望一次说清楚"),
    ("4", "2", &["1"], ""),
    ("2", "0", &[], "夜间报案等了二十多分钟"),
    ("5", "1", &["0", "1", "2", "3"], ""),
    ("4", "3", &["2"], "网点工作人员很耐心"),
    ("5", "1", &["3"], ""),
    ("3", "0", &["1"], "查勘员来之前最好先约时间"),
    ("4", "1", &["0", "2"], ""),
    ("1", "2", &[], "业务员代报以后没有人联系我"),
];

impl Story<'_> {
    /// What stands on the page of surveys today.
    pub(super) async fn leave_surveys(&mut self, at: Instant) -> Result<()> {
        let asking = self.first(Role::BranchOperations)?.clone();
        let office = self.first(Role::HeadOfficeManager)?.clone();
        let executives: Vec<Person> = self.staff.of(Role::Executive).cloned().collect();
        let [head, executive, ..] = executives.as_slice() else {
            return Ok(());
        };
        let agree = (&head.actor, &executive.actor);
        let begun = at - TimeDelta::days(20);
        let form = application(begun, ("routine", "open_link", "anonymous"), CLAIMS);
        let done = self
            .build(&asking.actor, &office.actor, agree, begun, &form)
            .await?;
        self.collect(&asking.actor, &office.actor, (begun, at), &done)
            .await?;
        let form = ApplicationForm {
            title: "健康险产品需求调查".into(),
            department: "产品部".into(),
            purpose: "为新一代医疗险的责任设计收集客户意见".into(),
            respondents: "重庆分公司个人客户，随机抽取两成".into(),
            customer_kind: "individual".into(),
            sample_percent: "20".into(),
            ..application(at, ("product", "sms", "named"), PRODUCT)
        };
        self.build(&asking.actor, &office.actor, agree, at, &form)
            .await?;
        let form = ApplicationForm {
            title: "续期服务满意度调查".into(),
            department: "保费部".into(),
            purpose: "了解续期提醒和交费渠道的使用感受".into(),
            respondents: "重庆分公司近一年有续期交费的客户".into(),
            ..application(at, ("routine", "wechat", "anonymous"), PRODUCT)
        };
        let number = s::create_survey(self.app, &asking.actor, at, &form).await?;
        take_survey_step(self.app, &asking.actor, at, &number, ("submit", "")).await?;
        Ok(())
    }

    /// Asks for a survey, agrees to it and builds it; its number.
    async fn build(
        &self,
        asking: &Actor,
        office: &Actor,
        (head, executive): (&Actor, &Actor),
        at: Instant,
        form: &ApplicationForm,
    ) -> Result<String> {
        let number = s::create_survey(self.app, asking, at, form).await?;
        for (by, step) in [
            (asking, "submit"),
            (head, "head_approves"),
            (executive, "executive_approves"),
        ] {
            take_survey_step(self.app, by, at, &number, (step, "")).await?;
        }
        build_questionnaire(self.app, office, at, &number, &form.draft).await?;
        Ok(number)
    }

    /// Launches a survey, answers it, ends the collection and tells of the results.
    async fn collect(
        &self,
        asking: &Actor,
        office: &Actor,
        (begun, at): (Instant, Instant),
        number: &str,
    ) -> Result<()> {
        let app = self.app;
        take_survey_step(app, asking, begun, number, ("confirm", "")).await?;
        take_survey_step(app, office, begun, number, ("launch", "")).await?;
        let page = s::survey_page(app, office, begun, number).await?;
        let token = page.row.open_token.unwrap_or_default();
        for (hours, (rating, way, pleased, words)) in (2..).zip(ANSWERS) {
            let opened = begun + TimeDelta::hours(hours);
            let SurveyScreen::Form(form) = s::open_survey(app, opened, &token).await? else {
                continue;
            };
            let sheet = AnswerSheet {
                values: vec![
                    vec![rating.into()],
                    vec![way.into()],
                    pleased.iter().map(|p| (*p).to_owned()).collect(),
                    vec![words.into()],
                ],
                seal: form.seal,
                is_again: false,
                anyway: true,
            };
            // One is sent before anybody could have read it.
            let seconds = if hours == 5 { 1 } else { 75 };
            let sent = opened + TimeDelta::seconds(seconds);
            s::submit_survey(app, sent, &token, &sheet).await?;
        }
        let closed = at - TimeDelta::days(5);
        take_survey_step(app, office, closed, number, ("close", "")).await?;
        let id = |role| -> Result<String> { Ok(self.first(role)?.id.0.to_string()) };
        let told = CollationForm {
            departments: vec![id(Role::BranchSales)?, id(Role::TeamLeader)?],
            operations_head: id(Role::ComplianceOfficer)?,
            office_head: id(Role::HeadOfficeManager)?,
        };
        let collated = at - TimeDelta::days(3);
        s::collate(app, office, collated, number, &told).await?;
        Ok(())
    }
}

/// An application from a moment on, for two weeks.
fn application(
    at: Instant,
    (kind, platform, identity): (&str, &str, &str),
    draft: &str,
) -> ApplicationForm {
    let from = time::date_in_china(at);
    let to = from + TimeDelta::days(14);
    ApplicationForm {
        kind: kind.into(),
        identity: identity.into(),
        platform: platform.into(),
        department: "理赔部".into(),
        title: "理赔服务满意度调查".into(),
        purpose: "了解客户对报案、查勘和赔付各环节的感受".into(),
        draft: draft.into(),
        respondents: "重庆分公司近半年有赔案的客户".into(),
        from_on: from.to_string(),
        to_on: to.to_string(),
        time_points: format!("{to} 10:00"),
        ..ApplicationForm::default()
    }
}
