//! Static files, built into the program. Their addresses carry a hash, so browsers keep them for good.

use crate::state::Web;
use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets");

/// Hash of each file by its path.
static HASHES: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    let mut hashes = BTreeMap::new();
    let mut folders = vec![&FILES];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            if let Some(path) = file.path().to_str() {
                let hash = hex::encode(&Sha256::digest(file.contents())[..6]);
                hashes.insert(path, hash);
            }
        }
    }
    hashes
});

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/assets/{hash}/{*path}", get(read_asset))
}

/// Address of a file.
pub(crate) fn url(path: &str) -> String {
    let hash = HASHES.get(path).map_or("0", String::as_str);
    format!("/assets/{hash}/{path}")
}

async fn read_asset(Path((_, path)): Path<(String, String)>) -> Response {
    let Some(file) = FILES.get_file(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, file.contents()).into_response()
}
