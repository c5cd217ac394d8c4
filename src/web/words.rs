//! The dialect, and the names that the application has given.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::protocol::names::{Meaning, Say, Words};
use crate::protocol::read::text;
use crate::protocol::{Codec, Names, Protocol, Value};

/// Reads the options `protocol`, `events` and `emits` from what `toConfig` of `src/js/config.js` gives.
pub(super) fn read(settings: &JsValue) -> Codec {
    let protocol = text(settings, "protocol");
    Codec {
        protocol: protocol.and_then(|name| Protocol::named(&name)).unwrap_or_default(),
        namespace: text(settings, "namespace").unwrap_or_default(),
        names: Names::new(events(settings), say(settings.child("emits"))),
    }
}

/// `events` is a list of pairs: a name of the server's, and its meaning.
fn events(settings: &JsValue) -> Vec<(String, Meaning)> {
    let pairs = settings.child("events").and_then(|pairs| pairs.items()).unwrap_or_default();
    let pair = |pair: &JsValue| match pair.texts()?.as_slice() {
        [name, meaning] => Some((name.clone(), Meaning::named(meaning)?)),
        _ => None,
    };
    pairs.iter().filter_map(pair).collect()
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
