//! The list of questionnaires: by programme, medium, channel, class, region, state and day.

use super::{tone, url};
use crate::forms::{Choice, Fields, Sent, SentFile, choices, programmes};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::questionnaires::drafts::{
    Beginning, VersionRow, count_waiting, create_draft, list_versions,
};
use axum::extract::{RawQuery, State};
use chrono::NaiveDate;
use domain::policies::{Channel, ProductClass};
use domain::questionnaires::{Medium, lies_in};
use domain::rules::VersionState;
use uuid::Uuid;

/// Largest uploaded file, in bytes.
const FILE_BYTES_MAX: usize = 256 * 1024;

#[derive(askama::Template)]
#[template(path = "questionnaires/list.html")]
struct ListPage {
    f: Frame,
    rows: Vec<VersionRow>,
    /// Versions that a new draft may begin with.
    sources: Vec<(Uuid, String)>,
    query: Query,
    programmes: Vec<Choice>,
    waiting: (usize, usize),
}

/// Filters as the address has them.
#[derive(Default)]
struct Query {
    programme: String,
    medium: String,
    channel: String,
    class: String,
    region: String,
    state: String,
    on: String,
}

impl Query {
    fn takes(&self, row: &VersionRow, day: Option<NaiveDate>) -> bool {
        let script = &row.script;
        let reach = &script.reach;
        let any = |wanted: &str, list: &[String]| {
            wanted.is_empty() || list.is_empty() || list.iter().any(|x| x == wanted)
        };
        let codes = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let media = codes(reach.media.iter().map(|m| m.as_str()).collect());
        let channels = codes(reach.channels.iter().map(|c| c.as_str()).collect());
        let classes = codes(reach.product_classes.iter().map(|c| c.as_str()).collect());
        let region = self.region.trim();
        let regions = &reach.regions;
        let current = match self.state.as_str() {
            "" => !matches!(
                row.state,
                VersionState::Superseded | VersionState::Withdrawn
            ),
            "all" => true,
            state => row.state.as_str() == state,
        };
        current
            && (self.programme.is_empty() || script.programmes.contains(&self.programme))
            && any(&self.medium, &media)
            && any(&self.channel, &channels)
            && any(&self.class, &classes)
            && (region.is_empty()
                || regions.is_empty()
                || regions.iter().any(|r| lies_in(region, r)))
            && day.is_none_or(|day| script.days().covers(day))
    }
}

pub(super) async fn list(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = Query {
        programme: fields.own("programme"),
        medium: fields.own("medium"),
        channel: fields.own("channel"),
        class: fields.own("product_class"),
        region: fields.own("region"),
        state: fields.own("state"),
        on: fields.own("on"),
    };
    let day = query.on.parse().ok();
    let mut rows = list_versions(&web.app, &who.actor, who.now).await?;
    let f = who.frame("questionnaires");
    let usable = [VersionState::Effective, VersionState::Approved];
    let source = |r: &&VersionRow| usable.contains(&r.state);
    let sources = rows.iter().filter(source).map(|r| {
        let name = format!("{} v{}", f.words(&r.script.title), r.script.version);
        (r.script.id.0, name)
    });
    let sources = sources.collect();
    rows.retain(|r| query.takes(r, day));
    html(&ListPage {
        programmes: programmes(&web, &f, &query.programme),
        waiting: count_waiting(&web.app, &who.actor).await?,
        f,
        rows,
        sources,
        query,
    })
}

impl ListPage {
    fn media(&self) -> Vec<Choice> {
        let codes = Medium::ALL.iter().map(|m| m.as_str());
        choices(&self.f, "medium", codes, &self.query.medium)
    }

    fn channels(&self) -> Vec<Choice> {
        let codes = Channel::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "channel", codes, &self.query.channel)
    }

    fn classes(&self) -> Vec<Choice> {
        let codes = ProductClass::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "product-class", codes, &self.query.class)
    }

    fn states(&self) -> Vec<Choice> {
        let mut codes = vec!["all"];
        codes.extend(VersionState::ALL.iter().map(|s| s.as_str()));
        choices(&self.f, "script-state", codes, &self.query.state)
    }

    fn tone(&self, row: &VersionRow) -> &'static str {
        tone(row.state)
    }

    /// What it is for, beside its programmes.
    fn reach(&self, row: &VersionRow) -> String {
        let reach = &row.script.reach;
        let mut parts: Vec<String> = Vec::new();
        let mut add = |kind: &str, code: &str| parts.push(self.f.code(kind, code));
        reach.media.iter().for_each(|m| add("medium", m.as_str()));
        reach
            .channels
            .iter()
            .for_each(|c| add("channel", c.as_str()));
        let classes = reach.product_classes.iter();
        classes.for_each(|c| add("product-class", c.as_str()));
        parts.extend(reach.regions.iter().cloned());
        if parts.is_empty() {
            return self.f.say("script-for-all");
        }
        parts.join("、")
    }
}

/// Begins a draft: empty, as the next version of another, or from another under a code of its own.
pub(super) async fn create(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let code = fields.get("code").trim().to_owned();
    let from = fields.get("from");
    let beginning = if from.is_empty() {
        Beginning::Empty(code)
    } else {
        let id = Uuid::try_parse(from).map_err(|_| Error::invalid("from", "unknown-code"))?;
        Beginning::From(id, Some(code).filter(|c| !c.is_empty()))
    };
    let id = create_draft(&web.app, &who.actor, who.now, beginning).await?;
    Ok(who.go(&format!("{}/edit", url(id))))
}

pub(super) async fn upload(State(web): State<Web>, mut sent: SentFile) -> Answer {
    let file = sent.demand_file()?;
    if file.bytes.len() > FILE_BYTES_MAX {
        return Err(Error::invalid("file", "too-long").into());
    }
    let text = String::from_utf8(file.bytes.to_vec());
    let text = text.map_err(|_| Error::invalid("file", "file-type"))?;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let who = &sent.who;
    let id = create_draft(&web.app, &who.actor, who.now, Beginning::File(text)).await?;
    Ok(who.go(&url(id)))
}
