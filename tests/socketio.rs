//! The `socket.io` dialect, packet by packet, as Socket.IO's own parsers write them (`tests/golden/socket-io.json`).
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, reason = "tests are named as sentences")]
#![allow(unreachable_pub, reason = "nothing lies outside a test crate")]
#![allow(clippy::panic, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "the simulation uses the rest")]
#[path = "sim/json.rs"]
mod json;

use std::rc::Rc;

use serde_json::{Value as Parsed, json};
use talkwire::protocol::close_code::{Verdict, classify};
use talkwire::protocol::names::Meaning;
use talkwire::protocol::read::DecodeError;
use talkwire::protocol::{Codec, Frame, Names, Opening, Outgoing, Protocol, Update, UpdateKind, socketio};

use crate::json::Json;

fn codec(namespace: &str) -> Codec {
    let mean = |event: &str| (event == "message:new").then_some(Meaning::Message);
    let names = Names::new(Box::new(mean), Box::new(|_, _, _| None));
    Codec { protocol: Protocol::SocketIo, names, namespace: namespace.into() }
}

/// The first frame of a packet that the parsers wrote.
fn golden(name: &str) -> String {
    let all: Parsed = serde_json::from_str(include_str!("golden/socket-io.json")).expect("JSON");
    all[name][0].as_str().unwrap_or_else(|| panic!("no packet named {name}")).into()
}

fn read(packet: Parsed) -> Result<Frame<Json>, DecodeError> {
    codec("").decode(Json(packet), "id")
}

fn refusal(data: Parsed) -> Verdict {
    match read(json!({"packet": "44", "namespace": "/", "data": data})) {
        Ok(Frame::Refused { code, .. }) => classify(code),
        other => panic!("no refusal: {other:?}"),
    }
}

fn subscribe() -> Outgoing<Json> {
    Outgoing::Subscribe { conversation: Rc::from("c"), reference: Some(7), cursor: None }
}

#[test]
fn what_is_written_is_what_the_parsers_write() {
    let message = Outgoing::Message {
        conversation: Rc::from("c"),
        reference: None,
        client_id: Rc::from("m"),
        content: Json(json!("Grüße \"du\" 🎈\n")),
    };
    assert_eq!(codec("").encode(&message), golden("event"));
    assert_eq!(codec("").encode(&subscribe()), golden("event with an ack"));
    assert_eq!(codec("/chat,").encode(&subscribe()), golden("event with an ack in a namespace"));
    assert_eq!(codec("").encode(&Outgoing::Raw(Json(json!({"event": "done", "data": null})))), r#"42["done",null]"#);
    let answer = Outgoing::Answer { reference: 7, data: Json(json!({"id": "m1"})) };
    assert_eq!(codec("").encode(&answer), golden("ack"));
    let answer = Outgoing::Answer { reference: 7, data: Json(json!("yes")) };
    assert_eq!(codec("/chat,").encode(&answer), golden("ack in a namespace"));
    assert_eq!(codec("").encode::<Json>(&Outgoing::Pong), golden("pong"));
    for (namespace, name) in [("", "connect"), ("/chat,", "connect to a namespace")] {
        let connect = [codec(namespace).encode::<Json>(&Outgoing::Connect).as_str(), r#"{"token":"t"}"#].concat();
        assert_eq!(connect, golden(name));
    }
}

#[test]
fn what_has_buffers_says_how_many_as_the_parsers_do() {
    let bytes = json!({"event": "file", "data": {"_placeholder": true, "num": 0}});
    let packet = codec("").encode(&Outgoing::Raw(Json(bytes.clone())));
    assert_eq!(socketio::announce(&packet, 1), r#"451-["file",{"_placeholder":true,"num":0}]"#);
    let request = Outgoing::Request { event: Rc::from("file"), reference: 3, data: Json(bytes["data"].clone()) };
    let packet = codec("/chat,").encode(&request);
    assert_eq!(socketio::announce(&packet, 1), golden("binary event with an ack"));
    let packet = codec("").encode(&Outgoing::Answer { reference: 9, data: Json(bytes["data"].clone()) });
    assert_eq!(socketio::announce(&packet, 1), golden("binary ack"));
    assert_eq!(socketio::announce("4", 1), "4");
}

#[test]
fn the_question_whether_anybody_is_there_is_asked_of_a_namespace_that_no_server_has() {
    let asked = codec("/chat,").encode::<Json>(&Outgoing::Ping);
    let refused = golden("probe refused");
    let nowhere = refused.strip_prefix("44").and_then(|rest| rest.split(',').next()).expect("a namespace");
    assert_eq!(asked, format!("40{nowhere},"));
    let packet = json!({"packet": "44", "namespace": nowhere, "data": {"message": "Invalid namespace"}});
    assert_eq!(read(packet), Ok(Frame::Pong));
}

#[test]
fn an_ack_that_says_no_is_a_refusal_and_one_of_the_applications_is_an_answer() {
    let ack = |data: Parsed| read(json!({"packet": "43", "ref": 7, "data": data}));
    let refusal = Frame::Error {
        reply_to: Some(7),
        conversation: None,
        code: "forbidden".into(),
        message: "not yours".into(),
        retryable: false,
    };
    let error = json!({"code": "forbidden", "message": "not yours", "retryable": false});
    assert_eq!(ack(json!({ "error": error })), Ok(refusal));
    for error in [json!(null), json!("no"), json!({"code": "no", "message": "no"}), json!({"code": 1})] {
        assert!(matches!(ack(json!({ "error": error })), Ok(Frame::Ack { reply_to: 7, .. })), "{error}");
    }
}

#[test]
fn each_packet_is_read_for_what_it_means() {
    let opening: Parsed = serde_json::from_str(&golden("open")[1..]).expect("JSON");
    let expected = Opening { silence_ms: Some(45_000), max_bytes: Some(1_000_000) };
    assert_eq!(read(json!({"packet": "0", "data": opening})), Ok(Frame::Open(expected)));
    assert_eq!(read(json!({"packet": "0"})), Ok(Frame::Open(Opening::default())));
    assert_eq!(read(json!({"packet": "2", "data": null})), Ok(Frame::Ping));
    for recovered in [false, true] {
        let Ok(Frame::Hello(hello)) = read(json!({"packet": "40", "data": {"sid": "s"}, "recovered": recovered}))
        else {
            panic!("no hello");
        };
        assert_eq!(hello.recovered, recovered);
        assert!(hello.features.ack && hello.features.unsure_acks && hello.features.ping && !hello.features.batch);
    }
    let Ok(Frame::Ack { reply_to: 7, data: Some(data), keys }) =
        read(json!({"packet": "43", "ref": 7, "data": {"id": "m1", "offset": 3}}))
    else {
        panic!("no ack");
    };
    assert_eq!((data.id(), keys.id.as_deref(), keys.offset), ("m1".into(), Some("m1"), Some(3)));
    let Ok(Frame::Update(Update { kind, conversation, .. })) =
        read(json!({"event": "message:new", "data": {"id": "m1", "conversationId": "c"}}))
    else {
        panic!("no update");
    };
    assert!(matches!(kind, UpdateKind::Message(_)));
    assert_eq!(conversation.as_deref(), Some("c"));
    for bad in [json!({}), json!({"packet": "43"}), json!({"packet": "99"}), json!({"event": {}})] {
        assert!(matches!(read(bad), Err(DecodeError::Missing(_))));
    }
}

#[test]
fn a_refusal_is_a_bad_token_a_place_that_is_not_there_or_may_pass() {
    for message in ["jwt expired", "Bad token", "unauthorized", "Authentication error", "invalid credentials"] {
        assert_eq!(refusal(json!({"message": message})), Verdict::RefreshToken, "{message}");
    }
    for status in [json!({"status": 401}), json!({"statusCode": 401}), json!({"code": 401})] {
        assert_eq!(refusal(json!({"message": "no", "data": status})), Verdict::RefreshToken, "{status}");
    }
    assert_eq!(refusal(json!({"message": "Invalid namespace"})), Verdict::Stop);
    for passing in [json!({"message": "busy", "data": {"status": 503}}), json!({}), json!(null)] {
        assert_eq!(refusal(passing), Verdict::Retry);
    }
    for ended in ["1", "41"] {
        let Ok(Frame::Refused { code, .. }) = read(json!({"packet": ended})) else {
            panic!("no end");
        };
        assert_eq!(classify(code), Verdict::Retry);
    }
}
