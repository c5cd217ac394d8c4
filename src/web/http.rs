//! What is asked by HTTP, and what the replies say.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::engine::{Fetch, Fetched, Item, Listed, RequestId};
use crate::protocol::read::{count, text};
use crate::protocol::{Value, dialect, message_keys};

use super::host::Host;
use super::payload::OwnId;

/// Asks what the engine wants to know.
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

/// Reads a reply `{ status, messages | conversations | item | text, etag, retryAfterMs, detail }` of `src/js/http.js`.
pub(super) fn read(reply: &JsValue, message_id: &OwnId) -> Fetched<JsValue> {
    let etag = text(reply, "etag").map(|etag| Rc::from(etag.as_str()));
    if let Some(item) = reply.child("item") {
        return Fetched::Posted(item_of(item, message_id));
    }
    let list = |name| reply.child(name).and_then(|list| list.items());
    if let Some(messages) = list("messages") {
        return Fetched::Messages(messages.into_iter().map(|data| item_of(data, message_id)).collect(), etag);
    }
    if let Some(conversations) = list("conversations") {
        return Fetched::Conversations(conversations.into_iter().filter_map(listed).collect(), etag);
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
