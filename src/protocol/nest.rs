//! The `nest` dialect: what NestJS's plain `WsAdapter` speaks, `{"event":…,"data":…}` both ways (PROTOCOL.md).

use super::call::call_of;
use super::frame::{Frame, Outgoing, Update, UpdateKind};
use super::names::Names;
use super::object::Object;
use super::read::{DecodeError, MessageId, conversation_of, text, update};
use super::value::Value;

/// What a handler returns without naming it.
pub const RESULT: &str = "result";

/// Reads one frame.
pub fn decode<V: Value>(
    frame: V,
    names: &Names,
    message_id: &(impl MessageId<V> + ?Sized),
) -> Result<Frame<V>, DecodeError> {
    if let Some(event) = text(&frame, "event") {
        return update(names.meaning(&event), event, frame, message_id).map(Frame::Update);
    }
    if frame.child("type").is_some() && frame.child("data").is_some() {
        return Err(DecodeError::TypeForEvent);
    }
    let conversation = conversation_of(&frame);
    Ok(Frame::Update(Update { kind: UpdateKind::Other(RESULT.into()), conversation, data: frame, whole: None }))
}

/// Writes one frame as JSON text.
pub fn encode<V: Value>(frame: &Outgoing<V>, names: &Names) -> String {
    let call = call_of(frame, names);
    let mut out = Object::with("event", &call.event);
    if let Some(data) = call.args.first() {
        out.raw("data", data);
    }
    out.end()
}
