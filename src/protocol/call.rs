//! What is said by the name of an event and what goes with it.

use super::frame::{Cursor, Outgoing};
use super::names::{Names, Verb, Words};
use super::object::Object;
use super::value::Value;

/// The name of an event, and what goes with it as JSON texts.
pub(super) struct Call {
    pub(super) event: String,
    pub(super) args: Vec<String>,
}

/// A frame as a call. A raw one is called by its `event`, else by its `type`; what goes with it is its `data`, else
/// the whole of it.
pub(super) fn call_of<V: Value>(frame: &Outgoing<V>, names: &Names) -> Call {
    match frame {
        Outgoing::Hello | Outgoing::Connect => plain("hello"),
        Outgoing::Answer { data, .. } => Call { event: "answer".into(), args: vec![data.json()] },
        Outgoing::Ping => plain("ping"),
        Outgoing::Pong => plain("pong"),
        Outgoing::Subscribe { conversation, cursor, .. } => {
            let mut data = Object::with("conversationId", conversation);
            write_cursor(cursor.as_ref(), &mut data);
            said(names, Verb::Subscribe, conversation, data)
        }
        Outgoing::Unsubscribe { conversation } => {
            said(names, Verb::Unsubscribe, conversation, Object::with("conversationId", conversation))
        }
        Outgoing::Message { conversation, client_id, content, .. } => {
            let mut data = Object::with("conversationId", conversation);
            data.text("clientId", client_id);
            data.raw("content", &content.json());
            said(names, Verb::Message, conversation, data)
        }
        Outgoing::Typing { conversation, is_typing } => {
            let mut data = Object::with("conversationId", conversation);
            data.flag("isTyping", *is_typing);
            said(names, Verb::Typing, conversation, data)
        }
        Outgoing::Read { conversation, message_id } => {
            let mut data = Object::with("conversationId", conversation);
            data.text("messageId", message_id);
            Call { event: "read".into(), args: vec![data.end()] }
        }
        Outgoing::Request { event, data, .. } => Call { event: String::from(&**event), args: vec![data.json()] },
        Outgoing::Raw(frame) => {
            let name = frame.child("event").or_else(|| frame.child("type")).and_then(|name| name.text());
            let data = frame.child("data").unwrap_or_else(|| frame.clone());
            Call { event: name.unwrap_or_else(|| "message".into()), args: vec![data.json()] }
        }
    }
}

pub(super) fn write_cursor(cursor: Option<&Cursor>, object: &mut Object) {
    if let Some(cursor) = cursor {
        object.count("after", Some(cursor.offset));
        if let Some(epoch) = &cursor.epoch {
            object.text("epoch", epoch);
        }
    }
}

fn plain(event: &str) -> Call {
    Call { event: event.into(), args: Vec::new() }
}

fn said(names: &Names, verb: Verb, conversation: &str, data: Object) -> Call {
    let data = data.end();
    match names.words(verb, conversation, &data) {
        Some(Words { event, args }) => Call { event, args: args.unwrap_or_else(|| vec![data]) },
        None => Call { event: verb.event().into(), args: vec![data] },
    }
}
