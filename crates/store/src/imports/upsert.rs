//! Writing records by their natural keys: new ones are inserted, changed ones updated with a trace
//! of each field, equal ones left alone.

use super::kept::{Kept, load_kept};
use crate::audit::AuditActor;
use crate::dialect::bulk::{Bulk, Cell, CellType, Row, Table};
use crate::sealing::{DESTROYED_HASH, Keyring};
use crate::sql::millis;
use crate::{Result, StoreError};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};
use uuid::Uuid;

/// How a column is written.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// As it is.
    Plain(CellType),
    /// Sealed; with a blind index of the value, and one of its last four characters, where it is
    /// searched for.
    Sealed {
        /// Column of the blind index, and the kind of value it covers.
        index: Option<(&'static str, &'static str)>,
        /// Column of the blind index of the last four characters.
        tail: Option<&'static str>,
    },
}

/// A column of an entity.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the table.
    pub name: &'static str,
    /// How it is written.
    pub target: Target,
}

/// A table that is imported into.
#[derive(Debug)]
pub struct Entity {
    /// The table.
    pub table: &'static str,
    /// Its name in the history of changes.
    pub entity: &'static str,
    /// Columns of the natural key; the first is the one that is looked up.
    pub key: &'static [&'static str],
    /// The columns, in the order of [`Record::fields`].
    pub columns: &'static [Column],
    /// Boolean columns that are false when nothing is said.
    pub defaults: &'static [&'static str],
    /// The table keeps a hash of each row, so that equal rows are recognised without reading them.
    pub has_hash: bool,
    /// The table counts the versions of each row.
    pub has_version: bool,
    /// What was decided here and no file changes.
    pub kept: &'static [Kept],
}

/// What a file says of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// The file has no such column: what is known stays.
    #[default]
    Absent,
    /// The cell is empty: nothing is known.
    Empty,
    /// A value.
    Value(Cell),
    /// A value to be sealed.
    Secret(String),
}

/// A row to write.
#[derive(Clone, Debug)]
pub struct Record {
    /// One field a column of the entity.
    pub fields: Vec<Field>,
}

/// What changed in one field, for whoever keeps track; sealed values are not among it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Index of the column.
    pub column: usize,
    /// What it was.
    pub old: Option<Cell>,
    /// What it is.
    pub new: Option<Cell>,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Created,
    /// It changed.
    Updated(Vec<FieldChange>),
    /// Nothing changed.
    Unchanged,
}

/// The row that a record became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: Uuid,
    /// What became of it.
    pub fate: Fate,
}

struct Known {
    id: Uuid,
    hash: i64,
}

/// Writes records; no natural key may occur twice among them.
///
/// # Errors
/// What the database says; the chunk must then be rolled back.
pub async fn upsert(
    bulk: &mut Bulk,
    entity: &'static Entity,
    records: &[Record],
    actor: &AuditActor,
    reason: &str,
) -> Result<Vec<Outcome>> {
    let known = lookup(bulk, entity, records).await?;
    let keys = bulk.keyring();
    let table = insert_table(entity);
    let now = millis(bulk.now());
    let mut cells = Vec::with_capacity(records.len() * table.columns.len());
    let mut outcomes: Vec<Option<Outcome>> = vec![None; records.len()];
    let mut changed = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let hash = entity.has_hash.then(|| row_hash(&keys, entity, record));
        match known.get(&natural_key(entity, record)) {
            None => {
                let id = bulk.next_id();
                insert_cells(&keys, entity, id, record, hash, now, &mut cells)?;
                outcomes[at] = Some(Outcome {
                    id,
                    fate: Fate::Created,
                });
            }
            Some(known) if hash == Some(known.hash) || known.hash == DESTROYED_HASH => {
                outcomes[at] = Some(Outcome {
                    id: known.id,
                    fate: Fate::Unchanged,
                });
            }
            Some(known) => changed.push((at, known.id, hash)),
        }
    }
    bulk.insert(table, &cells).await?;
    for (at, id, hash) in update(bulk, entity, records, changed, actor, reason).await? {
        outcomes[at] = Some(Outcome { id, fate: hash });
    }
    Ok(outcomes.into_iter().flatten().collect())
}

/// The natural key of a record as text.
fn natural_key(entity: &Entity, record: &Record) -> String {
    let parts: Vec<_> = entity
        .key
        .iter()
        .map(
            |name| match position(entity, name).map(|at| &record.fields[at]) {
                Some(Field::Value(cell)) => key_text(cell),
                _ => String::new(),
            },
        )
        .collect();
    parts.join("\u{1f}")
}

fn key_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Code(text) => (*text).to_owned(),
        Cell::Id(id) => id.simple().to_string(),
        Cell::Int(n) => n.to_string(),
        Cell::Bool(b) => b.to_string(),
        Cell::Date(d) => d.to_string(),
        Cell::Null | Cell::Bytes(_) => String::new(),
    }
}

pub(super) fn position(entity: &Entity, name: &str) -> Option<usize> {
    entity.columns.iter().position(|c| c.name == name)
}

async fn lookup(
    bulk: &mut Bulk,
    entity: &'static Entity,
    records: &[Record],
) -> Result<HashMap<String, Known>> {
    let first = entity.key[0];
    let at = position(entity, first).unwrap_or(0);
    let mut values: Vec<Cell> = records
        .iter()
        .filter_map(|r| {
            if let Field::Value(cell) = &r.fields[at] {
                Some(cell.clone())
            } else {
                None
            }
        })
        .collect();
    values.dedup();
    let hash = if entity.has_hash { "row_hash" } else { "0" };
    let sql = format!(
        "SELECT id, {hash}, {} FROM {} WHERE {first} IN ({{values}})",
        entity.key.join(", "),
        entity.table
    );
    let kinds: Vec<_> = entity
        .key
        .iter()
        .map(|name| plain_type(entity, name))
        .collect();
    let rows = bulk
        .query_in(&sql, &values, |row| {
            let id = row
                .id(0)?
                .ok_or_else(|| StoreError::Data("a row without id".into()))?;
            // The literal 0 is a 32-bit number on PostgreSQL; tables without hash never compare it.
            let hash = if entity.has_hash {
                row.int(1)?.unwrap_or_default()
            } else {
                0
            };
            let parts = kinds
                .iter()
                .enumerate()
                .map(|(n, kind)| {
                    Ok(read(row, n + 2, *kind)?
                        .as_ref()
                        .map(key_text)
                        .unwrap_or_default())
                })
                .collect::<Result<Vec<_>>>()?;
            Ok((parts.join("\u{1f}"), Known { id, hash }))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

fn plain_type(entity: &Entity, name: &str) -> CellType {
    let column = entity.columns.iter().find(|c| c.name == name);
    match column.map(|c| c.target) {
        Some(Target::Plain(kind)) => kind,
        _ => CellType::Bytes,
    }
}

fn read(row: Row<'_>, at: usize, kind: CellType) -> Result<Option<Cell>> {
    Ok(match kind {
        CellType::Int => row.int(at)?.map(Cell::Int),
        CellType::Bool => row.bool(at)?.map(Cell::Bool),
        CellType::Text => row.text(at)?.map(Cell::Text),
        CellType::Bytes => row.bytes(at)?.map(Cell::Bytes),
        CellType::Id => row.id(at)?.map(Cell::Id),
        CellType::Date => row.date(at)?.map(Cell::Date),
    })
}

/// A keyed hash of everything that the file says of a row, absent columns included.
fn row_hash(keys: &Keyring, entity: &Entity, record: &Record) -> i64 {
    let mut text = String::with_capacity(256);
    for field in &record.fields {
        match field {
            Field::Absent => text.push('\u{1e}'),
            Field::Empty => {}
            Field::Value(cell) => text.push_str(&key_text(cell)),
            Field::Secret(value) => text.push_str(value),
        }
        text.push('\u{1f}');
    }
    keys.index(entity.table, &text)
}

/// The columns of an insert: id, the entity's columns with their indexes, bookkeeping.
fn insert_table(entity: &'static Entity) -> &'static Table {
    static TABLES: OnceLock<Mutex<HashMap<&'static str, &'static Table>>> = OnceLock::new();
    let tables = TABLES.get_or_init(Mutex::default);
    let mut tables = tables
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    tables.entry(entity.table).or_insert_with(|| {
        let mut columns = vec![("id", CellType::Id)];
        for column in entity.columns {
            match column.target {
                Target::Plain(kind) => columns.push((column.name, kind)),
                Target::Sealed { index, tail } => {
                    columns.push((column.name, CellType::Bytes));
                    columns.extend(index.map(|(name, _)| (name, CellType::Int)));
                    columns.extend(tail.map(|name| (name, CellType::Int)));
                }
            }
        }
        if entity.has_hash {
            columns.push(("row_hash", CellType::Int));
        }
        if entity.has_version {
            columns.push(("version", CellType::Int));
        }
        columns.extend([("created_at", CellType::Int), ("updated_at", CellType::Int)]);
        // One small table a kind of import, kept for the life of the program.
        Box::leak(Box::new(Table {
            name: entity.table,
            columns: Vec::leak(columns),
        }))
    })
}

fn insert_cells(
    keys: &Keyring,
    entity: &Entity,
    id: Uuid,
    record: &Record,
    hash: Option<i64>,
    now: i64,
    cells: &mut Vec<Cell>,
) -> Result<()> {
    cells.push(Cell::Id(id));
    for (column, field) in entity.columns.iter().zip(&record.fields) {
        write_cells(keys, entity, column, id, field, cells)?;
    }
    if let Some(hash) = hash {
        cells.push(Cell::Int(hash));
    }
    if entity.has_version {
        cells.push(Cell::Int(1));
    }
    cells.extend([Cell::Int(now), Cell::Int(now)]);
    Ok(())
}

/// The cells of one column: the value, its blind index, the index of its last four characters.
fn write_cells(
    keys: &Keyring,
    entity: &Entity,
    column: &Column,
    id: Uuid,
    field: &Field,
    cells: &mut Vec<Cell>,
) -> Result<()> {
    match column.target {
        Target::Plain(_) => cells.push(match field {
            Field::Value(cell) => cell.clone(),
            Field::Absent | Field::Empty if entity.defaults.contains(&column.name) => {
                Cell::Bool(false)
            }
            _ => Cell::Null,
        }),
        Target::Sealed { index, tail } => {
            let Field::Secret(value) = field else {
                cells.push(Cell::Null);
                cells.extend(index.map(|_| Cell::Null));
                cells.extend(tail.map(|_| Cell::Null));
                return Ok(());
            };
            let context = format!("{}.{}", entity.table, column.name);
            cells.push(Cell::Bytes(keys.seal(&context, id, value)?));
            if let Some((_, kind)) = index {
                cells.push(Cell::Int(keys.index(kind, value)));
                if tail.is_some() {
                    cells.push(Cell::Int(keys.index_tail(kind, value)));
                }
            }
        }
    }
    Ok(())
}

async fn update(
    bulk: &mut Bulk,
    entity: &'static Entity,
    records: &[Record],
    rows: Vec<(usize, Uuid, Option<i64>)>,
    actor: &AuditActor,
    reason: &str,
) -> Result<Vec<(usize, Uuid, Fate)>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let columns: Vec<_> = entity.columns.iter().map(|c| c.name).collect();
    let sql = format!(
        "SELECT id, {} FROM {} WHERE id IN ({{values}})",
        columns.join(", "),
        entity.table
    );
    let ids: Vec<_> = rows.iter().map(|(_, id, _)| Cell::Id(*id)).collect();
    let stored: HashMap<Uuid, Vec<Option<Cell>>> = bulk
        .query_in(&sql, &ids, |row| {
            let id = row
                .id(0)?
                .ok_or_else(|| StoreError::Data("a row without id".into()))?;
            let kinds = entity.columns.iter().map(|c| match c.target {
                Target::Plain(kind) => kind,
                Target::Sealed { .. } => CellType::Bytes,
            });
            let cells = kinds.enumerate().map(|(n, kind)| read(row, n + 1, kind));
            Ok((id, cells.collect::<Result<Vec<_>>>()?))
        })
        .await?
        .into_iter()
        .collect();
    let kept = load_kept(bulk, entity, &ids).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for (at, id, hash) in rows {
        let Some(stored) = stored.get(&id) else {
            return Err(StoreError::Conflict);
        };
        let mut record = Cow::Borrowed(&records[at]);
        for (column, ids) in &kept {
            if ids.contains(&id) {
                record.to_mut().fields[*column] = Field::Absent;
            }
        }
        let fate = update_one(bulk, entity, id, &record, stored, hash, actor, reason).await?;
        outcomes.push((at, id, fate));
    }
    Ok(outcomes)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one row with all that its trace needs"
)]
async fn update_one(
    bulk: &mut Bulk,
    entity: &'static Entity,
    id: Uuid,
    record: &Record,
    stored: &[Option<Cell>],
    hash: Option<i64>,
    actor: &AuditActor,
    reason: &str,
) -> Result<Fate> {
    let keys = bulk.keyring();
    let now = millis(bulk.now());
    let mut sets: Vec<(&str, Cell, CellType)> = Vec::new();
    let mut changes = Vec::new();
    let mut traces: Vec<Cell> = Vec::new();
    for (at, (column, field)) in entity.columns.iter().zip(&record.fields).enumerate() {
        let context = format!("{}.{}", entity.table, column.name);
        let Some((old, new)) = difference(
            &keys,
            &context,
            id,
            entity,
            column,
            field,
            stored[at].as_ref(),
        )?
        else {
            continue;
        };
        let mut cells = Vec::new();
        write_cells(&keys, entity, column, id, field, &mut cells)?;
        sets.extend(
            target_columns(column)
                .into_iter()
                .zip(cells)
                .map(|((name, kind), cell)| (name, cell, kind)),
        );
        let trace = bulk.next_id();
        traces.extend(change_cells(
            &keys,
            entity,
            id,
            trace,
            column.name,
            &old,
            &new,
            actor,
            reason,
            now,
        )?);
        let visible = |value: &Option<String>, cell: Option<&Cell>| {
            matches!(column.target, Target::Plain(_))
                .then(|| cell.cloned())
                .flatten()
                .filter(|_| value.is_some())
        };
        let new_cell = if let Field::Value(cell) = field {
            Some(cell)
        } else {
            None
        };
        changes.push(FieldChange {
            column: at,
            old: visible(&old, stored[at].as_ref()),
            new: visible(&new, new_cell),
        });
    }
    if changes.is_empty() && hash.is_none() {
        return Ok(Fate::Unchanged);
    }
    let fate = if changes.is_empty() {
        Fate::Unchanged
    } else {
        Fate::Updated(changes)
    };
    if let Some(hash) = hash {
        sets.push(("row_hash", Cell::Int(hash), CellType::Int));
    }
    if fate != Fate::Unchanged {
        sets.push(("updated_at", Cell::Int(now), CellType::Int));
    }
    let mut text: Vec<_> = sets
        .iter()
        .enumerate()
        .map(|(n, (name, _, _))| format!("{name} = ${}", n + 1))
        .collect();
    if entity.has_version && fate != Fate::Unchanged {
        text.push("version = version + 1".into());
    }
    let sql = format!(
        "UPDATE {} SET {} WHERE id = ${}",
        entity.table,
        text.join(", "),
        sets.len() + 1
    );
    let mut types: Vec<_> = sets.iter().map(|(_, _, kind)| *kind).collect();
    types.push(CellType::Id);
    let mut params: Vec<_> = sets.into_iter().map(|(_, cell, _)| cell).collect();
    params.push(Cell::Id(id));
    bulk.execute_typed(&sql, &params, &types).await?;
    bulk.insert(&CHANGES, &traces).await?;
    Ok(fate)
}

fn target_columns(column: &Column) -> Vec<(&'static str, CellType)> {
    match column.target {
        Target::Plain(kind) => vec![(column.name, kind)],
        Target::Sealed { index, tail } => {
            let mut columns = vec![(column.name, CellType::Bytes)];
            columns.extend(index.map(|(name, _)| (name, CellType::Int)));
            columns.extend(tail.map(|name| (name, CellType::Int)));
            columns
        }
    }
}

type Texts = (Option<String>, Option<String>);

/// Old and new text of a field that differs; nothing when it is equal or not in the file.
fn difference(
    keys: &Keyring,
    context: &str,
    id: Uuid,
    entity: &Entity,
    column: &Column,
    field: &Field,
    stored: Option<&Cell>,
) -> Result<Option<Texts>> {
    let old = match (column.target, stored) {
        (Target::Sealed { .. }, Some(Cell::Bytes(sealed))) => Some(keys.open(context, id, sealed)?),
        (_, cell) => cell.map(key_text),
    };
    let new = match field {
        Field::Absent => return Ok(None),
        Field::Empty if entity.defaults.contains(&column.name) => Some("false".to_owned()),
        Field::Empty => None,
        Field::Value(cell) => Some(key_text(cell)),
        Field::Secret(value) => Some(value.clone()),
    };
    Ok((old != new).then_some((old, new)))
}

static CHANGES: Table = Table {
    name: "record_changes",
    columns: &[
        ("id", CellType::Id),
        ("entity", CellType::Text),
        ("entity_id", CellType::Id),
        ("customer_id", CellType::Id),
        ("field", CellType::Text),
        ("old_value", CellType::Bytes),
        ("new_value", CellType::Bytes),
        ("reason", CellType::Text),
        ("actor_kind", CellType::Text),
        ("actor_id", CellType::Id),
        ("actor_name", CellType::Text),
        ("changed_at", CellType::Int),
    ],
};

/// A trace of one changed field; values are sealed, whatever they are.
#[expect(
    clippy::too_many_arguments,
    reason = "a row of the history has that many columns"
)]
fn change_cells(
    keys: &Keyring,
    entity: &Entity,
    id: Uuid,
    trace: Uuid,
    field: &'static str,
    old: &Option<String>,
    new: &Option<String>,
    actor: &AuditActor,
    reason: &str,
    now: i64,
) -> Result<Vec<Cell>> {
    let seal = |column: &str, value: &Option<String>| -> Result<Cell> {
        Ok(match value {
            Some(value) => Cell::Bytes(keys.seal(column, trace, value)?),
            None => Cell::Null,
        })
    };
    let customer = if entity.entity == "customer" {
        Cell::Id(id)
    } else {
        Cell::Null
    };
    Ok(vec![
        Cell::Id(trace),
        Cell::Code(entity.entity),
        Cell::Id(id),
        customer,
        Cell::Code(field),
        seal("record_changes.old_value", old)?,
        seal("record_changes.new_value", new)?,
        Cell::Text(reason.to_owned()),
        Cell::Code(actor.kind),
        actor.id.map_or(Cell::Null, Cell::Id),
        Cell::Text(actor.name.clone()),
        Cell::Int(now),
    ])
}
