//! The style sheet and scripts, built into the binary. Their names carry a hash, so that a browser may keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

#[derive(rust_embed::RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// A short hash over all assets: it changes with any of them.
pub(crate) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Assets::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        if let Some(file) = Assets::get(&name) {
            hash.update(&file.data);
        }
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// `GET /favicon.ico`: browsers ask for it unbidden, on pages that name no icon, such as a downloaded file's.
pub(crate) async fn icon() -> Response {
    serve(Path("now/icon.svg".to_owned())).await
}

/// `GET /assets/{version}/{name}`
pub(crate) async fn serve(Path(path): Path<String>) -> Response {
    let Some(file) = path.split_once('/').and_then(|(_, name)| Assets::get(name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let keep = if path.starts_with(VERSION.as_str()) { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], file.data.into_owned()).into_response()
}
