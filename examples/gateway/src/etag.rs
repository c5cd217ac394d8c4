//! Replies that say what they are a version of, so that asking again costs little.

use std::hash::{DefaultHasher, Hasher};

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::failure::Failure;

/// The body as JSON with its ETag, or 304 where the asker has just that.
pub(crate) fn tagged(request: &HeaderMap, body: &impl Serialize) -> Response {
    let Ok(body) = serde_json::to_vec(body) else {
        return Failure::internal().into_response();
    };
    let tag = tag(&body);
    let is_known = request.get_all(IF_NONE_MATCH).iter().any(|known| names(known, &tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let json = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, json)], Body::from(body)).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

fn tag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    format!("\"{:016x}\"", hasher.finish())
}

fn names(header: &HeaderValue, tag: &str) -> bool {
    let Ok(header) = header.to_str() else {
        return false;
    };
    // A proxy that compresses makes a strong tag weak.
    header.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_several_tags_will_do() {
        assert!(names(&HeaderValue::from_static(r#""a", W/"b""#), r#""b""#));
        assert!(!names(&HeaderValue::from_static(r#""a", "c""#), r#""b""#));
    }
}
