//! Reads and posts on their way, each of which can be called off.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{AbortHandle, Abortable};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use crate::engine::{Fetch, Fetched, Item, Listed, RequestId};
use crate::protocol::read::{count, text};
use crate::protocol::{Value, dialect, message_keys};

use super::host::Host;
use super::payload::OwnId;

/// Promises on their way, by number.
#[derive(Default)]
pub(super) struct InFlight(RefCell<Vec<(u32, Call)>>);

/// A promise that can be called off; dropping it does.
struct Call {
    handle: AbortHandle,
    controller: Option<AbortController>,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.handle.abort();
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

impl InFlight {
    /// Awaits `promise`, then calls `done`, unless the call with this number was called off before.
    pub(super) fn start(
        self: &Rc<Self>,
        number: u32,
        controller: Option<AbortController>,
        promise: Promise,
        done: Box<dyn FnOnce(Result<JsValue, JsValue>)>,
    ) {
        let (handle, registration) = AbortHandle::new_pair();
        self.0.borrow_mut().push((number, Call { handle, controller }));
        let calls = self.clone();
        spawn_local(async move {
            if let Ok(result) = Abortable::new(JsFuture::from(promise), registration).await {
                if let Some(call) = calls.take(number) {
                    call.finish();
                }
                done(result);
            }
        });
    }

    /// Nobody wants the answer any more.
    pub(super) fn abort(&self, number: u32) {
        drop(self.take(number));
    }

    /// Calls everything off.
    pub(super) fn abort_all(&self) {
        drop(self.0.take());
    }

    fn take(&self, number: u32) -> Option<Call> {
        let mut calls = self.0.borrow_mut();
        let place = calls.iter().position(|(other, _)| *other == number)?;
        Some(calls.swap_remove(place).1)
    }
}

impl Call {
    /// It came to its end by itself: there is nothing to call off.
    fn finish(mut self) {
        self.controller = None;
    }
}

/// Starts what the engine wants to ask.
pub(super) fn fetch(
    host: &Host,
    calls: &Rc<InFlight>,
    request: RequestId,
    fetch: Fetch<JsValue>,
    done: impl FnOnce(JsValue) + 'static,
) {
    let controller = AbortController::new().ok();
    let signal = controller.as_ref().map_or(JsValue::UNDEFINED, |controller| controller.signal().into());
    let promise = match &fetch {
        Fetch::Messages { conversation, after, etag } => {
            host.read_messages(conversation, after.as_deref(), etag.as_deref(), &signal)
        }
        Fetch::Before { conversation, before, limit } => host.read_before(conversation, before, *limit, &signal),
        Fetch::Conversations { etag } => host.read_conversations(etag.as_deref(), &signal),
        Fetch::Probe => host.probe(&signal),
        Fetch::Send { conversation, client_id, content, keepalive } => {
            host.post(conversation, client_id, content, *keepalive, &signal)
        }
    };
    calls.start(request.0, controller, promise, Box::new(|result| done(result.unwrap_or_else(|error| error))));
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
