//! Callback campaigns of the demonstration: one under way, one before sales.

use super::people::Person;
use super::story::Story;
use anyhow::Result;
use app::campaigns::{self as c, CampaignForm, LifeForm, PreparationForm, SelectionForm};
use chrono::{Days, TimeDelta};
use domain::access::Role;
use domain::ids::CampaignId;
use domain::time::{self, Instant};

/// What a campaign of the demonstration is.
struct Sketch {
    title: &'static str,
    goal: &'static str,
    kind: &'static str,
    value_class: &'static str,
    purpose: &'static str,
}

const UNDER_WAY: Sketch = Sketch {
    title: "团体客户理赔服务专项回访",
    goal: "了解团体客户对理赔时效和材料清单的意见，找出需要改进的环节。",
    kind: "group",
    value_class: "",
    purpose: "了解理赔服务满意度",
};
const WAITING: Sketch = Sketch {
    title: "高价值客户满意度回访",
    goal: "了解高价值个人客户的满意度和保障需求变化。",
    kind: "individual",
    value_class: "high",
    purpose: "满意度调查",
};

impl Story<'_> {
    /// What stands on the pages of campaigns today.
    pub(super) async fn leave_campaigns(&mut self, at: Instant) -> Result<()> {
        let sales = self.staff.of(Role::BranchSales).next().cloned();
        let Some(sales) = sales else {
            return Ok(());
        };
        let mut operations = self.staff.of(Role::BranchOperations);
        let planner = operations.find(|p| p.org_code == sales.org_code).cloned();
        let Some(planner) = planner else {
            return Ok(());
        };
        let before = at - TimeDelta::days(3);
        let under_way = self.sketch(&planner, before, &UNDER_WAY).await?;
        for (by, step) in [
            (&planner, "submit"),
            (&sales, "confirm"),
            (&planner, "release"),
        ] {
            self.campaign_step(by, before, under_way, step).await?;
        }
        let waiting = self.sketch(&planner, at, &WAITING).await?;
        self.campaign_step(&planner, at, waiting, "submit").await
    }

    /// A campaign with its list, time, channel and questions; nothing when no customer fits.
    async fn sketch(
        &self,
        by: &Person,
        at: Instant,
        sketch: &Sketch,
    ) -> Result<Option<CampaignId>> {
        let today = time::date_in_china(at);
        let form = CampaignForm {
            title: sketch.title.into(),
            goal: sketch.goal.into(),
            starts_on: today.to_string(),
            ends_on: (today + Days::new(28)).to_string(),
            ..CampaignForm::default()
        };
        let (id, _) = c::create_campaign(self.app, &by.actor, at, &form).await?;
        let selection = SelectionForm {
            kind: sketch.kind.into(),
            value_class: sketch.value_class.into(),
            purpose: sketch.purpose.into(),
            ..SelectionForm::default()
        };
        let added = c::add_selection(self.app, &by.actor, at, id, &selection).await?;
        if added.added == 0 {
            return Ok(None);
        }
        for step in ["channel", "material"] {
            let form = PreparationForm {
                step: step.into(),
                channel: "phone".into(),
                topics: ["service", "complaints", "use"].map(str::to_owned).to_vec(),
                material: "先感谢客户支持；客户提出的问题当场记录，说明三个工作日内由专人答复。"
                    .into(),
                version: None,
            };
            c::prepare(self.app, &by.actor, at, id, &form).await?;
        }
        Ok(Some(id))
    }

    async fn campaign_step(
        &self,
        by: &Person,
        at: Instant,
        id: Option<CampaignId>,
        step: &str,
    ) -> Result<()> {
        let Some(id) = id else {
            return Ok(());
        };
        let form = LifeForm {
            step: step.into(),
            ..LifeForm::default()
        };
        c::take_step(self.app, &by.actor, at, id, &form).await?;
        Ok(())
    }
}
