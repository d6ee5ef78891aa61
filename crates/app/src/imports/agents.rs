//! Salespersons, bank outlets, adjusters, repair shops, agencies.

use super::reason::Reason;
use super::row::RowReader;
use chrono::NaiveDate;
use domain::customers::Mobile;
use domain::policies::{AgentKind, AgentStatus};
use std::collections::HashMap;
use store::dialect::bulk::Cell;
use store::imports::{Field, Record};

pub(super) const COLUMNS: [&str; 8] = [
    "agent_code",
    "name",
    "mobile",
    "org_code",
    "kind",
    "licence_no",
    "status",
    "left_on",
];
pub(super) const REQUIRED: [&str; 5] = ["agent_code", "name", "org_code", "kind", "status"];

#[derive(Clone, Debug)]
pub(super) struct Agent {
    pub code: String,
    pub left: bool,
    pub left_on: Option<NaiveDate>,
    pub record: Record,
}

pub(super) fn parse(
    row: &mut RowReader<'_>,
    orgs: &HashMap<String, (uuid::Uuid, String)>,
) -> Option<Agent> {
    let code = row.required("agent_code").map(str::to_owned);
    row.required("name");
    let mobile = row.value("mobile").and_then(|v| match Mobile::parse(v) {
        Ok(mobile) => Some(super::customers::raw(&mobile)),
        Err(_) => {
            row.reject("mobile", Reason::Mobile);
            None
        }
    });
    let org = row.required("org_code").and_then(|code| {
        let found = orgs.get(code).map(|(id, _)| *id);
        if found.is_none() {
            row.reject("org_code", Reason::UnknownOrg);
        }
        found
    });
    let kind = row.required_code("kind", AgentKind::parse);
    let status = row.required_code("status", AgentStatus::parse);
    let left_on = row.date("left_on");
    let fields = vec![
        row.text("agent_code"),
        row.text("name"),
        row.secret("mobile", mobile),
        row.field("org_code", org.map(Cell::Id)),
        row.field("kind", kind.map(|k| Cell::Code(k.as_str()))),
        row.text("licence_no"),
        row.field("status", status.map(|s| Cell::Code(s.as_str()))),
        row.field("left_on", left_on.map(Cell::Date)),
    ];
    debug_assert!(!fields.contains(&Field::Value(Cell::Null)));
    let left = status == Some(AgentStatus::Left);
    Some(Agent {
        code: code?,
        left,
        left_on,
        record: Record { fields },
    })
}
