//! Kinds of posts with their duties, as the written rules name them: data, not code.

use crate::{Error, Result};
use domain::access::{OrgLevel, Permission, Role};
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
    /// Roles of which any one lets who holds it do its duties.
    pub roles: Vec<Role>,
    /// Whether who holds it makes callbacks.
    pub calls: bool,
    /// What who holds it has to do.
    pub duties: Vec<Duty>,
}

/// A duty of a post.
#[derive(Clone, Debug)]
pub struct Duty {
    /// Its code within the post.
    pub code: String,
    /// What has to be done.
    pub text: Text,
    /// The written rule, with its article.
    pub source: String,
    /// Rights without which it cannot be done here.
    pub needs: Vec<Permission>,
    /// Places of the menu at which it is done; none when it is done elsewhere and only put on record.
    pub at: Vec<String>,
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
    roles: Vec<String>,
    calls: bool,
    duty: Vec<DutyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DutyEntry {
    code: String,
    text: Text,
    source: String,
    needs: Vec<String>,
    at: Vec<String>,
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
        let wrong = |e: String| format!("organisation/posts.toml: {}: {e}", entry.code);
        let levels = entry.levels.iter().map(|l| OrgLevel::parse(l));
        let levels = levels.collect::<std::result::Result<_, _>>();
        let roles = entry.roles.iter().map(|r| Role::parse(r));
        let roles = roles.collect::<std::result::Result<_, _>>();
        let duties = entry.duty.iter().map(|d| duty(d).map_err(wrong));
        Ok(PostKind {
            levels: levels.map_err(|e| wrong(e.to_string()))?,
            roles: roles.map_err(|e| wrong(e.to_string()))?,
            duties: duties.collect::<std::result::Result<_, _>>()?,
            code: entry.code.clone(),
            name: entry.name.clone(),
            calls: entry.calls,
        })
    };
    file.post.into_iter().map(kind).collect()
}

fn duty(entry: &DutyEntry) -> std::result::Result<Duty, String> {
    let needs = entry.needs.iter().map(|n| Permission::parse(n));
    let needs = needs.collect::<std::result::Result<_, _>>();
    Ok(Duty {
        code: entry.code.clone(),
        text: entry.text.clone(),
        source: entry.source.clone(),
        needs: needs.map_err(|e| format!("{}: {e}", entry.code))?,
        at: entry.at.clone(),
    })
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
    use domain::access::Rights;
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
    fn a_post_has_a_role_for_each_duty() {
        let rights = Rights::shipped();
        for kind in post_kinds().unwrap() {
            let codes: HashSet<_> = kind.duties.iter().map(|d| &d.code).collect();
            assert_eq!(
                codes.len(),
                kind.duties.len(),
                "{}: each code once",
                kind.code
            );
            assert!(!kind.roles.is_empty(), "{}", kind.code);
            for duty in &kind.duties {
                let does = |role: &&Role| duty.needs.iter().all(|n| rights.grants(&[**role], *n));
                assert!(
                    kind.roles.iter().any(|r| does(&r)),
                    "{} {}",
                    kind.code,
                    duty.code
                );
                assert_eq!(duty.needs.is_empty(), duty.at.is_empty(), "{}", duty.code);
            }
        }
    }

    #[test]
    fn an_unknown_level_is_named() {
        let text = POSTS.replace("\"outsourced_team\"", "\"moon_base\"");
        assert!(read(&text).unwrap_err().contains("moon_base"));
    }
}
