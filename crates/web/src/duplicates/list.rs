//! The list of pairs, and deciding on several at once.

use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::duplicates::{DecisionForm, DuplicateQuery};
use axum::extract::{RawQuery, State};
use domain::customers::CustomerKind;
use domain::duplicates::{Field, Grade, Level};
use store::duplicates::DuplicateRow;
use uuid::Uuid;

const VIEWS: [&str; 5] = ["waiting", "unsure", "different", "same", "all"];
/// What people look for: fields that agree, and the contradiction of two valid numbers.
const FIELDS: [(Field, Level); 8] = [
    (Field::IdNo, Level::Equal),
    (Field::IdNo, Level::Near),
    (Field::IdNo, Level::Conflict),
    (Field::Mobile, Level::Equal),
    (Field::Name, Level::Sound),
    (Field::BirthDate, Level::Swapped),
    (Field::Address, Level::Equal),
    (Field::OrgName, Level::Equal),
];

#[derive(askama::Template)]
#[template(path = "duplicates/list.html")]
struct ListPage {
    f: Frame,
    query: DuplicateQuery,
    list: Listed<DuplicateRow>,
    orgs: Vec<Choice>,
    here: String,
    /// What became of the last decision on many.
    decided: Option<(String, String)>,
}

pub(super) fn query_of(fields: &Fields) -> DuplicateQuery {
    DuplicateQuery {
        view: fields.own("view"),
        grade: fields.own("grade"),
        kind: fields.own("kind"),
        field: fields.own("field"),
        probability: fields.own("probability"),
        org: fields.own("org"),
        customer: fields.own("customer"),
        after: fields.own("after"),
    }
}

pub(crate) async fn list_duplicates(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = query_of(&fields);
    let (app, actor) = (&web.app, &who.actor);
    let decided = Some((fields.own("decided"), fields.own("left")));
    html(&ListPage {
        list: app::duplicates::list_duplicates(app, actor, who.now, &query, None).await?,
        orgs: orgs(&web, actor, &query.org).await?,
        here: without_page(&raw),
        decided: decided.filter(|(decided, _)| decided.parse::<u64>().is_ok()),
        f: who.frame("duplicates"),
        query,
    })
}

pub(crate) async fn decide_many(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let ids: Vec<Uuid> = fields
        .all("id")
        .iter()
        .filter_map(|id| Uuid::try_parse(id).ok())
        .collect();
    let form = DecisionForm {
        decision: fields.own("decision"),
        reason: fields.own("reason"),
        version: None,
    };
    let report = app::duplicates::decide_many(&web.app, &who.actor, who.now, &ids, &form).await?;
    let (decided, left) = (report.decided, report.left);
    Ok(who.go(&format!("/duplicates?decided={decided}&left={left}")))
}

impl ListPage {
    fn views(&self) -> Vec<Choice> {
        let view = match self.query.view.as_str() {
            "" => "waiting",
            view => view,
        };
        choices(&self.f, "duplicate-view", VIEWS, view)
    }

    fn grades(&self) -> Vec<Choice> {
        let codes = Grade::ALL.iter().map(|g| g.as_str());
        choices(&self.f, "duplicate-grade", codes, &self.query.grade)
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = CustomerKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "customer-kind", codes, &self.query.kind)
    }

    fn fields(&self) -> Vec<Choice> {
        let choice = |(field, level): &(Field, Level)| {
            let value = format!("{field}={level}");
            Choice {
                label: agreement(&self.f, *field, *level),
                chosen: value == self.query.field,
                value,
            }
        };
        FIELDS.iter().map(choice).collect()
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        let all = [
            &q.grade,
            &q.kind,
            &q.field,
            &q.probability,
            &q.org,
            &q.customer,
        ];
        all.iter().any(|text| !text.is_empty())
    }

    fn may_choose(&self) -> bool {
        self.f.may("duplicates.decide")
    }

    /// What agrees, the strongest first; what says nothing is left out.
    fn agreeing(&self, row: &DuplicateRow) -> Vec<String> {
        let known = row.vector.known();
        let agreeing = known.filter(|(field, level)| {
            *field != Field::Unit && *field != Field::Sex && *level != Level::Different
        });
        agreeing
            .map(|(field, level)| agreement(&self.f, field, level))
            .collect()
    }
}

/// A field and how far it agrees, in words.
pub(super) fn agreement(f: &Frame, field: Field, level: Level) -> String {
    let field = f.code("duplicate-field", field.as_str());
    format!(
        "{field}{}{}",
        f.say("duplicate-joint"),
        f.code("duplicate-level", level.as_str())
    )
}
