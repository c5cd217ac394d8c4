//! What a random world has promised its people: as it goes on, and when it has healed.

use std::collections::{BTreeMap, BTreeSet};

use talkwire::engine::{Input, Phase, Shown, State, Status, Transport, Via};
use talkwire::protocol::Outgoing;

use crate::classes::Class;
use crate::faults::Damage;
use crate::json::Json;
use crate::page::{Heard, Page};
use crate::people::ROOMS;
use crate::server::Stored;
use crate::tokens;
use crate::world::World;

/// So long after the last change the server holds what has listeners.
const AT_REST_MS: u64 = 10_000;

/// What has been looked at so far.
#[derive(Default)]
pub struct Promises {
    /// What was ever stored, by conversation, in order.
    stored: BTreeMap<String, BTreeSet<u32>>,
    archived: usize,
    listeners: BTreeMap<(usize, &'static str), Listener>,
}

/// Those who listen to one conversation on one page.
#[derive(Default)]
struct Listener {
    heard: usize,
    told: BTreeSet<u32>,
    last: Option<u32>,
    gap_since: bool,
}

impl Promises {
    /// After every act.
    pub fn check(&mut self, world: &World, class: &Class) {
        for (room, one) in world.server.archive.iter().skip(self.archived) {
            self.stored.entry(room.clone()).or_default().insert(number(&one.id()));
        }
        self.archived = world.server.archive.len();
        for page in &world.pages {
            for room in ROOMS {
                self.check_heard(world, page, room, class);
                check_states(page, room, class);
            }
            check_rest(world, page.number);
        }
    }

    /// When the world has healed: `last_words` were said in each room a while ago.
    pub fn check_settled(&self, world: &World, class: &Class, last_words: &[String]) {
        for page in &world.pages {
            check_connected(world, page);
            for (room, last) in ROOMS.iter().zip(last_words) {
                self.check_room(world, page, room, class, last);
            }
            check_sends(world, page, class);
            check_secrets(page);
        }
    }

    /// What was told since: none twice, in order, and with numbers nothing left out without a word.
    fn check_heard(&mut self, world: &World, page: &Page, room: &'static str, class: &Class) {
        let listener = self.listeners.entry((page.number, room)).or_default();
        let heard = page.heard.get(room).map(Vec::as_slice).unwrap_or_default();
        for one in heard.iter().skip(listener.heard) {
            let Heard::Message { id, late, via } = one else {
                listener.gap_since = true;
                continue;
            };
            let own = number(id);
            if *via == Via::Echo && class.kind.returns_client_id && !world.damage.forgot {
                let is_it = |(stored_in, stored): &&(String, Stored)| stored_in == room && stored.id() == *id;
                let sender = world.server.archive.iter().find(is_it).and_then(|(_, stored)| stored.said_by.as_deref());
                let is_mine = sender.is_some_and(|client_id| client_id.starts_with(&format!("p{}-", page.number)));
                assert!(is_mine, "{room}: {own} was told as mine, and is {sender:?}'s");
            }
            assert!(listener.told.insert(own), "{room}: {own} was told twice: {heard:?}");
            if *late {
                assert!(!class.never_late || world.damage.forgot, "{room}: {own} came late: {heard:?}");
                continue;
            }
            // Where ids are all there is, what a forgetful server has said before may come after what it says now.
            let is_unknowable = (world.damage.forgot && !class.kind.numbers) || is_flood_of_ids(world, class);
            if let Some(last) = listener.last.filter(|last| *last < own || !is_unknowable) {
                assert!(last < own, "{room}: {own} was told after {last}: {heard:?}");
                let between = self.stored.get(room).into_iter().flat_map(|stored| stored.range(last + 1..own));
                let lost: Vec<_> = between.filter(|other| !listener.told.contains(other)).collect();
                let may_be_late = !class.never_late || world.damage.forgot;
                assert!(
                    lost.is_empty() || listener.gap_since || may_be_late,
                    "{room}: {lost:?} left out without a word before {own}: {heard:?}"
                );
            }
            (listener.last, listener.gap_since) = (Some(own), false);
        }
        listener.heard = heard.len();
    }

    fn check_room(&self, world: &World, page: &Page, room: &'static str, class: &Class, last: &String) {
        let heard = page.heard.get(room).map(Vec::as_slice).unwrap_or_default();
        let empty = BTreeSet::new();
        let told = self.listeners.get(&(page.number, room)).map_or(&empty, |listener| &listener.told);
        // Without numbers, what an old subscribe brought may come after what the new one did.
        let comes_back = page.unsubscribes() > 0 && !class.kind.numbers && page.gap_count(room) > 0;
        // And what would come late does not come to who has left.
        let may_be_out = comes_back || (!class.never_late && !wants(page, room));
        let (mut before, mut gap_since) = (None, false);
        for one in heard {
            match one {
                Heard::Gap => gap_since = true,
                Heard::Message { late: true, .. } => {}
                Heard::Message { id, .. } => {
                    let own = number(id);
                    let from = before.map_or(own, |before| own.min(before + 1));
                    let between = self.stored.get(room).into_iter().flat_map(|stored| stored.range(from..own));
                    let lost: Vec<_> = between.filter(|other| !told.contains(other)).collect();
                    assert!(
                        lost.is_empty() || gap_since || may_be_out,
                        "{room}: {lost:?} lost without a word before {own}: {heard:?}"
                    );
                    (before, gap_since) = (Some(own), false);
                }
            }
        }
        if wants(page, room) {
            let end = heard.iter().rev().find(|one| **one != Heard::Gap);
            assert!(
                matches!(end, Some(Heard::Message { id, .. }) if id == last),
                "{room}: {last} did not arrive: {heard:?}"
            );
        }
        // A server whose `hello` took too long counted as a plain one, which recovers nothing.
        let was_plain = class.kind.numbers
            && page.written(|frame| matches!(frame, Outgoing::Subscribe { reference: None, .. })) > 0;
        let Damage { forgot, flooded, no_history, unheard: _ } = world.damage;
        let may_gap = was_plain || !class.never_gaps || forgot || flooded || (no_history && class.kind.history);
        // Nobody asks for what nobody wants.
        let may_gap = may_gap || (page.unsubscribes() > 0 && !wants(page, room));
        assert!(may_gap || page.gap_count(room) == 0, "{room}: a gap that could be mended: {heard:?}");
        check_snapshot(world, page, room, class, heard, told);
    }
}

fn number(id: &str) -> u32 {
    id.trim_start_matches("msg_").parse().expect("an id of the server")
}

/// A page of the latest may overtake more than anybody remembers, and without numbers nothing tells that it did.
fn is_flood_of_ids(world: &World, class: &Class) -> bool {
    world.damage.flooded && !class.kind.numbers
}

fn wants(page: &Page, room: &str) -> bool {
    page.wants.get(room).is_some_and(|holders| !holders.is_empty())
}

/// What a snapshot calls pending has no result yet, and what it does not has one.
fn check_states(page: &Page, room: &str, class: &Class) {
    for shown in page.snapshots.get(room).into_iter().flatten() {
        let Some(client_id) = &shown.client_id else {
            continue;
        };
        let (is_pending, is_unsettled) = (shown.state == State::Pending, page.watch.is_unsettled(client_id));
        assert!(is_unsettled || !is_pending, "{room}: {client_id} is pending, and has its result");
        // What is recognised by what it says only may be somebody else's.
        let is_sure = class.kind.returns_client_id;
        assert!(is_pending || !is_unsettled || !is_sure, "{room}: {client_id} is {:?} without a result", shown.state);
    }
}

/// When nothing has changed for a while, the server holds what has listeners.
fn check_rest(world: &World, page: usize) {
    let this = &world.pages[page];
    let is_sound = this.connection.phase == Phase::Open
        && this.sockets.values().all(|socket| world.lines.get(&socket.line).is_some_and(|line| line.is_sound()));
    let kind = &world.server.kind;
    let is_answered = kind.loses_answer.is_none() && kind.refuses_subscribe.is_none();
    let unrest_at = this.watch.unrest_at.max(this.asleep_until).max(world.network.reachable_from(page));
    if is_sound && is_answered && unrest_at + AT_REST_MS < world.now {
        check_held(world, page);
    }
}

fn check_held(world: &World, page: usize) {
    let held = world.server_holds(page);
    let wanted = ROOMS.iter().copied().filter(|room| wants(&world.pages[page], room));
    assert_eq!(
        held.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        wanted.collect(),
        "what the server holds is what has listeners"
    );
}

fn check_connected(world: &World, page: &Page) {
    assert_eq!(page.connection.phase, Phase::Open, "{:?}", page.connection);
    assert_eq!(page.connection.transport, Some(Transport::Socket));
    assert_eq!(world.live_sockets(page.number), 1, "exactly one socket");
    check_held(world, page.number);
    for room in ROOMS.iter().filter(|room| wants(page, room)) {
        assert_eq!(page.statuses.get(*room), Some(&Status::Live), "{room}");
    }
    for delivery in 1..=page.sends {
        assert!(page.result(delivery).is_some(), "delivery {delivery} has no result");
    }
}

fn check_snapshot(world: &World, page: &Page, room: &str, class: &Class, heard: &[Heard], told: &BTreeSet<u32>) {
    let messages = page.snapshots.get(room).map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<u32> = messages.iter().filter(|one| !one.draft).map(|one| number(&one.data.id())).collect();
    // What a forgetful server numbered before, and never told again, has no place; nor what a page posted as it was
    // left, to a server that numbers nothing.
    let was_left = page.was_left || page.unsubscribes() > 0;
    // Nor what a person asked for before it was told, where what was said before it was not asked for.
    let is_apart = page.watch.loads > 0 && page.gap_count(room) > 0;
    // Nor what was sent again where nothing tells since when it is stored.
    let is_late = heard.iter().any(|one| matches!(one, Heard::Message { late: true, .. })) && !class.kind.history;
    let has_places = !world.damage.forgot && (class.kind.numbers || !(was_left || is_late || is_apart));
    assert!(!has_places || ids.is_sorted_by(|a, b| a < b), "{room}: the snapshot is out of order: {ids:?}");
    let shown: BTreeMap<u32, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    assert_eq!(shown.len(), ids.len(), "{room}: a message is shown twice: {ids:?}");
    // What was told one after the other is shown so, whatever the server did to its numbers.
    let told_in_order = heard.iter().filter_map(|one| match one {
        Heard::Message { id, late: false, .. } => shown.get(&number(id)),
        Heard::Message { late: true, .. } | Heard::Gap => None,
    });
    assert!(
        told_in_order.is_sorted() || (is_apart && !class.kind.numbers),
        "{room}: shown in another order than told: {ids:?}, {heard:?}"
    );
    // The oldest go when there are too many.
    let is_full = messages.len() >= page.config.history_max_messages || page.trimmed.contains(room);
    let oldest = ids.iter().min().copied().filter(|_| is_full).unwrap_or(0);
    let hidden: Vec<_> = told.range(oldest..).filter(|one| !shown.contains_key(one)).collect();
    let may_hide = page.snapshots.is_empty() || is_flood_of_ids(world, class);
    assert!(may_hide || hidden.is_empty(), "{room}: {hidden:?} told and not shown");
    let mut by_client: BTreeMap<&str, usize> = BTreeMap::new();
    for client_id in messages.iter().filter_map(|one| one.client_id.as_deref()) {
        *by_client.entry(client_id).or_default() += 1;
    }
    assert!(by_client.values().all(|count| *count == 1), "{room}: a message of mine stands twice: {by_client:?}");
    // By what it says only, another's that says the same may be taken for mine, and mine stays a draft then.
    let sender = |id: u32| {
        let is_it = |(_, one): &&(String, Stored)| number(&one.id()) == id;
        world.server.archive.iter().find(is_it).and_then(|(_, one)| one.said_by.as_deref())
    };
    let drafts = messages.iter().filter(|one| one.draft && one.state != State::Failed);
    let twice = drafts.filter(|draft| ids.iter().any(|id| sender(*id) == draft.client_id.as_deref())).count();
    let is_mistaken = |one: &&Shown<Json>| {
        !one.draft && one.client_id.is_some() && one.client_id.as_deref() != sender(number(&one.data.id()))
    };
    let mistaken = messages.iter().filter(is_mistaken).count();
    assert!(twice <= mistaken, "{room}: {twice} shown as mine and as somebody's");
}

fn check_sends(world: &World, page: &Page, class: &Class) {
    let prefix = format!("p{}-c", page.number);
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    let mut stored: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (place, (room, one)) in world.server.archive.iter().enumerate() {
        let Some(said) = one.said_by.as_deref().and_then(|id| id.strip_prefix(&prefix)?.parse::<u32>().ok()) else {
            continue;
        };
        assert!(places.insert(said, place).is_none() || world.damage.forgot, "{said} was stored twice");
        stored.entry(room).or_default().push(said);
    }
    for (room, sends) in &stored {
        // What a page sends as it is left goes by requests that may overtake each other, what a person sends again comes
        // later, and what was given up arrives whenever the network lets it.
        let has_order = !world.damage.forgot && !page.was_left;
        let has_place = |own: &&u32| {
            let mut sent = page.said.iter().filter(|(_, said)| said == own).map(|(delivery, _)| page.result(*delivery));
            // What was written to a dead socket, and counts as sent, may arrive after what the next one brought.
            let is_in_place = |how: &str| how == "acked" || (how == "sent" && page.client.stats().sessions == 1);
            sent.next().flatten().is_some_and(is_in_place) && sent.next().is_none()
        };
        let in_order: Vec<_> = sends.iter().filter(has_place).collect();
        assert!(!has_order || in_order.is_sorted(), "{room}: stored in another order than said: {sends:?}");
    }
    for delivery in 1..=page.sends {
        let Some(said) = page.said.get(&delivery) else {
            continue;
        };
        let is_stored = places.contains_key(said);
        match page.result(delivery) {
            Some("acked") => assert!(is_stored, "{delivery} was acked and never stored"),
            Some("sent") => assert!(
                !class.resends || page.early.contains(&delivery),
                "{delivery} was not acked on a server that acks"
            ),
            Some("no-ack") => {
                let may_be = !class.resends || class.kind.loses_ack.is_some() || world.damage.unheard;
                assert!(may_be, "{delivery} was not acked");
            }
            Some("cancelled") => {
                // Sending again what was discarded takes nothing back.
                let is_again = page.said.values().filter(|other| *other == said).count() > 1;
                assert!(is_again || !is_stored, "{delivery} was taken back and stored");
            }
            Some(_) | None => {}
        }
    }
}

/// No token in anything that an application can see or a log may hold.
fn check_secrets(page: &Page) {
    let seen = format!("{:?} {:?} {:?} {:?}", page.errors, page.events, page.connection, page.client.dump());
    assert!(!seen.contains(tokens::MARK), "a token came out");
}

/// The end of every page: nothing is left of it.
pub fn close_all(world: &mut World) {
    for page in 0..world.pages.len() {
        world.tell(page, Input::Close);
        let this = &world.pages[page];
        assert!(this.has_ended && this.sockets.is_empty() && this.client.next_deadline().is_none());
        assert!((1..=this.sends).all(|delivery| this.results.get(&delivery).is_some_and(|all| all.len() == 1)));
    }
}
