//! Keys by which customers are found by the sound, the initials or a part of their name: 64 bits of an HMAC each,
//! beside every unit that may see the customer, so that a branch reads its own keys alone.

crate::ddl::migration! {
    up: "
CREATE TABLE search_keys (
    name_key {int} NOT NULL,
    org_id {id} NOT NULL,
    customer_id {id} NOT NULL REFERENCES customers (id),
    PRIMARY KEY (name_key, org_id, customer_id)
) {strict};
CREATE INDEX search_keys_customer ON search_keys (customer_id)
",
    drops: ["search_keys"]
}
