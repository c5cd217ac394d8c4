//! How decoding looks into what `JSON.parse` made.

use std::cell::RefCell;

use js_sys::{Array, Function, JSON, Reflect};
use wasm_bindgen::prelude::*;

use crate::engine::Payload;
use crate::protocol::Value;
use crate::protocol::read::MessageId;

/// Numbers up to here are whole without doubt (ECMA-262, Number.MAX_SAFE_INTEGER).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

impl Value for JsValue {
    fn text(&self) -> Option<String> {
        self.as_string().or_else(|| {
            let number = self.as_f64()?;
            let is_whole = number.trunc() == number && number.abs() <= MAX_SAFE_INTEGER;
            is_whole.then(|| self.json())
        })
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn child(&self, name: &str) -> Option<Self> {
        if !self.is_object() {
            return None;
        }
        let child = match name_of(name) {
            Some(name) => Reflect::get(self, name),
            None => Reflect::get(self, &Self::from_str(name)),
        };
        child.ok().filter(|child| !child.is_undefined())
    }

    fn items(&self) -> Option<Vec<Self>> {
        Array::is_array(self).then(|| self.unchecked_ref::<Array>().iter().collect())
    }

    fn json(&self) -> String {
        JSON::stringify(self).ok().and_then(|text| text.as_string()).unwrap_or_else(|| "null".into())
    }
}

impl Payload for JsValue {
    fn is_content_of(&self, stored: &Self) -> bool {
        stored
            .child("content")
            .is_some_and(|content| *self == content || (self.is_object() && self.json() == content.json()))
    }
}

/// So many names are kept: all there are in this crate, and some that applications have chosen.
const MAX_NAMES: usize = 128;

thread_local! {
    /// Names of entries as JavaScript has them, kept for good: to make one anew takes longer than to look it up in a frame.
    static NAMES: RefCell<Vec<(Box<str>, &'static JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// A name as JavaScript has it; none if too many others are kept.
fn name_of(name: &str) -> Option<&'static JsValue> {
    NAMES.with_borrow_mut(|names| {
        if let Some((_, value)) = names.iter().find(|(known, _)| **known == *name) {
            return Some(*value);
        }
        if names.len() >= MAX_NAMES {
            return None;
        }
        let value: &JsValue = Box::leak(Box::new(JsValue::from_str(name)));
        names.push((name.into(), value));
        Some(value)
    })
}

/// The option `messageId`: the name of an entry, or the application's own function.
pub(super) enum OwnId {
    Entry(String),
    Function(Function),
}

impl OwnId {
    /// Reads the option.
    pub(super) fn read(option: Option<JsValue>) -> Self {
        match option.map(|option| option.dyn_into::<Function>()) {
            Some(Ok(function)) => Self::Function(function),
            Some(Err(name)) => Self::Entry(name.text().unwrap_or_default()),
            None => Self::Entry("id".into()),
        }
    }
}

impl MessageId<JsValue> for OwnId {
    fn of(&self, data: &JsValue) -> Option<String> {
        match self {
            Self::Entry(name) => data.child(name)?.text(),
            Self::Function(function) => function.call1(&JsValue::UNDEFINED, data).ok()?.text(),
        }
    }
}
