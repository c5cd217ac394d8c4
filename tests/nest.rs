//! The `nest` dialect, frame by frame, and the names that an application gives in any dialect.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, reason = "tests are named as sentences")]
#![allow(unreachable_pub, reason = "nothing lies outside a test crate")]
#![allow(clippy::panic, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "the simulation uses the rest")]
#[path = "sim/json.rs"]
mod json;

use std::rc::Rc;

use serde_json::{Value as Parsed, json};
use talkwire::protocol::names::{Meaning, Verb, Words};
use talkwire::protocol::read::DecodeError;
use talkwire::protocol::{Codec, Cursor, Frame, Keys, Names, Outgoing, Protocol, Update, UpdateKind};

use crate::json::Json;

fn meaning(event: &str) -> Option<Meaning> {
    let events = [
        ("message:new", Meaning::Message),
        ("conversation:update", Meaning::Conversation),
        ("user:typing", Meaning::Typing),
        ("presence:update", Meaning::Presence),
        ("agent:status", Meaning::Agent),
    ];
    events.into_iter().find(|(name, _)| *name == event).map(|(_, meaning)| meaning)
}

fn nest() -> Codec {
    Codec {
        protocol: Protocol::Nest,
        names: Names::new(Box::new(meaning), Box::new(|_, _, _| None)),
        ..Codec::default()
    }
}

/// Speaks of rooms, and of nothing else.
fn in_own_words(protocol: Protocol) -> Codec {
    let say = |verb, conversation: &str, data: &str| match verb {
        Verb::Subscribe => Some(Words { event: "join".into(), args: Some(vec![format!("\"room-{conversation}\"")]) }),
        Verb::Unsubscribe => Some(Words { event: "leave".into(), args: Some(Vec::new()) }),
        Verb::Message => Some(Words { event: "say".into(), args: None }),
        Verb::Typing => Some(Words { event: "types".into(), args: Some(vec![data.into()]) }),
    };
    let mean = |event: &str| (event == "said").then_some(Meaning::Message);
    Codec { protocol, names: Names::new(Box::new(mean), Box::new(say)), ..Codec::default() }
}

fn read(codec: &Codec, frame: Parsed) -> Update<Json> {
    match codec.decode(Json(frame), "id") {
        Ok(Frame::Update(update)) => update,
        other => panic!("no update: {other:?}"),
    }
}

fn all() -> [Outgoing<Json>; 4] {
    let conversation: Rc<str> = Rc::from("c");
    [
        Outgoing::Subscribe { conversation: conversation.clone(), reference: None, cursor: None },
        Outgoing::Unsubscribe { conversation: conversation.clone() },
        Outgoing::Message {
            conversation: conversation.clone(),
            reference: None,
            client_id: Rc::from("m"),
            content: Json(json!("hi")),
        },
        Outgoing::Typing { conversation, is_typing: true },
    ]
}

fn written(codec: &Codec) -> Vec<String> {
    all().iter().map(|frame| codec.encode(frame)).collect()
}

#[test]
fn what_is_said_goes_out_under_the_names_of_gateways() {
    assert_eq!(
        written(&nest()),
        [
            r#"{"event":"subscribe","data":{"conversationId":"c"}}"#,
            r#"{"event":"unsubscribe","data":{"conversationId":"c"}}"#,
            r#"{"event":"message:send","data":{"conversationId":"c","clientId":"m","content":"hi"}}"#,
            r#"{"event":"user:typing","data":{"conversationId":"c","isTyping":true}}"#,
        ]
    );
    let request = Outgoing::Request { event: Rc::from("search"), reference: 7, data: Json(json!([1])) };
    assert_eq!(nest().encode(&request), r#"{"event":"search","data":[1]}"#);
    let read = Outgoing::Read { conversation: Rc::from("c"), message_id: Rc::from("m") };
    assert_eq!(nest().encode::<Json>(&read), r#"{"event":"read","data":{"conversationId":"c","messageId":"m"}}"#);
    let cursor = Some(Cursor { offset: 3, epoch: Some(Rc::from("e")) });
    let subscribe = Outgoing::<Json>::Subscribe { conversation: Rc::from("c"), reference: None, cursor };
    assert_eq!(
        nest().encode(&subscribe),
        r#"{"event":"subscribe","data":{"conversationId":"c","after":3,"epoch":"e"}}"#
    );
    for (control, text) in [(Outgoing::Hello, "hello"), (Outgoing::Ping, "ping"), (Outgoing::<Json>::Pong, "pong")] {
        assert_eq!(nest().encode(&control), format!(r#"{{"event":"{text}"}}"#));
    }
}

#[test]
fn a_raw_frame_is_called_by_its_event_or_its_type() {
    for (raw, expected) in [
        (json!({"event": "e", "data": {"n": 1}}), r#"{"event":"e","data":{"n":1}}"#),
        (json!({"type": "t", "data": 7}), r#"{"event":"t","data":7}"#),
        (json!({"n": 1, "type": "t"}), r#"{"event":"t","data":{"n":1,"type":"t"}}"#),
        (json!({"n": 1}), r#"{"event":"message","data":{"n":1}}"#),
    ] {
        assert_eq!(nest().encode(&Outgoing::Raw(Json(raw))), expected);
    }
}

#[test]
fn events_come_under_their_meaning_with_what_stands_in_their_data() {
    let keys = Keys { id: Some("m1".into()), offset: Some(4), epoch: Some("e".into()), ..Keys::default() };
    let data = json!({"id": "m1", "conversationId": "c", "offset": 4, "epoch": "e"});
    let frame = json!({"event": "message:new", "data": data});
    let message = read(&nest(), frame.clone());
    assert_eq!(message.kind, UpdateKind::Message(keys));
    assert_eq!((message.conversation.as_deref(), &message.data.0), (Some("c"), &data));
    assert_eq!(message.whole, Some(Json(frame)));

    let kinds = [
        ("conversation:update", json!({"id": "c"}), UpdateKind::Conversation),
        (
            "user:typing",
            json!({"conversationId": "c", "userId": "u", "isTyping": false}),
            UpdateKind::Typing { user_id: "u".into(), is_typing: false },
        ),
        (
            "presence:update",
            json!({"conversationId": "c", "userIds": ["u"]}),
            UpdateKind::Presence { user_ids: vec!["u".into()] },
        ),
        ("order", json!({"conversationId": "c"}), UpdateKind::Other("order".into())),
        ("message", json!({"conversationId": "c"}), UpdateKind::Other("message".into())),
        ("hello", json!({"conversationId": "c", "features": ["ack"]}), UpdateKind::Other("hello".into())),
    ];
    for (event, data, kind) in kinds {
        let update = read(&nest(), json!({"event": event, "data": data}));
        assert_eq!((update.kind, update.conversation.as_deref()), (kind, Some("c")), "{event}");
    }
    let agent = read(&nest(), json!({"event": "agent:status", "data": {"agentId": "a"}}));
    assert_eq!(agent.kind, UpdateKind::Agent { agent_id: "a".into() });
}

#[test]
fn what_a_handler_returns_without_a_name_is_a_result() {
    for value in [json!("ok"), json!(7), json!([1]), json!({"id": 1}), json!({"type": "text"}), json!({"event": {}})] {
        let update = read(&nest(), value.clone());
        assert_eq!((update.kind, &update.data.0), (UpdateKind::Other("result".into()), &value));
        assert_eq!(update.whole, None);
    }
}

#[test]
fn a_frame_of_the_other_dialect_is_named_with_the_option() {
    let json = json!({"type": "message", "conversationId": "c", "data": {"id": "m"}});
    let problem = nest().decode(Json(json), "id");
    assert_eq!(problem, Err(DecodeError::TypeForEvent));
    assert!(DecodeError::TypeForEvent.detail().contains("protocol: 'json'"));
    let nest = json!({"event": "message:new", "data": {"id": "m"}});
    assert_eq!(Codec::default().decode(Json(nest), "id"), Err(DecodeError::EventForType));
    assert!(DecodeError::EventForType.detail().contains("protocol: 'nest'"));
}

#[test]
fn an_application_says_it_in_its_own_words() {
    assert_eq!(
        written(&in_own_words(Protocol::Nest)),
        [
            r#"{"event":"join","data":"room-c"}"#,
            r#"{"event":"leave"}"#,
            r#"{"event":"say","data":{"conversationId":"c","clientId":"m","content":"hi"}}"#,
            r#"{"event":"types","data":{"conversationId":"c","isTyping":true}}"#,
        ]
    );
    assert_eq!(
        written(&in_own_words(Protocol::Json)),
        [
            r#"{"type":"join","conversationId":"c","data":"room-c"}"#,
            r#"{"type":"leave","conversationId":"c"}"#,
            r#"{"type":"say","conversationId":"c","data":{"clientId":"m","content":"hi"}}"#,
            r#"{"type":"types","conversationId":"c","data":{"isTyping":true}}"#,
        ]
    );
}

#[test]
fn an_application_names_the_servers_events_in_json_beside_those_that_it_has() {
    let codec = in_own_words(Protocol::Json);
    for name in ["said", "message"] {
        let update = read(&codec, json!({"type": name, "conversationId": "c", "data": {"id": "m"}}));
        assert!(matches!(update.kind, UpdateKind::Message(_)), "{name}");
    }
}

#[test]
fn the_dialects_have_the_names_that_the_option_takes() {
    assert_eq!(Protocol::named("json"), Some(Protocol::Json));
    assert_eq!(Protocol::named("nest"), Some(Protocol::Nest));
    assert_eq!(Protocol::named("socket.io"), Some(Protocol::SocketIo));
    assert_eq!(Protocol::named("xmpp"), None);
}
