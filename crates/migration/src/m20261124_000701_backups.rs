//! Backups: what was taken, whether it was tried out, what was removed again.

crate::ddl::migration! {
    up: "
CREATE TABLE backup_runs (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('scheduled', 'page', 'shell')),
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed')),
    actor_name TEXT NOT NULL,
    file TEXT NOT NULL,
    started_at {instant} NOT NULL,
    seen_at {instant} NOT NULL,
    finished_at {instant},
    size_bytes {int},
    row_count {int},
    file_count {int},
    sha256 TEXT,
    verified_at {instant},
    removed_at {instant},
    error TEXT
) {strict};
CREATE INDEX backup_runs_started ON backup_runs (started_at)
",
    drops: ["backup_runs"]
}
