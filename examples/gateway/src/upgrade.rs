//! The way from HTTP to a socket.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::header::UPGRADE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::failure::Failure;
use crate::pages;
use crate::server::App;
use crate::session::{self, MAX_READ_BYTES};
use crate::tokens::Refusal;

const SUBPROTOCOL: &str = "talkwire.v1";
const TOKEN_SUBPROTOCOL: &str = "talkwire.token.";
/// Chat frames are small, and there are many sockets.
pub(crate) const READ_BUFFER_BYTES: usize = 8 * 1024;

#[derive(Deserialize)]
pub(crate) struct Params {
    pub(crate) token: Option<String>,
}

/// `/`: a socket for those who ask for one, else the page.
pub(crate) async fn socket_or_page(
    app: State<Arc<App>>,
    params: Query<Params>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if headers.contains_key(UPGRADE) {
        socket(app, params, headers, upgrade).await
    } else {
        Redirect::temporary(pages::START).into_response()
    }
}

/// `/ws`: a socket.
pub(crate) async fn socket(
    State(app): State<Arc<App>>,
    Query(Params { token }): Query<Params>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !app.settings.websocket_enabled {
        return no_sockets().into_response();
    }
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    // A page cannot see why an upgrade was refused, so all are accepted; the close code tells.
    let token = if app.origins.allow(&headers) {
        Ok(token.filter(|token| !token.is_empty()).or_else(|| offered_token(&upgrade)))
    } else {
        Err(Refusal::Origin)
    };
    let sessions = app.sessions.clone();
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(MAX_READ_BYTES)
        .max_frame_size(MAX_READ_BYTES)
        .on_upgrade(move |socket| sessions.track_future(session::serve(app, socket, token)))
}

/// What an upgrade is told where there are none.
pub(crate) fn no_sockets() -> Failure {
    let message = "this gateway is set to take no sockets; poll instead";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "websocket-disabled", message)
}

/// The token among the subprotocols: a place where a page can put one that is not in the address.
fn offered_token(upgrade: &WebSocketUpgrade) -> Option<String> {
    let offered =
        upgrade.requested_protocols().find_map(|protocol| protocol.to_str().ok()?.strip_prefix(TOKEN_SUBPROTOCOL))?;
    // What cannot be decoded is a token all the same, and not a valid one.
    let token = URL_SAFE_NO_PAD.decode(offered).ok().and_then(|token| String::from_utf8(token).ok());
    Some(token.unwrap_or_default())
}
