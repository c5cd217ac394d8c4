//! The `socket.io` dialect: Engine.IO 4 and Socket.IO 5 (PROTOCOL.md). The text of a packet is taken apart by
//! `src/js/packets.js`: an event is `{ event, data }`, with the number of the answer that is awaited under `ref`;
//! any other packet has its type under `packet`, the two digits as one text, and its payload under `data`.

use super::call::call_of;
use super::close_code::{BUSY, NOT_FOUND, UNAUTHORIZED};
use super::decimal;
use super::frame::{Features, Frame, Hello, Opening, Outgoing};
use super::names::Names;
use super::read::{self, DecodeError, MessageId, count, flag, message_keys, text, update};
use super::value::Value;

/// A namespace that no server has: that it is refused shows that the server lives.
const NOWHERE: &str = "/talkwire-is-anybody-there";

/// Reads one packet.
pub fn decode<V: Value>(
    packet: V,
    names: &Names,
    message_id: &(impl MessageId<V> + ?Sized),
) -> Result<Frame<V>, DecodeError> {
    let Some(kind) = text(&packet, "packet") else {
        let event = text(&packet, "event").ok_or(DecodeError::Missing("a packet without a type"))?;
        return update(names.meaning(&event), event, packet, message_id).map(Frame::Update);
    };
    let data = packet.child("data");
    Ok(match kind.as_str() {
        "0" => Frame::Open(opening(&packet)),
        "1" => Frame::Refused { code: LEFT, reason: "the server ended the connection".into() },
        "2" => Frame::Ping,
        "40" => Frame::Hello(hello(&packet)),
        "41" => Frame::Refused { code: LEFT, reason: "the server disconnected this client".into() },
        "43" => {
            let reply_to = count(&packet, "ref")
                .and_then(|number| u32::try_from(number).ok())
                .ok_or(DecodeError::Missing("an ack without a number"))?;
            data.as_ref().and_then(|data| refused(reply_to, data)).unwrap_or_else(|| Frame::Ack {
                reply_to,
                keys: data.as_ref().map(|data| message_keys(data, message_id)).unwrap_or_default(),
                data,
            })
        }
        "44" if text(&packet, "namespace").as_deref() == Some(NOWHERE) => Frame::Pong,
        "44" => refusal(data.as_ref()),
        _ => return Err(DecodeError::Missing("a packet of no known type")),
    })
}

/// Writes one packet; `namespace` as it stands before what is said in it.
pub fn encode<V: Value>(frame: &Outgoing<V>, names: &Names, namespace: &str) -> String {
    let reference = match frame {
        Outgoing::Connect | Outgoing::Hello => return ["40", namespace].concat(),
        Outgoing::Ping => return ["40", NOWHERE, ","].concat(),
        Outgoing::Pong => return "3".into(),
        Outgoing::Answer { reference, data } => {
            return ["43", namespace, &decimal(u64::from(*reference)), "[", &data.json(), "]"].concat();
        }
        Outgoing::Subscribe { reference, .. } | Outgoing::Message { reference, .. } => *reference,
        Outgoing::Request { reference, .. } => Some(*reference),
        Outgoing::Unsubscribe { .. } | Outgoing::Typing { .. } | Outgoing::Read { .. } | Outgoing::Raw(_) => None,
    };
    let call = call_of(frame, names);
    let mut out = ["42", namespace].concat();
    if let Some(reference) = reference {
        out.push_str(&decimal(u64::from(reference)));
    }
    out.push('[');
    super::object::quote(&call.event, &mut out);
    for arg in call.args {
        out.push(',');
        out.push_str(&arg);
    }
    out.push(']');
    out
}

/// A packet that so many buffers follow.
pub fn announce(packet: &str, attachments: u32) -> String {
    let (kind, rest) = match packet.split_at_checked(2) {
        Some(("43", rest)) => ("46", rest),
        Some((_, rest)) => ("45", rest),
        None => return packet.into(),
    };
    [kind, &decimal(u64::from(attachments)), "-", rest].concat()
}

/// The server ended it, and may take the client back.
const LEFT: u16 = 1000;

fn opening<V: Value>(packet: &V) -> Opening {
    let Some(data) = packet.child("data") else {
        return Opening::default();
    };
    let silence_ms = count(&data, "pingInterval").zip(count(&data, "pingTimeout"));
    Opening {
        silence_ms: silence_ms.map(|(interval_ms, timeout_ms)| interval_ms.saturating_add(timeout_ms)),
        max_bytes: count(&data, "maxPayload"),
    }
}

fn hello<V: Value>(packet: &V) -> Hello {
    let features = Features { ack: true, unsure_acks: true, ping: true, ..Features::default() };
    Hello { features, user_id: None, recovered: flag(packet, "recovered") }
}

/// An ack that says no, in the words of the `json` dialect; whatever else looks like an error is the application's.
fn refused<V: Value>(reply_to: u32, data: &V) -> Option<Frame<V>> {
    let error = data.child("error").filter(|error| error.child("retryable").is_some())?;
    Some(read::refusal(Some(reply_to), None, &error))
}

/// CONNECT_ERROR: a namespace that is not there, or what a middleware of the server's said.
fn refusal<V: Value>(data: Option<&V>) -> Frame<V> {
    let reason = data.and_then(|data| text(data, "message")).unwrap_or_default();
    let status = data.and_then(|data| data.child("data")).and_then(|more| {
        count(&more, "status").or_else(|| count(&more, "statusCode")).or_else(|| count(&more, "code"))
    });
    let says = |word: &str| reason.as_bytes().windows(word.len()).any(|own| own.eq_ignore_ascii_case(word.as_bytes()));
    let code = if reason == "Invalid namespace" {
        NOT_FOUND
    } else if status == Some(401) || ["auth", "token", "jwt", "credential", "expired"].iter().any(|word| says(word)) {
        UNAUTHORIZED
    } else {
        BUSY
    };
    Frame::Refused { code, reason }
}
