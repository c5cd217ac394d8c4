//! JSON as the tests' payload: what `JsValue` is in a browser.

use serde_json::Value as Parsed;
use talkwire::engine::Payload;
use talkwire::protocol::Value;

#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub Parsed);

impl Json {
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    pub fn string(text: &str) -> Self {
        Self(Parsed::String(text.into()))
    }

    pub fn get(&self, name: &str) -> &Parsed {
        &self.0[name]
    }

    pub fn id(&self) -> String {
        self.get("id").as_str().unwrap_or_default().into()
    }
}

impl Value for Json {
    fn text(&self) -> Option<String> {
        match &self.0 {
            Parsed::String(text) => Some(text.clone()),
            Parsed::Number(number) => number.as_i64().map(|whole| whole.to_string()),
            Parsed::Null | Parsed::Bool(_) | Parsed::Array(_) | Parsed::Object(_) => None,
        }
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn child(&self, name: &str) -> Option<Self> {
        self.0.as_object()?.get(name).cloned().map(Self)
    }

    fn items(&self) -> Option<Vec<Self>> {
        Some(self.0.as_array()?.iter().cloned().map(Self).collect())
    }

    fn json(&self) -> String {
        self.0.to_string()
    }
}

impl Payload for Json {
    fn is_content_of(&self, stored: &Self) -> bool {
        *stored.get("content") == self.0
    }
}
