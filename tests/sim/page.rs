//! A page: the engine, and what a shell would keep for it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use talkwire::engine::{
    Body, Client, Config, Connection, DeliveryId, Drop, Edit, Error, Event, EventKind, Fetch, Holder, Outcome, Shown,
    Slot, Status, Submission, Via,
};
use talkwire::protocol::Outgoing;
use talkwire::protocol::frame::Features;

use crate::json::Json;
use crate::lane::Lane;
use crate::watch::Watch;

/// What listeners of one conversation were told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Message { id: String, via: Via, late: bool },
    Gap,
}

/// A socket, as its page knows it.
#[derive(Clone, Debug)]
pub struct Socket {
    pub line: u32,
    pub dialled_at: u64,
    pub opened_at: Option<u64>,
    /// When the last frame came; else when it opened.
    pub heard_at: u64,
    pub has_spoken: bool,
    /// When it was asked whether it lives.
    pub asked_at: Option<u64>,
    /// What the server has said that it offers.
    pub features: Features,
    /// The longest silence of a server that pings by itself.
    pub silence_ms: Option<u64>,
    /// It will close, or was silent when the page woke up: another may be dialled beside it.
    pub may_be_replaced: bool,
}

impl Socket {
    pub fn new(line: u32, now: u64) -> Self {
        Self {
            line,
            dialled_at: now,
            opened_at: None,
            heard_at: now,
            has_spoken: false,
            asked_at: None,
            features: Features::default(),
            silence_ms: None,
            may_be_replaced: false,
        }
    }
}

#[derive(Debug)]
pub struct Page {
    /// Tells its messages from those of other pages.
    pub number: usize,
    pub client: Client<Json>,
    pub config: Config,
    pub connection: Connection,
    pub heard: BTreeMap<String, Vec<Heard>>,
    pub events: Vec<(u64, Event<Json>)>,
    pub lane: Lane,
    pub snapshots: BTreeMap<String, Vec<Shown<Json>>>,
    pub shown_slots: BTreeSet<Slot>,
    /// Whose snapshots had more than they keep.
    pub trimmed: BTreeSet<String>,
    pub statuses: BTreeMap<String, Status>,
    pub typing: BTreeMap<String, Vec<Rc<str>>>,
    pub gaps: BTreeSet<String>,
    pub results: BTreeMap<u32, Vec<String>>,
    /// Sends written before the server had said what it offers.
    pub early: BTreeSet<u32>,
    pub errors: Vec<(u64, Error)>,
    /// Which conversation each error is about.
    pub blamed: Vec<Option<String>>,
    pub dials: Vec<u64>,
    /// Those that went by long-polling, and when a socket was tried beside them.
    pub polled_dials: Vec<u64>,
    pub upgrades: Vec<u64>,
    pub hangups: Vec<(u64, Option<u16>)>,
    pub transmits: Vec<(u64, Vec<Outgoing<Json>>)>,
    /// The length of each frame on the wire.
    pub written_bytes: Vec<usize>,
    pub fetches: Vec<(u64, Fetch<Json>)>,
    /// When it was asked why sockets do not open.
    pub probes: Vec<u64>,
    pub aborted: Vec<u32>,
    pub lists: usize,
    pub loaded: Vec<Option<Error>>,
    pub sends: u32,
    pub forgotten: Vec<Slot>,
    pub has_ended: bool,
    pub was_left: bool,
    pub identity: Option<String>,
    /// No timer fires and nothing arrives before this moment.
    pub asleep_until: u64,
    /// Sockets that this page has not let go of, by generation.
    pub sockets: BTreeMap<u32, Socket>,
    /// Who wants which conversation.
    pub wants: BTreeMap<String, BTreeSet<u32>>,
    pub watch: Watch,
    /// The messages that were sent, by delivery: as which of this page's. A person may send one again.
    pub said: BTreeMap<u32, u32>,
    names: BTreeMap<Slot, String>,
}

impl Page {
    pub fn new(number: usize, config: Config) -> Self {
        Self {
            number,
            client: Client::new(config.clone()),
            config,
            connection: Connection::default(),
            heard: BTreeMap::new(),
            events: Vec::new(),
            lane: Lane::default(),
            snapshots: BTreeMap::new(),
            shown_slots: BTreeSet::new(),
            trimmed: BTreeSet::new(),
            statuses: BTreeMap::new(),
            typing: BTreeMap::new(),
            gaps: BTreeSet::new(),
            results: BTreeMap::new(),
            early: BTreeSet::new(),
            errors: Vec::new(),
            blamed: Vec::new(),
            dials: Vec::new(),
            polled_dials: Vec::new(),
            upgrades: Vec::new(),
            hangups: Vec::new(),
            transmits: Vec::new(),
            written_bytes: Vec::new(),
            fetches: Vec::new(),
            probes: Vec::new(),
            aborted: Vec::new(),
            lists: 0,
            loaded: Vec::new(),
            sends: 0,
            forgotten: Vec::new(),
            has_ended: false,
            was_left: false,
            identity: None,
            asleep_until: 0,
            sockets: BTreeMap::new(),
            wants: BTreeMap::new(),
            watch: Watch::default(),
            said: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    /// When its timer is due.
    pub fn next_moment(&self) -> Option<u64> {
        self.client.next_deadline().map(|at| at.as_millis().max(self.asleep_until))
    }

    pub fn slot(&mut self, conversation: &str) -> Slot {
        let slot = self.client.open_conversation(conversation);
        self.names.insert(slot, conversation.into());
        slot
    }

    pub fn name(&mut self, slot: Slot) -> String {
        if let Some(id) = self.client.conversation_id(slot) {
            self.names.insert(slot, String::from(&*id));
        }
        self.names.get(&slot).cloned().unwrap_or_default()
    }

    /// A message to send, with the number of its delivery.
    pub fn submission(&mut self, conversation: &str, content: &str) -> Submission<Json> {
        let delivery = self.next_delivery();
        self.said.insert(delivery, delivery);
        let slot = self.slot(conversation);
        Submission {
            delivery: DeliveryId(delivery),
            body: Body::Message {
                slot,
                client_id: Rc::from(format!("p{}-c{delivery}", self.number)),
                content: Json::string(content),
            },
            bytes: content.len(),
            waited_ms: 0,
        }
    }

    pub fn next_delivery(&mut self) -> u32 {
        self.sends += 1;
        self.sends
    }

    pub fn event(&mut self, now: u64, event: Event<Json>) {
        if let (EventKind::Message, Some(conversation)) = (&event.kind, &event.conversation) {
            let heard = Heard::Message { id: event.data.id(), via: event.via, late: event.late };
            self.heard.entry(String::from(&**conversation)).or_default().push(heard);
            self.watch.event(conversation, &event);
        }
        self.events.push((now, event));
    }

    pub fn error(&mut self, now: u64, error: Error, conversation: Option<&str>) {
        self.errors.push((now, error));
        self.blamed.push(conversation.map(String::from));
    }

    pub fn gap(&mut self, conversation: &str) {
        self.heard.entry(conversation.into()).or_default().push(Heard::Gap);
    }

    pub fn settle(&mut self, delivery: DeliveryId, outcome: &Outcome<Json>) {
        let result = match outcome {
            Outcome::Acked(_) => "acked",
            Outcome::Sent => {
                if self.identity.is_none() {
                    self.early.insert(delivery.0);
                }
                "sent"
            }
            Outcome::Unanswered => "no-ack",
            Outcome::Dropped(
                why @ (Drop::Overflow | Drop::Expired | Drop::Cancelled | Drop::Rejected | Drop::NoAck | Drop::Closed),
            ) => why.name(),
            Outcome::Failed(error) => error.code.code(),
        };
        self.watch.settled(delivery);
        self.results.entry(delivery.0).or_default().push(result.into());
    }

    pub fn edit(&mut self, slot: Slot, edit: Edit<Json>) {
        let name = self.name(slot);
        let messages = self.snapshots.entry(name.clone()).or_default();
        match edit {
            Edit::Insert { index, message } => messages.insert(index, message),
            Edit::Replace { index, message } => messages[index] = message,
            Edit::State { index, state } => messages[index].state = state,
            Edit::Remove { index } => drop(messages.remove(index)),
            Edit::Trim { count } => {
                messages.drain(..count);
                self.trimmed.insert(name);
            }
            Edit::Status { status, error: _ } => drop(self.statuses.insert(name, status)),
            Edit::Gap(true) => drop(self.gaps.insert(name)),
            Edit::Gap(false) => drop(self.gaps.remove(&name)),
            Edit::Typing(users) => drop(self.typing.insert(name, users)),
            Edit::Presence(_) => {}
        }
    }

    /// The ids that listeners of a conversation heard, in order.
    pub fn ids(&self, conversation: &str) -> Vec<String> {
        let heard = self.heard.get(conversation).map(Vec::as_slice).unwrap_or_default();
        let id = |one: &Heard| match one {
            Heard::Message { id, .. } => Some(id.clone()),
            Heard::Gap => None,
        };
        heard.iter().filter_map(id).collect()
    }

    /// How often a gap was announced.
    pub fn gap_count(&self, conversation: &str) -> usize {
        self.heard.get(conversation).map_or(0, |heard| heard.iter().filter(|one| **one == Heard::Gap).count())
    }

    /// What the snapshot shows: the content of drafts, the ids of the rest.
    pub fn shown(&self, conversation: &str) -> Vec<String> {
        let messages = self.snapshots.get(conversation).map(Vec::as_slice).unwrap_or_default();
        let label = |one: &Shown<Json>| match one.draft {
            true => format!("draft:{}", one.data.0.as_str().unwrap_or_default()),
            false => one.data.id(),
        };
        messages.iter().map(label).collect()
    }

    pub fn result(&self, delivery: u32) -> Option<&str> {
        self.results.get(&delivery).and_then(|all| all.first()).map(String::as_str)
    }

    /// The frames written so far that `is_it` picks.
    pub fn written(&self, is_it: impl Fn(&Outgoing<Json>) -> bool) -> usize {
        self.transmits.iter().flat_map(|(_, frames)| frames).filter(|frame| is_it(frame)).count()
    }

    pub fn subscribes(&self) -> usize {
        self.written(|frame| matches!(frame, Outgoing::Subscribe { .. }))
    }

    pub fn unsubscribes(&self) -> usize {
        self.written(|frame| matches!(frame, Outgoing::Unsubscribe { .. }))
    }

    pub fn pings(&self) -> usize {
        self.written(|frame| matches!(frame, Outgoing::Ping))
    }
}

pub const fn holder(number: u32) -> Holder {
    Holder(number)
}
