//! The frames of the `json` dialect.

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::model::{Conversation, Message, NewMessage};

/// What this gateway says it can do.
pub(crate) const FEATURES: [&str; 6] = ["ack", "replay", "batch", "ping", "list", "read"];

/// A frame to a client.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub(crate) enum Outgoing<'a> {
    Hello {
        features: &'a [&'a str],
        session: &'a str,
        user_id: &'a str,
    },
    Subscribed {
        conversation_id: &'a str,
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a Value>,
        offset: i64,
        epoch: &'a str,
        recovered: bool,
    },
    Message {
        conversation_id: &'a str,
        data: &'a Message,
        offset: i64,
        epoch: &'a str,
        #[serde(skip_serializing_if = "is_false")]
        replay: bool,
    },
    Conversation {
        conversation_id: &'a str,
        data: &'a Conversation,
    },
    Typing {
        conversation_id: &'a str,
        data: TypingOf<'a>,
    },
    Presence {
        conversation_id: &'a str,
        data: UserIds<'a>,
    },
    Agent {
        data: StatusOf<'a>,
    },
    Ack {
        #[serde(rename = "ref")]
        reference: &'a Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<&'a Message>,
    },
    Error {
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation_id: Option<&'a str>,
        code: &'a str,
        message: &'a str,
        retryable: bool,
    },
    Pong,
    Drain {
        within_ms: u64,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TypingOf<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) is_typing: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserIds<'a> {
    pub(crate) user_ids: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusOf<'a> {
    pub(crate) agent_id: &'a str,
    pub(crate) status: &'a str,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn message(message: &'a Message, replay: bool) -> Self {
        Self::Message {
            conversation_id: &message.conversation_id,
            data: message,
            offset: message.offset,
            epoch: &message.epoch,
            replay,
        }
    }

    /// The text of the frame, cheap to clone for every connection that gets it.
    pub(crate) fn encode(&self) -> Utf8Bytes {
        match serde_json::to_string(self) {
            Ok(text) => text.into(),
            Err(error) => {
                tracing::error!(%error, "a frame could not be written");
                Utf8Bytes::from_static(
                    r#"{"type":"error","code":"internal","message":"a frame could not be written","retryable":true}"#,
                )
            }
        }
    }
}

/// A frame from a client.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub(crate) enum Incoming {
    Hello {
        #[serde(default)]
        features: Vec<String>,
    },
    Auth {
        token: String,
    },
    Subscribe {
        conversation_id: String,
        after: Option<i64>,
        epoch: Option<String>,
    },
    Unsubscribe {
        conversation_id: String,
    },
    Message {
        conversation_id: String,
        data: NewMessage,
    },
    Typing {
        conversation_id: String,
        data: IsTyping,
    },
    Read {
        conversation_id: String,
        data: ReadUpTo,
    },
    Batch {
        frames: Vec<Value>,
    },
    Ping,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IsTyping {
    pub(crate) is_typing: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadUpTo {
    pub(crate) message_id: String,
}

/// What an answer to a frame refers to, known even where the frame itself is no good.
#[derive(Debug, Default)]
pub(crate) struct Regarding {
    pub(crate) reference: Option<Value>,
    pub(crate) conversation_id: Option<String>,
}

impl Regarding {
    pub(crate) fn error(&self, failure: &Failure) -> Utf8Bytes {
        Outgoing::Error {
            reference: self.reference.as_ref(),
            conversation_id: self.conversation_id.as_deref(),
            code: failure.code,
            message: &failure.message,
            retryable: failure.retryable,
        }
        .encode()
    }
}

pub(crate) fn parse(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure { code: "malformed-json", ..Failure::wrong_shape(error.to_string()) })
}

pub(crate) fn decode(mut frame: Value) -> (Regarding, Result<Incoming, Failure>) {
    lift_conversation_id(&mut frame);
    let regarding = Regarding {
        reference: frame.get("ref").filter(|value| !value.is_null()).cloned(),
        conversation_id: frame.get("conversationId").and_then(Value::as_str).map(str::to_owned),
    };
    let frame = match serde_json::from_value(frame) {
        Ok(Incoming::Unknown) => {
            Err(Failure { code: "unknown-type", ..Failure::wrong_shape("no frame of this type is known here") })
        }
        Ok(frame) => Ok(frame),
        Err(error) => Err(Failure::wrong_shape(error.to_string())),
    };
    (regarding, frame)
}

/// `conversationId` may also stand inside `data`.
fn lift_conversation_id(frame: &mut Value) {
    let Some(inner) = frame.get("data").and_then(|data| data.get("conversationId")).cloned() else {
        return;
    };
    if let Some(fields) = frame.as_object_mut() {
        fields.entry("conversationId").or_insert(inner);
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        parse(text).and_then(|frame| decode(frame).1).unwrap_err().code
    }

    #[test]
    fn bad_frames_are_told_apart() {
        assert_eq!(code("{"), "malformed-json");
        assert_eq!(code(r#"{"type":"dance"}"#), "unknown-type");
        assert_eq!(code(r#"{"type":"subscribe"}"#), "wrong-shape");
        assert_eq!(code(r#"{"type":7}"#), "wrong-shape");
        assert_eq!(code("[]"), "wrong-shape");
        assert_eq!(code("null"), "wrong-shape");
    }

    #[test]
    fn an_error_keeps_what_it_answers() {
        let (regarding, frame) = decode(parse(r#"{"type":"message","ref":3,"conversationId":"c"}"#).unwrap());
        let text = regarding.error(&frame.unwrap_err());
        assert!(text.contains(r#""ref":3,"conversationId":"c","code":"wrong-shape""#), "{text}");
    }

    #[test]
    fn the_conversation_may_stand_inside_data() {
        let (_, frame) = decode(parse(r#"{"type":"typing","data":{"conversationId":"c","isTyping":true}}"#).unwrap());
        assert!(matches!(frame, Ok(Incoming::Typing { conversation_id, .. }) if conversation_id == "c"));
    }
}
