//! The list of conversations as HTTP brings it: what is told of it, and when it is read.

use talkwire::engine::{Config, EventKind, Fetch, Input, PollingConfig, Transport, Via};

use crate::server::Kind;
use crate::world::{World, with_polling};

/// A page without a socket that looks at the list, and to which everything comes in no time.
fn looking(config: Config) -> World {
    let mut world = World::new(1, Kind::plain_with_history());
    world.network.latency_ms = (0, 0);
    world.network.swallows_sockets = true;
    world.others_say("red", "first");
    world.others_say("blue", "first");
    world.add_page(config);
    world.tell(0, Input::WatchList(true));
    world.run_for(7_000);
    world
}

/// The conversations that listeners were told to have changed.
fn changed(world: &World) -> Vec<&str> {
    let polled = world.page().events.iter().filter(|(_, event)| event.via == Via::Poll);
    let changes = polled.filter(|(_, event)| event.kind == EventKind::Conversation);
    changes.filter_map(|(_, event)| event.conversation.as_deref()).collect()
}

fn list_reads(world: &World) -> usize {
    let is_list = |fetch: &Fetch<_>| matches!(fetch, Fetch::Conversations { .. });
    world.page().fetches.iter().filter(|(_, fetch)| is_list(fetch)).count()
}

#[test]
fn the_first_list_is_shown_and_only_what_changes_after_it_is_told() {
    let mut world = looking(with_polling());
    assert_eq!((world.page().lists, changed(&world).len()), (1, 0));
    world.others_say("blue", "second");
    world.run_for(20_000);
    assert_eq!((world.page().lists, changed(&world)), (2, vec!["blue"]));
    world.run_for(100_000);
    assert_eq!(world.page().lists, 2, "nothing changed");
    world.others_say("green", "a new one");
    world.run_for(66_000);
    assert_eq!(changed(&world), ["blue", "green"]);
}

#[test]
fn a_conversation_that_is_gone_is_news_too() {
    let mut world = looking(with_polling());
    world.run_for(400_000);
    let lists = world.page().lists;
    world.server.threads.remove("red");
    world.run_until(66_000, move |world| world.page().lists > lists).expect("the list without it");
    let reads = list_reads(&world);
    world.run_for(11_000);
    assert_eq!(list_reads(&world), reads + 1, "the next one is read soon");
    assert!(changed(&world).is_empty());
}

#[test]
fn with_no_thread_to_read_the_list_tells_whether_http_answers() {
    let mut world = looking(with_polling());
    world.tell(0, Input::WatchList(false));
    let reads = list_reads(&world);
    world.run_for(100_000);
    assert!(list_reads(&world) > reads);
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
    world.hold(0, "red", 1);
    world.run_for(66_000);
    let reads = list_reads(&world);
    world.run_for(200_000);
    assert_eq!(list_reads(&world), reads, "now the thread does");
}

#[test]
fn a_list_that_cannot_be_read_is_not_asked_for() {
    let polling = PollingConfig { conversations: false, ..with_polling().polling };
    let mut world = looking(Config { polling, ..with_polling() });
    world.run_for(100_000);
    world.network.swallows_sockets = false;
    world.run_for(100_000);
    assert_eq!(list_reads(&world), 0);
}
