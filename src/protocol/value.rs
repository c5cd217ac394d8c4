//! How decoding looks into a parsed frame, whatever parsed it.

/// A parsed JSON value: `JsValue` in a browser, `serde_json::Value` in tests.
pub trait Value: Clone {
    /// The text of a string, or of a whole number (ids come as either).
    fn text(&self) -> Option<String>;
    /// The number of a number.
    fn number(&self) -> Option<f64>;
    /// The value of a boolean.
    fn flag(&self) -> Option<bool>;
    /// An object's own entry.
    fn child(&self, name: &str) -> Option<Self>;
    /// The items of an array.
    fn items(&self) -> Option<Vec<Self>>;
    /// The value as JSON text.
    fn json(&self) -> String;

    /// A whole number that is not negative.
    fn count(&self) -> Option<u64> {
        let number = self.number()?;
        let whole = number as u64;
        (whole as f64 == number && whole <= MAX_SAFE_INTEGER).then_some(whole)
    }

    /// The texts of an array's items; those that are none are left out.
    fn texts(&self) -> Option<Vec<String>> {
        Some(self.items()?.iter().filter_map(Self::text).collect())
    }
}

/// The largest whole number that a JavaScript number holds exactly.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
