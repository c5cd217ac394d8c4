//! The example page and the client it imports, served as they lie in the repository, so that the
//! imports among them hold.

use std::path::Path;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Where `/` leads.
pub(crate) const START: &str = "/examples/vanilla/";

const FOLDERS: [&str; 3] = ["src/js", "pkg", "examples/vanilla"];

pub(crate) fn routes<S: Clone + Send + Sync + 'static>(root: &Path) -> Router<S> {
    let folders = FOLDERS.iter().fold(Router::new(), |routes, folder| {
        routes.nest_service(&format!("/{folder}"), ServeDir::new(root.join(folder)))
    });
    // They change while one works on them; the browser has to ask, and is told 304.
    folders.layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache")))
}
