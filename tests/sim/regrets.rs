//! Second thoughts: taking back what was sent, sending again or throwing away what failed.

use std::rc::Rc;

use talkwire::engine::{Config, DeliveryId, Input, OutboxConfig};

use crate::outbox::{cut_off, reconnect, stored, with_outbox};
use crate::server::Kind;
use crate::world::{World, with_polling};

#[test]
fn what_has_not_left_can_be_taken_back() {
    let mut world = cut_off(17, Kind::full(), Config::default());
    let meant = world.send(0, "room", "meant");
    let regretted = world.send(0, "room", "regretted");
    assert!(world.cancel(0, regretted));
    assert!(!world.cancel(0, regretted));
    assert_eq!(world.page().results[&regretted], ["cancelled"]);
    assert_eq!(world.page().shown("room"), ["draft:meant"]);
    reconnect(&mut world);
    assert_eq!(stored(&world, "room"), ["meant"]);
    assert!(!world.cancel(0, meant));
}

#[test]
fn what_may_be_stored_cannot_be_taken_back_although_it_waits_again() {
    let mut world = World::joined(25, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let left = world.send(0, "room", "stored, and not acked");
    world.run_for(5);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(1_000);
    let never_left = world.send(0, "room", "never left");
    assert!(!world.cancel(0, left));
    assert!(world.cancel(0, never_left));
    assert_eq!((world.page().result(left), world.page().result(never_left)), (None, Some("cancelled")));
    world.server.kind.loses_ack = None;
    reconnect(&mut world);
    assert_eq!(world.page().result(left), Some("acked"));
    assert_eq!(stored(&world, "room"), ["stored, and not acked"]);
}

#[test]
fn a_message_that_was_posted_cannot_be_taken_back_although_no_reply_came() {
    let mut world = cut_off(26, Kind::full(), with_polling());
    world.run_for(8_000);
    world.network.http_status = Some(500);
    let posted = world.send(0, "room", "posted");
    world.run_for(200);
    assert!(!world.cancel(0, posted));
    world.network.http_status = None;
    reconnect(&mut world);
    assert_eq!(world.page().results[&posted], ["acked"]);
}

#[test]
fn a_failed_message_can_be_sent_again_under_the_same_id_or_discarded() {
    let outbox = OutboxConfig { message_ttl_ms: Some(1_000), ..Config::default().outbox };
    let mut world = cut_off(18, Kind::full(), with_outbox(outbox));
    world.send(0, "room", "again");
    world.send(0, "room", "away");
    world.run_for(2_000);
    let states: Vec<_> = world.page().snapshots["room"].iter().map(|one| one.state.name()).collect();
    assert_eq!(states, ["failed", "failed"]);
    reconnect(&mut world);
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::Discard(slot, Rc::from("p0-c2")));
    world.tell(0, Input::Retry(slot, Rc::from("p0-c1"), DeliveryId(77)));
    world.tell(0, Input::Retry(slot, Rc::from("p0-c2"), DeliveryId(78)));
    world.run_for(1_000);
    assert_eq!((world.page().result(77), world.page().result(78)), (Some("acked"), Some("cancelled")));
    assert_eq!(stored(&world, "room"), ["again"]);
    assert_eq!(world.page().shown("room").len(), 1);
    assert_eq!(world.server.archive[0].1.data["clientId"], "p0-c1");
}

#[test]
fn every_failed_message_that_is_shown_can_be_sent_again() {
    let outbox = OutboxConfig { max_messages: 1, ..Config::default().outbox };
    let mut world = cut_off(28, Kind::full(), with_outbox(outbox));
    for n in 0..600 {
        world.send(0, "room", &format!("n{n}"));
    }
    let failed: Vec<Rc<str>> = world.page().snapshots["room"].iter().filter_map(|one| one.client_id.clone()).collect();
    assert_eq!(failed.len(), 500);
    reconnect(&mut world);
    let slot = world.pages[0].slot("room");
    for (client_id, delivery) in failed.iter().zip(1_000..) {
        world.tell(0, Input::Retry(slot, client_id.clone(), DeliveryId(delivery)));
        world.run_for(100);
    }
    assert!((1_000..1_500).all(|delivery| world.page().result(delivery) == Some("acked")));
}

#[test]
fn only_what_has_failed_can_be_discarded() {
    let mut world = cut_off(27, Kind::full(), Config::default());
    let sent = world.send(0, "room", "on its way");
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::Discard(slot, Rc::from("p0-c1")));
    assert_eq!(world.page().shown("room"), ["draft:on its way"]);
    reconnect(&mut world);
    assert_eq!((world.page().result(sent), world.page().shown("room").len()), (Some("acked"), 1));
}
