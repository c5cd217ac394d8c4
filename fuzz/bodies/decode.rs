//! Decoding must give a frame or an error in every dialect, whatever comes.

use talkwire::protocol::names::Meaning;
use talkwire::protocol::{Codec, Frame, Names, Protocol, Value};

use crate::json::Json;

/// Batches inside batches are followed this far, as the shell does.
const MAX_DEPTH: u8 = 4;

/// Decodes `text` as a frame of each dialect, under names of the application's, too.
pub fn run(text: &[u8]) {
    if let Ok(value) = serde_json::from_slice(text) {
        let value = Json(value);
        for protocol in [Protocol::Json, Protocol::Nest, Protocol::SocketIo] {
            decode(&Codec { protocol, ..Codec::default() }, &value, 0);
            decode(&Codec { protocol, names: names(), ..Codec::default() }, &value, 0);
        }
    }
}

/// Every meaning, under names that stand in the corpus.
fn names() -> Names {
    let events = [
        ("subscribed", Meaning::Message),
        ("conversation", Meaning::Conversation),
        ("message", Meaning::Typing),
        ("typing", Meaning::Presence),
        ("agent", Meaning::Agent),
    ];
    let mean = move |event: &str| events.iter().find(|(name, _)| *name == event).map(|(_, meaning)| *meaning);
    Names::new(Box::new(mean), Box::new(|_, _, _| None))
}

fn decode(codec: &Codec, value: &Json, depth: u8) {
    match codec.decode(value.clone(), "id") {
        Ok(Frame::Batch(frames)) if depth < MAX_DEPTH => {
            for frame in frames {
                decode(codec, &frame, depth + 1);
            }
        }
        Ok(Frame::Update(update)) => assert_eq!(update.whole.unwrap_or(update.data).json(), value.json()),
        Ok(
            Frame::Hello(_)
            | Frame::Subscribed(_)
            | Frame::Ack { .. }
            | Frame::Error { .. }
            | Frame::Open(_)
            | Frame::Refused { .. }
            | Frame::Pong
            | Frame::Ping
            | Frame::Drain { .. }
            | Frame::Batch(_),
        ) => {}
        Err(error) => assert!(!error.detail().is_empty()),
    }
}
