//! The names that applications read are those that the types promise, and every error says what to do.

use std::collections::BTreeSet;

use talkwire::engine::{Drop, Error, ErrorCode, EventKind, Phase, State, Status, Transport, Via};

const CLIENT: &str = include_str!("../../src/js/client.d.ts");
const CONVERSATION: &str = include_str!("../../src/js/conversation.d.ts");
const DELIVERY: &str = include_str!("../../src/js/delivery.d.ts");
const ERROR: &str = include_str!("../../src/js/error.d.ts");
const EVENTS: &str = include_str!("../../src/js/events.d.ts");

const CODES: [ErrorCode; 14] = [
    ErrorCode::ConnectTimeout,
    ErrorCode::ConnectionLost,
    ErrorCode::ClosedByServer,
    ErrorCode::Unauthorized,
    ErrorCode::DialFailed,
    ErrorCode::MixedContent,
    ErrorCode::TooManyAttempts,
    ErrorCode::Silent,
    ErrorCode::BadFrame,
    ErrorCode::Refused,
    ErrorCode::TooLarge,
    ErrorCode::PollFailed,
    ErrorCode::Timeout,
    ErrorCode::Unsupported,
];

/// A union of these names, as a type says it on one line.
fn union<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_connection_says_where_it_stands_in_the_words_of_its_type() {
    let phases = [Phase::Idle, Phase::Connecting, Phase::Open, Phase::Waiting, Phase::Offline, Phase::Closed];
    assert!(CLIENT.contains(&format!("phase: {};", union(phases.map(Phase::name)))));
    let transports = [Transport::Socket, Transport::Polling];
    assert!(CLIENT.contains(&format!("transport: {} | null;", union(transports.map(Transport::name)))));
}

#[test]
fn a_conversation_and_its_messages_say_where_they_stand_in_the_words_of_their_types() {
    let statuses = [Status::Idle, Status::Joining, Status::Live, Status::Polling, Status::Error];
    assert!(CONVERSATION.contains(&format!("status: {};", union(statuses.map(Status::name)))));
    let states = [State::Pending, State::Sent, State::Failed, State::Received];
    assert!(CONVERSATION.contains(&format!("state: {};", union(states.map(State::name)))));
}

#[test]
fn an_event_says_what_it_is_and_how_it_came_in_the_words_of_its_type() {
    let ways = [Via::Socket, Via::Replay, Via::Poll, Via::Echo];
    assert!(EVENTS.contains(&format!("type Via = {};", union(ways.map(Via::name)))));
    let known = EVENTS.split("interface DefaultEvents {").nth(1).and_then(|rest| rest.split('}').next());
    for kind in [EventKind::Message, EventKind::Conversation, EventKind::Typing, EventKind::Presence, EventKind::Agent]
    {
        let name = format!("  {}: ", kind.name());
        assert!(known.is_some_and(|known| known.contains(&name)), "{name}");
    }
    assert_eq!(EventKind::Other("poll:vote".into()).name(), "poll:vote");
}

#[test]
fn a_send_that_was_dropped_says_why_in_the_words_of_its_type() {
    for why in [Drop::Overflow, Drop::Expired, Drop::Cancelled, Drop::Rejected, Drop::NoAck, Drop::Closed] {
        assert!(DELIVERY.contains(&format!("    | '{}'", why.name())), "{why:?}");
    }
}

#[test]
fn every_error_has_a_documented_code_and_advice_of_its_own() {
    let codes: BTreeSet<&str> = CODES.iter().map(|code| code.code()).collect();
    assert!(codes.iter().all(|code| ERROR.contains(&format!("  | '{code}'"))), "{codes:?}");
    let advice: BTreeSet<String> = CODES.iter().map(|code| Error::passing(*code, "").message()).collect();
    assert!(advice.iter().all(|advice| advice.contains(' ') && advice.ends_with('.')), "{advice:?}");
    assert_eq!((codes.len(), advice.len()), (CODES.len(), CODES.len()));
}

#[test]
fn what_is_known_of_the_one_case_stands_behind_the_advice() {
    let error = Error::lasting(ErrorCode::Refused, "forbidden: not yours");
    assert_eq!(error.message(), "The server refused the request. (forbidden: not yours)");
}
