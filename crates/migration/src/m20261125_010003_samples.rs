//! Cases that were drawn where a programme samples without replacement.

crate::ddl::migration! {
    up: "
CREATE TABLE sample_draws (
    id {id} NOT NULL PRIMARY KEY,
    programme TEXT NOT NULL,
    month {date} NOT NULL,
    adjuster_code TEXT NOT NULL,
    trigger_ref {id} NOT NULL,
    run_id {id} NOT NULL,
    drawn_at {instant} NOT NULL,
    UNIQUE (trigger_ref, programme)
) {strict}
",
    drops: ["sample_draws"]
}
