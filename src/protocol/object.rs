//! JSON as it is written.

use super::decimal;

/// A JSON object on its way out.
pub(super) struct Object(String);

impl Object {
    pub(super) fn empty() -> Self {
        Self(String::from("{"))
    }

    /// One that begins with this text under this name.
    pub(super) fn with(name: &str, text: &str) -> Self {
        let mut object = Self::empty();
        object.text(name, text);
        object
    }

    pub(super) fn raw(&mut self, name: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(name, &mut self.0);
        self.0.push(':');
        self.0.push_str(json);
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        let mut quoted = String::new();
        quote(text, &mut quoted);
        self.raw(name, &quoted);
    }

    pub(super) fn flag(&mut self, name: &str, flag: bool) {
        self.raw(name, if flag { "true" } else { "false" });
    }

    pub(super) fn count(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.raw(name, &decimal(number));
        }
    }

    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Writes `text` as a JSON string (RFC 8259 section 7).
pub(super) fn quote(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\0'..='\u{1f}' => {
                let code = letter as usize;
                out.push_str("\\u00");
                out.extend([code >> 4, code & 15].map(|digit| HEX.get(digit).map_or('0', |hex| char::from(*hex))));
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}
