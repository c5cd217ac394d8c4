//! Whatever a server sends, the session goes on and nothing else is lost.

use serde_json::json;
use talkwire::engine::{Config, ErrorCode, EventKind, Phase};

use crate::server::Kind;
use crate::world::World;

#[test]
fn what_cannot_be_read_is_an_error_and_no_more() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    let nonsense = [
        "",
        "{",
        "null",
        "42",
        "[]",
        "{}",
        "\"hello\"",
        "{\"type\":null}",
        "{\"type\":7}",
        "{\"type\":{}}",
        "{\"type\":\"ack\"}",
        "{\"type\":\"ack\",\"ref\":-1}",
        "{\"type\":\"ack\",\"ref\":1e300}",
        "{\"type\":\"batch\"}",
        "{\"type\":\"batch\",\"frames\":7}",
        "{\"type\":\"typing\"}",
        "{\"type\":\"presence\"}",
        "{\"type\":\"agent\"}",
        "{\"type\":\"presence\",\"data\":{\"userIds\":\"u1\"}}",
    ];
    for text in nonsense {
        world.server_sends_text(text);
    }
    world.run_for(1_000);
    let bad = world.page().errors.iter().filter(|(_, error)| error.code == ErrorCode::BadFrame).count();
    assert!(bad >= nonsense.len() - 1, "{:?}", world.page().errors);
    let said = world.others_say("room", "still here");
    world.run_for(100);
    assert_eq!(world.page().ids("room"), [said]);
    assert_eq!((world.page().connection.phase, world.page().dials.len()), (Phase::Open, 1));
}

#[test]
fn one_bad_frame_in_a_batch_costs_only_itself() {
    let mut world = World::joined(2, Kind::full(), Config::default());
    let good = |offset: u64| json!({"type": "message", "conversationId": "room", "offset": offset, "epoch": "e1", "data": {"id": format!("msg_{offset}")}});
    world.server_sends(json!({"type": "batch", "frames": [good(1), {"no": "type"}, 7, {"type": "batch", "frames": [good(2)]}, good(3)]}));
    world.run_for(100);
    assert_eq!(world.page().ids("room"), ["msg_1", "msg_2", "msg_3"]);
}

#[test]
fn a_complaint_names_its_conversation_whether_or_not_anybody_has_asked_for_that() {
    let mut world = World::joined(9, Kind::full(), Config::default());
    world.server_sends(json!({"type": "error", "conversationId": "nobody's", "code": "closed"}));
    world.server_sends(json!({"type": "error", "conversationId": "room", "code": "closed"}));
    world.server_sends(json!({"type": "error", "code": "closed"}));
    world.run_for(100);
    assert_eq!(world.page().blamed, [Some("nobody's".into()), Some("room".into()), None]);
}

#[test]
fn an_unknown_type_is_an_event_of_the_applications_own() {
    let mut world = World::joined(3, Kind::full(), Config::default());
    world.server_sends(json!({"type": "poll:vote", "conversationId": "room", "data": {"option": 2}}));
    world.run_for(100);
    let (_, event) = world.page().events.last().expect("an event");
    assert_eq!(event.kind, EventKind::Other("poll:vote".into()));
    assert_eq!(*event.data.get("option"), json!(2));
}

#[test]
fn names_that_objects_inherit_are_ids_like_any_other() {
    for id in ["__proto__", "constructor", "toString", "", " ", "\u{0}", "💬", "a\"b\\c"] {
        let mut world = World::new(4, Kind::full());
        world.add_page(Config::default());
        world.hold(0, id, 1);
        world.run_for(1_000);
        let said = world.others_say(id, "hello");
        world.run_for(100);
        assert_eq!(world.page().ids(id), [said], "{id:?}");
    }
}

#[test]
fn numbers_without_sense_do_no_harm() {
    let mut world = World::joined(5, Kind::full(), Config::default());
    for offset in [json!(-1), json!(1.5), json!(1e308), json!("7"), json!(null), json!(9_007_199_254_740_993_u64)] {
        world.server_sends(json!({"type": "subscribed", "conversationId": "room", "ref": 1, "offset": offset}));
        world.server_sends(json!({"type": "drain", "withinMs": offset}));
    }
    let huge = 9_007_199_254_740_991_u64;
    world.server_sends(json!({"type": "message", "conversationId": "other", "offset": huge, "epoch": "e1", "data": {"id": "msg_huge"}}));
    world.run_for(60_000);
    assert_eq!(world.page().ids("other"), ["msg_huge"]);
    let said = world.others_say("room", "still here");
    world.run_for(100);
    assert_eq!(world.page().ids("room"), [said]);
}

#[test]
fn answers_to_nothing_are_ignored() {
    let mut world = World::joined(6, Kind::full(), Config::default());
    for frame in [
        json!({"type": "ack", "ref": 4_000_000_000_u32, "data": {"id": "x"}}),
        json!({"type": "subscribed", "conversationId": "room", "ref": 99, "offset": 0}),
        json!({"type": "subscribed", "conversationId": "never heard of", "offset": 3}),
        json!({"type": "hello", "features": ["ack"]}),
        json!({"type": "pong"}),
    ] {
        world.server_sends(frame);
    }
    world.run_for(1_000);
    let said = world.others_say("room", "still here");
    world.run_for(100);
    assert_eq!(world.page().ids("room"), [said]);
    assert!(world.page().errors.is_empty(), "{:?}", world.page().errors);
}

#[test]
fn a_message_without_a_conversation_reaches_the_listeners_all_the_same() {
    let mut world = World::joined(7, Kind::plain(), Config::default());
    world.server_sends(json!({"type": "message", "data": {"id": "msg_1", "content": "to whom it may concern"}}));
    world.server_sends(json!({"type": "message", "data": {"id": "msg_2", "conversationId": "room"}}));
    world.run_for(100);
    assert_eq!(world.page().events.len(), 2);
    assert_eq!(world.page().ids("room"), ["msg_2"]);
}

#[test]
fn a_flood_of_conversations_nobody_asked_for_is_forgotten_again() {
    let mut world = World::joined(8, Kind::plain(), Config::default());
    for n in 0..3_000 {
        world.server_sends(
            json!({"type": "message", "conversationId": format!("spam{n}"), "data": {"id": format!("s{n}")}}),
        );
    }
    world.run_for(1_000);
    assert!(world.page().forgotten.len() >= 1_999, "{}", world.page().forgotten.len());
}
