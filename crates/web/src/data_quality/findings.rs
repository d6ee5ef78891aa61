//! The list of findings: views and filters in the address, giving many of them to somebody.

use super::{id_of, tone};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::data_quality::{AssignForm, AssignReport, AssignTarget, FindingQuery};
use axum::extract::{RawQuery, State};
use domain::access::Permission;
use domain::data_quality::{Aspect, Check, Field, Severity};
use store::access::UserRow;
use store::data_quality::WorklistRow;

/// Views that everybody has.
const VIEWS: [&str; 6] = ["open", "mine", "unassigned", "explained", "cleaned", "all"];

#[derive(askama::Template)]
#[template(path = "data_quality/findings.html")]
struct FindingsPage {
    f: Frame,
    query: FindingQuery,
    list: Listed<WorklistRow>,
    orgs: Vec<Choice>,
    people: Vec<UserRow>,
    here: String,
}

#[derive(askama::Template)]
#[template(path = "data_quality/assigned.html")]
struct AssignedPage {
    f: Frame,
    report: AssignReport,
    back: String,
}

pub(crate) async fn list_findings(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = read(&Fields::parse(raw.as_bytes()));
    let list = app::data_quality::list_findings(&web.app, &who.actor, &query).await?;
    let people = if who.actor.may(Permission::InformationManage) {
        app::data_quality::list_assignees(&web.app, &who.actor).await?
    } else {
        Vec::new()
    };
    html(&FindingsPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("information-quality"),
        people,
        query,
        list,
    })
}

/// Filters as the address has them.
fn read(fields: &Fields) -> FindingQuery {
    FindingQuery {
        view: fields.own("view"),
        check: fields.own("check"),
        field: fields.own("field"),
        aspect: fields.own("aspect"),
        severity: fields.own("severity"),
        org: fields.own("org"),
        agent: fields.own("agent"),
        cleanup: fields.own("cleanup"),
        after: fields.own("after"),
    }
}

pub(crate) async fn create_assignments(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let query = form.own("query");
    let target = if form.get("target") == "filter" {
        let filter = read(&Fields::parse(query.as_bytes()));
        AssignTarget::Filter(FindingQuery {
            after: String::new(),
            ..filter
        })
    } else {
        let ids = form.all("id");
        let ids: Result<Vec<_>, Failure> = ids.iter().map(|id| id_of(id)).collect();
        AssignTarget::Ids(ids?)
    };
    let assignment = AssignForm {
        assignee: form.own("assignee"),
        due_on: form.own("due_on"),
        title: form.own("title"),
        filter: query.clone(),
    };
    let (app, actor) = (&web.app, &who.actor);
    let report = app::data_quality::assign(app, actor, who.now, &target, &assignment).await?;
    let back = format!("/information-quality/findings?{query}");
    if !report.more && report.cleanup.is_none() {
        return Ok(who.go(&back));
    }
    html(&AssignedPage {
        f: who.frame("information-quality"),
        report,
        back,
    })
}

impl FindingsPage {
    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" => "open",
            view => view,
        }
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "finding-view", VIEWS, self.view())
    }

    fn checks(&self) -> Vec<Choice> {
        let codes = Check::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "information-check", codes, &self.query.check)
    }

    fn fields(&self) -> Vec<Choice> {
        let codes = Field::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "customer-field", codes, &self.query.field)
    }

    fn aspects(&self) -> Vec<Choice> {
        let codes = Aspect::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "information-aspect", codes, &self.query.aspect)
    }

    fn severities(&self) -> Vec<Choice> {
        let codes = Severity::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "finding-severity", codes, &self.query.severity)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        let set = [
            &q.check,
            &q.field,
            &q.aspect,
            &q.severity,
            &q.org,
            &q.agent,
            &q.cleanup,
        ];
        set.iter().any(|f| !f.is_empty())
    }

    fn may_choose(&self) -> bool {
        self.f.may("information.manage") && matches!(self.view(), "open" | "mine" | "unassigned")
    }

    fn tone(&self, severity: &Severity) -> &'static str {
        tone(*severity)
    }
}
