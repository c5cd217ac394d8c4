//! After a sleep: who is believed, who is asked, who is replaced, to the millisecond.

use serde_json::json;
use talkwire::engine::{BackoffConfig, Config, HeartbeatConfig, Input, Phase};
use talkwire::protocol::Outgoing;

use crate::server::Kind;
use crate::world::World;

/// A joined page whose last frame came at this very moment.
fn just_heard(kind: Kind, config: Config) -> World {
    let mut world = World::joined(1, kind, config);
    world.network.latency_ms = (0, 0);
    world.run_for(1_000);
    world.server_sends(json!({"type": "agent", "data": {"agentId": "a"}}));
    world.run_for(0);
    world
}

#[test]
fn ten_seconds_of_silence_are_trusted_and_not_one_more_millisecond() {
    let mut world = just_heard(Kind::full(), Config::default());
    world.run_for(10_000);
    world.tell(0, Input::Resumed);
    assert_eq!(world.page().pings(), 0);
    world.run_for(1);
    world.tell(0, Input::Resumed);
    assert_eq!(world.page().pings(), 1);
}

#[test]
fn an_answer_in_time_keeps_the_session_and_none_replaces_it() {
    let mut world = just_heard(Kind { answers_pings: false, ..Kind::full() }, Config::default());
    world.run_for(12_000);
    world.tell(0, Input::Resumed);
    world.run_for(1_999);
    world.server_sends(json!({"type": "agent", "data": {"agentId": "a"}}));
    world.run_for(0);
    world.run_for(5_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
    assert_eq!(world.page().dials.len(), 1, "any frame is an answer");

    world.run_for(12_000);
    world.tell(0, Input::Visibility { hidden: false });
    world.run_for(1_999);
    assert_eq!(world.page().connection.phase, Phase::Open);
    world.run_for(1);
    assert_eq!(world.page().connection.phase, Phase::Waiting);
    assert_eq!(world.page().hangups.last(), Some(&(world.now, Some(4_000))));
    let start = world.now;
    world.run_for(1_000);
    assert_eq!(world.page().dials.len(), 2);
    assert!(world.page().dials[1] - start <= 1_000, "it had been stable");
}

#[test]
fn asking_again_does_not_put_off_the_end_of_a_session_that_does_not_answer() {
    let mut world = just_heard(Kind { answers_pings: false, ..Kind::full() }, Config::default());
    world.run_for(12_000);
    world.tell(0, Input::Resumed);
    world.run_for(1_000);
    world.tell(0, Input::Visibility { hidden: false });
    world.run_for(999);
    assert_eq!(world.page().connection.phase, Phase::Open);
    world.run_for(1);
    assert_eq!(world.page().connection.phase, Phase::Waiting);
}

#[test]
fn a_question_whose_time_ran_out_in_a_sleep_is_asked_anew() {
    let mut world = just_heard(Kind { answers_pings: false, ..Kind::full() }, Config::default());
    world.run_for(26_000);
    assert_eq!(world.page().pings(), 1);
    world.now += 60_000;
    world.tell(0, Input::Tick);
    assert_eq!((world.page().connection.phase, world.page().pings()), (Phase::Open, 2));
    world.run_for(1_999);
    assert_eq!(world.page().connection.phase, Phase::Open);
    world.run_for(1);
    assert_eq!(world.page().connection.phase, Phase::Waiting);
}

#[test]
fn an_ack_that_waited_while_nothing_ran_is_heard_before_anything_is_sent_again() {
    let mut world = just_heard(Kind { ack_delay_ms: 7_000, ..Kind::full() }, Config::default());
    let sent = world.send(0, "elsewhere", "once");
    world.run_for(5_000);
    world.sleep(0, 8_000);
    world.others_say("room", "heard first");
    world.run_for(10_000);
    assert_eq!(world.page().result(sent), Some("acked"));
    assert_eq!(world.page().written(|frame| matches!(frame, Outgoing::Message { .. })), 1);
}

#[test]
fn a_jump_of_the_clock_of_more_than_fifteen_seconds_is_a_sleep() {
    for (slept_ms, pings) in [(15_000, 0), (15_001, 1)] {
        let mut world = just_heard(Kind::full(), Config::default());
        let next = world.page().client.next_deadline().expect("a deadline").as_millis();
        world.run_for(next - world.now - 1);
        world.server_sends(json!({"type": "agent", "data": {"agentId": "a"}}));
        world.run_for(0);
        let next = world.page().client.next_deadline().expect("a deadline").as_millis();
        world.now = next + slept_ms;
        world.tell(0, Input::Tick);
        assert_eq!(world.page().pings(), pings, "slept {slept_ms}");
        let next = world.page().client.next_deadline().expect("a deadline").as_millis();
        assert_eq!(next - world.now == 2_000, pings == 1, "two seconds to answer");
    }
}

#[test]
fn one_that_cannot_be_asked_is_trusted_for_an_interval_and_then_replaced_once_it_matters() {
    let mut world = just_heard(Kind::plain(), Config::default());
    world.run_for(25_000);
    world.tell(0, Input::Resumed);
    assert_eq!(world.page().dials.len(), 1);
    world.run_for(1);
    world.server.kind.hello_delay_ms = 0;
    world.tell(0, Input::Resumed);
    assert_eq!((world.page().dials.len(), world.live_sockets(0)), (2, 2));
    let said = world.others_say("room", "over whichever");
    world.run_for(1_000);
    assert_eq!((world.live_sockets(0), world.page().ids("room")), (1, vec![said]));
}

#[test]
fn the_old_one_is_kept_while_no_new_one_can_be_had() {
    let mut world = just_heard(Kind::plain(), Config::default());
    world.run_for(30_000);
    world.network.refuses_sockets = true;
    world.tell(0, Input::Resumed);
    world.run_for(60_000);
    assert_eq!((world.page().connection.phase, world.live_sockets(0)), (Phase::Open, 1));
    let said = world.others_say("room", "it lives after all");
    world.run_for(0);
    assert_eq!(world.page().ids("room"), [said]);
}

#[test]
fn failed_replacements_do_not_count_against_the_session_that_lives() {
    let backoff = BackoffConfig { max_attempts: 3, ..BackoffConfig::default() };
    let mut world = just_heard(Kind::plain(), Config { backoff, ..Config::default() });
    world.run_for(60_000);
    world.network.refuses_sockets = true;
    world.tell(0, Input::Resumed);
    world.run_for(600_000);
    assert!((10..60).contains(&world.page().dials.len()), "ever more slowly: {:?}", world.page().dials);
    assert_eq!((world.page().connection.phase, world.live_sockets(0)), (Phase::Open, 1));
    world.others_say("room", "it lives after all");
    world.run_for(60_000);
    assert_eq!((world.page().connection.attempt, &world.page().connection.error), (0, &None));

    let dials = world.page().dials.len();
    world.close_all(1006);
    world.run_for(600_000);
    assert_eq!(world.page().connection.phase, Phase::Closed, "without it they count");
    assert_eq!(world.page().dials.len() - dials, 2, "with the loss itself three failures");
}

#[test]
fn times_of_the_applications_own_are_kept() {
    let heartbeat = HeartbeatConfig { interval_ms: 4_000, timeout_ms: 1_500, ..Config::default().heartbeat };
    let mut world =
        just_heard(Kind { answers_pings: false, ..Kind::full() }, Config { heartbeat, ..Config::default() });
    world.run_for(3_999);
    assert_eq!(world.page().pings(), 0);
    world.run_for(1);
    assert_eq!(world.page().pings(), 1);
    world.run_for(1_499);
    assert_eq!(world.page().connection.phase, Phase::Open);
    world.run_for(1);
    assert_ne!(world.page().connection.phase, Phase::Open);
}

#[test]
fn being_shown_brings_the_next_attempt_forward() {
    let mut world = World::new(3, Kind::full());
    world.network.latency_ms = (0, 0);
    world.network.refuses_sockets = true;
    world.add_page(Config::default());
    world.tell(0, Input::Connect);
    world.run_for(200_000);
    let far = world.run_until(60_000, |world| {
        world.page().connection.retry_at.is_some_and(|at| at.as_millis() > world.now + 5_000)
    });
    assert!(far.is_some());
    world.network.refuses_sockets = false;
    world.tell(0, Input::Visibility { hidden: false });
    world.run_for(1_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
}
