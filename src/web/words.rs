//! The dialect, and the names that the application has given.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::protocol::names::{Mean, Meaning, Say, Words};
use crate::protocol::read::text;
use crate::protocol::{Codec, Names, Protocol, Value};

/// Reads the options `protocol`, `events` and `emits` from what `toConfig` of `src/js/config.js` gives.
pub(super) fn read(settings: &JsValue) -> Codec {
    let protocol = text(settings, "protocol");
    Codec {
        protocol: protocol.and_then(|name| Protocol::named(&name)).unwrap_or_default(),
        namespace: text(settings, "namespace").unwrap_or_default(),
        names: Names::new(mean(settings.child("events")), say(settings.child("emits"))),
    }
}

/// `events` holds, by the server's name for an event, what it means.
fn mean(events: Option<JsValue>) -> Box<Mean> {
    Box::new(move |event| Meaning::named(&text(events.as_ref()?, event)?))
}

/// `emits` holds, by verb, a name or a function that gives the name and what goes with it.
fn say(emits: Option<JsValue>) -> Box<Say> {
    Box::new(move |verb, conversation, data| {
        let own = emits.as_ref()?.child(verb.name())?;
        let Some(function) = own.dyn_ref::<Function>() else {
            return Some(Words { event: own.text()?, args: None });
        };
        let data = js_sys::JSON::parse(data).ok()?;
        let said = function.call2(&JsValue::UNDEFINED, &conversation.into(), &data).ok()?;
        let mut said = said.items()?.into_iter();
        Some(Words { event: said.next()?.text()?, args: Some(said.map(|arg| arg.json()).collect()) })
    })
}
