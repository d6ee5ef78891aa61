//! The OpenAPI document: what the handlers say of themselves, and what is true of all of them.

use super::problem::{MEDIA_TYPE, ProblemJson};
use super::replay::KEY_HEADER;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

const ABOUT: &str = "\
Customers, policies, obligations, callbacks and tickets for other systems: the same use cases, rights, \
units and masks as the pages.

**Who calls.** A system sends `Authorization: Bearer <token>`; an administrator makes clients and their \
tokens, with a unit, roles and an end. It sees the rows of its unit and of the units below it; anything \
else does not exist for it (404). What only a person may do (calls, answers, steps of tickets) is refused \
to systems with the code `person-needed`; a signed-in person may do it here too, with the session cookie \
`huifang_session` and, for everything but reading, the token of the session in `X-CSRF-Token`.

**Values.** Dates are `YYYY-MM-DD`, moments RFC 3339, money is decimal yuan as text, codes are those of the \
import files. Personal data is masked; `POST /api/v1/customers/{customer_no}/reveals` shows one field for a \
purpose and leaves a trace.

**Lists** are pages by key: `limit` up to 200, the next page in `Link: <…>; rel=\"next\"` and in `next`.

**Writing.** `Idempotency-Key` on a POST makes sending again safe: within seven days the same request gets \
the answer of the first time (`Idempotency-Replayed: true`), another request under the key is refused. \
Records have a version in `ETag`; `If-Match` keeps a write from landing on a newer one (412).

**Failures** are `application/problem+json` (RFC 9457) in the language of `Accept-Language`.";

/// Failures that every operation may answer with.
const COMMON: [(&str, &str); 5] = [
    ("400", "What was sent cannot be read."),
    ("401", "No token, or none that is good."),
    ("403", "A right is missing."),
    (
        "429",
        "Too many requests; `Retry-After` says when to try again.",
    ),
    ("503", "The system is busy; nothing was saved."),
];

/// What the document begins with.
#[derive(utoipa::OpenApi)]
#[openapi(
    components(schemas(ProblemJson)),
    tags(
        (name = "customers", description = "Individual and group customers, masked."),
        (name = "policies", description = "Policies with their parties and dates."),
        (name = "events", description = "What happened in other systems; obligations follow from it."),
        (name = "obligations", description = "What the company owes to whom by when, and why."),
        (name = "callbacks", description = "The work of discharging obligations by conversation."),
        (name = "tickets", description = "Problems that callbacks raised, until they are solved."),
        (name = "letters", description = "Letters and receipts on paper, from printing to entry."),
        (name = "plans", description = "The quarterly plan: days with their load, moves, times agreed with customers."),
        (name = "duplicates", description = "Customers who may be one: pairs, decisions, merges."),
        (name = "campaigns", description = "Planned callbacks by list, each customer with a purpose."),
        (name = "risk", description = "The risk of customers: credit flags for underwriting, and signals."),
        (name = "surveys", description = "Online surveys with what their answers add up to."),
        (name = "visits", description = "On-site visits with their forms, and sales visits with their slips."),
        (name = "messages", description = "Messages to customers, from the outbox to the proof of delivery."),
        (name = "users", description = "People who sign in, and the units they belong to."),
    )
)]
struct Begun;

/// The document without paths.
pub(crate) fn begin() -> OpenApi {
    let mut api = <Begun as utoipa::OpenApi>::openapi();
    api.info.title = "Huifang API".to_owned();
    api.info.version = "1".to_owned();
    api.info.description = Some(ABOUT.to_owned());
    api.info.license = Some(
        utoipa::openapi::LicenseBuilder::new()
            .name("Apache-2.0")
            .identifier(Some("Apache-2.0"))
            .build(),
    );
    api
}

/// Adds to every operation what is true of all of them.
pub(crate) fn complete(described: &OpenApi) -> Value {
    let mut document = serde_json::to_value(described).unwrap_or_default();
    document["servers"] = json!([{ "url": "/" }]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "Token of a client." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "huifang_session",
            "description": "Session of a person who signed in to the pages.",
        },
        "csrf": {
            "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
            "description": "Token of the session, for everything but reading.",
        },
    });
    components["parameters"] = json!({
        "IdempotencyKey": {
            "name": KEY_HEADER, "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": 100 },
            "description": "Makes sending again safe; for systems, not for sessions.",
        },
    });
    let paths = document["paths"].as_object_mut();
    for item in paths.into_iter().flat_map(Map::values_mut) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            add_common(method, operation);
        }
    }
    document
}

fn add_common(method: &str, operation: &mut Value) {
    let reads = method == "get";
    operation["security"] = if reads {
        json!([{ "token": [] }, { "session": [] }])
    } else {
        json!([{ "token": [] }, { "session": [], "csrf": [] }])
    };
    if method == "post" {
        let key = json!({ "$ref": "#/components/parameters/IdempotencyKey" });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(key),
            None => operation["parameters"] = json!([key]),
        }
    }
    let names_one = operation["parameters"]
        .as_array()
        .is_some_and(|all| all.iter().any(|p| p["in"] == "path"));
    let has_body = operation.get("requestBody").is_some();
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    let mut add = |status: &str, description: &str| {
        responses
            .entry(status)
            .or_insert_with(|| problem(description));
    };
    for (status, description) in COMMON {
        add(status, description);
    }
    add(
        "422",
        "Fields cannot be taken, or a rule says no; `code` or `fields` says which.",
    );
    if names_one {
        add("404", "There is no such record in sight.");
    }
    if !reads {
        add(
            "409",
            "Someone else changed the record, or the request is under way.",
        );
    }
    if has_body {
        add("413", "The body is too large.");
        add("415", "The body is not JSON.");
    }
    responses.sort_keys();
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": { MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}
