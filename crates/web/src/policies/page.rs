//! One policy: facts and parties, the cooling-off clock, claims, and everything that happened.

use crate::customers::timeline::{Line, lines};
use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::policies::PolicyPage;
use axum::extract::{Path, RawQuery, State};
use domain::policies::{CoolingOffState, Surrender};
use store::Page;
use store::retention::HoldRow;
use store::timeline::TimelineRow;

#[derive(askama::Template)]
#[template(path = "policies/page.html")]
struct PageTemplate {
    f: Frame,
    page: PolicyPage,
    lines: Vec<Line>,
    /// Where the rest of the timeline is read.
    more: Option<String>,
    /// Legal holds that stand and may be shown to this person.
    holds: Vec<HoldRow>,
}

#[derive(askama::Template)]
#[template(path = "customers/timeline_rest.html")]
struct TimelinePart {
    f: Frame,
    lines: Vec<Line>,
    more: Option<String>,
}

pub(crate) async fn show_policy(
    State(web): State<Web>,
    Path(policy_no): Path<String>,
    who: Who,
) -> Answer {
    let page = app::policies::policy_page(&web.app, &who.actor, who.now, &policy_no).await?;
    let f = who.frame("policies");
    let id = Some(page.policy.id);
    html(&PageTemplate {
        holds: app::retention::standing_holds(&web.app, &who.actor, None, id).await?,
        lines: own_lines(&f, &page.timeline),
        more: more(&policy_no, &page.timeline),
        page,
        f,
    })
}

/// A later part of the timeline.
pub(crate) async fn show_timeline(
    State(web): State<Web>,
    Path(policy_no): Path<String>,
    RawQuery(query): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let after = query.get("after");
    let page = app::policies::policy_timeline(&web.app, &who.actor, &policy_no, after).await?;
    let f = who.frame("policies");
    html(&TimelinePart {
        lines: own_lines(&f, &page),
        more: more(&policy_no, &page),
        f,
    })
}

/// The timeline of one policy need not name it on every line.
fn own_lines(f: &Frame, page: &Page<TimelineRow>) -> Vec<Line> {
    let lines = lines(f, &page.rows).into_iter();
    lines
        .map(|line| Line {
            policy_no: None,
            ..line
        })
        .collect()
}

fn more(policy_no: &str, page: &Page<TimelineRow>) -> Option<String> {
    let next = page.next.as_ref()?;
    Some(format!(
        "/policies/{policy_no}/timeline?after={}",
        next.encode()
    ))
}

impl PageTemplate {
    /// Where the cooling-off clock stands: colour and words.
    fn clock_state(&self) -> Option<(&'static str, String)> {
        let clock = self.page.clock.as_ref()?;
        let f = &self.f;
        Some(match clock.state {
            CoolingOffState::NotStarted => ("secondary", f.say("cooling-off-not-started")),
            CoolingOffState::Running(until) => {
                ("green", f.say1("cooling-off-running", "day", until))
            }
            CoolingOffState::Cancelled(on) => ("red", f.say1("cooling-off-cancelled", "day", on)),
            CoolingOffState::Ended(on) => ("secondary", f.say1("cooling-off-ended", "day", on)),
            CoolingOffState::DeemedWindow(until) => {
                ("orange", f.say1("cooling-off-deemed", "day", until))
            }
        })
    }

    /// What a surrender applied for today would be; only where it could still be applied for.
    fn surrender_today(&self) -> Option<String> {
        let clock = self.page.clock.as_ref()?;
        if matches!(clock.state, CoolingOffState::Cancelled(_)) {
            return None;
        }
        let f = &self.f;
        Some(match clock.surrender_today {
            Surrender::InPeriod => f.say("surrender-in-period"),
            Surrender::RolledOver => f.say("surrender-rolled-over"),
            Surrender::AfterLateCallback => f.say("surrender-after-late-callback"),
            Surrender::Ordinary => f.say("surrender-ordinary"),
        })
    }

    /// Length of the policy in years and months.
    fn term(&self) -> String {
        match self.page.policy.term_months {
            None => "—".to_owned(),
            Some(months) if months % 12 == 0 => self.f.say1("years", "n", months / 12),
            Some(months) => self.f.say1("months", "n", months),
        }
    }
}
