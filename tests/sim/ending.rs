//! The end of a client: everything it had comes to its end with it, and nothing is heard or said afterwards.

use std::rc::Rc;

use serde_json::json;
use talkwire::engine::{
    Body, Close, Config, DeliveryId, ErrorCode, Fetched, Input, Phase, RequestId, Slot, Submission,
};
use talkwire::protocol::{Frame, Hello};

use crate::json::Json;
use crate::page::holder;
use crate::server::Kind;
use crate::world::{World, with_polling};

fn request(world: &mut World, number: u32) {
    let body = Body::Request { event: Rc::from("search"), data: Json(json!({})), timeout_ms: 60_000 };
    world.tell(0, Input::Send(Submission { delivery: DeliveryId(number), body, bytes: 2, waited_ms: 0 }));
}

/// Everything that a page, a network or an application could still say.
fn afterwards() -> Vec<Input<Json>> {
    let slot = Slot(0);
    let generation = 1;
    vec![
        Input::Opened { generation },
        Input::Frame { generation, frame: Frame::Hello(Hello::default()) },
        Input::Frame { generation, frame: Frame::Ping },
        Input::BadFrame { generation, detail: "late".into() },
        Input::Closed { generation, close: Close { code: 4401, ..Close::default() } },
        Input::DialFailed { generation, code: ErrorCode::DialFailed, detail: "late".into(), lasting: true },
        Input::Buffered { generation, bytes: 0 },
        Input::Fetched(RequestId(1), Fetched::NotModified),
        Input::Connect,
        Input::Disconnect,
        Input::Hold(slot, holder(9)),
        Input::Unhold(slot, holder(9)),
        Input::WatchList(true),
        Input::Typing(slot, true),
        Input::MarkRead(slot),
        Input::Visibility { hidden: false },
        Input::Offline,
        Input::Online,
        Input::Resumed,
        Input::PageHide,
        Input::PageShow,
        Input::Acquire,
        Input::Release,
        Input::Tick,
        Input::Close,
    ]
}

#[test]
fn close_settles_everything_once_and_says_nothing_more() {
    let mut world = World::joined(1, Kind::full(), with_polling());
    world.black_hole();
    let written = world.send(0, "room", "written");
    request(&mut world, 100);
    world.run_for(100);
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::LoadBefore { slot, limit: 10 });
    let waiting = world.send(0, "room", "waiting");
    world.tell(0, Input::Close);
    assert!(world.page().has_ended);
    assert_eq!(world.page().connection.phase, Phase::Closed);
    for delivery in [written, waiting, 100] {
        assert_eq!(world.page().results[&delivery], ["closed"], "{delivery}");
    }
    assert_eq!(world.page().hangups.last(), Some(&(world.now, Some(1_000))));
    assert_eq!(world.page().client.next_deadline(), None);
    world.log = Some(Vec::new());
    for input in afterwards() {
        world.tell(0, input);
        assert_eq!(world.page().client.next_deadline(), None);
    }
    world.run_for(600_000);
    let log = world.log.take().unwrap_or_default();
    assert!(log.iter().all(|line| !line.contains(" -> ")), "{log:#?}");
    assert_eq!(world.live_sockets(0), 0);
}

#[test]
fn an_attempt_and_a_poll_on_their_way_are_taken_back() {
    let mut world = World::new(2, Kind::full());
    world.network.swallows_sockets = true;
    world.network.http_swallows = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(7_000);
    let fetches = world.page().fetches.len();
    assert_eq!((world.live_sockets(0), fetches), (1, 1));
    world.tell(0, Input::Close);
    assert_eq!((world.live_sockets(0), world.page().aborted.len()), (0, 1));
}

#[test]
fn a_disconnected_client_keeps_what_was_said_and_who_listens() {
    let mut world = World::joined(3, Kind::full(), Config::default());
    world.tell(0, Input::Disconnect);
    assert_eq!(world.page().hangups.last(), Some(&(world.now, Some(1_000))));
    let kept = world.send(0, "room", "kept");
    let said = world.others_say("room", "meanwhile");
    world.run_for(100_000);
    assert_eq!((world.page().dials.len(), world.page().connection.phase), (1, Phase::Idle));
    world.tell(0, Input::Connect);
    world.run_for(1_000);
    assert_eq!(world.page().result(kept), Some("acked"));
    assert_eq!(world.page().ids("room")[0], said);
    assert_eq!(world.page().ids("room").len(), 2);
}

#[test]
fn what_an_older_socket_still_says_is_not_heard() {
    let mut world = World::joined(4, Kind::full(), Config::default());
    let old = *world.page().sockets.keys().next().expect("a socket");
    world.tell(0, Input::Disconnect);
    world.tell(0, Input::Connect);
    world.run_for(1_000);
    let (events, errors) = (world.page().events.len(), world.page().errors.len());
    let frame = json!({"type": "message", "conversationId": "room", "data": {"id": "ghost"}});
    let frame = talkwire::protocol::Codec::default().decode(Json(frame), "id").expect("a frame");
    world.tell(0, Input::Frame { generation: old, frame });
    world.tell(0, Input::BadFrame { generation: old, detail: "ghost".into() });
    world.tell(0, Input::Closed { generation: old, close: Close { code: 4403, ..Close::default() } });
    assert_eq!((world.page().events.len(), world.page().errors.len()), (events, errors));
    assert_eq!(world.page().connection.phase, Phase::Open);
}
