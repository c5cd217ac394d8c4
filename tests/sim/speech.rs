//! The dialects that the simulated server speaks. It thinks in `json`, and translates at its door.

use serde_json::{Value as Parsed, json};
use talkwire::protocol::names::Meaning;
use talkwire::protocol::{Codec, Names, Protocol};

/// The names of NestJS's gateways: of events, what they mean, and what the server itself calls that.
const NAMES: [(&str, Meaning, &str); 5] = [
    ("message:new", Meaning::Message, "message"),
    ("conversation:update", Meaning::Conversation, "conversation"),
    ("user:typing", Meaning::Typing, "typing"),
    ("presence:update", Meaning::Presence, "presence"),
    ("agent:status", Meaning::Agent, "agent"),
];

/// How the clients of a server that speaks `protocol` read and write.
pub fn codec(protocol: Protocol) -> Codec {
    let events = match protocol {
        Protocol::Json => Vec::new(),
        Protocol::Nest => NAMES.map(|(event, meaning, _)| (event.into(), meaning)).into(),
    };
    Codec { protocol, names: Names::new(events, Box::new(|_, _, _| None)) }
}

/// What a client says, as the server thinks of it.
pub fn heard(protocol: Protocol, frame: Parsed) -> Parsed {
    match protocol {
        Protocol::Json => frame,
        Protocol::Nest => {
            let kind = match frame["event"].as_str().unwrap_or_default() {
                "message:send" => "message",
                "user:typing" => "typing",
                other => other,
            };
            json!({"type": kind, "conversationId": frame["data"]["conversationId"], "data": frame["data"]})
        }
    }
}

/// What the server says, as it goes over the wire.
pub fn said(protocol: Protocol, mut frame: Parsed) -> Parsed {
    match protocol {
        Protocol::Json => frame,
        Protocol::Nest => {
            let event =
                NAMES.iter().find(|(_, _, kind)| frame["type"] == *kind).map(|(event, _, _)| Parsed::from(*event));
            let event = event.unwrap_or_else(|| frame["type"].take());
            let mut data = frame["data"].take();
            for beside in ["conversationId", "offset", "epoch"] {
                if let (Some(data), Some(value)) = (data.as_object_mut(), frame.get_mut(beside)) {
                    data.insert(beside.into(), value.take());
                }
            }
            json!({"event": event, "data": data})
        }
    }
}
