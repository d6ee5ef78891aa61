//! Units. A file may name parents before or after their children.

use super::reason::Reason;
use super::row::RowReader;
use domain::access::{OrgLevel, OrgPath};
use std::collections::{HashMap, HashSet};
use store::dialect::bulk::Cell;
use store::imports::{Field, Record};

pub(super) const COLUMNS: [&str; 5] = ["org_code", "name", "parent_code", "level", "region"];
pub(super) const REQUIRED: [&str; 3] = ["org_code", "name", "level"];

/// A unit as the file gives it.
#[derive(Clone, Debug)]
pub(super) struct Org {
    pub code: String,
    pub parent: Option<String>,
    fields: Vec<Field>,
}

pub(super) fn parse(row: &mut RowReader<'_>) -> Option<Org> {
    let code = row.required("org_code").map(str::to_owned);
    if code.as_ref().is_some_and(|c| {
        !c.chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    }) {
        row.reject("org_code", Reason::UnknownCode);
    }
    row.required("name");
    let parent = row.value("parent_code").map(str::to_owned);
    let level = row.required_code("level", OrgLevel::parse);
    let region = row.region("region").map(|r| Cell::Text(r.to_owned()));
    let fields = vec![
        row.text("org_code"),
        row.text("name"),
        Field::Absent,
        row.field("level", level.map(|l| Cell::Code(l.as_str()))),
        row.field("region", region),
        Field::Absent,
    ];
    Some(Org {
        code: code?,
        parent,
        fields,
    })
}

/// Units that are known, with ids and paths.
pub(super) type Known = HashMap<String, (uuid::Uuid, String)>;

impl Org {
    /// The record, once the parent is known.
    pub(super) fn record(&self, known: &Known) -> Option<Record> {
        let parent = match &self.parent {
            None => None,
            Some(code) => Some(known.get(code)?),
        };
        let path = OrgPath::below(
            parent
                .map(|(_, p)| OrgPath::from_stored(p.clone()))
                .as_ref(),
            &self.code,
        );
        let mut fields = self.fields.clone();
        fields[2] = parent.map_or(Field::Empty, |(id, _)| Field::Value(Cell::Id(*id)));
        fields[5] = Field::Value(Cell::Text(path.as_str().to_owned()));
        Some(Record { fields })
    }

    pub(super) fn path(&self, known: &Known) -> String {
        let parent = self.parent.as_ref().and_then(|code| known.get(code));
        let parent = parent.map(|(_, p)| OrgPath::from_stored(p.clone()));
        OrgPath::below(parent.as_ref(), &self.code)
            .as_str()
            .to_owned()
    }
}

/// Waves of units, and units that fit into none, each with its line.
pub(super) type Waves = (Vec<Vec<(u64, Org)>>, Vec<(u64, Org, Reason)>);

/// Splits units into waves whose parents are known or in an earlier wave; what is left over has an
/// unknown parent or lies in a circle.
pub(super) fn waves(orgs: Vec<(u64, Org)>, known: &Known) -> Waves {
    let in_file: HashSet<String> = orgs.iter().map(|(_, o)| o.code.clone()).collect();
    let mut done: HashSet<String> = known
        .keys()
        .filter(|c| !in_file.contains(*c))
        .cloned()
        .collect();
    let mut left = orgs;
    let mut waves = Vec::new();
    loop {
        let (wave, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, org)| {
            org.parent
                .as_ref()
                .is_none_or(|parent| done.contains(parent))
        });
        left = rest;
        if wave.is_empty() {
            break;
        }
        done.extend(wave.iter().map(|(_, o)| o.code.clone()));
        waves.push(wave);
    }
    let refused = left
        .into_iter()
        .map(|(line, org)| {
            let circular = org.parent.as_ref().is_some_and(|p| in_file.contains(p));
            (
                line,
                org,
                if circular {
                    Reason::OrgCycle
                } else {
                    Reason::UnknownOrg
                },
            )
        })
        .collect();
    (waves, refused)
}
