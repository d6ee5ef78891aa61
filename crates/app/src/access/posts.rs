//! Kinds of posts with their duties, as the written rules name them: data, not code.

use crate::{Error, Result};
use domain::access::OrgLevel;
use rules::Text;
use serde::Deserialize;
use std::sync::OnceLock;

static POSTS: &str = include_str!("../../../../organisation/posts.toml");

/// A kind of post.
#[derive(Clone, Debug)]
pub struct PostKind {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Levels of units that have it.
    pub levels: Vec<OrgLevel>,
    /// Whether who holds it makes callbacks.
    pub calls: bool,
    /// What who holds it has to do.
    pub duties: Vec<Duty>,
}

/// A duty of a post.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// What has to be done.
    pub text: Text,
    /// The written rule, with its article.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    post: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    name: Text,
    levels: Vec<String>,
    calls: bool,
    duty: Vec<Duty>,
}

/// The kinds of posts, in the order in which they are shown.
///
/// # Errors
/// [`Error::Fault`] when the shipped file is broken.
pub fn post_kinds() -> Result<&'static [PostKind]> {
    static KINDS: OnceLock<std::result::Result<Vec<PostKind>, String>> = OnceLock::new();
    let kinds = KINDS.get_or_init(|| read(POSTS));
    kinds.as_deref().map_err(|e| Error::Fault(e.clone()))
}

fn read(text: &str) -> std::result::Result<Vec<PostKind>, String> {
    let file: File = toml::from_str(text).map_err(|e| format!("organisation/posts.toml: {e}"))?;
    let kind = |entry: Entry| {
        let levels = entry.levels.iter().map(|l| OrgLevel::parse(l));
        let levels = levels.collect::<std::result::Result<_, _>>();
        Ok(PostKind {
            levels: levels.map_err(|e| format!("organisation/posts.toml: {}: {e}", entry.code))?,
            code: entry.code,
            name: entry.name,
            calls: entry.calls,
            duties: entry.duty,
        })
    };
    file.post.into_iter().map(kind).collect()
}

/// A kind of post by its code.
///
/// # Errors
/// [`Error::Invalid`] on `kind` when there is none.
pub(super) fn post_kind(code: &str) -> Result<&'static PostKind> {
    let found = post_kinds()?.iter().find(|k| k.code == code);
    found.ok_or_else(|| Error::invalid("kind", "unknown-code"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_shipped_posts_are_whole() {
        let kinds = post_kinds().unwrap();
        let codes: HashSet<_> = kinds.iter().map(|k| &k.code).collect();
        assert_eq!(codes.len(), kinds.len(), "each code once");
        assert!(kinds.iter().any(|k| k.calls));
        for kind in kinds {
            assert!(
                !kind.levels.is_empty() && !kind.duties.is_empty(),
                "{}",
                kind.code
            );
            assert!(
                kind.duties.iter().all(|d| !d.source.is_empty()),
                "{}",
                kind.code
            );
        }
    }

    #[test]
    fn an_unknown_level_is_named() {
        let text = POSTS.replace("\"outsourced_team\"", "\"moon_base\"");
        assert!(read(&text).unwrap_err().contains("moon_base"));
    }
}
