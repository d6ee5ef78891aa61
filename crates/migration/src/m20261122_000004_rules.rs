//! Rule packs, calendars and questionnaires as they were loaded: never edited, found by hash.

crate::ddl::migration! {
    up: "
CREATE TABLE rule_packs (
    id {id} NOT NULL PRIMARY KEY,
    pack TEXT NOT NULL,
    version {int} NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('draft', 'reviewed', 'approved', 'effective', 'superseded')),
    file TEXT NOT NULL,
    body TEXT NOT NULL,
    loaded_at {instant} NOT NULL,
    UNIQUE (pack, version)
) {strict};
CREATE TABLE calendars (
    id {id} NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    loaded_at {instant} NOT NULL
) {strict};
CREATE TABLE questionnaires (
    id {id} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version {int} NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    effective_from {date} NOT NULL,
    body TEXT NOT NULL,
    loaded_at {instant} NOT NULL,
    UNIQUE (code, version)
) {strict}
",
    drops: ["questionnaires", "calendars", "rule_packs"]
}
