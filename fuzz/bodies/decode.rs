//! Decoding must give a frame or an error, whatever comes; and what is read is what was written.

use talkwire::protocol::{Frame, Value, json as dialect};

use crate::json::Json;

/// Batches inside batches are followed this far, as the shell does.
const MAX_DEPTH: u8 = 4;

/// Decodes `text` as a frame.
pub fn run(text: &[u8]) {
    if let Ok(value) = serde_json::from_slice(text) {
        decode(Json(value), 0);
    }
}

fn decode(value: Json, depth: u8) {
    match dialect::decode(value.clone(), "id") {
        Ok(Frame::Batch(frames)) if depth < MAX_DEPTH => {
            for frame in frames {
                decode(frame, depth + 1);
            }
        }
        Ok(Frame::Update(update)) => assert_eq!(update.whole.json(), value.json()),
        Ok(
            Frame::Hello(_)
            | Frame::Subscribed(_)
            | Frame::Ack { .. }
            | Frame::Error { .. }
            | Frame::Pong
            | Frame::Ping
            | Frame::Drain { .. }
            | Frame::Batch(_),
        ) => {}
        Err(error) => assert!(!error.detail().is_empty()),
    }
}
