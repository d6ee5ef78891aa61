//! The list of rule packs: what is in force, since when, on whose authority.

use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use axum::extract::State;
use rules::pack::{InForce, Pack};
use rules::{Programme, Status};
use std::sync::Arc;

#[derive(askama::Template)]
#[template(path = "rules/list.html")]
struct ListPage {
    f: Frame,
    rules: Arc<app::rules::Rules>,
}

pub(crate) async fn list_packs(State(web): State<Web>, who: Who) -> Answer {
    let rules = web.app.rules_for(&who.actor)?;
    html(&ListPage {
        f: who.frame("rules"),
        rules,
    })
}

impl ListPage {
    /// Packs from wide to narrow, the newest version of each first.
    fn packs(&self) -> Vec<&Pack> {
        let mut packs: Vec<_> = self.rules.book().packs().iter().collect();
        packs.sort_by(|a, b| (a.layer, &a.id, b.version).cmp(&(b.layer, &b.id, a.version)));
        packs
    }

    fn programmes_of(&self, pack: &Pack) -> Vec<&Programme> {
        programmes_of(&self.rules, pack)
    }

    fn tone(pack: &Pack) -> &'static str {
        tone(pack.status)
    }

    fn in_force(&self, pack: &Pack) -> String {
        in_force(&self.f, &pack.in_force)
    }

    fn official_until(&self) -> i32 {
        self.rules.calendar().official_until().unwrap_or_default()
    }
}

/// The programmes that a pack itself defines.
pub(super) fn programmes_of<'r>(rules: &'r app::rules::Rules, pack: &Pack) -> Vec<&'r Programme> {
    let book = rules.book();
    let own = |p: &&Programme| {
        let home = book.pack(p.pack);
        home.id == pack.id && home.version == pack.version
    };
    book.programmes().iter().filter(own).collect()
}

/// Colour of a status.
pub(super) fn tone(status: Status) -> &'static str {
    match status {
        Status::Approved | Status::Effective => "green",
        Status::Draft | Status::Reviewed => "orange",
        Status::Superseded => "secondary",
    }
}

/// From when to when a pack is in force, in words.
pub(super) fn in_force(f: &Frame, span: &InForce) -> String {
    match (span.from, span.until) {
        (Some(from), Some(until)) => f.say2("rules-from-until", "from", from, "until", until),
        (Some(from), None) => f.say1("rules-from", "from", from),
        (None, Some(until)) => f.say1("rules-until", "until", until),
        (None, None) => f.say("rules-undated"),
    }
}
