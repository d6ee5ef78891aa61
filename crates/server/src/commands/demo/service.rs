//! Service by class in the demonstration: two teams, customers given by themselves, and some of the register.

use super::story::Story;
use anyhow::Result;
use app::service::{
    self as s, ItemForm, MemberForm, ServedQuery, TeamForm, WatchQuery, WatchStepForm,
};
use chrono::{Days, TimeDelta};
use domain::access::Role;
use domain::time::{self, Instant};

/// Customers with something in the register.
const TOLD: usize = 6;

impl Story<'_> {
    /// Who is in charge of customers today, and what was done for them.
    pub(super) async fn leave_service(&mut self, at: Instant) -> Result<()> {
        let Some(manager) = self.staff.of(Role::HeadOfficeManager).next().cloned() else {
            return Ok(());
        };
        let mut branches = Vec::new();
        for person in self.staff.of(Role::BranchOperations) {
            if !branches.contains(&person.org_code) {
                branches.push(person.org_code.clone());
            }
        }
        let before = at - TimeDelta::days(5);
        for org in branches {
            let people: Vec<_> = self
                .staff
                .of(Role::BranchOperations)
                .chain(self.staff.of(Role::BranchSales))
                .filter(|p| p.org_code == org)
                .collect();
            let Some(lead) = people.first() else {
                continue;
            };
            for (serves, name) in [
                ("high", "高价值客户专属服务团队"),
                ("medium", "中价值客户服务组"),
            ] {
                let form = TeamForm {
                    org: org.clone(),
                    name: name.into(),
                    serves: serves.into(),
                    lead: lead.username.clone(),
                };
                let team = s::create_team(self.app, &manager.actor, before, &form).await?;
                for other in people.iter().skip(1) {
                    let form = MemberForm {
                        member: other.username.clone(),
                        ..MemberForm::default()
                    };
                    s::add_member(self.app, &manager.actor, before, team.0, &form).await?;
                }
            }
        }
        s::keep_service(self.app, before).await?;
        self.tell(&manager.actor, at).await
    }

    /// Conversations, needs and next steps of some customers; one watched customer is given to somebody.
    async fn tell(&self, by: &domain::access::Actor, at: Instant) -> Result<()> {
        let today = time::date_in_china(at);
        let query = ServedQuery {
            view: "somebody".into(),
            ..ServedQuery::default()
        };
        let (list, _) = s::list_served(self.app, by, at, &query).await?;
        for row in list.page.rows.iter().take(TOLD) {
            let base = ItemForm {
                channel: "phone".into(),
                ..ItemForm::default()
            };
            let said = ItemForm {
                kind: "contact".into(),
                text: "介绍本年度服务安排，客户关注养老与医疗保障。".into(),
                ..base.clone()
            };
            let need = ItemForm {
                kind: "need".into(),
                text: "补充养老金，希望 60 岁起有稳定领取。".into(),
                ..base.clone()
            };
            let step = ItemForm {
                kind: "step".into(),
                text: "准备养老方案对比，约客户面谈。".into(),
                due_on: (today + Days::new(10)).to_string(),
                ..base
            };
            for form in [said, need, step] {
                s::add_item(self.app, by, at, &row.customer_no, &form).await?;
            }
        }
        let watched = WatchQuery::default();
        let watched = s::list_watched(self.app, by, &watched, Some(1)).await?;
        let owner = self.staff.of(Role::BranchSales).next();
        if let Some((row, owner)) = watched.rows.first().zip(owner) {
            let form = WatchStepForm {
                owner: owner.username.clone(),
                ..WatchStepForm::default()
            };
            s::give_watched(self.app, by, at, row.id, &form).await?;
        }
        Ok(())
    }
}
