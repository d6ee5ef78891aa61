//! The outbox, with views and filters in the address, and the limits that hold.

use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::messaging::{Limits, LimitsOf, MessageList, MessageQuery, MessageView};
use axum::extract::{RawQuery, State};
use domain::messaging::{MessageChannel, MessagePurpose, MessageState};

/// Views that everybody has; the first is what opens.
const VIEWS: [&str; 6] = ["all", "pending", "dead", "sent", "delivered", "cancelled"];

#[derive(askama::Template)]
#[template(path = "messaging/list.html")]
struct ListPage {
    f: Frame,
    query: MessageQuery,
    list: MessageList,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_messages(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let state = match fields.get("state") {
        "all" => String::new(),
        code => code.to_owned(),
    };
    let query = MessageQuery {
        state,
        channel: fields.own("channel"),
        purpose: fields.own("purpose"),
        template: fields.own("template"),
        org: fields.own("org"),
        from: fields.own("from"),
        to: fields.own("to"),
        after: fields.own("after"),
    };
    let list = app::messaging::list_messages(&web.app, &who.actor, &query).await?;
    html(&ListPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("messages"),
        query,
        list,
    })
}

/// Tone of a state.
pub(super) fn tone(view: &MessageView) -> &'static str {
    match view.row.state {
        _ if view.no_way => "orange",
        MessageState::Delivered | MessageState::Sent => "green",
        MessageState::Dead => "red",
        MessageState::Failed | MessageState::Waiting => "orange",
        MessageState::Cancelled => "secondary",
        MessageState::Queued | MessageState::Sending => "blue",
    }
}

/// Why a message waits or did not go out, in words; empty when there is nothing to say.
pub(super) fn why(f: &Frame, view: &MessageView) -> String {
    if view.no_way {
        return f.code("message-reason", "no_way");
    }
    let reason = view
        .row
        .reason
        .map(|r| f.code("message-reason", r.as_str()));
    reason.unwrap_or_default()
}

/// When it is looked at next, while it waits and there is a way.
pub(super) fn next_slot(f: &Frame, view: &MessageView) -> String {
    let waits = view.row.state.is_pending() && !view.no_way && view.row.next_at > f.now;
    if waits {
        f.moment(&view.row.next_at)
    } else {
        "—".to_owned()
    }
}

impl ListPage {
    fn state(&self) -> &str {
        match self.query.state.as_str() {
            "" => "all",
            state => state,
        }
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "message-view", VIEWS, self.state())
    }

    fn channels(&self) -> Vec<Choice> {
        let codes = MessageChannel::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "message-channel", codes, &self.query.channel)
    }

    fn purposes(&self) -> Vec<Choice> {
        let codes = MessagePurpose::ALL.iter().map(|p| p.as_str());
        choices(&self.f, "message-purpose", codes, &self.query.purpose)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        let filters = [&q.channel, &q.purpose, &q.template, &q.org, &q.from, &q.to];
        filters.iter().any(|f| !f.is_empty())
    }

    fn tone(&self, view: &MessageView) -> &'static str {
        tone(view)
    }

    fn why(&self, view: &MessageView) -> String {
        why(&self.f, view)
    }

    fn next_slot(&self, view: &MessageView) -> String {
        next_slot(&self.f, view)
    }
}

#[derive(askama::Template)]
#[template(path = "messaging/limits.html")]
struct LimitsPage {
    f: Frame,
    limits: Limits,
    /// Channels with whether they have a way, and whether the gateway says what became of messages.
    channels: Vec<(&'static str, bool, bool)>,
    signature: String,
}

pub(crate) async fn show_limits(State(web): State<Web>, who: Who) -> Answer {
    let outlets = web.app.outlets();
    let channel = |c: &MessageChannel| (c.as_str(), outlets.serves(*c), outlets.hears_of(*c));
    html(&LimitsPage {
        limits: app::messaging::limits(&web.app, &who.actor, who.now)?,
        channels: MessageChannel::ALL.iter().map(channel).collect(),
        signature: outlets.company().to_owned(),
        f: who.frame("messages"),
    })
}

impl LimitsPage {
    fn hours(&self, of: &LimitsOf) -> String {
        let window = of.rules.window;
        if window.from == window.until {
            return self.f.say("message-all-day");
        }
        format!(
            "{}–{}",
            window.from.format("%H:%M"),
            window.until.format("%H:%M")
        )
    }

    fn per_day(&self, of: &LimitsOf) -> String {
        match of.rules.per_day {
            Some(n) => self.f.say1("message-cap-of-day", "n", i64::from(n)),
            None => self.f.say("message-uncapped"),
        }
    }

    fn own(&self, of: &LimitsOf) -> String {
        match of.rules.own {
            Some(cap) => {
                let (n, days) = (i64::from(cap.messages), i64::from(cap.days));
                self.f.say2("message-cap-of-period", "n", n, "days", days)
            }
            None => self.f.say("message-uncapped"),
        }
    }
}
