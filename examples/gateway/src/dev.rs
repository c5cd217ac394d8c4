//! For development only: tokens for whoever asks, and who is connected.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Json, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::model::{Role, User};
use crate::server::App;
use crate::session::close;

const DEFAULT_TTL_SECONDS: i64 = 12 * 3_600;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/dev/token", post(token)).route("/dev/connections", get(connections).delete(disconnect))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Which {
    conversation_id: Option<String>,
}

async fn connections(State(app): State<Arc<App>>, Query(which): Query<Which>) -> Json<Value> {
    let gateway = &app.chat.gateway;
    Json(json!({
        "connections": gateway.connections.all().len(),
        "subscriptions": gateway.subscription_count(which.conversation_id.as_deref()).await,
    }))
}

/// Ends all connections: what a client makes of that is for its tests.
async fn disconnect(State(app): State<Arc<App>>) -> StatusCode {
    for connection in app.chat.gateway.connections.all() {
        connection.queue.close(close::NORMAL, "disconnected");
    }
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest {
    user_id: String,
    role: Option<Role>,
    name: Option<String>,
    ttl_seconds: Option<i64>,
}

async fn token(
    State(app): State<Arc<App>>,
    body: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<Json<Value>, Failure> {
    let Json(request) = body?;
    let known = app.chat.store.user(&request.user_id).await?;
    let role = request.role.or(known.as_ref().map(|user| user.role)).unwrap_or(Role::Customer);
    let name = request.name.or(known.map(|user| user.name));
    let name = name.unwrap_or_else(|| request.user_id.clone());
    let user = User { id: request.user_id, name, role };
    app.chat.store.save_user(&user).await?;
    let token = app.tokens.issue(&user, request.ttl_seconds.unwrap_or(DEFAULT_TTL_SECONDS))?;
    Ok(Json(json!({ "token": token, "user": user })))
}
