//! How long somebody is shown as typing, to the millisecond, and what ends it.

use serde_json::json;
use talkwire::engine::{Config, Input};
use talkwire::protocol::Outgoing;

use crate::server::Kind;
use crate::world::World;

fn type_in(world: &mut World, is_typing: bool) {
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::Typing(slot, is_typing));
}

/// When a typing frame was written since `start`, and what it said.
fn told(world: &World, start: u64) -> Vec<(u64, bool)> {
    let frames = world.page().transmits.iter().flat_map(|(at, frames)| frames.iter().map(move |frame| (*at, frame)));
    let typing = frames.filter_map(|(at, frame)| match frame {
        Outgoing::Typing { is_typing, .. } => Some((at - start, *is_typing)),
        Outgoing::Hello
        | Outgoing::Connect
        | Outgoing::Answer { .. }
        | Outgoing::Subscribe { .. }
        | Outgoing::Unsubscribe { .. }
        | Outgoing::Message { .. }
        | Outgoing::Read { .. }
        | Outgoing::Request { .. }
        | Outgoing::Raw(_)
        | Outgoing::Ping
        | Outgoing::Pong => None,
    });
    typing.collect()
}

fn somebody_types(world: &mut World, user_id: &str, is_typing: bool) {
    world.server_sends(
        json!({"type": "typing", "conversationId": "room", "data": {"userId": user_id, "isTyping": is_typing}}),
    );
    world.run_for(0);
}

fn typists(world: &World) -> Vec<&str> {
    world.page().typing.get("room").map(|users| users.iter().map(|user| &**user).collect()).unwrap_or_default()
}

/// A joined page to which everything comes in no time.
fn instant() -> World {
    let mut world = World::joined(1, Kind::full(), Config::default());
    world.network.latency_ms = (0, 0);
    world
}

#[test]
fn a_message_is_the_end_of_typing_it_and_the_next_one_is_told_at_once() {
    let mut world = instant();
    let start = world.now;
    type_in(&mut world, true);
    world.send(0, "room", "hello");
    type_in(&mut world, false);
    world.run_for(500);
    type_in(&mut world, true);
    assert_eq!(told(&world, start), [(0, true), (500, true)]);
}

#[test]
fn going_on_is_told_every_three_seconds_and_stopping_once() {
    let mut world = instant();
    let start = world.now;
    for (pause_ms, is_typing) in
        [(0, false), (0, true), (1_000, true), (1_999, true), (1, true), (500, false), (100, false), (100, true)]
    {
        world.run_for(pause_ms);
        type_in(&mut world, is_typing);
    }
    assert_eq!(told(&world, start), [(0, true), (3_000, true), (3_500, false), (3_700, true)]);
}

#[test]
fn without_a_session_nothing_is_told_and_nobody_is_seen_typing() {
    let mut world = instant();
    somebody_types(&mut world, "ann", true);
    let start = world.now;
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(100);
    assert!(typists(&world).is_empty());
    type_in(&mut world, true);
    world.network.refuses_sockets = false;
    world.run_for(10_000);
    assert!(told(&world, start).is_empty(), "it is never queued");
}

#[test]
fn somebody_who_says_nothing_more_has_stopped_after_seven_seconds() {
    let mut world = instant();
    somebody_types(&mut world, "ann", true);
    world.run_for(4_000);
    somebody_types(&mut world, "ben", true);
    somebody_types(&mut world, "ann", true);
    assert_eq!(typists(&world), ["ann", "ben"], "the first who began first");
    world.run_for(3_500);
    somebody_types(&mut world, "ben", true);
    world.run_for(3_499);
    assert_eq!(typists(&world), ["ann", "ben"]);
    assert_eq!(world.page().client.sizes().typists, 2);
    world.run_for(1);
    assert_eq!(typists(&world), ["ben"]);
    world.run_for(3_500);
    assert!(typists(&world).is_empty());
    assert_eq!(world.page().client.sizes().typists, 0);
}

#[test]
fn those_who_fall_silent_together_are_one_change_and_none_where_others_type_on() {
    let mut world = instant();
    world.hold(0, "elsewhere", 1);
    somebody_types(&mut world, "ann", true);
    somebody_types(&mut world, "ben", true);
    world.run_for(1_000);
    let cleo = json!({"userId": "cleo", "isTyping": true});
    world.server_sends(json!({"type": "typing", "conversationId": "elsewhere", "data": cleo}));
    world.run_for(0);
    world.log = Some(Vec::new());
    world.run_for(6_000);
    let changes = world.log.take().unwrap_or_default().into_iter().filter(|line| line.contains("Typing(["));
    assert_eq!(changes.count(), 1);
    assert_eq!((typists(&world).len(), world.page().typing["elsewhere"].len()), (0, 1));
}

fn ann_says(world: &mut World, offset: u64) {
    world.server_sends(json!({
        "type": "message", "conversationId": "room", "offset": offset, "data": {"id": offset, "senderId": "ann"},
    }));
    world.run_for(0);
}

#[test]
fn a_message_is_the_end_of_its_senders_typing_and_of_nobody_elses() {
    let mut world = instant();
    somebody_types(&mut world, "ann", true);
    somebody_types(&mut world, "ben", true);
    ann_says(&mut world, 1);
    assert_eq!(typists(&world), ["ben"]);
    somebody_types(&mut world, "ann", true);
    ann_says(&mut world, 1);
    assert_eq!(typists(&world), ["ben", "ann"], "one that came again is nothing new");
}

#[test]
fn whoever_stops_here_may_type_on_elsewhere() {
    let mut world = instant();
    world.hold(0, "elsewhere", 1);
    world.server_sends(
        json!({"type": "typing", "conversationId": "elsewhere", "data": {"userId": "ann", "isTyping": true}}),
    );
    somebody_types(&mut world, "ann", true);
    somebody_types(&mut world, "ann", false);
    somebody_types(&mut world, "ben", true);
    assert_eq!((typists(&world), world.page().typing["elsewhere"].len()), (vec!["ben"], 1));
}

#[test]
fn where_nobody_typed_nothing_changes() {
    let mut world = instant();
    somebody_types(&mut world, "ann", false);
    ann_says(&mut world, 1);
    world.unhold(0, "room", 1);
    world.run_for(1_000);
    assert_eq!(world.page().typing.get("room"), None);
}

#[test]
fn whoever_leaves_a_conversation_sees_nobody_type_in_it() {
    let mut world = instant();
    somebody_types(&mut world, "ann", true);
    world.unhold(0, "room", 1);
    world.run_for(300);
    assert!(typists(&world).is_empty());
}

#[test]
fn one_listener_who_leaves_takes_nothing_from_those_who_stay() {
    let mut world = instant();
    world.hold(0, "room", 2);
    somebody_types(&mut world, "ann", true);
    world.unhold(0, "room", 1);
    world.run_for(300);
    assert_eq!(typists(&world), ["ann"]);
}

#[test]
fn a_typing_frame_that_names_nobody_is_told_as_unreadable_and_nothing_else_is_lost() {
    let mut world = instant();
    world.server_sends(json!({"type": "typing", "conversationId": "room", "data": {"isTyping": true}}));
    let said = world.others_say("room", "after it");
    world.run_for(100);
    assert_eq!(world.page().ids("room"), [said]);
    assert_eq!(world.page().errors.len(), 1);
    assert!(typists(&world).is_empty());
}
