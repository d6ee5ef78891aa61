//! The written rules of the work, with the person who answers for each.

use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::{WORK_RULE_KINDS, WorkRuleForm};
use axum::extract::{Path, State};
use store::access::WorkRuleRow;
use store::orgs::Org;

#[derive(askama::Template)]
#[template(path = "access/work_rules.html")]
struct ListPage {
    f: Frame,
    rules: Vec<WorkRuleRow>,
    orgs: Vec<Org>,
}

impl ListPage {
    fn kinds(&self) -> Vec<Choice> {
        choices(&self.f, "work-rule-kind", WORK_RULE_KINDS, "callbacks")
    }
}

pub(crate) async fn list_rules(State(web): State<Web>, who: Who) -> Answer {
    let rules = app::access::list_work_rules(&web.app, &who.actor).await?;
    html(&ListPage {
        f: who.frame("work-rules"),
        rules,
        orgs: orgs(&web, &who).await?,
    })
}

async fn orgs(web: &Web, who: &Who) -> Result<Vec<Org>, crate::failure::Failure> {
    if !who.actor.may(domain::access::Permission::OrgsManage) {
        return Ok(Vec::new());
    }
    let units = app::access::list_units(&web.app, &who.actor, who.now).await?;
    Ok(units.into_iter().map(|u| u.org).collect())
}

#[derive(askama::Template)]
#[template(path = "access/work_rule.html")]
struct RulePage {
    f: Frame,
    chosen: WorkRuleRow,
    versions: Vec<WorkRuleRow>,
    orgs: Vec<Org>,
}

pub(crate) async fn show_rule(
    State(web): State<Web>,
    Path(code): Path<String>,
    axum::extract::RawQuery(raw): axum::extract::RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let versions = app::access::work_rule(&web.app, &who.actor, &code).await?;
    let wanted = versions
        .iter()
        .find(|v| v.version.to_string() == query.get("version"));
    // The one that holds today, or else the newest.
    let f = who.frame("work-rules");
    let present = versions.iter().find(|v| v.effective_from <= f.today);
    let Some(chosen) = wanted.or(present).or(versions.first()).cloned() else {
        return Err(crate::failure::Failure::not_found());
    };
    html(&RulePage {
        f,
        chosen,
        versions,
        orgs: orgs(&web, &who).await?,
    })
}

pub(crate) async fn write_rule(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = WorkRuleForm {
        code: fields.own("code"),
        kind: fields.own("kind"),
        title: fields.own("title"),
        body: fields.own("body"),
        org: fields.own("org"),
        responsible: fields.own("responsible"),
        effective_from: fields.own("effective_from"),
    };
    let version = app::access::write_work_rule(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!(
        "/work-rules/{}?version={version}",
        form.code.trim()
    )))
}
