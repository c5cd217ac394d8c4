//! The dialects that the simulated server speaks. It thinks in `json`, and translates at its door.

use serde_json::{Value as Parsed, json};
use talkwire::protocol::names::Meaning;
use talkwire::protocol::{Codec, Names, Protocol};

/// How often a Socket.IO server pings, and how long it may be late.
pub const PING_MS: u64 = 25_000;
pub const PING_TIMEOUT_MS: u64 = 20_000;
/// The longest frame that it takes.
pub const MAX_BYTES: u64 = 1_000_000;

/// The names of gateways: of events, what they mean, and what the server itself calls that.
const NAMES: [(&str, Meaning, &str); 5] = [
    ("message:new", Meaning::Message, "message"),
    ("conversation:update", Meaning::Conversation, "conversation"),
    ("user:typing", Meaning::Typing, "typing"),
    ("presence:update", Meaning::Presence, "presence"),
    ("agent:status", Meaning::Agent, "agent"),
];

/// How the clients of a server that speaks `protocol` read and write.
pub fn codec(protocol: Protocol) -> Codec {
    let mean = move |event: &str| match protocol {
        Protocol::Json => None,
        Protocol::Nest | Protocol::SocketIo => {
            NAMES.iter().find(|(name, ..)| *name == event).map(|(_, means, _)| *means)
        }
    };
    Codec { protocol, names: Names::new(Box::new(mean), Box::new(|_, _, _| None)), namespace: String::new() }
}

/// What a client says, as the server thinks of it.
pub fn heard(protocol: Protocol, text: &str) -> Option<Parsed> {
    match protocol {
        Protocol::Json => serde_json::from_str(text).ok(),
        Protocol::Nest => {
            let frame: Parsed = serde_json::from_str(text).ok()?;
            Some(called(frame["event"].as_str()?, &frame["data"], None))
        }
        Protocol::SocketIo => match text.split_at_checked(2) {
            Some(("42", call)) => {
                let body = call.find('[')?;
                let args: Vec<Parsed> = serde_json::from_str(&call[body..]).ok()?;
                Some(called(args.first()?.as_str()?, args.get(1).unwrap_or(&Parsed::Null), call[..body].parse().ok()))
            }
            Some(("40", "")) => Some(json!({"type": "connect"})),
            Some(("40", nowhere)) => Some(json!({"type": "ping", "namespace": nowhere.trim_end_matches(',')})),
            _ => Some(json!({"type": "pong"})),
        },
    }
}

fn called(event: &str, data: &Parsed, reference: Option<u64>) -> Parsed {
    let kind = match event {
        "message:send" => "message",
        "user:typing" => "typing",
        other => other,
    };
    json!({"type": kind, "conversationId": data["conversationId"], "data": data, "ref": reference})
}

/// What the server says, as it goes over the wire: of a Socket.IO packet, as `src/js/packets.js` takes it apart.
pub fn said(protocol: Protocol, mut frame: Parsed) -> Parsed {
    match protocol {
        Protocol::Json => frame,
        Protocol::Nest => event(&mut frame),
        Protocol::SocketIo => match frame["type"].as_str().unwrap_or_default() {
            "open" => json!({"packet": "0", "data": {
                "sid": "s", "pingInterval": PING_MS, "pingTimeout": PING_TIMEOUT_MS, "maxPayload": MAX_BYTES,
            }}),
            "hello" => json!({"packet": "40", "data": {"sid": "s"}, "recovered": frame["recovered"]}),
            "ping" => json!({"packet": "2"}),
            "pong" => {
                json!({"packet": "44", "namespace": "/talkwire-is-anybody-there", "data": {"message": "Invalid namespace"}})
            }
            "subscribed" => {
                json!({"packet": "43", "ref": frame["ref"], "data": {"offset": frame["offset"], "epoch": frame["epoch"]}})
            }
            "ack" => json!({"packet": "43", "ref": frame["ref"], "data": frame["data"]}),
            "refused" => json!({"packet": "44", "namespace": "/", "data": {"message": frame["message"]}}),
            "bye" => json!({"packet": "41"}),
            _ => event(&mut frame),
        },
    }
}

fn event(frame: &mut Parsed) -> Parsed {
    let event = NAMES.iter().find(|(_, _, kind)| frame["type"] == *kind).map(|(event, _, _)| Parsed::from(*event));
    let event = event.unwrap_or_else(|| frame["type"].take());
    let mut data = frame["data"].take();
    for beside in ["conversationId", "offset", "epoch"] {
        if let (Some(data), Some(value)) = (data.as_object_mut(), frame.get_mut(beside)) {
            data.insert(beside.into(), value.take());
        }
    }
    json!({"event": event, "data": data})
}
