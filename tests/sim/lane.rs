//! The express lane as `src/js/lane.js` has it: what it asks by numbers, what it tells by itself, what it owes.

use std::collections::BTreeMap;
use std::rc::Rc;

use talkwire::engine::{Event, EventKind, Passed, PassedMessage, Passing, Shown, Slot, State, Timestamp, Via};
use talkwire::protocol::{Frame, Keys, Update, UpdateKind};

use crate::json::Json;
use crate::page::Page;

/// The engine hears of this many messages at once, at the latest.
const MAX_OWED: usize = 64;

/// The lane of one page.
#[derive(Debug)]
pub struct Lane {
    /// Off, everything goes to the engine whole.
    pub is_on: bool,
    /// Somebody listens to all events.
    pub hears_all: bool,
    /// What went by.
    pub passed: usize,
    /// What nobody wanted.
    pub unwanted: usize,
    wanted: BTreeMap<Rc<str>, Slot>,
    owed: Option<Passed>,
}

impl Default for Lane {
    fn default() -> Self {
        Self { is_on: true, hears_all: true, passed: 0, unwanted: 0, wanted: BTreeMap::new(), owed: None }
    }
}

impl Lane {
    pub fn want(&mut self, slot: Slot, conversation: Rc<str>) {
        self.wanted.insert(conversation, slot);
    }

    pub fn unwant(&mut self, slot: Slot) {
        self.wanted.retain(|_, wanted| *wanted != slot);
    }

    /// What the engine is to hear before anything else.
    pub fn settle(&mut self) -> Option<Passed> {
        self.owed.take()
    }

    /// What is owed for one socket.
    fn owe(&mut self, generation: u32, heard_at: Timestamp) -> &mut Passed {
        let owed = self.owed.get_or_insert_with(|| Passed { generation, heard_at, unwanted: 0, messages: Vec::new() });
        owed.heard_at = heard_at;
        owed
    }

    /// Whether the engine must hear first of what another socket brought, or of as much as is owed.
    pub fn must_settle(&self, generation: u32) -> bool {
        self.owed.as_ref().is_some_and(|owed| owed.generation != generation || owed.messages.len() >= MAX_OWED)
    }
}

/// Tells a frame without the engine's seeing it, where the engine lets it; else gives it back.
pub fn pass(page: &mut Page, generation: u32, frame: Frame<Json>, now: u64) -> Option<Frame<Json>> {
    let Page { client, lane, .. } = page;
    let at = Timestamp::from_millis(now);
    let Frame::Update(update) = frame else {
        return Some(frame);
    };
    let passing = passing(lane, &update).filter(|_| lane.is_on);
    if let Some((passing, id)) = passing.filter(|(passing, _)| client.pass(generation, passing)) {
        lane.passed += 1;
        let message = PassedMessage { slot: passing.slot, offset: passing.offset, id };
        lane.owe(generation, at).messages.push(message);
        tell(page, passing.slot, update, now);
        return None;
    }
    if lane.is_on && lane.is_unwanted(&update) {
        lane.unwanted += 1;
        lane.owe(generation, at).unwanted += 1;
        return None;
    }
    Some(Frame::Update(update))
}

impl Lane {
    fn is_unwanted(&self, update: &Update<Json>) -> bool {
        let is_idle =
            matches!(update.kind, UpdateKind::Message(_) | UpdateKind::Typing { .. } | UpdateKind::Presence { .. });
        let conversation = update.conversation.as_deref();
        !self.hears_all && is_idle && conversation.is_some_and(|conversation| !self.wanted.contains_key(conversation))
    }
}

fn passing(lane: &Lane, update: &Update<Json>) -> Option<(Passing, Rc<str>)> {
    let slot = *lane.wanted.get(update.conversation.as_deref()?)?;
    let UpdateKind::Message(Keys { id: Some(id), offset, epoch, replay: false, client_id, .. }) = &update.kind else {
        return None;
    };
    let passing = Passing {
        slot,
        offset: *offset,
        epoch: epoch.as_deref().map(Passing::print),
        id: Passing::print(id),
        has_client_id: client_id.is_some(),
    };
    Some((passing, Rc::from(id.as_str())))
}

fn tell(page: &mut Page, slot: Slot, update: Update<Json>, now: u64) {
    let name = page.name(slot);
    if page.shown_slots.contains(&slot) {
        let messages = page.snapshots.entry(name.clone()).or_default();
        messages.push(Shown { data: update.data.clone(), state: State::Received, client_id: None, draft: false });
    }
    page.event(
        now,
        Event {
            kind: EventKind::Message,
            conversation: Some(Rc::from(name)),
            data: update.data,
            whole: update.whole,
            via: Via::Socket,
            late: false,
        },
    );
}
