//! Figures of a metric over a period, cut by a dimension.

use super::formula::{self, Context, Fact};
use crate::dialect::Backend;
use crate::sql::{Select, millis, params};
use crate::{Reads, Result};
use chrono::{NaiveDate, NaiveTime};
use domain::access::{OrgPath, Scope};
use domain::reports::{Basis, Counted, Dimension, Figure, Metric};
use domain::time;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

/// What to compute.
#[derive(Clone, Copy, Debug)]
pub struct FigureQuery<'q> {
    /// The metric.
    pub metric: &'q Metric,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The day on which the report is made.
    pub today: NaiveDate,
    /// Programmes in which a late success is deemed in time.
    pub deemed: &'q [String],
    /// Of this unit and those below it.
    pub org: Option<&'q OrgPath>,
    /// Of this programme only.
    pub programme: Option<&'q str>,
    /// Cut by this.
    pub by: Option<Dimension>,
}

/// The figures of one value of the dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRow {
    /// The unit, salesperson or caller.
    pub key_id: Option<Uuid>,
    /// The programme, channel, product or region.
    pub key_text: Option<String>,
    /// A name, where the value brings one along.
    pub label: Option<String>,
    /// The figures, in the order of the metric.
    pub counts: Vec<i64>,
}

impl FigureQuery<'_> {
    pub(super) fn context(&self, db: &impl Reads) -> Context<'_> {
        Context {
            backend: Backend::of(db.connection()),
            today: self.today,
            deemed: self.deemed,
        }
    }

    /// Which facts its figures need, each once.
    fn facts(&self, figures: &[Figure]) -> Vec<Fact> {
        let mut facts = Vec::new();
        let ended: &[Fact] = if self.metric.ended_only {
            &[Fact::Ended]
        } else {
            &[]
        };
        let needed = figures.iter().flat_map(|f| formula::figure(*f).1);
        for fact in needed.chain(ended) {
            if !facts.contains(fact) {
                facts.push(*fact);
            }
        }
        facts
    }

    /// The condition of a figure on a unit `u`, with the facts numbered as in the list.
    fn condition(&self, figure: Figure, facts: &[Fact]) -> String {
        let place = |fact: &Fact| facts.iter().position(|f| f == fact).unwrap_or_default();
        let (mut text, needed) = {
            let (text, needed) = formula::figure(figure);
            (text.to_owned(), needed)
        };
        for (n, fact) in needed.iter().enumerate() {
            text = text.replace(&format!("{{{n}}}"), &format!("u.f{}", place(fact)));
        }
        let of_all = matches!(figure, Figure::Cancelled | Figure::Running);
        if self.metric.ended_only && !of_all {
            text = format!("u.f{} = 1 AND ({text})", place(&Fact::Ended));
        }
        text
    }

    /// Adds the units `u` of the period with their facts.
    fn units(&self, select: &mut Select, context: &Context<'_>, scope: &Scope, facts: &[Fact]) {
        let policies = self.metric.counted == Counted::Policies;
        let key = match self.by {
            Some(Dimension::Unit | Dimension::Region) => "b.org_id",
            Some(Dimension::Programme) => "b.programme",
            Some(Dimension::Caller) => CALLER,
            _ => "",
        };
        let (day, from) = match self.metric.basis {
            Basis::Due => ("b.due_on", "callbacks b"),
            Basis::Trigger => (
                "g.trigger_on",
                "obligations g JOIN callbacks b ON b.obligation_id = g.id",
            ),
            Basis::Opened => (
                "b.due_on",
                "tickets t JOIN callbacks b ON b.id = t.callback_id",
            ),
        };
        let mut columns = format!("(SELECT {day} AS day, b.policy_id");
        if !policies {
            columns.push_str(", b.id");
        }
        if !key.is_empty() {
            columns.push_str(&format!(", {key} AS slot"));
        }
        select.then(&columns, Vec::new());
        for (n, fact) in facts.iter().enumerate() {
            let (condition, values) = context.condition(*fact);
            let case =
                format!("CASE WHEN b.state <> 'cancelled' AND ({condition}) THEN 1 ELSE 0 END");
            let case = if policies {
                format!("MAX({case})")
            } else {
                case
            };
            select.then(&format!(", {case} AS f{n}"), values);
        }
        select.then(&format!("FROM {from}"), Vec::new());
        self.period(select, context, scope);
        if policies {
            let slot = if key.is_empty() {
                String::new()
            } else {
                ", slot".to_owned()
            };
            select.then(&format!("GROUP BY {day}, b.policy_id{slot}"), Vec::new());
        }
        select.then(") u", Vec::new());
    }

    fn period(&self, select: &mut Select, context: &Context<'_>, scope: &Scope) {
        match self.metric.basis {
            Basis::Due => {
                select.filter(
                    "b.due_on >= ? AND b.due_on <= ?",
                    params![self.from, self.to],
                );
            }
            Basis::Trigger => {
                select.filter(
                    "g.trigger_on >= ? AND g.trigger_on <= ?",
                    params![self.from, self.to],
                );
            }
            Basis::Opened => {
                let from = millis(time::at_in_china(self.from, NaiveTime::MIN));
                let to = millis(time::end_of_day_in_china(self.to));
                select
                    .filter("t.opened_at >= ? AND t.opened_at < ?", params![from, to])
                    .filter(FIRST_PROBLEM_TICKET, Vec::new());
            }
        }
        let programme = match self.metric.basis {
            Basis::Trigger => "g.programme",
            _ => "b.programme",
        };
        let of_metric = self.metric.programmes.iter().copied();
        let programmes = of_metric.filter(|p| self.programme.is_none_or(|only| only == *p));
        select.filter_in(programme, programmes.map(Into::into).collect());
        let org = context.backend.unindexed("b.org_id");
        select.scope(scope, &org);
        if let Some(path) = self.org {
            select.under(path.as_str(), &org);
        }
        if let Some(user) = scope.own_list_of() {
            select.filter("b.assignee_id = ?", params![user.0]);
        }
    }

    /// The value of the dimension on a unit `u`: an id or a text, a label, and what must be joined.
    pub(super) fn slot(&self) -> Slot {
        let policies = " LEFT JOIN policies p ON p.id = u.policy_id";
        let (id, text, label, join) = match self.by {
            None => (None, None, None, ""),
            Some(Dimension::Unit | Dimension::Caller) => (Some("u.slot"), None, None, ""),
            Some(Dimension::Programme) => (None, Some("u.slot"), None, ""),
            Some(Dimension::Region) => (
                None,
                Some("o.region"),
                None,
                " JOIN orgs o ON o.id = u.slot",
            ),
            Some(Dimension::Channel) => (None, Some("p.channel"), None, policies),
            Some(Dimension::Product) => (
                None,
                Some("COALESCE(p.product_code, p.product_name)"),
                Some("MIN(p.product_name)"),
                policies,
            ),
            Some(Dimension::Salesperson) => (Some("p.agent_id"), None, None, policies),
        };
        Slot {
            id,
            text,
            label,
            join,
        }
    }
}

/// Where the value of a dimension stands.
pub(super) struct Slot {
    pub(super) id: Option<&'static str>,
    pub(super) text: Option<&'static str>,
    label: Option<&'static str>,
    join: &'static str,
}

/// Who completed a callback, or else called last.
const CALLER: &str = "COALESCE(b.caller_id, CASE WHEN b.attempts_total > 0 THEN (SELECT a.caller_id \
     FROM attempts a WHERE a.callback_id = b.id ORDER BY a.seq DESC LIMIT 1) END)";

/// A case counts on the day of its first problem ticket.
const FIRST_PROBLEM_TICKET: &str = "t.kind IN ('problem', 'contract_quality', 'clarification') \
     AND NOT EXISTS (SELECT 1 FROM tickets e WHERE e.callback_id = t.callback_id \
     AND e.kind IN ('problem', 'contract_quality', 'clarification') \
     AND (e.opened_at < t.opened_at OR (e.opened_at = t.opened_at AND e.id < t.id)))";

/// The figures of a metric, a row for each value of the dimension; one row when it is not cut.
///
/// # Errors
/// What the database says.
pub async fn list_figures(
    db: &impl Reads,
    scope: &Scope,
    query: &FigureQuery<'_>,
) -> Result<Vec<FigureRow>> {
    let figures = query.metric.figures;
    let facts = query.facts(figures);
    let slot = query.slot();
    let mut select = Select::new(&format!(
        "SELECT {} AS key_id, {} AS key_text, {} AS label",
        slot.id.unwrap_or("CAST(NULL AS uuid)"),
        slot.text.unwrap_or("CAST(NULL AS text)"),
        slot.label.unwrap_or("CAST(NULL AS text)"),
    ));
    for (n, figure) in figures.iter().enumerate() {
        let condition = query.condition(*figure, &facts);
        let sum = format!(", COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS m{n}");
        select.then(&sum, Vec::new());
    }
    select.then("FROM", Vec::new());
    query.units(&mut select, &query.context(db), scope, &facts);
    select.then(slot.join, Vec::new());
    if let Some(key) = slot.id.or(slot.text) {
        select.then(&format!("GROUP BY {key}"), Vec::new());
    }
    let connection = db.connection();
    let rows = connection
        .query_all_raw(select.statement(connection))
        .await?;
    rows.iter()
        .map(|row| {
            let count = |n| row.try_get::<i64>("", &format!("m{n}"));
            Ok(FigureRow {
                key_id: row.try_get("", "key_id")?,
                key_text: row.try_get("", "key_text")?,
                label: row.try_get("", "label")?,
                counts: (0..figures.len())
                    .map(count)
                    .collect::<std::result::Result<_, _>>()?,
            })
        })
        .collect()
}

/// Adds the units of a figure, for the list behind it.
pub(super) fn units_of(
    query: &FigureQuery<'_>,
    db: &impl Reads,
    scope: &Scope,
    figure: Figure,
    columns: &str,
) -> Select {
    let facts = query.facts(&[figure]);
    let mut select = Select::new(&format!("SELECT {columns} FROM"));
    query.units(&mut select, &query.context(db), scope, &facts);
    select.then(query.slot().join, Vec::new());
    let condition = query.condition(figure, &facts);
    select.then(&format!("WHERE ({condition})"), Vec::new());
    select
}

/// How many callbacks of the whole company are due in a span, at most `cap + 1`. It tells what a
/// report over it costs, whatever a scope then keeps, and is shown to nobody.
///
/// # Errors
/// What the database says.
pub async fn weigh_period(
    db: &impl Reads,
    (from, to): (NaiveDate, NaiveDate),
    cap: i64,
) -> Result<i64> {
    let mut select = Select::new("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM callbacks b");
    select
        .filter("b.due_on >= ? AND b.due_on <= ?", params![from, to])
        .then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}
