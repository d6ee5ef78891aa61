//! A campaign with its six steps, its list, how far it has come and its measures.

use super::{list, url};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::campaigns::{CampaignPage, LifeForm, MeasureForm, MemberQuery, PreparationForm, StepDone};
use axum::extract::{Path, RawQuery, State};
use domain::callbacks::ContactChannel;
use domain::campaigns::{CampaignState, CampaignStep, MemberSource, MemberView, TOPICS};
use domain::customers::{CustomerKind, ValueClass};
use domain::ids::MeasureId;
use domain::questionnaires::Topic;
use store::access::UserRow;
use store::campaigns::MemberRow;

#[derive(askama::Template)]
#[template(path = "campaigns/page.html")]
struct OnePage {
    f: Frame,
    page: CampaignPage,
    query: MemberQuery,
    channels: Vec<&'static str>,
    owners: Vec<UserRow>,
    here: String,
}

pub(crate) async fn show_campaign(
    State(web): State<Web>,
    Path(key): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = MemberQuery {
        campaign: String::new(),
        view: fields.own("view"),
        after: fields.own("after"),
    };
    let (app, actor) = (&web.app, &who.actor);
    let page = app::campaigns::campaign_page(app, actor, who.now, &key, &query).await?;
    let f = who.frame("campaigns");
    let is_released = page.row.state == CampaignState::Released;
    let owners = if is_released && f.may("campaigns.plan") {
        app::campaigns::list_owners(app, actor).await?
    } else {
        Vec::new()
    };
    let channels = app.rules().planned_channels();
    html(&OnePage {
        channels: channels.into_iter().map(ContactChannel::as_str).collect(),
        here: without_page(&raw),
        f,
        page,
        query,
        owners,
    })
}

impl OnePage {
    fn state(&self) -> CampaignState {
        self.page.row.state
    }

    fn may_plan(&self) -> bool {
        self.f.may("campaigns.plan")
    }

    fn is_draft(&self) -> bool {
        self.state() == CampaignState::Draft
    }

    fn is_released(&self) -> bool {
        self.state() == CampaignState::Released
    }

    /// The viewer may put customers on the list.
    fn may_list(&self) -> bool {
        let draft = self.is_draft() && (self.may_plan() || self.f.may("campaigns.confirm"));
        draft || (self.is_released() && self.may_plan())
    }

    fn may_prepare(&self) -> bool {
        let before = [
            CampaignState::Draft,
            CampaignState::ToConfirm,
            CampaignState::Confirmed,
        ];
        self.may_plan() && before.contains(&self.state())
    }

    fn may_confirm(&self) -> bool {
        self.state() == CampaignState::ToConfirm && self.f.may("campaigns.confirm")
    }

    fn may_send_back(&self) -> bool {
        let waits = matches!(
            self.state(),
            CampaignState::ToConfirm | CampaignState::Confirmed
        );
        waits && (self.may_plan() || self.f.may("campaigns.confirm"))
    }

    fn may_release(&self) -> bool {
        self.state() == CampaignState::Confirmed && self.may_plan()
    }

    fn may_cancel(&self) -> bool {
        self.may_prepare()
    }

    fn is_done(&self, code: &str) -> bool {
        CampaignStep::parse(code).is_ok_and(|s| self.page.is_done(s))
    }

    fn step_class(step: &StepDone) -> &'static str {
        match (&step.done, step.is_next) {
            (Some(_), _) => "done",
            (None, true) => "now",
            (None, false) => "",
        }
    }

    fn channels(&self) -> Vec<Choice> {
        let chosen = self.page.row.channel.map_or("", |c| c.as_str());
        choices(
            &self.f,
            "contact-channel",
            self.channels.iter().copied(),
            chosen,
        )
    }

    fn topics(&self) -> Vec<Choice> {
        let chosen = &self.page.row.topics;
        let choice = |t: &Topic| Choice {
            value: t.as_str().to_owned(),
            label: self.f.code("topic", t.as_str()),
            chosen: chosen.contains(t),
        };
        TOPICS.iter().map(choice).collect()
    }

    fn sources(&self) -> Vec<Choice> {
        let sales = !self.may_plan();
        let chosen = if sales { "sales" } else { "single" };
        let codes = [MemberSource::Single, MemberSource::Sales];
        choices(
            &self.f,
            "member-source",
            codes.iter().map(|s| s.as_str()),
            chosen,
        )
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = CustomerKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "customer-kind", codes, "")
    }

    fn value_classes(&self) -> Vec<Choice> {
        let codes = ValueClass::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "value-class", codes, "")
    }

    fn views(&self) -> Vec<Choice> {
        let here = match self.query.view.as_str() {
            "" => "all",
            view => view,
        };
        let codes = MemberView::ALL.iter().map(|v| v.as_str());
        choices(&self.f, "member-view", codes, here)
    }

    /// The mean of the ratings, with one decimal.
    fn mean(&self) -> String {
        let mean = self.page.mean_rating();
        mean.map_or_else(|| "—".to_owned(), |t| format!("{}.{}", t / 10, t % 10))
    }

    /// The mean of the ratings of one customer.
    fn rating(m: &MemberRow) -> String {
        if m.ratings == 0 {
            return "—".to_owned();
        }
        let tenths = (m.rated * 10 + m.ratings / 2) / m.ratings;
        format!("{}.{}", tenths / 10, tenths % 10)
    }

    /// The customer can still be taken off the list.
    fn may_remove(&self, m: &MemberRow) -> bool {
        let open = m.callback.as_ref().is_none_or(|(_, _, s)| s.is_open());
        self.may_list() && m.removed_at.is_none() && open
    }

    fn is_late(&self, due: &chrono::NaiveDate) -> bool {
        *due < self.f.today
    }
}

pub(crate) async fn change_campaign(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let form = list::form_of(&fields);
    app::campaigns::change_campaign(&web.app, &who.actor, who.now, row.id, &form).await?;
    Ok(who.go(&url(&row.number)))
}

pub(crate) async fn prepare(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let form = PreparationForm {
        step: fields.own("step"),
        channel: fields.own("channel"),
        topics: fields.all("topics"),
        material: fields.own("material"),
        version: fields.get("version").parse().ok(),
    };
    app::campaigns::prepare(&web.app, &who.actor, who.now, row.id, &form).await?;
    Ok(who.go(&url(&row.number)))
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let form = LifeForm {
        step: fields.own("step"),
        text: fields.own("text"),
        reason: fields.own("reason"),
        version: fields.get("version").parse().ok(),
    };
    app::campaigns::take_step(&web.app, &who.actor, who.now, row.id, &form).await?;
    Ok(who.go(&url(&row.number)))
}

pub(crate) async fn repeat(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let (_, number) =
        app::campaigns::repeat_campaign(&web.app, &who.actor, who.now, row.id).await?;
    Ok(who.go(&url(&number)))
}

pub(crate) async fn add_measure(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let form = MeasureForm {
        text: fields.own("text"),
        owner: fields.own("owner"),
        due_on: fields.own("due_on"),
    };
    app::campaigns::add_measure(&web.app, &who.actor, who.now, row.id, &form).await?;
    Ok(who.go(&url(&row.number)))
}

pub(crate) async fn finish_measure(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::campaigns::find_campaign(&web.app, &who.actor, &key).await?;
    let measure = uuid::Uuid::try_parse(fields.get("measure")).map_err(|_| Failure::not_found())?;
    let measure = MeasureId(measure);
    app::campaigns::finish_measure(&web.app, &who.actor, who.now, row.id, measure).await?;
    Ok(who.go(&url(&row.number)))
}
