//! What a person has read is told to a server that wants to know.

use talkwire::engine::{Config, Fetch, Input};
use talkwire::protocol::Outgoing;

use crate::server::Kind;
use crate::world::{World, with_polling};

/// The messages up to which the server was told that all is read.
fn told(world: &World) -> Vec<&str> {
    let frames = world.page().transmits.iter().flat_map(|(_, frames)| frames);
    let read = frames.filter_map(|frame| match frame {
        Outgoing::Read { message_id, .. } => Some(&**message_id),
        Outgoing::Hello
        | Outgoing::Connect
        | Outgoing::Answer { .. }
        | Outgoing::Subscribe { .. }
        | Outgoing::Unsubscribe { .. }
        | Outgoing::Message { .. }
        | Outgoing::Typing { .. }
        | Outgoing::Request { .. }
        | Outgoing::Raw(_)
        | Outgoing::Ping
        | Outgoing::Pong => None,
    });
    read.collect()
}

fn read_in(kind: Kind) -> World {
    let mut world = World::joined(1, kind, Config::default());
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::MarkRead(slot));
    world.others_say_many("room", 3);
    world.run_for(100);
    world.tell(0, Input::MarkRead(slot));
    world
}

#[test]
fn the_newest_message_is_named_once_there_is_one() {
    assert_eq!(told(&read_in(Kind::full())), ["msg_3"]);
}

#[test]
fn a_server_that_did_not_ask_for_it_is_told_nothing() {
    assert!(told(&read_in(Kind::numbered())).is_empty());
}

#[test]
fn what_was_there_before_the_join_is_read_up_to_its_newest() {
    let mut world = World::new(2, Kind::full());
    world.others_say_many("room", 3);
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(1_000);
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::MarkRead(slot));
    assert_eq!(told(&world), ["msg_3"]);
}

#[test]
fn an_empty_page_takes_back_nothing_that_was_told_since_it_was_asked_for() {
    let mut world = World::joined(3, Kind::full(), with_polling());
    world.others_say("room", "heard");
    world.run_for(2_000);
    world.network.refuses_sockets = true;
    world.network.http_latency_ms = Some((1_500, 1_500));
    world.close_all(1006);
    let asks = |world: &World| matches!(world.page().fetches.last(), Some((_, Fetch::Messages { after: Some(_), .. })));
    world.run_until(10_000, asks).expect("a page after the first message");
    world.run_for(1_600);
    world.network.refuses_sockets = false;
    world.others_say_many("room", 3);
    world.tell(0, Input::Connect);
    world.run_for(1_000);
    assert_eq!(world.page().ids("room").len(), 4, "the replay is here before the page");
    world.run_for(1_000);
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::MarkRead(slot));
    assert_eq!(told(&world), ["msg_4"]);
    let asked = world.page().fetches.len();
    world.run_until(200_000, |world| world.page().fetches.len() > asked).expect("a check beside the socket");
    assert!(matches!(&world.page().fetches[asked].1, Fetch::Messages { after: Some(id), .. } if **id == *"msg_4"));
}
