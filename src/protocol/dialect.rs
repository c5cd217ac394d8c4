//! Dialects that are not this one, known by their first words.

/// What a server speaks instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Engine.IO 4 with Socket.IO 5 on it.
    SocketIo,
    /// One JSON object a frame.
    Json,
}

impl Dialect {
    /// Its name, and the option that speaks it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Json => "it is no Socket.IO but plain JSON, which needs protocol: 'json' or 'nest'",
            Self::SocketIo => "it is Socket.IO, which needs protocol: 'socket.io'",
        }
    }
}

/// What speaks like this, in the first frame of a socket or in refusing a plain request
/// (Engine.IO protocol, revision 4: the open packet; the error of a request without a transport).
pub fn recognize(text: &str) -> Option<Dialect> {
    let is_it = text.starts_with(r#"0{"sid":"#) || text.starts_with(r#"{"code":0,"message":"Transport unknown""#);
    is_it.then_some(Dialect::SocketIo)
}

/// What speaks like this where Socket.IO was expected.
pub fn recognize_json(text: &str) -> Option<Dialect> {
    text.starts_with('{').then_some(Dialect::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_io_is_known_by_its_open_packet_and_by_its_refusal() {
        // What engine.io 6.6 says.
        for text in [
            r#"0{"sid":"owFEARqxakDcOnwPAAAA","upgrades":[],"pingInterval":25000}"#,
            r#"{"code":0,"message":"Transport unknown"}"#,
        ] {
            assert_eq!(recognize(text), Some(Dialect::SocketIo), "{text}");
        }
        for text in ["", "0", "0{}", "2", "hello", r#"{"code":0}"#, "Transport unknown", r#"{"type":"hello"}"#] {
            assert_eq!(recognize(text), None, "{text}");
        }
    }

    #[test]
    fn json_is_known_by_its_brace() {
        assert_eq!(recognize_json(r#"{"type":"hello"}"#), Some(Dialect::Json));
        for text in ["", r#"0{"sid":"a"}"#, "42[]", "hello"] {
            assert_eq!(recognize_json(text), None, "{text}");
        }
    }
}
