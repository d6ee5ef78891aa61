//! Short words for what tests do all the time with surveys.

use crate::TestApp;
use app::surveys::{
    AnswerSheet, ApplicationForm, Submitted, SurveyScreen, build_questionnaire, create_survey,
    open_survey, submit_survey, take_survey_step,
};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::customers::Reveal;
use domain::ids::SurveyId;
use domain::surveys::SurveyState;
use domain::time::Instant;
use store::messaging::MessageFilter;

/// A questionnaire of three questions.
pub const QUESTIONNAIRE: &str =
    "1. 总体评价？【评分】\n2. 报案方式？【单选】\n- 电话\n- 微信\n3. 有什么建议？【选填】";

/// Those who agree to a survey of Chongqing.
#[derive(Debug)]
pub struct Approvers {
    /// Head of the department.
    pub head: Actor,
    /// Supervising executive.
    pub executive: Actor,
    /// General manager.
    pub general: Actor,
}

impl TestApp {
    /// The application for a routine survey of the week of the test.
    pub fn application(&self, platform: &str, identity: &str) -> ApplicationForm {
        ApplicationForm {
            kind: "routine".into(),
            identity: identity.into(),
            platform: platform.into(),
            department: "理赔部".into(),
            title: "理赔服务满意度调查".into(),
            purpose: "了解理赔服务质量".into(),
            draft: QUESTIONNAIRE.into(),
            respondents: "重庆分公司全部客户".into(),
            from_on: "2024-03-05".into(),
            to_on: "2024-03-12".into(),
            time_points: "2024-03-05 14:00\n2024-03-06 14:00".into(),
            ..ApplicationForm::default()
        }
    }

    /// Writes an application; its number.
    ///
    /// # Panics
    /// When it is not taken.
    pub async fn asked(&self, by: &Actor, platform: &str, identity: &str) -> String {
        let form = self.application(platform, identity);
        create_survey(&self.app, by, self.now, &form).await.unwrap()
    }

    /// Adds those who agree.
    pub async fn approvers(&self) -> Approvers {
        Approvers {
            head: self.person("head_cq", "executive", "50").await,
            executive: self.people().executive.clone(),
            general: self.person("general", "executive", "000").await,
        }
    }

    /// Takes a step at the moment of the test.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn survey_step(
        &self,
        by: &Actor,
        survey: &str,
        step: &str,
    ) -> app::Result<SurveyState> {
        take_survey_step(&self.app, by, self.now, survey, (step, "说明")).await
    }

    /// Brings an application as far as the launch, within the limit of the year.
    ///
    /// # Panics
    /// When a step is refused.
    pub async fn launch(&self, by: &Actor, who: &Approvers, survey: &str) {
        let office = &self.people().manager;
        self.survey_step(by, survey, "submit").await.unwrap();
        self.survey_step(&who.head, survey, "head_approves")
            .await
            .unwrap();
        self.survey_step(&who.executive, survey, "executive_approves")
            .await
            .unwrap();
        build_questionnaire(&self.app, office, self.now, survey, QUESTIONNAIRE)
            .await
            .unwrap();
        self.survey_step(by, survey, "confirm").await.unwrap();
        self.survey_step(office, survey, "launch").await.unwrap();
        let (app, now) = (self.app.clone(), self.now);
        let run = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
        run.await.unwrap().unwrap();
    }

    /// Tokens that a survey sent out, by number of the customer.
    ///
    /// # Panics
    /// When a message has no link.
    pub async fn survey_tokens(&self, survey: SurveyId) -> Vec<String> {
        let scope = Actor::system().scope(Permission::MessagesRead).unwrap();
        let filter = MessageFilter {
            about: Some(survey.0),
            ..MessageFilter::default()
        };
        let store = self.app.store();
        let page = store::messaging::list_messages(store, &scope, &filter, 100).await;
        let mut tokens = Vec::new();
        for message in page.unwrap().rows {
            let text = store::messaging::read_message_text(store, message.id).await;
            let body = text.unwrap().body.unwrap();
            let body = body.reveal(Reveal::traced(survey.0)).to_owned();
            let token = body.split("/s/").nth(1).unwrap();
            tokens.push(token.chars().take_while(char::is_ascii_hexdigit).collect());
        }
        tokens
    }

    /// Opens and sends a questionnaire some seconds later.
    ///
    /// # Errors
    /// What the use case says.
    ///
    /// # Panics
    /// When there is no questionnaire.
    pub async fn answer_survey(
        &self,
        at: Instant,
        token: &str,
        values: &[&[&str]],
        seconds: i64,
    ) -> app::Result<Submitted> {
        let screen = open_survey(&self.app, at, token).await?;
        let SurveyScreen::Form(form) = screen else {
            return Err(app::Error::NotFound);
        };
        let own = |v: &&[&str]| v.iter().map(|t| (*t).to_owned()).collect();
        let sheet = AnswerSheet {
            values: values.iter().map(own).collect(),
            seal: form.seal,
            is_again: false,
            anyway: true,
        };
        submit_survey(&self.app, at + Duration::seconds(seconds), token, &sheet).await
    }
}
