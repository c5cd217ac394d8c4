//! What a close asks for, where the table alone does not decide.

use talkwire::engine::{Close, Config, ErrorCode, Phase};
use talkwire::protocol::close_code::Verdict;

use crate::server::Kind;
use crate::world::World;

fn closed_with(code: u16, verdict: Verdict, config: Config) -> World {
    let mut world = World::joined(1, Kind::full(), config);
    world.close_all_with(Close { code, verdict: Some(verdict), ..Close::default() });
    world.run_for(3_000);
    world
}

fn outcome(world: &World) -> (usize, Phase) {
    (world.page().dials.len(), world.page().connection.phase)
}

#[test]
fn the_applications_word_on_a_close_stands_above_the_table() {
    let refreshable = Config { token_refreshable: true, ..Config::default() };
    let world = closed_with(4403, Verdict::Retry, Config::default());
    assert_eq!(outcome(&world), (2, Phase::Open));
    let world = closed_with(1006, Verdict::Stop, Config::default());
    assert_eq!(outcome(&world), (1, Phase::Closed));
    let world = closed_with(4401, Verdict::Retry, Config::default());
    assert_eq!(outcome(&world), (2, Phase::Open), "although the token cannot be refreshed");
    let world = closed_with(4002, Verdict::RefreshToken, refreshable);
    assert_eq!(outcome(&world), (2, Phase::Open));
    let world = closed_with(4002, Verdict::RefreshToken, Config::default());
    assert_eq!(outcome(&world), (1, Phase::Closed));
    assert_eq!(world.page().connection.error.as_ref().map(|error| error.code), Some(ErrorCode::Unauthorized));
}

#[test]
fn a_fresh_token_is_dialled_with_in_the_same_moment() {
    let mut world = World::joined(2, Kind::full(), Config { token_refreshable: true, ..Config::default() });
    world.network.latency_ms = (0, 0);
    world.log = Some(Vec::new());
    let start = world.now;
    world.close_all(4401);
    world.run_for(0);
    assert_eq!(world.page().dials[1], start);
    let log = world.log.take().unwrap_or_default();
    let dial = log.iter().find(|line| line.contains("Dial")).expect("a dial");
    assert!(dial.contains("code: Some(4401)"), "the token function learns why: {dial}");
}

#[test]
fn a_reason_is_shown_with_its_code() {
    let mut world = World::joined(3, Kind::full(), Config::default());
    world.close_all_with(Close { code: 4404, reason: "no such tenant".into(), ..Close::default() });
    world.run_for(100);
    let error = world.page().connection.error.clone().expect("an error");
    assert_eq!(error.detail, "close code 4404: no such tenant");
    assert!(!error.retryable);
}

#[test]
fn too_large_without_anything_on_its_way_is_a_lost_connection_like_any_other() {
    let mut world = World::joined(4, Kind::full(), Config::default());
    world.close_all(1009);
    world.run_for(3_000);
    assert_eq!(outcome(&world), (2, Phase::Open));
    assert_eq!(
        world.page().errors.iter().map(|(_, error)| error.code).collect::<Vec<_>>(),
        [ErrorCode::ConnectionLost]
    );
}

#[test]
fn only_codes_that_a_page_may_use_are_ever_sent() {
    let mut world = World::joined(5, Kind::full(), Config::default());
    world.run_for(10_000);
    world.black_hole();
    world.run_for(60_000);
    world.server_sends(serde_json::json!({"type": "drain", "withinMs": 10}));
    world.run_for(5_000);
    world.network.swallows_sockets = true;
    world.close_all(1006);
    world.run_for(60_000);
    world.network.swallows_sockets = false;
    world.run_for(60_000);
    world.tell(0, talkwire::engine::Input::Close);
    let codes: Vec<Option<u16>> = world.page().hangups.iter().map(|(_, code)| *code).collect();
    assert!(codes.len() > 4, "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, Some(1000 | 4000..=4999))), "{codes:?}");
    assert_eq!(codes.last(), Some(&Some(1000)));
}
