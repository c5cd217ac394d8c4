//! Reads and posts: how they are asked for, and what came of them.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::engine::{Fetch, Fetched, Item, Listed, RequestId};
use crate::protocol::read::{count, text};
use crate::protocol::{Value, dialect, message_keys};

use super::host::Host;
use super::payload::OwnId;

/// Starts what the engine wants to ask.
pub(super) fn fetch(host: &Host, RequestId(request): RequestId, fetch: &Fetch<JsValue>) {
    match fetch {
        Fetch::Messages { conversation, after, etag } => {
            host.read_messages(request, conversation, after.as_deref(), etag.as_deref());
        }
        Fetch::Before { conversation, before, limit } => host.read_before(request, conversation, before, *limit),
        Fetch::Conversations { etag } => host.read_conversations(request, etag.as_deref()),
        Fetch::Probe => host.probe(request),
        Fetch::Send { conversation, client_id, content, keepalive } => {
            host.post(request, conversation, client_id, content, *keepalive);
        }
    }
}

/// Reads a reply `{ status, items | item | text, etag, retryAfterMs, detail }` of `src/js/http.js`.
pub(super) fn read(reply: &JsValue, is_list: bool, message_id: &OwnId) -> Fetched<JsValue> {
    let etag = text(reply, "etag").map(|etag| Rc::from(etag.as_str()));
    if let Some(item) = reply.child("item") {
        return Fetched::Posted(item_of(item, message_id));
    }
    if let Some(items) = reply.child("items").and_then(|items| items.items()) {
        return if is_list {
            Fetched::Conversations(items.into_iter().filter_map(listed).collect(), etag)
        } else {
            Fetched::Messages(items.into_iter().map(|data| item_of(data, message_id)).collect(), etag)
        };
    }
    let status = count(reply, "status").map(|status| status as u16);
    if let (Some(status), Some(text)) = (status, text(reply, "text")) {
        return Fetched::Probed { status, dialect: dialect::recognize(&text) };
    }
    if status == Some(304) {
        return Fetched::NotModified;
    }
    Fetched::Failed {
        status,
        retry_after_ms: count(reply, "retryAfterMs"),
        detail: text(reply, "detail").unwrap_or_default(),
    }
}

fn item_of(data: JsValue, message_id: &OwnId) -> Item<JsValue> {
    Item { keys: message_keys(&data, message_id), data }
}

fn listed(data: JsValue) -> Option<Listed<JsValue>> {
    let id = text(&data, "id")?;
    Some(Listed { id, print: Listed::<JsValue>::print_of(&data.json()), data })
}
