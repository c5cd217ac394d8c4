//! The `json` dialect: one JSON object a frame, its meaning under `type` (PROTOCOL.md).

use super::call::write_cursor;
use super::frame::{Features, Frame, Hello, Keys, Outgoing, Subscribed};
use super::names::{Meaning, Names, Verb, Words};
use super::object::Object;
use super::read::{DecodeError, MessageId, conversation_of, count, flag, message_keys, refusal, text, update};
use super::value::Value;

/// Reads one frame.
pub fn decode<V: Value>(
    frame: V,
    names: &Names,
    message_id: &(impl MessageId<V> + ?Sized),
) -> Result<Frame<V>, DecodeError> {
    let kind = text(&frame, "type").ok_or_else(|| match frame.child("event") {
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
        "error" => refusal(reference(&frame), conversation_of(&frame), &frame),
        "pong" => Frame::Pong,
        "ping" => Frame::Ping,
        "drain" => Frame::Drain { within_ms: count(&frame, "withinMs").unwrap_or(0) },
        "batch" => Frame::Batch(
            frame
                .child("frames")
                .and_then(|frames| frames.items())
                .ok_or(DecodeError::Missing("a batch without frames"))?,
        ),
        _ => {
            let meaning = names.meaning(&kind).or_else(|| Meaning::named(&kind));
            Frame::Update(update(meaning, kind, frame, message_id)?)
        }
    })
}

/// Writes one frame as JSON text.
pub fn encode<V: Value>(frame: &Outgoing<V>, names: &Names) -> String {
    match frame {
        Outgoing::Connect | Outgoing::Hello => r#"{"type":"hello","features":["batch"]}"#.into(),
        Outgoing::Subscribe { conversation, reference, cursor } => {
            let mut out = said(names, Verb::Subscribe, conversation, *reference, None);
            write_cursor(cursor.as_ref(), &mut out);
            out.end()
        }
        Outgoing::Unsubscribe { conversation } => said(names, Verb::Unsubscribe, conversation, None, None).end(),
        Outgoing::Message { conversation, reference, client_id, content } => {
            let mut data = Object::with("clientId", client_id);
            data.raw("content", &content.json());
            said(names, Verb::Message, conversation, *reference, Some(data)).end()
        }
        Outgoing::Typing { conversation, is_typing } => {
            let mut data = Object::empty();
            data.flag("isTyping", *is_typing);
            said(names, Verb::Typing, conversation, None, Some(data)).end()
        }
        Outgoing::Read { conversation, message_id } => {
            let mut out = Object::with("type", "read");
            out.text("conversationId", conversation);
            out.raw("data", &Object::with("messageId", message_id).end());
            out.end()
        }
        Outgoing::Request { event, reference, data } => {
            let mut out = Object::with("type", event);
            out.count("ref", Some(u64::from(*reference)));
            out.raw("data", &data.json());
            out.end()
        }
        Outgoing::Answer { reference, data } => {
            let mut out = Object::with("type", "ack");
            out.count("ref", Some(u64::from(*reference)));
            out.raw("data", &data.json());
            out.end()
        }
        Outgoing::Raw(frame) => frame.json(),
        Outgoing::Ping => r#"{"type":"ping"}"#.into(),
        Outgoing::Pong => r#"{"type":"pong"}"#.into(),
    }
}

/// What is said in a conversation. Words of the application's change its name and its data.
fn said(names: &Names, verb: Verb, conversation: &str, reference: Option<u32>, data: Option<Object>) -> Object {
    let data = data.map(Object::end);
    let (event, data) = match names.words(verb, conversation, data.as_deref().unwrap_or("{}")) {
        Some(Words { event, args: Some(args) }) => (event, args.into_iter().next()),
        Some(Words { event, args: None }) => (event, data),
        None => (verb.name().into(), data),
    };
    let mut out = Object::with("type", &event);
    out.text("conversationId", conversation);
    out.count("ref", reference.map(u64::from));
    if let Some(data) = data {
        out.raw("data", &data);
    }
    out
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
    Hello { features, user_id: text(frame, "userId"), recovered: false }
}

fn reference<V: Value>(frame: &V) -> Option<u32> {
    count(frame, "ref").and_then(|number| u32::try_from(number).ok())
}
