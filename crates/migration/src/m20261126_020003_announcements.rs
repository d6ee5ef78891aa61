//! Salespersons tell their customers that a callback will come; who said so, and when.

crate::ddl::migration! {
    up: "
CREATE TABLE callback_announcements (
    id {id} NOT NULL PRIMARY KEY,
    callback_id {id} NOT NULL UNIQUE REFERENCES callbacks (id),
    actor_name TEXT NOT NULL,
    at {instant} NOT NULL
) {strict}
",
    drops: ["callback_announcements"]
}
