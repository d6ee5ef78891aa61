//! The scores of a rule pack: its tables of points, as people check them by hand.

use super::pack::PackPage;
use rules::Text;
use rules::pack::{HUNDREDTHS, Score, ScoreClass, Term};

impl PackPage {
    /// The scores that the pack itself defines.
    pub(super) fn scores(&self) -> Vec<&Score> {
        let book = self.rules.book();
        let own = |s: &&Score| {
            let home = book.pack(s.pack);
            home.id == self.pack.id && home.version == self.pack.version
        };
        book.scores().iter().filter(own).collect()
    }

    /// The bands of a term, each with its points before the weight.
    pub(super) fn bands(&self, term: &Term) -> Vec<(Text, i64)> {
        let book = self.rules.book();
        let bands = term.bands.iter().enumerate();
        let mut said: Vec<_> = bands
            .map(|(at, band)| (book.say_band(term, at), band.points))
            .collect();
        said.push((Text::new("未知", "unknown"), term.unknown));
        said
    }

    /// From how many points a class begins.
    pub(super) fn class_from(&self, class: &ScoreClass) -> String {
        class
            .from
            .map_or_else(|| "—".to_owned(), |p| format!("≥ {}", p / HUNDREDTHS))
    }

    /// Points before any term.
    pub(super) fn start(&self, score: &Score) -> i64 {
        score.start / HUNDREDTHS
    }
}
