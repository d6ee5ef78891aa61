//! What plans of contacts may do, as the rules say it.

use super::Rules;
use domain::callbacks::ContactChannel;
use domain::policies::EventType;
use rules::pack::Programme;

impl Rules {
    /// Programmes that an entry in a plan of contacts sets off.
    pub fn planned_programmes(&self) -> Vec<&Programme> {
        let book = self.book();
        let kind = book.schema().find_event(EventType::PlannedContact.as_str());
        let ids = kind.into_iter().flat_map(|k| book.triggered_by(k));
        let mut found: Vec<_> = ids.map(|id| book.programme(*id)).collect();
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found.dedup_by(|a, b| a.code == b.code);
        found
    }

    /// Whether a programme accepts that customers are taken off its list by hand; programmes of law and supervision
    /// do not (C-24).
    pub fn is_removal_allowed(&self, code: &str) -> bool {
        let flag = self
            .programme(code)
            .and_then(|p| p.discharge.get("manual_removal"));
        flag.and_then(toml::Value::as_bool) == Some(true)
    }

    /// Channels of which one of those programmes takes each.
    pub fn planned_channels(&self) -> Vec<ContactChannel> {
        let codes = self.planned_programmes().into_iter().map(|p| &p.code);
        let ways = codes.filter_map(|code| self.discharge(code).ok());
        let mut all: Vec<_> = ways.flat_map(|d| d.channels.iter().copied()).collect();
        all.sort();
        all.dedup();
        all
    }
}
