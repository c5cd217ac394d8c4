//! What every dialect reads in the same way.

use super::frame::{Frame, Keys, Update, UpdateKind};
use super::names::Meaning;
use super::value::Value;

/// Why a frame could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Not an object with a `type`.
    NoType,
    /// An `event` where the `type` should stand, as NestJS's plain adapter sends it.
    EventForType,
    /// A `type` where the `event` should stand.
    TypeForEvent,
    /// A known type without what it needs; names what is missing.
    Missing(&'static str),
}

impl DecodeError {
    /// What is wrong with the frame.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NoType => "a frame without a type",
            Self::EventForType => "a frame with an event in place of a type, as NestJS sends: set protocol: 'nest'",
            Self::TypeForEvent => "a frame with a type in place of an event: set protocol: 'json'",
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

/// Reads what happened from a frame that says so under `name`: what does not stand beside its `data` stands inside.
pub(super) fn update<V: Value>(
    meaning: Option<Meaning>,
    name: String,
    frame: V,
    message_id: &(impl MessageId<V> + ?Sized),
) -> Result<Update<V>, DecodeError> {
    let data = frame.child("data").unwrap_or_else(|| frame.clone());
    let kind = match meaning {
        Some(Meaning::Message) => UpdateKind::Message(Keys {
            offset: count(&frame, "offset").or_else(|| count(&data, "offset")),
            epoch: text(&frame, "epoch").or_else(|| text(&data, "epoch")),
            replay: flag(&frame, "replay"),
            ..message_keys(&data, message_id)
        }),
        Some(Meaning::Conversation) => UpdateKind::Conversation,
        Some(Meaning::Typing) => UpdateKind::Typing {
            user_id: text(&data, "userId").ok_or(DecodeError::Missing("typing without a userId"))?,
            is_typing: data.child("isTyping").and_then(|value| value.flag()).unwrap_or(true),
        },
        Some(Meaning::Presence) => UpdateKind::Presence {
            user_ids: data
                .child("userIds")
                .and_then(|list| list.texts())
                .ok_or(DecodeError::Missing("presence without userIds"))?,
        },
        Some(Meaning::Agent) => UpdateKind::Agent {
            agent_id: text(&data, "agentId").ok_or(DecodeError::Missing("agent without an agentId"))?,
        },
        None => UpdateKind::Other(name),
    };
    let conversation = conversation_of(&frame).or_else(|| match kind {
        UpdateKind::Conversation => text(&data, "id"),
        UpdateKind::Message(_)
        | UpdateKind::Typing { .. }
        | UpdateKind::Presence { .. }
        | UpdateKind::Agent { .. }
        | UpdateKind::Other(_) => None,
    });
    Ok(Update { kind, conversation, data, whole: Some(frame) })
}

/// What an `error` says.
pub(super) fn refusal<V: Value>(reply_to: Option<u32>, conversation: Option<String>, error: &V) -> Frame<V> {
    Frame::Error {
        reply_to,
        conversation,
        code: text(error, "code").unwrap_or_default(),
        message: text(error, "message").unwrap_or_default(),
        retryable: flag(error, "retryable"),
    }
}

pub(super) fn conversation_of<V: Value>(frame: &V) -> Option<String> {
    text(frame, "conversationId").or_else(|| frame.child("data").and_then(|data| text(&data, "conversationId")))
}

pub(crate) fn text<V: Value>(value: &V, name: &str) -> Option<String> {
    value.child(name)?.text()
}

pub(crate) fn count<V: Value>(value: &V, name: &str) -> Option<u64> {
    value.child(name)?.count()
}

pub(crate) fn flag<V: Value>(value: &V, name: &str) -> bool {
    value.child(name).and_then(|value| value.flag()).unwrap_or(false)
}
