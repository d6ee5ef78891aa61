//! Classes of a customer for other systems.

use crate::api::{Body, Caller, Named, Reply, codes};
use crate::state::Web;
use app::segments::{ClassLine, ClassesPage, ModelClasses, OverrideForm};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use domain::segments::{ClassCause, CustomerClass};
use rules::ScoreTrace;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(get_customer_classes))
        .routes(routes!(create_class_override, delete_class_override))
}

/// What one line of a scoring model gave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassTerm {
    /// Its name inside the model.
    id: String,
    /// What it is called, in Chinese.
    label: String,
    /// The value of the fact, in Chinese.
    actual: String,
    /// The band into which the value fell, in Chinese.
    band: String,
    /// Points of the band, in hundredths.
    points: i64,
    /// Weight in percent.
    weight: i64,
    /// What it added to the total, in hundredths of a point.
    contribution: i64,
    /// The article.
    article: String,
}

/// A change of one line that would lead to another class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassChange {
    /// Name of the line.
    term: String,
    /// The band into which the value would have to fall, in Chinese.
    band: String,
    /// The total that it would make, in hundredths of a point.
    points: i64,
    /// The class that it would make.
    #[schema(value_type = codes::CustomerClassCode)]
    class: String,
}

/// What a model says of the customer as it stands, line by line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassScore {
    /// Total in hundredths of a point.
    points: i64,
    /// The class that the model gives.
    #[schema(value_type = codes::CustomerClassCode)]
    class: String,
    /// The class that the points alone give.
    #[schema(value_type = codes::CustomerClassCode)]
    by_points: String,
    /// The pack.
    pack: String,
    /// Its version.
    version: u32,
    /// SHA-256 of its text.
    hash: String,
    /// Line by line.
    terms: Vec<ClassTerm>,
    /// What would change the class, the smallest change first.
    changes: Vec<ClassChange>,
}

impl From<ScoreTrace> for ClassScore {
    fn from(t: ScoreTrace) -> Self {
        let terms = t.terms.into_iter().map(|t| ClassTerm {
            id: t.id,
            label: t.label.zh,
            actual: t.actual.zh,
            band: t.band.zh,
            points: t.points,
            weight: t.weight,
            contribution: t.contribution,
            article: t.cite.article,
        });
        let changes = t.changes.into_iter().map(|c| ClassChange {
            term: c.term,
            band: c.band.zh,
            points: c.points,
            class: c.class,
        });
        Self {
            points: t.points,
            class: t.class.code,
            by_points: t.by_points.code,
            pack: t.cite.pack,
            version: t.pack_version,
            hash: t.pack_hash,
            terms: terms.collect(),
            changes: changes.collect(),
        }
    }
}

/// A class in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerClass)]
pub(crate) struct ClassJson {
    /// What it is a class of.
    #[schema(value_type = codes::ClassModelCode)]
    model: &'static str,
    /// The class; nothing when the customer has none.
    #[schema(value_type = Option<codes::CustomerClassCode>)]
    class: Option<&'static str>,
    /// What gave it; nothing when a file did.
    #[schema(value_type = Option<codes::ClassCauseCode>)]
    cause: Option<&'static str>,
    /// Since when.
    since: Option<NaiveDate>,
    /// Until when, where it is set by hand.
    override_until: Option<NaiveDate>,
    /// Somebody asked for another class, and nobody has decided.
    override_asked: bool,
    /// What the model says, and why.
    score: Option<ClassScore>,
}

impl From<ModelClasses> for ClassJson {
    fn from(m: ModelClasses) -> Self {
        Self {
            model: m.model.as_str(),
            class: m.class.map(CustomerClass::as_str),
            cause: m.cause.map(ClassCause::as_str),
            since: m.span.map(|s| s.from_on),
            override_until: m.set.map(|s| s.until_on),
            override_asked: m.asked.is_some(),
            score: m.trace.map(ClassScore::from),
        }
    }
}

/// A class of the past or the present.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassSpanJson {
    /// What it is a class of.
    #[schema(value_type = codes::ClassModelCode)]
    model: &'static str,
    /// The class.
    #[schema(value_type = codes::CustomerClassCode)]
    class: &'static str,
    /// What gave it.
    #[schema(value_type = codes::ClassCauseCode)]
    cause: &'static str,
    /// From when.
    from_on: NaiveDate,
    /// Until when, that day not included; nothing when it is in force.
    until_on: Option<NaiveDate>,
    /// When it was noted.
    made_at: DateTime<Utc>,
    /// Points on its first day, in hundredths.
    points: Option<i64>,
}

impl From<ClassLine> for ClassSpanJson {
    fn from(l: ClassLine) -> Self {
        Self {
            model: l.span.model.as_str(),
            class: l.span.class.as_str(),
            cause: l.span.cause.as_str(),
            from_on: l.span.from_on,
            until_on: l.span.until_on,
            made_at: l.span.made_at,
            points: l.score.map(|s| s.points),
        }
    }
}

/// The classes of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerClasses {
    /// Model by model.
    classes: Vec<ClassJson>,
    /// The classes in force, the newest first.
    history: Vec<ClassSpanJson>,
}

impl From<ClassesPage> for CustomerClasses {
    fn from(page: ClassesPage) -> Self {
        Self {
            classes: page.models.into_iter().map(ClassJson::from).collect(),
            history: page.history.into_iter().map(ClassSpanJson::from).collect(),
        }
    }
}

/// Reads the classes of a customer.
///
/// By value and by risk, each with what led to it line by line, what would change it, and its history.
#[utoipa::path(get, path = "/api/v1/customers/{customer_no}/classes", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    responses((status = 200, description = "The classes.", body = CustomerClasses)))]
pub(crate) async fn get_customer_classes(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let page = app::segments::classes_page(&web.app, actor, now, &number).await?;
    Ok(Json(CustomerClasses::from(page)).into_response())
}

/// A class to ask for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClassOverride {
    /// What it is a class of.
    #[schema(value_type = codes::ClassModelCode)]
    model: String,
    /// The class.
    #[schema(value_type = codes::CustomerClassCode)]
    class: String,
    /// Its last day.
    until_on: NaiveDate,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What waits for a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassOverrideAsked {
    /// What was asked for; a person decides at the customer.
    id: Uuid,
}

/// Asks for a class that no model gives.
///
/// It counts once a person has agreed on the page of the customer's classes, and ends after its last day.
#[utoipa::path(post, path = "/api/v1/customers/{customer_no}/class-overrides", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    request_body = ClassOverride,
    responses((status = 202, description = "Waits for another person.", body = ClassOverrideAsked)))]
pub(crate) async fn create_class_override(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Body(asked): Body<ClassOverride>,
) -> Reply {
    let form = OverrideForm {
        model: asked.model,
        class: asked.class,
        until_on: asked.until_on.to_string(),
        reason: asked.reason,
    };
    let (actor, now) = (&caller.actor, caller.now);
    let asked = app::segments::ask_override(&web.app, actor, now, &number, &form).await?;
    let body = Json(ClassOverrideAsked { id: asked.id });
    Ok((StatusCode::ACCEPTED, body).into_response())
}

/// Which class that is set by hand is to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClassOverrideEnd {
    /// What it is a class of.
    #[schema(value_type = codes::ClassModelCode)]
    model: String,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Ends a class that is set by hand before its last day.
///
/// The class is again what the model gives.
#[utoipa::path(delete, path = "/api/v1/customers/{customer_no}/class-overrides", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    request_body = ClassOverrideEnd,
    responses((status = 204, description = "Ended.")))]
pub(crate) async fn delete_class_override(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Body(end): Body<ClassOverrideEnd>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let which = (number.as_str(), end.model.as_str());
    app::segments::end_override_early(&web.app, actor, now, which, &end.reason).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
