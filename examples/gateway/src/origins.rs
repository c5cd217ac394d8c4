//! Which pages may talk to the gateway.

use std::time::Duration;

use axum::http::Method;
use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, ETAG, HOST, HeaderMap, HeaderValue, IF_NONE_MATCH, ORIGIN, RETRY_AFTER,
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::settings::Settings;

/// The origins from which pages may come, besides the gateway's own.
#[derive(Debug, Clone)]
pub(crate) enum Origins {
    Any,
    Only(Vec<HeaderValue>),
}

impl Origins {
    pub(crate) fn new(settings: &Settings) -> anyhow::Result<Self> {
        match settings.cors_origin() {
            Some("*") => Ok(Self::Any),
            Some(list) => {
                let origins = list.split(',').map(|origin| origin.trim().trim_end_matches('/'));
                Ok(Self::Only(origins.map(str::parse).collect::<Result<_, _>>()?))
            }
            None if settings.dev || settings.is_open() => Ok(Self::Any),
            None => Ok(Self::Only(Vec::new())),
        }
    }

    /// For upgrades, which browsers do not check: WebSockets have no CORS.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        // Without an origin it is not a page that asks.
        let Some(origin) = headers.get(ORIGIN) else {
            return true;
        };
        match self {
            Self::Any => true,
            Self::Only(allowed) => allowed.contains(origin) || is_same_origin(origin, headers),
        }
    }

    pub(crate) fn cors(&self) -> CorsLayer {
        let allowed = match self {
            Self::Any => AllowOrigin::any(),
            Self::Only(origins) => AllowOrigin::list(origins.iter().cloned()),
        };
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH])
            .allow_headers([AUTHORIZATION, IF_NONE_MATCH, CONTENT_TYPE])
            .expose_headers([ETAG, RETRY_AFTER])
            .max_age(Duration::from_secs(3_600))
    }
}

/// The scheme is left out: behind a proxy that ends TLS it is not known here.
fn is_same_origin(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let origin_host = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    matches!((origin_host, host), (Some((_, from)), Some(to)) if from.eq_ignore_ascii_case(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &'static str) -> HeaderMap {
        HeaderMap::from_iter([
            (ORIGIN, HeaderValue::from_static(origin)),
            (HOST, HeaderValue::from_static("chat.example:3001")),
        ])
    }

    #[test]
    fn its_own_pages_are_always_allowed() {
        let origins = Origins::Only(Vec::new());
        assert!(origins.allow(&headers("http://chat.example:3001")));
        assert!(!origins.allow(&headers("http://chat.example")));
        assert!(!origins.allow(&headers("null")));
    }

    #[test]
    fn programs_have_no_origin() {
        assert!(Origins::Only(Vec::new()).allow(&HeaderMap::new()));
    }

    #[test]
    fn the_named_ones_are_allowed() {
        let origins = Origins::Only(vec![HeaderValue::from_static("https://app.example")]);
        assert!(origins.allow(&headers("https://app.example")));
        assert!(!origins.allow(&headers("https://app.example.evil")));
    }
}
