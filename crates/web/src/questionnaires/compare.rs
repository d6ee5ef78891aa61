//! Two versions side by side.

use super::id_of;
use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::questionnaires::Script;
use app::questionnaires::compare::{Change, Comparison, ItemChange, Mark, Piece};
use app::questionnaires::drafts::list_versions;
use app::questionnaires::preview::compare_versions;
use axum::extract::{Path, RawQuery, State};
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "questionnaires/comparison.html")]
struct ComparisonPage {
    f: Frame,
    before: Script,
    after: Script,
    comparison: Comparison,
    /// Versions to compare with.
    others: Vec<(Uuid, String)>,
}

pub(super) async fn show(
    State(web): State<Web>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let id = id_of(&id)?;
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let all = list_versions(&web.app, &who.actor, who.now).await?;
    let mine = all.iter().find(|v| v.script.id.0 == id);
    // Without a choice: the version before it, else itself.
    let earlier = all.iter().filter(|v| {
        mine.is_some_and(|m| m.script.code == v.script.code && v.script.version < m.script.version)
    });
    let earlier = earlier.max_by_key(|v| v.script.version);
    let with = match query.get("with") {
        "" => earlier.map_or(id, |v| v.script.id.0),
        other => id_of(other)?,
    };
    let (actor, now) = (&who.actor, who.now);
    let (before, after, comparison) = compare_versions(&web.app, actor, now, with, id).await?;
    let f = who.frame("questionnaires");
    let others = all.iter().filter(|v| v.script.id.0 != id).map(|v| {
        let name = format!("{} v{}", f.words(&v.script.title), v.script.version);
        (v.script.id.0, name)
    });
    html(&ComparisonPage {
        others: others.collect(),
        f,
        before,
        after,
        comparison,
    })
}

impl ComparisonPage {
    fn tags(&self, item: &ItemChange) -> Vec<&'static str> {
        match item.change {
            Change::Added => vec!["added"],
            Change::Removed => vec!["removed"],
            Change::Same => Vec::new(),
            Change::Changed {
                moved,
                reworded,
                settings,
            } => [
                ("moved", moved),
                ("reworded", reworded),
                ("settings", settings),
            ]
            .into_iter()
            .filter_map(|(name, is)| is.then_some(name))
            .collect(),
        }
    }

    fn title(&self, item: &ItemChange) -> String {
        let either = item.after.as_ref().or(item.before.as_ref());
        either.map_or_else(String::new, |i| {
            format!("{} {}", self.f.words(&i.item.title), i.item.code)
        })
    }

    fn is_same(&self, item: &ItemChange) -> bool {
        item.change == Change::Same
    }

    /// The pieces of one side.
    fn side<'p>(&self, pieces: &'p [Piece], gone: bool) -> Vec<(&'p str, bool)> {
        let other = if gone { Mark::New } else { Mark::Gone };
        let mine = pieces.iter().filter(move |p| p.mark != other);
        mine.map(|p| (p.text.as_str(), p.mark != Mark::Same))
            .collect()
    }

    fn is_gone(&self, piece: &Piece) -> bool {
        piece.mark == Mark::Gone
    }
}
