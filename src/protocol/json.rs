//! The `json` dialect: one JSON object a frame, its meaning under `type` (PROTOCOL.md).

use super::frame::{Features, Frame, Hello, Keys, Outgoing, Subscribed, Update, UpdateKind};
use super::value::Value;

/// Why a frame could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Not an object with a `type`.
    NoType,
    /// An `event` where the `type` should stand, as NestJS's plain adapter sends it.
    EventForType,
    /// A known type without what it needs; names what is missing.
    Missing(&'static str),
}

impl DecodeError {
    /// What is wrong with the frame.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NoType => "a frame without a type",
            Self::EventForType => "a frame with an event in place of a type, as NestJS sends: set protocol: 'nest'",
            Self::Missing(what) => what,
        }
    }
}

/// Where a message's own id stands in its data: the name of an entry, or whatever a shell makes of it.
pub trait MessageId<V> {
    /// The id of this message.
    fn of(&self, data: &V) -> Option<String>;
}

impl<V: Value> MessageId<V> for str {
    fn of(&self, data: &V) -> Option<String> {
        text(data, self)
    }
}

/// Reads one frame.
pub fn decode<V: Value>(frame: V, message_id: &(impl MessageId<V> + ?Sized)) -> Result<Frame<V>, DecodeError> {
    let kind = frame.child("type").and_then(|value| value.text()).ok_or_else(|| match frame.child("event") {
        Some(_) => DecodeError::EventForType,
        None => DecodeError::NoType,
    })?;
    Ok(match kind.as_str() {
        "hello" => Frame::Hello(hello(&frame)),
        "subscribed" => Frame::Subscribed(Subscribed {
            conversation: conversation_of(&frame),
            reply_to: reference(&frame),
            offset: count(&frame, "offset"),
            epoch: text(&frame, "epoch"),
            recovered: flag(&frame, "recovered"),
        }),
        "ack" => {
            let data = frame.child("data");
            Frame::Ack {
                reply_to: reference(&frame).ok_or(DecodeError::Missing("an ack without a ref"))?,
                keys: data.as_ref().map_or_else(Keys::default, |data| message_keys(data, message_id)),
                data,
            }
        }
        "error" => Frame::Error {
            reply_to: reference(&frame),
            conversation: conversation_of(&frame),
            code: text(&frame, "code").unwrap_or_default(),
            message: text(&frame, "message").unwrap_or_default(),
            retryable: flag(&frame, "retryable"),
        },
        "pong" => Frame::Pong,
        "ping" => Frame::Ping,
        "drain" => Frame::Drain { within_ms: count(&frame, "withinMs").unwrap_or(0) },
        "batch" => Frame::Batch(
            frame
                .child("frames")
                .and_then(|frames| frames.items())
                .ok_or(DecodeError::Missing("a batch without frames"))?,
        ),
        _ => Frame::Update(update(kind, frame, message_id)?),
    })
}

/// What identifies a message, read from its own data.
pub fn message_keys<V: Value>(data: &V, message_id: &(impl MessageId<V> + ?Sized)) -> Keys {
    Keys {
        id: message_id.of(data),
        client_id: text(data, "clientId"),
        sender_id: text(data, "senderId").or_else(|| text(data, "userId")),
        offset: count(data, "offset"),
        epoch: text(data, "epoch"),
        replay: false,
    }
}

/// Writes one frame as JSON text.
pub fn encode<V: Value>(frame: &Outgoing<V>) -> String {
    match frame {
        Outgoing::Hello => r#"{"type":"hello","features":["batch"]}"#.into(),
        Outgoing::Subscribe { conversation, reference, cursor } => {
            let mut out = Object::new("subscribe");
            out.text("conversationId", conversation);
            out.count("ref", reference.map(u64::from));
            if let Some(cursor) = cursor {
                out.count("after", Some(cursor.offset));
                if let Some(epoch) = &cursor.epoch {
                    out.text("epoch", epoch);
                }
            }
            out.end()
        }
        Outgoing::Unsubscribe { conversation } => {
            let mut out = Object::new("unsubscribe");
            out.text("conversationId", conversation);
            out.end()
        }
        Outgoing::Message { conversation, reference, client_id, content } => {
            let mut out = Object::new("message");
            out.text("conversationId", conversation);
            out.count("ref", reference.map(u64::from));
            let mut data = Object::empty();
            data.text("clientId", client_id);
            data.raw("content", &content.json());
            out.raw("data", &data.end());
            out.end()
        }
        Outgoing::Typing { conversation, is_typing } => {
            let mut out = Object::new("typing");
            out.text("conversationId", conversation);
            out.raw("data", if *is_typing { r#"{"isTyping":true}"# } else { r#"{"isTyping":false}"# });
            out.end()
        }
        Outgoing::Read { conversation, message_id } => {
            let mut out = Object::new("read");
            out.text("conversationId", conversation);
            let mut data = Object::empty();
            data.text("messageId", message_id);
            out.raw("data", &data.end());
            out.end()
        }
        Outgoing::Request { event, reference, data } => {
            let mut out = Object::new(event);
            out.count("ref", Some(u64::from(*reference)));
            out.raw("data", &data.json());
            out.end()
        }
        Outgoing::Raw(frame) => frame.json(),
        Outgoing::Ping => r#"{"type":"ping"}"#.into(),
        Outgoing::Pong => r#"{"type":"pong"}"#.into(),
    }
}

fn hello<V: Value>(frame: &V) -> Hello {
    let mut features = Features::default();
    for name in frame.child("features").and_then(|list| list.texts()).unwrap_or_default() {
        match name.as_str() {
            "ack" => features.ack = true,
            "replay" => features.replay = true,
            "batch" => features.batch = true,
            "ping" => features.ping = true,
            "list" => features.list = true,
            "read" => features.read = true,
            _ => {}
        }
    }
    Hello { features, user_id: text(frame, "userId") }
}

fn update<V: Value>(
    kind: String,
    frame: V,
    message_id: &(impl MessageId<V> + ?Sized),
) -> Result<Update<V>, DecodeError> {
    let data = frame.child("data").unwrap_or_else(|| frame.clone());
    let kind = match kind.as_str() {
        "message" => UpdateKind::Message(Keys {
            offset: count(&frame, "offset").or_else(|| count(&data, "offset")),
            epoch: text(&frame, "epoch").or_else(|| text(&data, "epoch")),
            replay: flag(&frame, "replay"),
            ..message_keys(&data, message_id)
        }),
        "conversation" => UpdateKind::Conversation,
        "typing" => UpdateKind::Typing {
            user_id: text(&data, "userId").ok_or(DecodeError::Missing("typing without a userId"))?,
            is_typing: data.child("isTyping").and_then(|value| value.flag()).unwrap_or(true),
        },
        "presence" => UpdateKind::Presence {
            user_ids: data
                .child("userIds")
                .and_then(|list| list.texts())
                .ok_or(DecodeError::Missing("presence without userIds"))?,
        },
        "agent" => UpdateKind::Agent {
            agent_id: text(&data, "agentId").ok_or(DecodeError::Missing("agent without an agentId"))?,
        },
        _ => UpdateKind::Other(kind),
    };
    let conversation = conversation_of(&frame).or_else(|| match kind {
        UpdateKind::Conversation => text(&data, "id"),
        UpdateKind::Message(_)
        | UpdateKind::Typing { .. }
        | UpdateKind::Presence { .. }
        | UpdateKind::Agent { .. }
        | UpdateKind::Other(_) => None,
    });
    Ok(Update { kind, conversation, data, whole: frame })
}

fn conversation_of<V: Value>(frame: &V) -> Option<String> {
    text(frame, "conversationId").or_else(|| frame.child("data").and_then(|data| text(&data, "conversationId")))
}

fn reference<V: Value>(frame: &V) -> Option<u32> {
    count(frame, "ref").and_then(|number| u32::try_from(number).ok())
}

fn text<V: Value>(value: &V, name: &str) -> Option<String> {
    value.child(name)?.text()
}

fn count<V: Value>(value: &V, name: &str) -> Option<u64> {
    value.child(name)?.count()
}

fn flag<V: Value>(value: &V, name: &str) -> bool {
    value.child(name).and_then(|value| value.flag()).unwrap_or(false)
}

/// A JSON object as it is written.
struct Object(String);

impl Object {
    fn empty() -> Self {
        Self(String::from("{"))
    }

    fn new(kind: &str) -> Self {
        let mut object = Self::empty();
        object.text("type", kind);
        object
    }

    fn raw(&mut self, name: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(name, &mut self.0);
        self.0.push(':');
        self.0.push_str(json);
    }

    fn text(&mut self, name: &str, text: &str) {
        let mut quoted = String::new();
        quote(text, &mut quoted);
        self.raw(name, &quoted);
    }

    fn count(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.raw(name, &number.to_string());
        }
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Writes `text` as a JSON string (RFC 8259 section 7).
fn quote(text: &str, out: &mut String) {
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
