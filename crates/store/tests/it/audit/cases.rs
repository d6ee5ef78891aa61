//! What somebody does to the log with SQL, and what is to be found.

use store::audit::Flaw;

const COLUMNS: &str = "at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, customer_id, \
     purpose, detail";

/// An alteration: what it is, the statements, what is found, and at the entry of which place.
pub(super) type Case = (&'static str, Vec<String>, Flaw, Option<i64>);

fn set(what: &str, place: i64) -> String {
    format!("UPDATE audit_entries SET {what} WHERE place = {place}")
}

fn gone(places: &str) -> String {
    format!("DELETE FROM audit_entries WHERE place {places}")
}

fn head(what: &str) -> String {
    format!("UPDATE audit_heads SET {what} WHERE lane = 1")
}

/// Each column of an entry changed.
pub(super) fn changes(id: &str, place: i64) -> Vec<Case> {
    let of_another = "mac = (SELECT e.mac FROM audit_entries e WHERE e.place = 5)";
    [
        &format!("id = {id}"),
        "at = at + 1",
        "actor_kind = 'shell'",
        &format!("actor_id = {id}"),
        "actor_name = 'x'",
        "action = 'test.undone'",
        "subject_kind = 'x'",
        "subject_id = NULL",
        &format!("subject_id = {id}"),
        &format!("customer_id = {id}"),
        "purpose = NULL",
        "purpose = 'other'",
        "detail = '{}'",
        "mac = NULL",
        of_another,
    ]
    .map(|what: &str| {
        (
            "changed",
            vec![set(what, place)],
            Flaw::Changed,
            Some(place),
        )
    })
    .into()
}

/// Entries that the program did not write there.
pub(super) fn insertions(id: &str, last: i64) -> Vec<Case> {
    let copy = |lane: &str, place: &str| {
        format!(
            "INSERT INTO audit_entries (id, {COLUMNS}, lane, place, mac) SELECT {id}, {COLUMNS}, {lane}, {place}, mac \
             FROM audit_entries WHERE place = 3"
        )
    };
    let swap = |a: i64, b: i64| {
        let back = format!("place = {b}");
        vec![
            set("place = 9999", a),
            set(&format!("place = {a}"), b),
            set(&back, 9999),
        ]
    };
    let beyond = (last + 1).to_string();
    let counted = head("entries = entries + 1");
    vec![
        (
            "without a place",
            vec![copy("NULL", "NULL")],
            Flaw::Inserted,
            None,
        ),
        ("into no lane", vec![copy("99", "1")], Flaw::Inserted, None),
        ("at the end", vec![copy("1", &beyond)], Flaw::Inserted, None),
        (
            "into an empty lane",
            vec![copy("2", "1")],
            Flaw::Inserted,
            None,
        ),
        (
            "an old one, counted",
            vec![copy("1", &beyond), counted],
            Flaw::Changed,
            None,
        ),
        ("swapped", swap(3, 4), Flaw::Reordered, Some(3)),
        (
            "swapped across a seal",
            swap(4, last),
            Flaw::Reordered,
            Some(4),
        ),
    ]
}

/// Entries that are gone.
pub(super) fn removals(last: i64) -> Vec<Case> {
    let end = gone(&format!("= {last}"));
    let before = |n: i64| vec![gone(&format!("> {}", last - n))];
    let less = vec![end.clone(), head("entries = entries - 1")];
    vec![
        ("one", vec![gone("= 4")], Flaw::Removed, Some(5)),
        (
            "several",
            vec![gone("IN (4, 5, 6)")],
            Flaw::Removed,
            Some(7),
        ),
        (
            "one without a seal",
            vec![gone(&format!("= {}", last - 2))],
            Flaw::Removed,
            Some(last - 1),
        ),
        ("the last", vec![end], Flaw::Truncated, Some(last - 1)),
        ("the last, counted", less, Flaw::HeadChanged, Some(last - 1)),
        (
            "from its place",
            vec![set("place = NULL, lane = NULL", last)],
            Flaw::Truncated,
            Some(last - 1),
        ),
        ("the tail", before(5), Flaw::Truncated, Some(last - 5)),
        (
            "more than the tail",
            before(7),
            Flaw::Truncated,
            Some(last - 7),
        ),
        ("all", vec![gone("> 0")], Flaw::Truncated, None),
    ]
}

/// Seals and heads.
pub(super) fn seals(last: i64) -> Vec<Case> {
    let seal = |what: &str| vec![format!("UPDATE audit_seals SET {what} WHERE number = 1")];
    let span = "UPDATE audit_seal_spans SET last_place = last_place - 1 WHERE seal = 1";
    let remove = |which: &str| {
        vec![
            format!("DELETE FROM audit_seal_spans WHERE seal {which}"),
            format!("DELETE FROM audit_seals WHERE number {which}"),
        ]
    };
    let mut tail = remove("= 2");
    tail.push(gone(&format!("> {}", last - 11)));
    tail.push(head(&format!(
        "entries = {0}, sealed = {0}, seal = 1",
        last - 11
    )));
    let no_head = |which: &str| vec![format!("DELETE FROM audit_heads WHERE lane {which}")];
    let other = "UPDATE audit_heads SET mac = (SELECT h.mac FROM audit_heads h WHERE h.lane = 8) WHERE lane = 7";
    vec![
        ("root", seal("root = hash"), Flaw::SealChanged, None),
        (
            "time",
            seal("sealed_at = sealed_at + 1"),
            Flaw::SealChanged,
            None,
        ),
        (
            "count",
            seal("entries = entries - 1"),
            Flaw::SealChanged,
            None,
        ),
        ("hash", seal("hash = root"), Flaw::SealChanged, None),
        ("span", vec![span.to_owned()], Flaw::SealChanged, None),
        ("first seal", remove("= 1"), Flaw::SealRemoved, None),
        ("last seal", remove("= 2"), Flaw::SealsTruncated, None),
        ("all seals", remove("> 0"), Flaw::SealsTruncated, None),
        ("the tail with its seal", tail, Flaw::SealsTruncated, None),
        ("a head", no_head("= 7"), Flaw::HeadChanged, None),
        ("all heads", no_head("> 0"), Flaw::HeadChanged, Some(last)),
        (
            "a head of another lane",
            vec![other.to_owned()],
            Flaw::HeadChanged,
            None,
        ),
    ]
}
