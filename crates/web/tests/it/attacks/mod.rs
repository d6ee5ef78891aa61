//! What an attacker tries on an afternoon, against every route there is.

mod files;
mod forms;
mod texts;

use std::path::PathBuf;

/// A route as the source has it.
#[derive(Debug)]
pub(super) struct Route {
    /// Its path, with parameters in braces.
    pub(super) path: String,
    /// Whether it takes forms.
    pub(super) posts: bool,
    /// Whether it shows something.
    pub(super) gets: bool,
}

impl Route {
    /// The path with something in place of each parameter.
    pub(super) fn filled(&self, with: &str) -> String {
        let mut path = String::new();
        let mut rest = self.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            path.push_str(with);
            rest = after.split_once('}').unwrap().1;
        }
        path + rest
    }
}

/// Every route of the pages, read from the source, so that none is forgotten.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            for call in text.split(".route(").skip(1) {
                let Some(path) = call.trim_start().strip_prefix('"') else {
                    continue;
                };
                let (path, rest) = path.split_once('"').unwrap();
                // As far as the next route, or the end of the function.
                let handlers = rest.split("\n}").next().unwrap();
                routes.push(Route {
                    path: path.to_owned(),
                    posts: handlers.contains("post(") || !handlers.contains("get("),
                    gets: handlers.contains("get("),
                });
            }
        }
    }
    assert!(routes.len() > 60, "{routes:?}");
    routes
}
