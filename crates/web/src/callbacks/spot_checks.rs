//! Spot checks of payout callbacks: drawing, judging, closing.

use crate::failure::Failure;
use crate::forms::{Choice, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{JudgementForm, SpotCheck};
use axum::extract::{Path, State};
use domain::callbacks::{Judgement, Verdict};
use domain::time;
use store::callbacks::{SpotCheckItem, SpotCheckRow};
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "callbacks/spot_checks.html")]
struct ListPage {
    f: Frame,
    checks: Vec<SpotCheckRow>,
    month: String,
}

pub(crate) async fn list_spot_checks(State(web): State<Web>, who: Who) -> Answer {
    let today = time::date_in_china(who.now);
    html(&ListPage {
        checks: app::callbacks::spot_checks(&web.app, &who.actor).await?,
        month: today.format("%Y-%m").to_string(),
        f: who.frame("payouts"),
    })
}

pub(crate) async fn draw_spot_check(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let (actor, month) = (&who.actor, form.get("month"));
    let id = app::callbacks::draw_spot_check(&web.app, actor, who.now, month).await?;
    Ok(who.go(&url(id)))
}

#[derive(askama::Template)]
#[template(path = "callbacks/spot_check.html")]
struct CheckPage {
    f: Frame,
    page: SpotCheck,
}

pub(crate) async fn show_spot_check(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    html(&CheckPage {
        page: app::callbacks::spot_check(&web.app, &who.actor, read_id(&id)?).await?,
        f: who.frame("payouts"),
    })
}

pub(crate) async fn judge_spot_check(
    State(web): State<Web>,
    Path((id, item)): Path<(String, String)>,
    Sent(who, form): Sent,
) -> Answer {
    let (id, item) = (read_id(&id)?, read_id(&item)?);
    let judged = JudgementForm {
        verdicts: POINTS.map(|point| form.own(point)),
        finding: form.own("finding"),
        correction: form.own("correction"),
        corrected: form.has("corrected"),
    };
    app::callbacks::judge_spot_check(&web.app, &who.actor, who.now, (id, item), &judged).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn close_spot_check(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (id, words) = (read_id(&id)?, form.get("conclusion"));
    app::callbacks::close_spot_check(&web.app, &who.actor, who.now, id, words).await?;
    Ok(who.go(&url(id)))
}

/// The points that are judged one by one; the ratio reached is counted.
const POINTS: [&str; 4] = ["records", "follow_up", "truthful", "script"];

impl ListPage {
    fn ratio(&self, check: &SpotCheckRow) -> String {
        ratio(check)
    }
}

impl CheckPage {
    fn ratio(&self, check: &SpotCheckRow) -> String {
        ratio(check)
    }

    fn verdicts(&self, judgement: &Option<Judgement>, point: &str) -> Vec<Choice> {
        let chosen = judgement.as_ref().map(|j| verdict(j, point));
        let codes = Verdict::ALL.iter().map(|v| v.as_str());
        choices(
            &self.f,
            "verdict",
            codes,
            chosen.map_or("", Verdict::as_str),
        )
    }

    fn points(&self) -> [&'static str; 4] {
        POINTS
    }

    fn is_open(&self) -> bool {
        self.page.check.closed.is_none()
    }

    fn has_open_defect(item: &SpotCheckItem) -> bool {
        let defect = item.judgement.as_ref().is_some_and(Judgement::is_defect);
        defect && item.corrected_at.is_none()
    }

    fn may_close(&self) -> bool {
        let check = &self.page.check;
        self.is_open() && check.judged == check.drawn && check.corrected >= check.defects
    }
}

fn verdict(judgement: &Judgement, point: &str) -> Verdict {
    match point {
        "records" => judgement.records,
        "follow_up" => judgement.follow_up,
        "truthful" => judgement.truthful,
        _ => judgement.script,
    }
}

/// Reached of called, as a percentage with one decimal.
fn ratio(check: &SpotCheckRow) -> String {
    if check.pool == 0 {
        return "—".into();
    }
    let permille = (check.reached * 2_000 + check.pool) / (check.pool * 2);
    format!("{}.{}%", permille / 10, permille % 10)
}

fn url(id: Uuid) -> String {
    format!("/payouts/checks/{id}")
}

fn read_id(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}
