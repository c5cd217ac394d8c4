//! What the page tells: whether it is seen, whether there is a network, whether it is left or back.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Event, EventTarget, VisibilityState};

use crate::engine::Input;

use super::host::Host;

/// Listeners that go with the client.
pub(super) struct Page(Vec<Listener>);

struct Listener {
    target: EventTarget,
    name: &'static str,
    guarded: Function,
    _closure: Closure<dyn FnMut(Event)>,
}

impl Page {
    /// Listens to the page, where there is one; a worker has only the network.
    pub(super) fn listen(host: &Host, tell: impl Fn(Input<JsValue>) + Clone + 'static) -> Self {
        let mut listeners = Vec::new();
        let mut on = |target: &EventTarget, name: &'static str, read: fn(&Event) -> Input<JsValue>| {
            let tell = tell.clone();
            let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| tell(read(&event)));
            let guarded = host.guard(closure.as_ref());
            if target.add_event_listener_with_callback(name, &guarded).is_ok() {
                listeners.push(Listener { target: target.clone(), name, guarded, _closure: closure });
            }
        };
        if let Ok(global) = js_sys::global().dyn_into::<EventTarget>() {
            on(&global, "online", |_| Input::Online);
            on(&global, "offline", |_| Input::Offline);
            on(&global, "pagehide", |_| Input::PageHide);
            on(&global, "pageshow", |_| Input::PageShow);
        }
        if let Some(document) = document() {
            on(&document, "resume", |_| Input::Resumed);
            on(&document, "visibilitychange", |_| Input::Visibility { hidden: is_hidden() });
        }
        Self(listeners)
    }

    /// What is so already when the client begins.
    pub(super) fn initial() -> Vec<Input<JsValue>> {
        let mut inputs = Vec::new();
        if is_hidden() {
            inputs.push(Input::Visibility { hidden: true });
        }
        let online = Reflect::get(&js_sys::global(), &"navigator".into())
            .and_then(|navigator| Reflect::get(&navigator, &"onLine".into()))
            .ok();
        if online.and_then(|online| online.as_bool()) == Some(false) {
            inputs.push(Input::Offline);
        }
        inputs
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        for listener in &self.0 {
            drop(listener.target.remove_event_listener_with_callback(listener.name, &listener.guarded));
        }
    }
}

fn document() -> Option<Document> {
    Reflect::get(&js_sys::global(), &"document".into()).ok()?.dyn_into().ok()
}

fn is_hidden() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}
