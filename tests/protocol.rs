//! The `json` dialect, frame by frame: what PROTOCOL.md shows, both ways, and what no server should send.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, reason = "tests are named as sentences")]
#![allow(unreachable_pub, reason = "nothing lies outside a test crate")]
#![allow(clippy::panic, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "the simulation uses the rest")]
#[path = "sim/json.rs"]
mod json;

use std::rc::Rc;

use proptest::prelude::*;
use serde_json::{Value as Parsed, json};
use talkwire::protocol::frame::Features;
use talkwire::protocol::read::DecodeError;
use talkwire::protocol::{Batch, Codec, Cursor, Frame, Hello, Keys, Outgoing, Subscribed, Update, UpdateKind};

use crate::json::Json;

fn read(frame: Parsed) -> Result<Frame<Json>, DecodeError> {
    Codec::default().decode(Json(frame), "id")
}

/// The update that a frame is.
fn update(frame: Parsed) -> Update<Json> {
    match read(frame) {
        Ok(Frame::Update(update)) => update,
        other => panic!("no update: {other:?}"),
    }
}

fn keys(id: &str) -> Keys {
    Keys { id: Some(id.into()), ..Keys::default() }
}

#[track_caller]
fn assert_writes(frame: &Outgoing<Json>, expected: &str) {
    assert_eq!(Codec::default().encode(frame), expected);
}

#[test]
fn what_every_server_reads_is_written_byte_for_byte() {
    let conversation: Rc<str> = Rc::from("conv_123");
    let subscribe = Outgoing::Subscribe { conversation: conversation.clone(), reference: None, cursor: None };
    assert_writes(&subscribe, r#"{"type":"subscribe","conversationId":"conv_123"}"#);
    let unsubscribe = Outgoing::Unsubscribe { conversation: conversation.clone() };
    assert_writes(&unsubscribe, r#"{"type":"unsubscribe","conversationId":"conv_123"}"#);
    let message = Outgoing::Message {
        conversation: conversation.clone(),
        reference: None,
        client_id: Rc::from("c1"),
        content: Json(json!("hello")),
    };
    assert_writes(
        &message,
        r#"{"type":"message","conversationId":"conv_123","data":{"clientId":"c1","content":"hello"}}"#,
    );
    let typing = Outgoing::Typing { conversation, is_typing: true };
    assert_writes(&typing, r#"{"type":"typing","conversationId":"conv_123","data":{"isTyping":true}}"#);
}

#[test]
fn what_hello_allows_is_written_byte_for_byte() {
    let room: Rc<str> = Rc::from("r");
    let cursor = Cursor { offset: 38, epoch: Some(Rc::from("e1")) };
    let subscribe = Outgoing::Subscribe { conversation: room.clone(), reference: Some(7), cursor: Some(cursor) };
    assert_writes(&subscribe, r#"{"type":"subscribe","conversationId":"r","ref":7,"after":38,"epoch":"e1"}"#);
    let cursor = Cursor { offset: 0, epoch: None };
    let subscribe = Outgoing::Subscribe { conversation: room.clone(), reference: Some(8), cursor: Some(cursor) };
    assert_writes(&subscribe, r#"{"type":"subscribe","conversationId":"r","ref":8,"after":0}"#);
    let message = Outgoing::Message {
        conversation: room.clone(),
        reference: Some(8),
        client_id: Rc::from("c"),
        content: Json(json!({"text": "hi"})),
    };
    assert_writes(
        &message,
        r#"{"type":"message","conversationId":"r","ref":8,"data":{"clientId":"c","content":{"text":"hi"}}}"#,
    );
    let request = Outgoing::Request { event: Rc::from("search"), reference: 9, data: Json(json!(null)) };
    assert_writes(&request, r#"{"type":"search","ref":9,"data":null}"#);
    let seen = Outgoing::Read { conversation: room, message_id: Rc::from("msg_41") };
    assert_writes(&seen, r#"{"type":"read","conversationId":"r","data":{"messageId":"msg_41"}}"#);
    assert_writes(&Outgoing::Hello, r#"{"type":"hello","features":["batch"]}"#);
    assert_writes(&Outgoing::Ping, r#"{"type":"ping"}"#);
    assert_writes(&Outgoing::Pong, r#"{"type":"pong"}"#);
    assert_writes(&Outgoing::Raw(Json(json!({"type": "mine"}))), r#"{"type":"mine"}"#);
    let mut packed = Batch::default();
    assert_eq!(packed.push(Codec::default().encode::<Json>(&Outgoing::Ping)), None);
    assert_eq!(packed.push(Codec::default().encode::<Json>(&Outgoing::Pong)), None);
    assert_eq!(packed.take().as_deref(), Some(r#"{"type":"batch","frames":[{"type":"ping"},{"type":"pong"}]}"#));
}

#[test]
fn a_name_with_letters_that_json_does_not_allow_is_written_so_that_it_is_read_back() {
    for letter in ('\0'..='\u{a0}').chain(['\u{2028}', '\u{feff}', '\u{10ffff}']) {
        let name = format!("a{letter}b");
        let written = Codec::default().encode::<Json>(&Outgoing::Unsubscribe { conversation: Rc::from(name.as_str()) });
        let expected = json!({"type": "unsubscribe", "conversationId": name});
        assert_eq!(serde_json::from_str::<Parsed>(&written).ok(), Some(expected), "{written}");
    }
}

#[test]
fn what_every_server_says_is_read() {
    let found = update(json!({"type": "message", "conversationId": "r", "data": {"id": "msg_1", "content": "hi"}}));
    assert_eq!((found.kind, found.conversation.as_deref()), (UpdateKind::Message(keys("msg_1")), Some("r")));
    assert_eq!(found.data, Json(json!({"id": "msg_1", "content": "hi"})));

    let found = update(json!({"type": "conversation", "conversationId": "r", "data": {"title": "t"}}));
    assert_eq!((found.kind, found.conversation.as_deref()), (UpdateKind::Conversation, Some("r")));
    let found = update(json!({"type": "conversation", "data": {"id": "r"}}));
    assert_eq!(found.conversation.as_deref(), Some("r"), "a conversation's own id will do");

    let found = update(json!({"type": "typing", "conversationId": "r", "data": {"userId": "u1", "isTyping": false}}));
    assert_eq!(found.kind, UpdateKind::Typing { user_id: "u1".into(), is_typing: false });
    let found = update(json!({"type": "presence", "conversationId": "r", "data": {"userIds": ["u1", 2, {}]}}));
    assert_eq!(found.kind, UpdateKind::Presence { user_ids: vec!["u1".into(), "2".into()] });
    let found = update(json!({"type": "agent", "data": {"agentId": "a1", "status": "online"}}));
    assert_eq!((found.kind, found.conversation), (UpdateKind::Agent { agent_id: "a1".into() }, None));
    let found = update(json!({"type": "poll:closed", "conversationId": "r", "votes": 3}));
    assert_eq!(found.kind, UpdateKind::Other("poll:closed".into()));
    assert_eq!(found.data.get("votes"), &json!(3), "a frame without data is its own data");
}

#[test]
fn a_conversation_may_be_named_in_the_data_or_not_at_all() {
    let found = update(json!({"type": "message", "data": {"conversationId": "r", "id": "m"}}));
    assert_eq!(found.conversation.as_deref(), Some("r"));
    let found = update(json!({"type": "message", "id": "m", "conversationId": "r", "content": "flat"}));
    assert_eq!((found.kind, found.conversation.as_deref()), (UpdateKind::Message(keys("m")), Some("r")));
    let found = update(json!({"type": "message", "data": {"id": "m"}}));
    assert_eq!(found.conversation, None);
    let found = update(json!({"type": "message", "conversationId": 7, "data": {"id": 12}}));
    assert_eq!((found.kind, found.conversation.as_deref()), (UpdateKind::Message(keys("12")), Some("7")));
}

#[test]
fn what_hello_offers_is_read_and_the_unknown_left_out() {
    let hello = json!({"type": "hello", "features": ["ack", "replay", "batch", "ping", "list", "read", "fax", 3],
        "session": "s", "userId": "u1"});
    let features =
        Features { ack: true, replay: true, batch: true, ping: true, list: true, read: true, ..Features::default() };
    assert_eq!(read(hello), Ok(Frame::Hello(Hello { features, user_id: Some("u1".into()), ..Hello::default() })));
    for nothing in [json!({"type": "hello"}), json!({"type": "hello", "features": "ack"})] {
        assert_eq!(read(nothing), Ok(Frame::Hello(Hello::default())));
    }
}

#[test]
fn answers_are_read() {
    let subscribed = json!({"type": "subscribed", "conversationId": "r", "ref": 7, "offset": 41, "epoch": "e1",
        "recovered": true});
    let expected = Subscribed {
        conversation: Some("r".into()),
        reply_to: Some(7),
        offset: Some(41),
        epoch: Some("e1".into()),
        recovered: true,
    };
    assert_eq!(read(subscribed), Ok(Frame::Subscribed(expected)));
    assert_eq!(read(json!({"type": "subscribed"})), Ok(Frame::Subscribed(Subscribed::default())));

    let data = json!({"id": "m", "clientId": "c", "senderId": "u", "offset": 5, "epoch": "e"});
    let expected = Keys {
        id: Some("m".into()),
        client_id: Some("c".into()),
        sender_id: Some("u".into()),
        offset: Some(5),
        epoch: Some("e".into()),
        replay: false,
    };
    let ack = read(json!({"type": "ack", "ref": 8, "data": data}));
    assert_eq!(ack, Ok(Frame::Ack { reply_to: 8, data: Some(Json(data)), keys: expected }));
    let ack = read(json!({"type": "ack", "ref": 8}));
    assert_eq!(ack, Ok(Frame::Ack { reply_to: 8, data: None, keys: Keys::default() }));

    let error = json!({"type": "error", "ref": 9, "conversationId": "r", "code": "forbidden", "message": "no",
        "retryable": true});
    let expected = Frame::Error {
        reply_to: Some(9),
        conversation: Some("r".into()),
        code: "forbidden".into(),
        message: "no".into(),
        retryable: true,
    };
    assert_eq!(read(error), Ok(expected));
    assert_eq!(read(json!({"type": "ping"})), Ok(Frame::Ping));
    assert_eq!(read(json!({"type": "pong"})), Ok(Frame::Pong));
    assert_eq!(read(json!({"type": "drain", "withinMs": 30_000})), Ok(Frame::Drain { within_ms: 30_000 }));
    assert_eq!(read(json!({"type": "drain"})), Ok(Frame::Drain { within_ms: 0 }));
}

#[test]
fn a_messages_number_may_stand_beside_its_data_or_in_it() {
    for frame in [
        json!({"type": "message", "conversationId": "r", "data": {"id": "m"}, "offset": 39, "epoch": "e", "replay": true}),
        json!({"type": "message", "conversationId": "r", "data": {"id": "m", "offset": 39, "epoch": "e"}, "replay": true}),
    ] {
        let expected = Keys { offset: Some(39), epoch: Some("e".into()), replay: true, ..keys("m") };
        assert_eq!(update(frame).kind, UpdateKind::Message(expected));
    }
}

#[test]
fn the_applications_own_place_of_an_id_is_used() {
    let frame = json!({"type": "message", "conversationId": "r", "data": {"id": "wrong", "uuid": "right"}});
    let Ok(Frame::Update(Update { kind: UpdateKind::Message(found), .. })) =
        Codec::default().decode(Json(frame), "uuid")
    else {
        panic!("no message");
    };
    assert_eq!(found.id.as_deref(), Some("right"));
}

#[test]
fn what_is_no_frame_is_refused_with_the_reason() {
    for nothing in
        [json!(null), json!(1), json!("ping"), json!([]), json!({}), json!({"type": {}}), json!({"type": null})]
    {
        assert_eq!(read(nothing.clone()), Err(DecodeError::NoType), "{nothing}");
    }
    for (frame, reason) in [
        (json!({"type": "ack"}), "an ack without a ref"),
        (json!({"type": "ack", "ref": "seven"}), "an ack without a ref"),
        (json!({"type": "batch"}), "a batch without frames"),
        (json!({"type": "batch", "frames": {}}), "a batch without frames"),
        (json!({"type": "typing", "conversationId": "r", "data": null}), "typing without a userId"),
        (json!({"type": "presence", "data": {"userIds": "u1"}}), "presence without userIds"),
        (json!({"type": "agent", "data": []}), "agent without an agentId"),
    ] {
        assert_eq!(read(frame).map_err(DecodeError::detail), Err(reason));
    }
}

#[test]
fn numbers_that_are_no_counts_are_none() {
    for number in
        [json!(-1), json!(1.5), json!(1e300), json!(9_007_199_254_740_992_u64), json!("5"), json!(null), json!(true)]
    {
        let found = update(json!({"type": "message", "conversationId": "r", "data": {"id": "m"}, "offset": number}));
        assert_eq!(found.kind, UpdateKind::Message(keys("m")), "{number}");
        assert_eq!(read(json!({"type": "drain", "withinMs": number})), Ok(Frame::Drain { within_ms: 0 }));
        assert!(read(json!({"type": "ack", "ref": number})).is_err());
    }
    let largest = json!({"type": "drain", "withinMs": 9_007_199_254_740_991_u64});
    assert_eq!(read(largest), Ok(Frame::Drain { within_ms: 9_007_199_254_740_991 }));
    assert!(read(json!({"type": "ack", "ref": 4_294_967_296_u64})).is_err(), "no ref of ours is that large");
}

#[test]
fn names_that_objects_inherit_are_names_like_any_other() {
    for name in ["__proto__", "constructor", "toString", "hasOwnProperty", ""] {
        let found = update(json!({"type": "message", "conversationId": name, "data": {"id": name}}));
        assert_eq!((found.kind, found.conversation.as_deref()), (UpdateKind::Message(keys(name)), Some(name)));
        let found = update(json!({"type": name, "data": {}}));
        assert_eq!(found.kind, UpdateKind::Other(name.into()));
    }
}

#[test]
fn a_frame_of_nestjs_is_refused_with_the_option_that_would_read_it() {
    let refused = read(json!({"event": "message", "data": {"conversationId": "r"}}));
    assert_eq!(refused, Err(DecodeError::EventForType));
    assert!(refused.is_err_and(|error| error.detail().contains("protocol: 'nest'")));
    assert!(read(json!({"type": "note", "event": "note"})).is_ok());
}

#[test]
fn a_batch_holds_frames_and_batches_of_frames_each_to_be_read_on_its_own() {
    let inner = json!({"type": "batch", "frames": [{"type": "pong"}, 7]});
    let Ok(Frame::Batch(frames)) = read(json!({"type": "batch", "frames": [{"type": "ping"}, inner, null]})) else {
        panic!("no batch");
    };
    let kinds: Vec<_> = frames.into_iter().map(|frame| Codec::default().decode(frame, "id")).collect();
    assert_eq!(kinds[0], Ok(Frame::Ping));
    assert_eq!(kinds[1], Ok(Frame::Batch(vec![Json(json!({"type": "pong"})), Json(json!(7))])));
    assert_eq!(kinds[2], Err(DecodeError::NoType));
    assert_eq!(read(json!({"type": "batch", "frames": []})), Ok(Frame::Batch(Vec::new())));
}

/// Any JSON, with the names and types of the dialect in it.
fn any_json() -> impl Strategy<Value = Parsed> {
    let leaf = prop_oneof![
        Just(Parsed::Null),
        any::<bool>().prop_map(Parsed::from),
        any::<i64>().prop_map(Parsed::from),
        any::<u64>().prop_map(Parsed::from),
        any::<f64>().prop_map(Parsed::from),
        any::<String>().prop_map(Parsed::from),
        any_type().prop_map(Parsed::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Parsed::from),
            prop::collection::btree_map(any_name(), inner, 0..8)
                .prop_map(|entries| Parsed::Object(entries.into_iter().collect())),
        ]
    })
}

fn any_type() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "hello",
        "subscribed",
        "message",
        "ack",
        "error",
        "batch",
        "ping",
        "pong",
        "drain",
        "typing",
        "presence",
        "agent",
        "conversation",
    ])
    .prop_map(String::from)
}

fn any_name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "type",
        "conversationId",
        "data",
        "ref",
        "id",
        "offset",
        "epoch",
        "frames",
        "features",
        "userId",
        "userIds",
        "agentId",
        "clientId",
        "withinMs",
        "isTyping",
        "__proto__",
    ]);
    prop_oneof![4 => known.prop_map(String::from), 1 => any::<String>()]
}

/// A frame that has a type, and anything else.
fn any_frame() -> impl Strategy<Value = Parsed> {
    (any_type(), prop::collection::btree_map(any_name(), any_json(), 0..8)).prop_map(|(kind, entries)| {
        let mut frame = Parsed::Object(entries.into_iter().collect());
        frame["type"] = Parsed::from(kind);
        frame
    })
}

proptest! {
    #[test]
    fn decoding_never_panics(anything in any_json(), frame in any_frame()) {
        let _ = read(anything);
        let _ = read(frame);
    }

    #[test]
    fn whatever_is_written_is_parsed_back_as_it_was(
        room in any::<String>(), id in any::<String>(), text in any::<String>(), epoch in any::<String>(),
        reference in any::<Option<u32>>(), offset in 0..=9_007_199_254_740_991_u64, content in any_json(),
    ) {
        let conversation: Rc<str> = Rc::from(room.as_str());
        let parse = |frame: &Outgoing<Json>| serde_json::from_str::<Parsed>(&Codec::default().encode(frame));
        let cursor = Some(Cursor { offset, epoch: Some(Rc::from(epoch.as_str())) });
        let written = parse(&Outgoing::Subscribe { conversation: conversation.clone(), reference, cursor })?;
        let mut expected = json!({"type": "subscribe", "conversationId": room, "after": offset, "epoch": epoch});
        if let Some(reference) = reference {
            expected["ref"] = json!(reference);
        }
        prop_assert_eq!(written, expected);

        let message = Outgoing::Message {
            conversation: conversation.clone(),
            reference: None,
            client_id: Rc::from(id.as_str()),
            content: Json(Parsed::from(text.as_str())),
        };
        let expected = json!({"type": "message", "conversationId": room, "data": {"clientId": id, "content": text}});
        prop_assert_eq!(parse(&message)?, expected);

        let seen = Outgoing::Read { conversation: conversation.clone(), message_id: Rc::from(id.as_str()) };
        let expected = json!({"type": "read", "conversationId": room, "data": {"messageId": id}});
        prop_assert_eq!(parse(&seen)?, expected);

        let request = Outgoing::Request { event: conversation, reference: 1, data: Json(Parsed::from(text.as_str())) };
        prop_assert_eq!(parse(&request)?, json!({"type": room, "ref": 1, "data": text}));
        let raw = content.to_string();
        prop_assert_eq!(Codec::default().encode(&Outgoing::Raw(Json(content))), raw);
    }
}
