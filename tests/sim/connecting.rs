//! Attempts, their delays, and what ends them for good.

use talkwire::engine::{BackoffConfig, Close, Config, ErrorCode, Input, Jitter, Phase};

use crate::server::Kind;
use crate::world::{World, with_polling};

fn connected(kind: Kind, config: Config) -> World {
    let mut world = World::new(7, kind);
    world.add_page(config);
    world.tell(0, Input::Connect);
    world.run_for(1_000);
    world
}

fn last_error(world: &World) -> Option<ErrorCode> {
    world.page().errors.last().map(|(_, error)| error.code)
}

#[test]
fn nothing_is_dialled_before_somebody_needs_it() {
    let mut world = World::new(1, Kind::full());
    world.add_page(Config::default());
    world.run_for(60_000);
    assert_eq!(world.page().connection.phase, Phase::Idle);
    world.hold(0, "room", 1);
    assert_eq!(world.page().dials, [61_000]);
}

#[test]
fn asking_for_a_connection_that_is_there_or_on_its_way_is_nothing() {
    let mut world = World::new(12, Kind::full());
    world.add_page(Config::default());
    for _ in 0..3 {
        world.tell(0, Input::Connect);
        world.tell(0, Input::Connect);
        world.run_for(1_000);
    }
    assert_eq!((world.page().dials.len(), world.page().connection.phase), (1, Phase::Open));
}

#[test]
fn delays_grow_within_their_bounds_while_nobody_answers() {
    let mut world = World::new(2, Kind::full());
    world.network.refuses_sockets = true;
    world.network.latency_ms = (0, 0);
    world.add_page(Config::default());
    world.tell(0, Input::Connect);
    world.run_for(400_000);
    let dials = &world.page().dials;
    for (failures, pair) in dials.windows(2).enumerate() {
        let longest = (500_u64 << failures.min(6)).min(29_500) + 500;
        let delay = pair[1] - pair[0];
        assert!((500..=longest).contains(&delay), "delay {failures} was {delay}, at most {longest}");
    }
    assert!(dials.len() > 20);
}

#[test]
fn a_server_that_accepts_and_kills_is_not_hammered() {
    let mut tries: Vec<usize> = (0..1_000)
        .map(|seed| {
            let mut world = World::new(seed, Kind::full());
            world.network.kills_after_ms = Some(200);
            world.add_page(Config::default());
            world.tell(0, Input::Connect);
            world.run_for(60_000);
            world.page().dials.len()
        })
        .collect();
    tries.sort_unstable();
    let median = tries[500];
    assert!((5..=12).contains(&median), "median {median}");
}

#[test]
fn the_count_of_failures_starts_again_only_after_a_stable_session() {
    let mut world = connected(Kind::full(), Config::default());
    world.network.kills_after_ms = Some(4_000);
    world.close_all(1006);
    world.run_for(40_000);
    assert!(world.page().connection.attempt > 3, "sessions of 4 s are no success");
    world.network.kills_after_ms = Some(6_000);
    world.run_for(60_000);
    let attempt = world.page().connection.attempt;
    assert!(attempt <= 1, "sessions of 6 s are: {attempt}");
}

#[test]
fn a_silent_plain_session_counts_as_stable_after_a_minute() {
    let mut world = connected(Kind::plain(), Config::default());
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(20_000);
    world.network.refuses_sockets = false;
    world.run_for(35_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
    assert!(world.page().connection.attempt > 0, "no frame came yet");
    world.run_for(61_000);
    assert_eq!(world.page().connection.attempt, 0);
}

#[test]
fn a_whole_fleet_comes_back_spread_over_a_second() {
    let delays: Vec<u64> = (0..400)
        .map(|seed| {
            let mut world = World::new(seed, Kind::full());
            world.add_page(Config::default());
            world.tell(0, Input::Connect);
            world.run_for(10_000);
            let start = world.now;
            world.close_all(1012);
            world.run_for(3_000);
            world.page().dials[1] - start
        })
        .collect();
    assert!(delays.iter().all(|delay| *delay <= 1_030), "within a second and the network's latency");
    assert!(delays.iter().any(|delay| *delay < 200) && delays.iter().any(|delay| *delay > 850));
}

#[test]
fn an_attempt_that_proves_nothing_is_given_up_in_time() {
    let mut world = World::new(3, Kind::full());
    world.network.swallows_sockets = true;
    world.add_page(Config::default());
    world.tell(0, Input::Connect);
    world.run_for(9_999);
    assert_eq!(world.page().connection.phase, Phase::Connecting);
    world.run_for(2);
    assert_eq!(world.page().connection.phase, Phase::Waiting);
    assert_eq!(last_error(&world), Some(ErrorCode::ConnectTimeout));
    assert_eq!(world.live_sockets(0), 0);
}

#[test]
fn codes_that_forbid_another_attempt_stop_with_a_clear_error() {
    for code in [1002, 1003, 1007, 1008, 1010, 3003, 4400, 4403, 4404] {
        let mut world = connected(Kind::full(), with_polling());
        world.close_all(code);
        world.run_for(300_000);
        assert_eq!(world.page().dials.len(), 1, "{code}");
        assert_eq!(world.page().connection.phase, Phase::Closed);
        let error = world.page().connection.error.clone().expect("an error to show");
        assert!(error.code == ErrorCode::ClosedByServer && !error.retryable);
        assert!(error.message().contains(&code.to_string()));
        assert!(world.page().fetches.is_empty(), "nothing is polled from a server that said no");
    }
}

#[test]
fn every_other_code_is_tried_again_and_a_server_may_ask_for_patience() {
    for code in [1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000, 4408, 4429] {
        let mut world = connected(Kind::full(), Config::default());
        world.close_all(code);
        world.run_for(5_000);
        assert_eq!(world.page().connection.phase, Phase::Open, "{code}");
    }
    let mut world = connected(Kind::full(), Config::default());
    world.close_all_with(Close { code: 1013, retry_after_ms: Some(20_000), ..Close::default() });
    world.run_for(19_000);
    assert_eq!(world.page().dials.len(), 1);
    world.run_for(5_000);
    assert_eq!(world.page().dials.len(), 2);
}

#[test]
fn a_refused_token_is_refreshed_once_and_then_it_is_over() {
    for code in [4401, 3000] {
        let mut world = connected(Kind::full(), Config { token_refreshable: true, ..Config::default() });
        world.close_all(code);
        world.run_for(1_000);
        assert_eq!(world.page().dials.len(), 2, "at once, with a fresh token");
        world.close_all(code);
        world.run_for(300_000);
        assert_eq!(world.page().dials.len(), 2);
        assert_eq!(last_error(&world), Some(ErrorCode::Unauthorized));
    }
    let mut world = connected(Kind::full(), Config::default());
    world.close_all(4401);
    world.run_for(300_000);
    assert_eq!(world.page().dials.len(), 1, "a token that cannot be refreshed: at once");
}

#[test]
fn a_token_may_expire_again_after_a_stable_session() {
    let mut world = connected(Kind::full(), Config { token_refreshable: true, ..Config::default() });
    for _ in 0..3 {
        world.run_for(10_000);
        world.close_all(4401);
        world.run_for(1_000);
        assert_eq!(world.page().connection.phase, Phase::Open);
    }
}

#[test]
fn the_limit_of_attempts_is_kept_and_connect_starts_over() {
    let backoff = BackoffConfig { max_attempts: 3, jitter: Jitter::None, ..BackoffConfig::default() };
    let mut world = World::new(4, Kind::full());
    world.network.refuses_sockets = true;
    world.add_page(Config { backoff, ..Config::default() });
    world.tell(0, Input::Connect);
    world.run_for(300_000);
    assert_eq!(world.page().dials.len(), 3);
    assert_eq!(last_error(&world), Some(ErrorCode::TooManyAttempts));
    world.network.refuses_sockets = false;
    world.tell(0, Input::Connect);
    world.run_for(1_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
}

#[test]
fn without_a_network_there_is_one_try_a_minute_and_a_quick_one_when_it_is_back() {
    let mut world = connected(Kind::full(), Config::default());
    world.tell(0, Input::Offline);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(181_000);
    assert_eq!(world.page().connection.phase, Phase::Offline);
    assert_eq!(world.page().dials.len(), 4, "one in each of three minutes, for the browser may be wrong");
    world.network.refuses_sockets = false;
    world.tell(0, Input::Online);
    let took = world.run_until(5_000, |world| world.page().connection.phase == Phase::Open);
    assert!(took.is_some_and(|ms| (200..=1_300).contains(&ms)), "{took:?}");
}

#[test]
fn a_page_that_is_left_hangs_up_barely_and_comes_back_at_once() {
    let mut world = World::joined(5, Kind::full(), with_polling());
    world.tell(0, Input::PageHide);
    assert_eq!(world.page().hangups.last().map(|(_, code)| *code), Some(None), "a bare close");
    world.run_for(120_000);
    assert_eq!((world.page().dials.len(), world.live_sockets(0)), (1, 0));
    world.tell(0, Input::PageShow);
    world.run_for(100);
    assert_eq!(world.page().connection.phase, Phase::Open);
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn an_address_or_a_token_that_cannot_be_had_is_asked_for_again_and_one_that_is_no_use_is_not() {
    let mut world = World::new(11, Kind::full());
    world.network.swallows_sockets = true;
    world.add_page(Config::default());
    world.tell(0, Input::Connect);
    let fail = |world: &mut World, generation, lasting| {
        let detail = "no token".into();
        world.tell(0, Input::DialFailed { generation, code: ErrorCode::DialFailed, detail, lasting });
    };
    fail(&mut world, 1, false);
    assert_eq!((world.page().connection.phase, last_error(&world)), (Phase::Waiting, Some(ErrorCode::DialFailed)));
    fail(&mut world, 1, true);
    assert_eq!(world.page().errors.len(), 1, "that attempt was over");
    world.run_for(1_000);
    assert_eq!(world.page().dials.len(), 2);
    fail(&mut world, 2, true);
    world.run_for(300_000);
    assert_eq!((world.page().dials.len(), world.page().connection.phase), (2, Phase::Closed));
    assert!(world.page().connection.error.as_ref().is_some_and(|error| !error.retryable));
}

#[test]
fn a_draining_server_is_left_at_a_random_moment_without_a_pause() {
    let mut moments = Vec::new();
    for seed in 0..40 {
        let mut world = World::joined(seed, Kind::full(), Config::default());
        let start = world.now;
        world.server_sends(serde_json::json!({"type": "drain", "withinMs": 30_000}));
        let took = world.run_until(31_000, |world| world.page().dials.len() == 2).expect("a second dial");
        moments.push(took);
        let mut said = world.others_say_many("room", 2);
        world.run_for(1_000);
        said.extend(world.others_say_many("room", 2));
        world.run_for(1_000);
        assert_eq!(world.page().ids("room"), said);
        assert_eq!(world.live_sockets(0), 1);
        assert!(world.page().errors.is_empty(), "from {start} on");
    }
    assert!(moments.iter().any(|ms| *ms < 10_000) && moments.iter().any(|ms| *ms > 20_000));
}

#[test]
fn a_lost_session_leaves_the_attempt_to_replace_it_its_timeout() {
    let mut world = World::joined(6, Kind::full(), Config::default());
    world.server_sends(serde_json::json!({"type": "drain", "withinMs": 0}));
    world.network.swallows_sockets = true;
    world.run_for(1_000);
    assert_eq!(world.live_sockets(0), 2);
    world.close_all(1012);
    world.run_for(1_000);
    world.network.swallows_sockets = false;
    world.run_for(20_000);
    assert_eq!(world.page().connection.phase, Phase::Open, "the black-holed attempt did not block the way");
}

#[test]
fn a_hello_that_comes_late_is_still_taken_at_its_word() {
    let mut world = World::new(8, Kind { hello_delay_ms: 600, ..Kind::full() });
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    world.run_for(500);
    assert_eq!(world.page().subscribes(), 1, "after 250 ms it counts as plain");
    world.run_for(1_000);
    let delivery = world.send(0, "room", "hello");
    world.run_for(1_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
    assert_eq!(world.page().gap_count("room"), 0);
}

#[test]
fn disconnect_and_close_are_final_until_told_otherwise() {
    let mut world = World::joined(9, Kind::full(), with_polling());
    world.tell(0, Input::Disconnect);
    world.run_for(100_000);
    assert_eq!((world.page().connection.phase, world.live_sockets(0)), (Phase::Idle, 0));
    world.tell(0, Input::Connect);
    world.run_for(1_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
    let delivery = world.send(0, "room", "the last word");
    world.tell(0, Input::Close);
    world.tell(0, Input::Close);
    assert!(world.page().has_ended);
    assert_eq!(world.page().result(delivery), Some("closed"));
    assert_eq!(world.page().client.next_deadline(), None);
    world.tell(0, Input::Connect);
    world.run_for(10_000);
    assert_eq!(world.page().connection.phase, Phase::Closed);
}

#[test]
fn a_shared_client_ends_a_moment_after_its_last_user() {
    let mut world = World::joined(10, Kind::full(), Config::default());
    world.tell(0, Input::Acquire);
    world.tell(0, Input::Acquire);
    world.tell(0, Input::Release);
    world.run_for(1_000);
    assert!(!world.page().has_ended, "one is left");
    world.tell(0, Input::Release);
    world.tell(0, Input::Acquire);
    world.run_for(10_000);
    assert!(!world.page().has_ended, "somebody came back in time");
    world.tell(0, Input::Release);
    world.run_for(1_000);
    assert!(world.page().has_ended);
}
