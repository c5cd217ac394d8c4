//! An engine's error as a real JavaScript `Error`.

use wasm_bindgen::prelude::*;

use crate::engine::Error;

use super::host::Host;

/// A `TalkwireError`; `undefined` for none.
pub(super) fn to_js(host: &Host, error: Option<&Error>) -> JsValue {
    error.map_or(JsValue::UNDEFINED, |error| host.error(error.code.code(), &error.message(), error.retryable))
}
