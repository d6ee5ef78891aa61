//! The list of rule packs: what is in force, since when, on whose authority.

use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use axum::extract::State;
use domain::rules::{ProposalState, VersionState};
use rules::Programme;
use rules::pack::{InForce, Pack};
use std::sync::Arc;
use store::rules::ProposalRow;

#[derive(askama::Template)]
#[template(path = "rules/list.html")]
struct ListPage {
    f: Frame,
    rules: Arc<app::rules::Rules>,
    /// Proposed versions that are under way.
    proposals: Vec<ProposalRow>,
    /// How many of them wait for the reader to review, and to approve.
    waiting: (usize, usize),
}

pub(crate) async fn list_packs(State(web): State<Web>, who: Who) -> Answer {
    let rules = web.app.rules_for(&who.actor)?;
    let mut proposals = app::rules::drafts::list_proposals(&web.app, &who.actor).await?;
    proposals.retain(|p| matches!(p.state, ProposalState::Draft | ProposalState::Reviewed));
    let waiting = app::rules::drafts::count_waiting(&web.app, &who.actor).await?;
    html(&ListPage {
        f: who.frame("rules"),
        rules,
        proposals,
        waiting,
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

    fn state(&self, pack: &Pack) -> VersionState {
        state(&self.rules, &self.f, &pack.id, i64::from(pack.version))
    }

    fn tone(&self, pack: &Pack) -> &'static str {
        tone(self.state(pack))
    }

    fn proposal_tone(proposal: &ProposalRow) -> &'static str {
        proposal_tone(proposal.state)
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

/// Where an approved version stands today.
pub(super) fn state(
    rules: &app::rules::Rules,
    f: &Frame,
    pack: &str,
    version: i64,
) -> VersionState {
    VersionState::on(ProposalState::Approved, rules.span(pack, version), f.today)
}

/// Colour of a state.
pub(super) fn tone(state: VersionState) -> &'static str {
    match state {
        VersionState::Effective => "green",
        VersionState::Approved => "blue",
        VersionState::Draft | VersionState::Reviewed => "orange",
        VersionState::Superseded | VersionState::Withdrawn => "secondary",
    }
}

/// Colour of a proposed version.
pub(super) fn proposal_tone(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Draft => "orange",
        ProposalState::Reviewed => "blue",
        ProposalState::Approved => "green",
        ProposalState::Withdrawn => "secondary",
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
