//! What a page shows: every message in its place, and a message of mine just once.

use serde_json::json;
use talkwire::engine::{Config, Input, Item, PollingConfig, State, Via};
use talkwire::protocol::Keys;

use crate::json::Json;
use crate::server::Kind;
use crate::world::{World, with_polling};

fn states(world: &World) -> Vec<State> {
    world.page().snapshots["room"].iter().map(|one| one.state).collect()
}

#[test]
fn a_message_of_mine_is_there_at_once_and_then_confirmed_in_place() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    world.send(0, "room", "hello");
    assert_eq!((world.page().shown("room"), states(&world)), (vec!["draft:hello".into()], vec![State::Pending]));
    world.run_for(1_000);
    assert_eq!((world.page().shown("room"), states(&world)), (vec!["msg_1".into()], vec![State::Sent]));
    assert_eq!(world.page().snapshots["room"][0].client_id.as_deref(), Some("p0-c1"));
}

#[test]
fn ack_and_echo_are_one_message_whichever_comes_first() {
    for kind in [Kind::full(), Kind { ack_delay_ms: 300, ..Kind::full() }, Kind { echo_delay_ms: 300, ..Kind::full() }]
    {
        for returns_client_id in [true, false] {
            let mut world = World::joined(2, Kind { returns_client_id, ..kind.clone() }, Config::default());
            world.send(0, "room", "mine");
            world.run_for(150);
            assert_eq!(world.page().snapshots["room"].len(), 1, "{kind:?}");
            world.run_for(1_000);
            assert_eq!((world.page().shown("room"), states(&world)), (vec!["msg_1".into()], vec![State::Sent]));
            assert_eq!(world.page().ids("room"), ["msg_1"]);
        }
    }
}

#[test]
fn on_a_plain_server_the_oldest_equal_message_of_mine_is_its_echo() {
    let mut world = World::joined(3, Kind { returns_client_id: false, ..Kind::plain() }, Config::default());
    world.send(0, "room", "twice");
    world.send(0, "room", "twice");
    world.run_for(1_000);
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2"]);
    let mine: Vec<_> = world.page().snapshots["room"].iter().filter_map(|one| one.client_id.as_deref()).collect();
    assert_eq!(mine, ["p0-c1", "p0-c2"]);
    world.others_say("room", "twice");
    world.run_for(100);
    assert_eq!(states(&world), [State::Sent, State::Sent, State::Received]);
}

#[test]
fn others_take_their_places_before_what_is_still_pending() {
    let mut world = World::joined(4, Kind::full(), Config::default());
    world.network.latency_ms = (500, 500);
    world.others_say("room", "theirs");
    world.run_for(100);
    world.send(0, "room", "mine");
    world.run_for(450);
    assert_eq!(world.page().shown("room"), ["msg_1", "draft:mine"]);
    world.others_say("room", "theirs too");
    world.run_for(510);
    assert_eq!(world.page().shown("room").last().map(String::as_str), Some("draft:mine"));
    world.run_for(5_000);
    assert_eq!(world.page().shown("room"), world.page().ids("room"));
}

#[test]
fn a_snapshot_keeps_the_newest_and_grows_only_for_what_was_asked_for() {
    let config = Config { history_max_messages: 10, ..with_polling() };
    let mut world = World::new(5, Kind::full());
    for n in 0..40 {
        world.others_say("room", &format!("n{n}"));
    }
    world.add_page(config);
    world.hold(0, "room", 1);
    world.run_for(1_000);
    assert_eq!(world.page().shown("room"), (31..=40).map(|n| format!("msg_{n}")).collect::<Vec<_>>());
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::LoadBefore { slot, limit: 20 });
    world.run_for(1_000);
    assert_eq!(world.page().shown("room"), (11..=40).map(|n| format!("msg_{n}")).collect::<Vec<_>>());
    assert!(world.page().ids("room").is_empty(), "what was there before is not told as new");
    world.others_say_many("room", 5);
    world.run_for(1_000);
    assert_eq!(world.page().shown("room").len(), 30);
}

#[test]
fn what_comes_while_older_messages_are_read_takes_nothing_from_between() {
    // As much as was asked for, and more.
    for (meanwhile, expected) in [(3, 3..=18), (4, 7..=19)] {
        let config = Config { history_max_messages: 10, ..with_polling() };
        let mut world = World::new(6, Kind::full());
        world.others_say_many("room", 15);
        world.add_page(config);
        world.hold(0, "room", 1);
        world.run_for(1_000);
        world.network.http_latency_ms = Some((500, 500));
        let slot = world.pages[0].slot("room");
        world.tell(0, Input::LoadBefore { slot, limit: 3 });
        world.others_say_many("room", meanwhile);
        world.run_for(2_000);
        assert_eq!(world.page().loaded, [None]);
        assert_eq!(world.page().shown("room"), expected.map(|n| format!("msg_{n}")).collect::<Vec<_>>());
    }
}

#[test]
fn older_messages_that_could_not_be_read_leave_no_room() {
    let config = Config { history_max_messages: 10, ..with_polling() };
    let mut world = World::new(6, Kind::full());
    world.others_say_many("room", 15);
    world.add_page(config);
    world.hold(0, "room", 1);
    world.run_for(1_000);
    world.network.reads_fail = true;
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::LoadBefore { slot, limit: 3 });
    world.run_for(1_000);
    world.others_say_many("room", 5);
    world.run_for(1_000);
    assert_eq!(world.page().shown("room").len(), 10);
}

#[test]
fn load_before_says_when_it_cannot() {
    let mut world = World::joined(6, Kind::full(), Config::default());
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::LoadBefore { slot, limit: 20 });
    assert!(matches!(world.page().loaded.as_slice(), [Some(error)] if error.code.code() == "unsupported"));
}

#[test]
fn a_snapshot_that_begins_late_begins_with_the_latest_messages() {
    let mut world = World::new(7, Kind::full());
    world.others_say_many("room", 5);
    world.add_page(with_polling());
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::Hold(slot, crate::page::holder(1)));
    world.run_for(1_000);
    world.others_say_many("room", 5);
    world.run_for(1_000);
    assert!(world.page().snapshots.get("room").is_none_or(Vec::is_empty));
    world.tell(0, Input::View(slot));
    world.run_for(1_000);
    assert_eq!(world.page().shown("room").len(), 10);
    assert_eq!(world.page().ids("room").len(), 5, "and nothing is told twice");
}

/// A page that was rendered with three messages, before two others were said; gives the ids of those two.
fn rendered(kind: Kind) -> (World, Vec<String>) {
    let mut world = World::new(8, kind);
    world.network.latency_ms = (20, 20);
    world.others_say_many("room", 3);
    let rendered = world.server.page("room", None).expect("a page");
    let said_since = world.others_say_many("room", 2);
    world.add_page(Config { polling: PollingConfig::default(), ..Config::default() });
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::View(slot));
    let item = |data: serde_json::Value| {
        let (id, offset) = (data["id"].as_str().map(str::to_owned), data["offset"].as_u64());
        let epoch = data["epoch"].as_str().map(str::to_owned);
        Item { data: Json(data), keys: Keys { id, offset, epoch, ..Keys::default() } }
    };
    world.tell(0, Input::Hydrate(slot, rendered.into_iter().map(item).collect()));
    assert_eq!(world.page().shown("room").len(), 3);
    world.hold(0, "room", 1);
    (world, said_since)
}

#[test]
fn what_a_server_rendered_is_shown_and_gone_on_from() {
    let (mut world, said_since) = rendered(Kind::full());
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), said_since);
    assert_eq!(world.page().shown("room").len(), 5);
}

#[test]
fn what_a_server_rendered_is_gone_on_from_though_an_answer_to_an_earlier_subscribe_comes_after_its_late_hello() {
    let (mut world, said_since) = rendered(Kind { hello_delay_ms: 300, ..Kind::full() });
    world.run_until(1_000, |world| world.page().subscribes() == 2).expect("one before the hello, one after");
    let epoch = world.server.page("room", None).expect("a page")[0]["epoch"].clone();
    world.server_sends(json!({
        "type": "subscribed", "conversationId": "room", "offset": 5, "epoch": epoch, "recovered": false,
    }));
    world.run_for(1_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (said_since, 0));
    assert_eq!(world.page().shown("room").len(), 5);
}

#[test]
fn the_data_of_a_message_is_the_servers() {
    let mut world = World::joined(9, Kind::full(), Config::default());
    world.send(0, "room", "hello");
    world.run_for(1_000);
    let shown = &world.page().snapshots["room"][0].data;
    assert_eq!((shown.get("id"), shown.get("content")), (&json!("msg_1"), &json!("hello")));
}

#[test]
fn what_another_says_in_my_very_words_is_theirs_where_it_is_known_who_i_am() {
    let plain = Kind { returns_client_id: false, ..Kind::plain() };
    let full = Kind { returns_client_id: false, ack_delay_ms: 5_000, ..Kind::full() };
    let known = Config { user_id: Some("me".into()), ..Config::default() };
    for (kind, config) in [(plain, known), (full, Config::default())] {
        let mut world = World::joined(6, kind, config);
        world.network.latency_ms = (0, 0);
        let said = |sender: &str, offset: u64| {
            json!({
                "type": "message", "conversationId": "room", "offset": offset,
                "data": {"id": format!("by {sender}"), "content": "yes", "senderId": sender},
            })
        };
        world.server.kind.echo_delay_ms = 60_000;
        world.send(0, "room", "yes");
        world.server_sends(said("you", 1));
        world.server_sends(said("me", 2));
        world.run_for(100);
        let via: Vec<_> = world.page().events.iter().map(|(_, event)| (event.data.id(), event.via)).collect();
        assert_eq!(via, [("by you".into(), Via::Socket), ("by me".into(), Via::Echo)]);
        let shown = &world.page().snapshots["room"];
        let states: Vec<_> = shown.iter().map(|one| (one.data.id(), one.client_id.is_some())).collect();
        assert_eq!(states, [("by you".into(), false), ("by me".into(), true)]);
    }
}

#[test]
fn a_message_of_mine_that_is_found_among_what_was_there_before_is_stored() {
    let polling = PollingConfig { messages: true, ..PollingConfig::default() };
    let mut world = World::joined(21, Kind::full(), Config { polling, ..Config::default() });
    world.silence(false, true);
    let delivery = world.send(0, "elsewhere", "stored, and nobody says so");
    world.run_for(100);
    world.network.refuses_sockets = true;
    world.break_black_holes();
    world.hold(0, "elsewhere", 1);
    world.run_for(10_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
    assert_eq!(world.page().shown("elsewhere"), ["msg_1"]);
    assert!(world.page().ids("elsewhere").is_empty(), "it is not news");
}

#[test]
fn what_comes_under_a_new_numbering_stands_after_what_came_under_the_old_one() {
    let mut world = World::joined(22, Kind { history: false, ..Kind::full() }, Config::default());
    let mut said = world.others_say_many("room", 5);
    world.run_for(100);
    world.restart_server(crate::server::Server::forget_all);
    world.run_for(5_000);
    said.extend(world.others_say_many("room", 2));
    world.run_for(1_000);
    assert_eq!((world.page().shown("room"), world.page().ids("room")), (said.clone(), said));
}

#[test]
fn a_message_of_mine_that_a_forgetful_server_stored_twice_stands_where_it_was_told_each_time() {
    let polling = PollingConfig { messages: true, ..PollingConfig::default() };
    let kind = Kind { replay_window: 0, loses_ack: Some(1), ..Kind::full() };
    let mut world = World::joined(23, kind, Config { polling, ..Config::default() });
    let mut said = world.others_say_many("room", 2);
    world.run_for(100);
    world.network.reads_fail = true;
    world.close_all(1006);
    world.others_say("room", "missed");
    world.run_for(1_500);
    world.send(0, "room", "mine");
    said.extend(world.others_say_many("room", 1));
    world.run_for(100);
    world.server.kind.loses_ack = None;
    world.restart_server(crate::server::Server::forget_all);
    world.run_for(40_000);
    said.extend(["msg_5".into(), "msg_6".into()]);
    assert_eq!((world.page().ids("room"), world.page().result(1)), (said.clone(), Some("acked")));
    assert_eq!(world.page().shown("room"), said);
}

#[test]
fn the_first_page_finds_its_place_around_what_was_loaded_before_it_came() {
    for kind in [Kind::full(), Kind::plain_with_history()] {
        let mut world = World::new(24, kind);
        world.others_say_many("room", 5);
        world.network.reads_fail = true;
        world.add_page(with_polling());
        world.hold(0, "room", 1);
        world.run_for(4_000);
        world.others_say("room", "told although nothing can be read");
        world.run_for(4_000);
        world.network.reads_fail = false;
        let slot = world.pages[0].slot("room");
        world.tell(0, Input::LoadBefore { slot, limit: 3 });
        world.run_for(100);
        assert_eq!(world.page().shown("room"), ["msg_3", "msg_4", "msg_5", "msg_6"]);
        world.run_for(20_000);
        assert_eq!(world.page().shown("room"), (1..=6).map(|n| format!("msg_{n}")).collect::<Vec<_>>());
    }
}

#[test]
fn a_message_of_mine_that_is_older_than_all_that_is_kept_leaves_no_hole_behind_it() {
    let kind = Kind { echo_delay_ms: 1_000, ack_delay_ms: 1_000, ..Kind::numbered() };
    let mut world = World::joined(12, kind, Config { history_max_messages: 10, ..Config::default() });
    world.network.latency_ms = (10, 10);
    world.others_say("room", "first");
    world.send(0, "room", "mine");
    world.run_for(15);
    world.others_say_many("room", 30);
    world.run_for(2_000);
    assert_eq!(world.page().result(1), Some("acked"));
    assert_eq!(world.page().shown("room"), (24..=32).map(|n| format!("msg_{n}")).collect::<Vec<_>>());
}
