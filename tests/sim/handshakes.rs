//! Why sockets do not open: one plain GET tells, and what it told stands until one opens.

use talkwire::engine::{BackoffConfig, Config, ErrorCode, Input, Phase, PollingConfig, Transport};
use talkwire::protocol::Dialect;

use crate::network::Network;
use crate::server::Kind;
use crate::world::{World, with_polling};

/// A page that wants a session, in a world where nothing takes time.
fn world(config: Config, change: impl FnOnce(&mut Network)) -> World {
    let mut world = World::new(5, Kind::full());
    world.network.latency_ms = (0, 0);
    world.network.refuses_sockets = true;
    change(&mut world.network);
    world.add_page(config);
    world.tell(0, Input::Connect);
    world
}

/// The code of what the page shows, and whether it is tried again.
fn shown(world: &World) -> Option<(ErrorCode, bool)> {
    world.page().connection.error.as_ref().map(|error| (error.code, error.retryable))
}

fn message(world: &World) -> String {
    world.page().connection.error.as_ref().map(|error| error.message()).unwrap_or_default()
}

#[test]
fn after_two_that_never_opened_it_is_asked_once_and_later_at_each_doubling() {
    let mut world = world(Config::default(), |_| {});
    world.run_for(400);
    assert_eq!((world.page().dials.len(), world.page().probes.len()), (1, 0));
    assert_eq!(shown(&world), Some((ErrorCode::ConnectionLost, true)));
    world.run_for(600_000);
    let dials = &world.page().dials;
    assert!(dials.len() > 16);
    assert_eq!(world.page().probes[..4], [dials[1], dials[3], dials[7], dials[15]]);
}

#[test]
fn what_the_get_shows_is_told_once_and_stands_until_a_socket_opens() {
    let cases = [
        (Some(401), ErrorCode::Unauthorized, "HTTP 401"),
        (Some(403), ErrorCode::UpgradeRefused, "HTTP 403"),
        (Some(200), ErrorCode::UpgradeRefused, "HTTP 200"),
        (Some(503), ErrorCode::UpgradeRefused, "HTTP 503"),
        (Some(0), ErrorCode::UpgradeRefused, "may not read"),
        (None, ErrorCode::Unreachable, "Nothing answers"),
    ];
    for (status, code, words) in cases {
        let mut world = world(Config::default(), |network| {
            network.http_status = status;
            network.http_fails = status.is_none();
        });
        world.run_for(20_000);
        assert!(world.page().dials.len() > 3);
        assert_eq!(shown(&world), Some((code, true)));
        assert!(message(&world).contains(words), "{}", message(&world));
        let told: Vec<_> = world.page().errors.iter().map(|(_, error)| error.code).collect();
        assert_eq!(told[..2], [ErrorCode::ConnectionLost; 2], "not known yet");
        assert!(told[2..].iter().all(|told| *told == code), "{told:?}");
        assert_eq!(told.len(), world.page().dials.len() + 1, "each failure, and the reason");

        world.network.refuses_sockets = false;
        world.run_for(60_000);
        assert_eq!((world.page().connection.phase, shown(&world)), (Phase::Open, None));
        world.network.refuses_sockets = true;
        world.close_all(1006);
        world.run_for(900);
        assert_eq!(shown(&world), Some((ErrorCode::ConnectionLost, true)), "it may be something else now");
    }
}

#[test]
fn a_server_of_another_dialect_is_named_with_the_option_and_not_tried_again() {
    let mut asked = world(Config::default(), |network| network.speaks = Some(Dialect::SocketIo));
    asked.run_for(60_000);
    let mut heard = World::new(6, Kind::plain());
    heard.add_page(with_polling());
    heard.tell(0, Input::Connect);
    heard.run_for(1_000);
    heard.tell(0, Input::OtherDialect { generation: 1, dialect: Dialect::SocketIo });
    heard.run_for(60_000);
    for (world, dials) in [(asked, 2), (heard, 1)] {
        assert_eq!((world.page().connection.phase, world.page().dials.len()), (Phase::Closed, dials));
        assert_eq!(shown(&world), Some((ErrorCode::WrongDialect, false)));
        assert!(message(&world).contains("protocol: 'socket.io'"));
        assert_eq!((world.live_sockets(0), world.page().fetches.len()), (0, 0));
    }
}

#[test]
fn a_session_that_was_understood_is_not_ended_by_a_frame_of_another_dialect() {
    let mut world = World::joined(7, Kind::full(), Config::default());
    world.tell(0, Input::OtherDialect { generation: 1, dialect: Dialect::SocketIo });
    world.run_for(1_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
    assert_eq!(world.page().errors.last().map(|(_, error)| error.code), Some(ErrorCode::BadFrame));
}

#[test]
fn a_handshake_that_is_never_answered_counts_and_a_session_that_breaks_does_not() {
    let mut world = world(Config::default(), |network| {
        network.refuses_sockets = false;
        network.swallows_sockets = true;
    });
    world.run_for(25_000);
    assert_eq!(world.page().probes.len(), 1);

    let mute = Kind { hello_delay_ms: 60_000, ..Kind::full() };
    for kind in [Kind::full(), mute] {
        let mut world = World::new(8, kind);
        world.network.kills_after_ms = Some(100);
        world.add_page(Config::default());
        world.tell(0, Input::Connect);
        world.run_for(120_000);
        assert!(world.page().dials.len() > 5);
        assert!(world.page().probes.is_empty(), "they opened");
    }
}

#[test]
fn nothing_is_asked_without_a_network() {
    let mut world = world(Config::default(), |network| network.http_fails = true);
    world.tell(0, Input::Offline);
    world.run_for(500_000);
    assert!(world.page().dials.len() > 4);
    assert!(world.page().probes.is_empty());
    assert_eq!(world.page().connection.phase, Phase::Offline);
}

#[test]
fn an_answer_that_comes_when_a_socket_is_open_or_nobody_wants_one_is_ignored() {
    for opens in [true, false] {
        let mut world = world(Config::default(), |network| network.http_swallows = true);
        world.run_until(60_000, |world| world.page().probes.len() == 1);
        world.network.refuses_sockets = false;
        let before = world.page().errors.len();
        if !opens {
            world.tell(0, Input::Disconnect);
        }
        world.run_for(30_000);
        assert_eq!(world.page().aborted.len(), 1, "no reply in time");
        assert_eq!(world.page().errors.len(), before);
        assert_eq!(shown(&world), None);
    }
}

#[test]
fn polling_goes_on_beside_it_and_does_not_wait_for_its_answer() {
    let polling = PollingConfig { conversations: false, ..with_polling().polling };
    let mut world = world(Config { polling, ..with_polling() }, |network| network.http_swallows = true);
    world.run_until(60_000, |world| world.page().probes.len() == 1);
    assert_eq!(world.page().connection.transport, Some(Transport::Polling), "with nothing to read yet");
    world.network.http_swallows = false;
    world.network.http_status = None;
    world.hold(0, "room", 1);
    let said = world.others_say("room", "hello");
    world.run_for(60_000);
    assert_eq!(shown(&world).map(|(code, _)| code), Some(ErrorCode::UpgradeRefused));
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
    assert_eq!(world.page().shown("room"), [said]);
}

#[test]
fn the_limit_of_attempts_says_what_is_known() {
    let backoff = BackoffConfig { max_attempts: 4, ..BackoffConfig::default() };
    let mut world = world(Config { backoff, ..Config::default() }, |network| network.http_status = Some(403));
    world.run_for(60_000);
    assert_eq!(shown(&world), Some((ErrorCode::TooManyAttempts, false)));
    assert!(message(&world).contains("HTTP 403"), "{}", message(&world));
    world.tell(0, Input::Connect);
    world.run_for(1);
    assert_eq!(shown(&world), Some((ErrorCode::ConnectionLost, true)), "it is tried from the beginning");
}
