//! The page to read the API by, made from the document.

use super::problem::ALL;
use super::written;
use crate::failure::Failure;
use crate::frame::{Answer, Anyone, Frame, html};
use crate::texts::Locale;
use serde_json::Value;

/// The page.
#[derive(askama::Template)]
#[template(path = "api/reference.html")]
struct ReferencePage {
    f: Frame,
    document: &'static str,
    about: Vec<Vec<Span>>,
    groups: Vec<Group>,
    schemas: Vec<Shape>,
    problems: Vec<Kind>,
}

/// A piece of a sentence.
struct Span {
    text: String,
    style: Style,
}

#[derive(PartialEq, Eq)]
enum Style {
    Plain,
    Strong,
    Code,
}

struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: Vec<Span>,
    parameters: Vec<Field>,
    body: Option<Link>,
    answers: Vec<AnswerLine>,
}

struct AnswerLine {
    status: String,
    about: Vec<Span>,
    shape: Option<Link>,
}

/// A shape by name; lists say what they hold.
struct Link {
    name: String,
    label: String,
}

struct Shape {
    name: String,
    about: Vec<Span>,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: String,
    link: Option<String>,
    place: String,
    required: bool,
    about: Vec<Span>,
    codes: Vec<String>,
}

struct Kind {
    name: &'static str,
    status: u16,
    title: String,
}

/// Shows the page. It tells nothing about any data, so nobody needs to sign in.
pub(crate) async fn show_reference(anyone: Anyone) -> Answer {
    let document = written().ok_or_else(|| Failure::fault("the API has no document"))?;
    let about = text(&document["info"]["description"]);
    let f = anyone.frame;
    let problems = ALL.iter().map(|(name, status)| Kind {
        name,
        status: *status,
        title: f.code("api-problem", name),
    });
    html(&ReferencePage {
        problems: problems.collect(),
        document: super::DOCUMENT,
        about: about.split("\n\n").map(spans).collect(),
        groups: groups(&document, f.locale),
        schemas: shapes(&document),
        f,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Reads `**strong**` and `` `code` ``; the document uses nothing else.
fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            spans.push(Span {
                text: part.to_owned(),
                style: Style::Code,
            });
            continue;
        }
        for (at, part) in part.split("**").enumerate() {
            let style = if at % 2 == 1 {
                Style::Strong
            } else {
                Style::Plain
            };
            spans.push(Span {
                text: part.to_owned(),
                style,
            });
        }
    }
    spans.retain(|s| !s.text.is_empty());
    spans
}

fn groups(document: &Value, locale: Locale) -> Vec<Group> {
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| {
        let name = text(&tag["name"]);
        Group {
            operations: operations(document, &name, locale),
            about: text(&tag["description"]),
            name: locale.code("api-tag", &name),
        }
    })
    .collect()
}

fn operations(document: &Value, tag: &str, locale: Locale) -> Vec<Operation> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let mut found = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tags = operation["tags"].as_array().into_iter().flatten();
            if tags.into_iter().any(|t| t == tag) {
                let mut read = read_operation(document, path, method, operation);
                read.summary = locale.code("api-op", &read.id);
                found.push(read);
            }
        }
    }
    found
}

fn read_operation(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let responses = operation["responses"].as_object().into_iter().flatten();
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: String::new(),
        about: spans(&text(&operation["description"])),
        parameters: parameters
            .map(|p| parameter(resolve(document, p)))
            .collect(),
        body: shape_of(&operation["requestBody"]["content"]["application/json"]["schema"]),
        answers: responses
            .filter(|(_, r)| r["content"].get(super::problem::MEDIA_TYPE).is_none())
            .map(|(status, response)| AnswerLine {
                status: status.clone(),
                about: spans(&text(&response["description"])),
                shape: shape_of(&response["content"]["application/json"]["schema"]),
            })
            .collect(),
    }
}

fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let Some(path) = value["$ref"].as_str() else {
        return value;
    };
    document
        .pointer(path.trim_start_matches('#'))
        .unwrap_or(value)
}

fn parameter(parameter: &Value) -> Field {
    let mut field = field(&text(&parameter["name"]), &parameter["schema"], false);
    field.place = text(&parameter["in"]);
    field.required = parameter["required"] == true;
    field.about = spans(&text(&parameter["description"]));
    field
}

fn name_of(reference: &Value) -> Option<String> {
    let path = reference["$ref"].as_str()?;
    path.rsplit('/').next().map(str::to_owned)
}

fn shape_of(schema: &Value) -> Option<Link> {
    let name = name_of(schema).or_else(|| name_of(&schema["items"]))?;
    let label = name.replace('_', " · ");
    Some(Link { name, label })
}

fn shapes(document: &Value) -> Vec<Shape> {
    let all = document["components"]["schemas"].as_object();
    all.into_iter()
        .flatten()
        .map(|(name, schema)| Shape {
            name: name.clone(),
            about: spans(&text(&schema["description"])),
            fields: fields(schema),
        })
        .collect()
}

fn fields(schema: &Value) -> Vec<Field> {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|r| r == name));
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| field(name, schema, is_required(name)))
        .collect()
}

fn field(name: &str, schema: &Value, required: bool) -> Field {
    let either = schema["oneOf"].as_array().into_iter().flatten();
    let real = either.into_iter().find(|s| s["type"] != "null");
    let real = real.unwrap_or(schema);
    let link = name_of(real).or_else(|| name_of(&real["items"]));
    let codes = real["enum"].as_array().or(real["items"]["enum"].as_array());
    let codes = codes.into_iter().flatten();
    Field {
        name: name.to_owned(),
        kind: kind(real),
        link,
        place: String::new(),
        required,
        about: spans(&text(&schema["description"])),
        codes: codes.map(text).filter(|c| !c.is_empty()).collect(),
    }
}

fn kind(schema: &Value) -> String {
    if let Some(name) = name_of(schema) {
        return name;
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).filter(|k| k != "null").collect(),
        one => vec![text(one)],
    };
    let kind = kinds.join(" | ");
    if kind == "array" {
        let items = &schema["items"];
        return format!("{}[]", name_of(items).unwrap_or_else(|| self::kind(items)));
    }
    match schema["format"].as_str() {
        Some(format) if kind == "string" => format.to_owned(),
        _ => kind,
    }
}
