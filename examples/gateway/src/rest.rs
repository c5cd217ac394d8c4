//! The REST routes: what polling clients read, and another way to say things.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Json, Path, Query, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, put};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::cursor;
use crate::etag::tagged;
use crate::failure::Failure;
use crate::model::{Message, NewMessage, User};
use crate::server::App;
use crate::store::Range;
use crate::tokens::Refusal;

const MAX_BODY_BYTES: usize = 256 * 1024;
const DEFAULT_PAGE: i64 = 50;
const MAX_PAGE: i64 = 200;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/conversations", get(conversations).post(create_conversation))
        .route("/api/conversations/{id}", patch(change_conversation))
        .route("/api/conversations/{id}/messages", get(messages).post(post_message))
        .route("/api/agents/me/status", put(change_status))
        .route("/health", get(health))
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .layer(SetResponseHeaderLayer::appending(VARY, HeaderValue::from_static("authorization")))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

async fn health(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "websocket": app.settings.websocket_enabled,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

async fn conversations(
    State(app): State<Arc<App>>,
    Caller(user): Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let conversations = app.chat.store.conversations(&user).await?;
    Ok(tagged(&headers, &json!({ "conversations": conversations })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewConversation {
    title: String,
    #[serde(default)]
    participant_ids: Vec<String>,
}

async fn create_conversation(
    State(app): State<Arc<App>>,
    Caller(user): Caller,
    body: Result<Json<NewConversation>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(new) = body?;
    let conversation = app.chat.create_conversation(&user, &new.title, new.participant_ids).await?;
    Ok((StatusCode::CREATED, Json(conversation)).into_response())
}

#[derive(Deserialize)]
struct Change {
    title: Option<String>,
    status: Option<String>,
}

async fn change_conversation(
    State(app): State<Arc<App>>,
    Caller(user): Caller,
    Path(id): Path<String>,
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(Change { title, status }) = body?;
    let conversation = app.chat.change_conversation(&user, &id, title.as_deref(), status.as_deref()).await?;
    Ok(Json(conversation).into_response())
}

#[derive(Deserialize)]
struct PageRequest {
    after: Option<String>,
    before: Option<String>,
    limit: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    messages: Vec<Message>,
    has_more: bool,
}

async fn messages(
    State(app): State<Arc<App>>,
    Caller(user): Caller,
    Path(id): Path<String>,
    request: Result<Query<PageRequest>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Query(request) = request?;
    app.chat.check_access(&user, &id).await?;
    let store = &app.chat.store;
    let limit = request.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let before = match request.before.as_deref().filter(|before| !before.is_empty()) {
        Some(before) => cursor::resolve(store, &id, before).await?,
        None => i64::MAX,
    };
    // One more than asked for tells whether there is more.
    let page = match request.after.as_deref().filter(|after| !after.is_empty()) {
        Some(after) => {
            let range = Range { after: cursor::resolve(store, &id, after).await?, before };
            let mut messages = store.oldest_messages(&id, range, limit + 1).await?;
            let has_more = messages.len() as i64 > limit;
            messages.truncate(limit as usize);
            Page { messages, has_more }
        }
        None => {
            let mut messages = store.latest_messages(&id, before, limit + 1).await?;
            let has_more = messages.len() as i64 > limit;
            messages.drain(..usize::from(has_more));
            Page { messages, has_more }
        }
    };
    Ok(tagged(&headers, &page))
}

async fn post_message(
    State(app): State<Arc<App>>,
    Caller(user): Caller,
    Path(id): Path<String>,
    body: Result<Json<NewMessage>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(new) = body?;
    let posted = app.chat.post(&user, &id, new).await?;
    let status = if posted.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(posted.message)).into_response())
}

#[derive(Deserialize, Serialize)]
struct Status {
    status: String,
}

async fn change_status(
    State(app): State<Arc<App>>,
    Caller(user): Caller,
    body: Result<Json<Status>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(Status { status }) = body?;
    app.chat.change_status(&user, &status).await?;
    Ok(Json(json!({ "agentId": user.id, "status": status })).into_response())
}

/// Who asks, by the bearer token.
struct Caller(User);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let token = match parts.headers.get(AUTHORIZATION) {
            Some(value) => {
                let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
                Some(token.ok_or(Refusal::Invalid)?.trim())
            }
            None => None,
        };
        Ok(Self(app.tokens.admit(token)?.user))
    }
}
