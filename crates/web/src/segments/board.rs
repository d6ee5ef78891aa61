//! The board of classes and the lists behind it.

use super::chart;
use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::segments::{Board, BoardQuery, ModelBoard, ModelOutline, MovementQuery, UnitClasses};
use axum::extract::{RawQuery, State};
use domain::segments::{ClassModel, CustomerClass};
use store::Page;
use store::segments::Movement;

#[derive(askama::Template)]
#[template(path = "segments/board.html")]
struct BoardPage {
    f: Frame,
    board: Board,
    org: String,
    orgs: Vec<Choice>,
}

pub(super) async fn show_board(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let query = BoardQuery {
        org: fields.own("org"),
        from: fields.own("from"),
        to: fields.own("to"),
    };
    let board = app::segments::class_board(&web.app, &who.actor, who.now, &query).await?;
    html(&BoardPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        f: who.frame("classes"),
        board,
        org: query.org,
    })
}

impl BoardPage {
    fn classes(&self) -> &'static [CustomerClass] {
        CustomerClass::ALL
    }

    fn title(&self, m: &ModelBoard) -> String {
        let outline = m.outline.as_ref();
        let title = outline.map(|o| self.f.text(&o.title).to_owned());
        title.unwrap_or_else(|| self.f.code("class-model", m.model.as_str()))
    }

    fn name(&self, m: &ModelBoard, class: &CustomerClass) -> String {
        self.f.code(&format!("class-{}", m.model), class.as_str())
    }

    fn boundary(m: &ModelBoard, at: &usize) -> String {
        let points = m
            .outline
            .as_ref()
            .map(ModelOutline::points)
            .unwrap_or_default();
        match (points.get(*at), points.last()) {
            (Some(from), _) => format!("≥ {from}"),
            (None, Some(last)) => format!("< {last}"),
            (None, None) => String::new(),
        }
    }

    fn share(m: &ModelBoard, at: &usize) -> String {
        let all: i64 = m.counts.iter().sum();
        match all {
            0 => String::new(),
            all => {
                let tenths = m.counts[*at] * 1000 / all;
                format!("{}.{}%", tenths / 10, tenths % 10)
            }
        }
    }

    fn share_without(m: &ModelBoard) -> String {
        Self::share(m, &CustomerClass::ALL.len())
    }

    /// How many went from a class to another; an empty code stands for no class.
    fn cell(m: &ModelBoard, from: &str, to: &str) -> i64 {
        let class = |code| CustomerClass::parse(code).ok();
        m.moved(class(from), class(to))
    }

    fn plot(&self, m: &ModelBoard) -> String {
        let columns: Vec<_> = m
            .histogram
            .iter()
            .map(|c| (c.first_point, c.customers))
            .collect();
        let boundaries = m
            .outline
            .as_ref()
            .map(ModelOutline::points)
            .unwrap_or_default();
        chart::histogram(&columns, &boundaries, &self.f.say("class-customers"))
    }

    /// Where the customers of a cell are listed.
    fn link(&self, m: &ModelBoard, before: &str, after: &CustomerClass) -> String {
        format!(
            "/classes/customers?model={}&before={before}&class={after}&from={}&to={}&org={}",
            m.model, self.board.from, self.board.to, self.org
        )
    }

    /// Where those are listed whose class fell, or rose.
    fn moved(&self, m: &ModelBoard, view: &str) -> String {
        format!(
            "/classes/customers?model={}&view={view}&from={}&to={}&org={}",
            m.model, self.board.from, self.board.to, self.org
        )
    }

    /// Where the customers of a class are listed.
    fn list(&self, m: &ModelBoard, class: &CustomerClass) -> String {
        format!("/customers?{}_class={class}&org={}", m.model, self.org)
    }

    fn others(unit: &UnitClasses) -> i64 {
        unit.counts[3]
    }
}

#[derive(askama::Template)]
#[template(path = "segments/movements.html")]
struct MovementsPage {
    f: Frame,
    query: MovementQuery,
    page: Page<Movement>,
    orgs: Vec<Choice>,
    here: String,
}

pub(super) async fn list_movements(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = MovementQuery {
        model: fields.own("model"),
        from: fields.own("from"),
        to: fields.own("to"),
        before: fields.own("before"),
        class: fields.own("class"),
        view: fields.own("view"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    let (app, actor) = (&web.app, &who.actor);
    let page = app::segments::list_class_movements(app, actor, who.now, &query).await?;
    html(&MovementsPage {
        orgs: orgs(&web, actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("classes"),
        query,
        page,
    })
}

impl MovementsPage {
    fn model(&self) -> &str {
        match self.query.model.as_str() {
            "" => ClassModel::Value.as_str(),
            model => model,
        }
    }

    fn models(&self) -> Vec<Choice> {
        let codes = ClassModel::ALL.iter().map(|m| m.as_str());
        choices(&self.f, "class-model", codes, self.model())
    }

    fn classes(&self, chosen: &str) -> Vec<Choice> {
        let codes = CustomerClass::ALL.iter().map(|c| c.as_str());
        choices(&self.f, &format!("class-{}", self.model()), codes, chosen)
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "class-view", ["fallen", "risen"], &self.query.view)
    }

    fn name(&self, class: &CustomerClass) -> String {
        self.f
            .code(&format!("class-{}", self.model()), class.as_str())
    }
}
