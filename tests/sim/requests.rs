//! Questions to the server: each ends once, with the answer or with the reason why there is none.

use std::rc::Rc;

use serde_json::{Value as Parsed, json};
use talkwire::engine::{Body, Config, DeliveryId, Fetch, Input, Submission};

use crate::json::Json;
use crate::server::Kind;
use crate::world::{World, with_polling};

const TIMEOUT_MS: u64 = 8_000;

fn ask(world: &mut World) -> u32 {
    let page = &mut world.pages[0];
    page.sends += 1;
    let number = page.sends;
    let body = Body::Request { event: Rc::from("search"), data: Json(json!({"q": "tea"})), timeout_ms: TIMEOUT_MS };
    world.tell(0, Input::Send(Submission { delivery: DeliveryId(number), body, bytes: 20, waited_ms: 0 }));
    number
}

/// The frames of all requests so far.
fn asked(world: &World) -> Vec<Parsed> {
    world.server.received.iter().map(|(_, frame)| frame.clone()).filter(|frame| frame["type"] == "search").collect()
}

fn answer(world: &mut World, mut frame: Parsed) {
    frame["ref"] = asked(world).last().expect("a request")["ref"].clone();
    world.server_sends(frame);
    world.run_for(100);
}

fn asked_in_session() -> (World, u32) {
    let mut world = World::joined(1, Kind::full(), with_polling());
    let request = ask(&mut world);
    world.run_for(100);
    (world, request)
}

#[test]
fn an_answer_settles_the_request_that_it_names() {
    let (mut world, first) = asked_in_session();
    let second = ask(&mut world);
    world.run_for(100);
    assert_eq!(asked(&world).len(), 2);
    assert_eq!(asked(&world)[0]["data"], json!({"q": "tea"}));
    answer(&mut world, json!({"type": "ack", "data": [1, 2]}));
    assert_eq!((world.page().result(first), world.page().result(second)), (None, Some("acked")));
}

#[test]
fn a_refusal_is_the_end_of_it_even_if_it_might_pass() {
    for retryable in [false, true] {
        let (mut world, request) = asked_in_session();
        answer(&mut world, json!({"type": "error", "code": "busy", "retryable": retryable}));
        assert_eq!(world.page().result(request), Some("refused"));
        world.run_for(60_000);
        assert_eq!(asked(&world).len(), 1, "nobody knows what a second one would do");
    }
}

#[test]
fn without_an_answer_it_fails_when_its_time_is_up_and_a_late_answer_changes_nothing() {
    let (mut world, request) = asked_in_session();
    world.run_for(TIMEOUT_MS - 101);
    assert_eq!(world.page().result(request), None);
    world.run_for(1);
    assert_eq!(world.page().result(request), Some("timeout"));
    answer(&mut world, json!({"type": "ack", "data": 1}));
    assert_eq!(world.page().results[&request].len(), 1);
    assert_eq!(asked(&world).len(), 1);
    assert_eq!(world.page().dials.len(), 1, "a slow answer is no reason to doubt the session");
}

#[test]
fn its_time_runs_while_it_waits_for_a_session() {
    let mut world = World::new(2, Kind::full());
    world.network.refuses_sockets = true;
    world.add_page(with_polling());
    let request = ask(&mut world);
    let took = world.run_until(60_000, move |world| world.page().result(request).is_some());
    assert_eq!((took, world.page().result(request)), (Some(TIMEOUT_MS), Some("timeout")));
    let posted = world.page().fetches.iter().any(|(_, fetch)| matches!(fetch, Fetch::Send { .. }));
    assert!(!posted, "only messages can leave by POST");
}

#[test]
fn one_that_waited_is_asked_as_soon_as_there_is_a_session() {
    let mut world = World::new(3, Kind::full());
    world.network.refuses_sockets = true;
    world.add_page(Config::default());
    let request = ask(&mut world);
    world.run_for(100);
    world.network.refuses_sockets = false;
    world.run_for(3_000);
    answer(&mut world, json!({"type": "ack"}));
    assert_eq!(world.page().result(request), Some("acked"));
}

#[test]
fn it_is_lost_with_the_session_that_was_asked() {
    let (mut world, request) = asked_in_session();
    world.close_all(1006);
    world.run_for(5_000);
    assert_eq!(world.page().result(request), Some("connection-lost"));
    assert_eq!(asked(&world).len(), 1);
}

#[test]
fn a_plain_server_cannot_be_asked() {
    let mut world = World::joined(4, Kind::plain(), Config::default());
    let request = ask(&mut world);
    assert_eq!(world.page().result(request), Some("unsupported"));
    world.run_for(1_000);
    assert!(asked(&world).is_empty());
}

#[test]
fn one_that_is_not_wanted_any_more_is_dropped_even_after_it_was_asked() {
    let (mut world, request) = asked_in_session();
    world.cancel(0, request);
    assert_eq!(world.page().result(request), Some("cancelled"));
    answer(&mut world, json!({"type": "ack"}));
    assert_eq!(world.page().results[&request].len(), 1);
}

#[test]
fn one_that_was_too_large_says_so_and_no_message_fails_for_it() {
    let mut world = World::joined(5, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let message = world.send(0, "room", "small");
    let body = Body::Request { event: Rc::from("search"), data: Json(json!("tea")), timeout_ms: TIMEOUT_MS };
    world.tell(0, Input::Send(Submission { delivery: DeliveryId(100), body, bytes: 100_000, waited_ms: 0 }));
    world.close_all(1009);
    world.server.kind.loses_ack = None;
    world.run_for(5_000);
    assert_eq!((world.page().result(100), world.page().result(message)), (Some("too-large"), Some("acked")));
}
