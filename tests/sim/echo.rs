//! Messages of mine that come back: told as soon as it is known where they belong, and then never sent again.

use talkwire::engine::{Config, DeliveryId, Input, Via};

use crate::page::Heard;
use crate::server::Kind;
use crate::world::{World, with_polling};

fn echo(id: &str) -> Heard {
    Heard::Message { id: id.into(), via: Via::Echo, late: false }
}

#[test]
fn an_ack_is_enough_to_tell_a_message_of_mine_and_its_echo_adds_nothing() {
    let slow_echo = Kind { echo_delay_ms: 1_000, ..Kind::full() };
    for kind in [slow_echo.clone(), Kind { numbers: false, ..slow_echo }] {
        let mut world = World::joined(1, kind, Config::default());
        world.others_say("room", "before");
        world.run_for(100);
        world.send(0, "room", "mine");
        world.run_for(100);
        assert_eq!(world.page().heard["room"][1..], [echo("msg_2")]);
        world.run_for(2_000);
        assert_eq!(world.page().ids("room"), ["msg_1", "msg_2"]);
        assert_eq!(world.page().shown("room"), ["msg_1", "msg_2"]);
    }
}

#[test]
fn a_reply_to_a_post_is_enough_where_numbers_show_that_nothing_is_missing() {
    let mut world = World::joined(2, Kind::full(), with_polling());
    world.others_say("room", "before");
    world.run_for(100);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(8_000);
    let sent = world.send(0, "room", "mine");
    world.run_until(1_000, move |world| world.page().result(sent) == Some("acked")).expect("a reply");
    assert_eq!(world.page().heard["room"][1..], [echo("msg_2")]);
}

#[test]
fn one_that_was_given_up_and_comes_back_after_all_is_not_sent_again() {
    let lossy = Kind { loses_ack: Some(1), echo_delay_ms: 45_000, ..Kind::full() };
    let mut world = World::joined(3, lossy, Config::default());
    let [back, gone] = ["room", "elsewhere"].map(|room| world.send(0, room, "anybody?"));
    for _ in 0..50 {
        world.others_say("other", "nobody listens");
        world.server_sends(serde_json::json!({"type": "pong"}));
        world.run_for(1_000);
    }
    assert_eq!((world.page().result(back), world.page().result(gone)), (Some("no-ack"), Some("no-ack")));
    assert_eq!(world.page().snapshots["room"][0].state.name(), "sent", "the echo mends what is shown");
    world.server.kind.loses_ack = None;
    for (room, client_id, delivery) in [("room", "p0-c1", 77), ("elsewhere", "p0-c2", 78)] {
        let slot = world.pages[0].slot(room);
        world.tell(0, Input::Retry(slot, client_id.into(), DeliveryId(delivery)));
    }
    world.run_for(1_000);
    assert_eq!((world.page().result(77), world.page().result(78)), (Some("cancelled"), Some("acked")));
}
