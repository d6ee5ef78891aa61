//! The quarterly callback plan: a calendar with the load of each day, and the callbacks of a day, to be moved by
//! hand.

pub(crate) mod api;

use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::plans::{MoveReport, PlanDay, PlanMade, PlanPage, PlanQuery};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::{get, post};
use chrono::{Datelike as _, NaiveDate};
use domain::ids::CallbackId;
use store::Page;
use store::callbacks::CallbackRow;
use store::orgs::Org;

/// Days to which a callback can be dragged, from today on.
const TARGETS: usize = 15;
/// What stands in the address of what has no day.
const NO_DAY: &str = "none";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/plans", get(show_plan).post(make_plan))
        .route("/plans/moves", post(move_callbacks))
        .route("/plans/days/{day}", get(show_day))
        .route("/callbacks/{id}/agreed-time", post(agree_time))
}

/// A week of the calendar, from Monday to Sunday; days of other quarters are left out.
type Week = [Option<PlanDay>; 7];

#[derive(askama::Template)]
#[template(path = "plans/plan.html")]
struct PlanTemplate {
    f: Frame,
    query: PlanQuery,
    page: PlanPage,
    months: Vec<(NaiveDate, Vec<Week>)>,
    orgs: Vec<Org>,
    made: Option<PlanMade>,
}

fn read(fields: &Fields) -> PlanQuery {
    PlanQuery {
        quarter: fields.own("quarter"),
        org: fields.own("org"),
    }
}

pub(crate) async fn show_plan(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let query = read(&Fields::parse(raw.unwrap_or_default().as_bytes()));
    render(&web, &who, query, None).await
}

/// Makes the plan anew and shows it with what does not fit.
pub(crate) async fn make_plan(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let query = read(&form);
    let made = app::plans::make(&web.app, &who.actor, who.now, &query).await?;
    render(&web, &who, query, Some(made)).await
}

async fn render(web: &Web, who: &Who, query: PlanQuery, made: Option<PlanMade>) -> Answer {
    let page = app::plans::plan_page(&web.app, &who.actor, who.now, &query).await?;
    html(&PlanTemplate {
        orgs: app::access::list_orgs(&web.app, &who.actor).await?,
        months: months(&page.days),
        f: who.frame("plans"),
        query,
        page,
        made,
    })
}

fn months(days: &[PlanDay]) -> Vec<(NaiveDate, Vec<Week>)> {
    let of_month = days.chunk_by(|a, b| a.on.month() == b.on.month());
    of_month
        .map(|month| {
            let mut weeks: Vec<Week> = Vec::new();
            for day in month {
                let place = day.on.weekday().num_days_from_monday();
                if place == 0 || weeks.is_empty() {
                    weeks.push([None; 7]);
                }
                if let (Some(week), Ok(place)) = (weeks.last_mut(), usize::try_from(place)) {
                    week[place] = Some(*day);
                }
            }
            (month[0].on, weeks)
        })
        .collect()
}

impl PlanTemplate {
    fn weekdays(&self) -> Vec<String> {
        let days = 1..=7;
        days.map(|day| self.f.code("weekday-short", day.to_string()))
            .collect()
    }

    fn month(&self, first: &NaiveDate) -> String {
        self.f.say1("plan-month", "n", first.month())
    }

    /// Address of another quarter or of a day, with the unit that is looked at.
    fn address(&self, path: &str, quarter: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("quarter", quarter);
        if !self.query.org.is_empty() {
            query.append_pair("org", &self.query.org);
        }
        format!("{path}?{}", query.finish())
    }

    fn before(&self) -> String {
        self.address("/plans", &self.page.quarter.before().to_string())
    }

    fn next(&self) -> String {
        self.address("/plans", &self.page.quarter.next().to_string())
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.address(
            &format!("/plans/days/{day}"),
            &self.page.quarter.to_string(),
        )
    }

    fn without_day(&self) -> String {
        self.address(
            &format!("/plans/days/{NO_DAY}"),
            &self.page.quarter.to_string(),
        )
    }

    /// Part of the room that is taken, in tenths.
    fn tenths(day: &PlanDay) -> i64 {
        if day.room == 0 {
            return if day.planned > 0 { 10 } else { 0 };
        }
        ((day.planned * 10 + day.room - 1) / day.room).min(10)
    }

    fn class(&self, day: &PlanDay) -> String {
        let mut class = vec!["plan-day"];
        if !day.is_working {
            class.push("off");
        }
        if day.on == self.f.today {
            class.push("today");
        }
        if day.is_over() {
            class.push("over");
        }
        class.join(" ")
    }

    /// Calls of a working day.
    fn room(&self) -> i64 {
        let rooms = self.page.days.iter().map(|d| d.room);
        rooms.max().unwrap_or(0)
    }

    /// Callbacks that are planned beyond what can be called.
    fn beyond(&self) -> i64 {
        let over = self.page.days.iter().filter(|d| d.is_over());
        over.map(|d| d.planned - d.room).sum()
    }
}

#[derive(askama::Template)]
#[template(path = "plans/day.html")]
struct DayTemplate {
    f: Frame,
    on: Option<NaiveDate>,
    rows: Page<CallbackRow>,
    targets: Vec<PlanDay>,
    here: String,
    after: String,
}

pub(crate) async fn show_day(
    State(web): State<Web>,
    Path(day): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let on = match day.as_str() {
        NO_DAY => None,
        text => Some(text.parse().map_err(|_| Failure::not_found())?),
    };
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let (query, after) = (read(&fields), fields.own("after"));
    let (app, actor, now) = (&web.app, &who.actor, who.now);
    let rows = app::plans::day_page(app, actor, now, &query, on, &after).await?;
    let page = app::plans::plan_page(app, actor, now, &query).await?;
    let f = who.frame("plans");
    let ahead = page
        .days
        .into_iter()
        .filter(|d| d.is_working && d.on >= f.today);
    html(&DayTemplate {
        targets: ahead.take(TARGETS).collect(),
        here: crate::forms::without_page(&raw),
        on,
        rows,
        after,
        f,
    })
}

impl DayTemplate {
    fn path(&self) -> String {
        self.on.map_or_else(
            || format!("/plans/days/{NO_DAY}"),
            |on| format!("/plans/days/{on}"),
        )
    }
}

#[derive(askama::Template)]
#[template(path = "plans/moved.html")]
struct MovedTemplate {
    f: Frame,
    report: MoveReport,
    back: String,
}

pub(crate) async fn move_callbacks(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let ids = form
        .all("id")
        .iter()
        .map(|id| id_of(id))
        .collect::<Result<Vec<_>, _>>()?;
    // A day of the strip is a button; any other is typed beside the button without one.
    let on = form.all("on").into_iter().find(|on| !on.is_empty());
    let on = on.unwrap_or_else(|| form.own("day"));
    let on = on.parse().map_err(|_| Error::invalid("on", "date"))?;
    let report = app::plans::move_to(&web.app, &who.actor, who.now, &ids, on).await?;
    let back = match form.get("back") {
        path if path.starts_with("/plans") => path.to_owned(),
        _ => "/plans".to_owned(),
    };
    if report.refused.is_empty() {
        return Ok(who.go(&back));
    }
    html(&MovedTemplate {
        f: who.frame("plans"),
        report,
        back,
    })
}

fn id_of(text: &str) -> Result<CallbackId, Failure> {
    let id = uuid::Uuid::try_parse(text).map_err(|_| Failure::not_found())?;
    Ok(CallbackId(id))
}

pub(crate) async fn agree_time(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let at = form.get("agreed_at");
    app::plans::agree(&web.app, &who.actor, who.now, id, at).await?;
    Ok(who.go(&format!("/callbacks/{}", id.0)))
}
