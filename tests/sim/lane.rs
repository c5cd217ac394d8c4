//! The express lane as `src/js/lane.js` has it: what it asks by numbers, what it tells by itself, what it owes.

use std::collections::BTreeMap;
use std::rc::Rc;

use talkwire::engine::{
    Event, EventKind, Leave, Passed, PassedMessage, Passing, Shown, Slot, State, Timestamp, Via, hashes,
};
use talkwire::protocol::{Frame, Keys, Update, UpdateKind};

use crate::json::Json;
use crate::page::Page;

/// The engine hears of this many messages at once, at the latest.
const MAX_OWED: usize = 64;
/// So many may follow until it is told of them: fewer than in the browser, so that it happens.
const MAX_FOLLOWERS: usize = 4;

/// No longer id may follow.
const MAX_LETTERS: usize = 40;

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
    /// What went by unasked.
    pub followed: usize,
    wanted: BTreeMap<Rc<str>, Slot>,
    /// What leave the engine has given since its last input.
    leaves: BTreeMap<Slot, Given>,
    untold: Vec<(Slot, Rc<str>)>,
    owed: Option<Passed>,
}

/// Leave that was given, and the last message that went by under it.
#[derive(Debug)]
struct Given {
    leave: Leave,
    epoch: Option<String>,
    offset: Option<u64>,
    id: String,
    has_followers: bool,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            is_on: true,
            hears_all: true,
            passed: 0,
            unwanted: 0,
            followed: 0,
            wanted: BTreeMap::new(),
            leaves: BTreeMap::new(),
            untold: Vec::new(),
            owed: None,
        }
    }
}

impl Lane {
    pub fn want(&mut self, slot: Slot, conversation: Rc<str>) {
        self.wanted.insert(conversation, slot);
    }

    pub fn unwant(&mut self, slot: Slot) {
        self.wanted.retain(|_, wanted| *wanted != slot);
    }

    /// What the engine is to hear before anything else: first what followed.
    pub fn settle(&mut self) -> (Vec<(Slot, Rc<str>)>, Option<Passed>) {
        self.leaves.clear();
        (std::mem::take(&mut self.untold), self.owed.take())
    }

    /// What is owed for one socket.
    fn owe(&mut self, generation: u32, heard_at: Timestamp) -> &mut Passed {
        let owed = self.owed.get_or_insert_with(|| Passed { generation, heard_at, unwanted: 0, messages: Vec::new() });
        owed.heard_at = heard_at;
        owed
    }

    /// Whether the engine must hear first of what another socket brought, of as much as is owed, or of what others
    /// follow that this does not.
    pub fn must_settle(&self, generation: u32, frame: &Frame<Json>) -> bool {
        let is_full = |owed: &Passed| owed.generation != generation || owed.messages.len() >= MAX_OWED;
        let Frame::Update(update) = frame else {
            return false;
        };
        let breaks_off = |passing: Passing<'_>| {
            let given = self.leaves.get(&passing.slot);
            given.is_some_and(|given| given.has_followers && !given.is_for(&passing))
        };
        self.owed.as_ref().is_some_and(is_full) || self.passing(update).is_some_and(breaks_off)
    }
}

impl Given {
    fn is_for(&self, passing: &Passing<'_>) -> bool {
        let is_next = passing.offset == self.offset.map(|offset| offset + 1);
        let is_next = is_next && passing.epoch == self.epoch.as_deref() && !passing.has_client_id;
        let is_next = is_next && passing.id.is_ascii() && passing.id.len() <= MAX_LETTERS;
        is_next
            && match self.leave {
                Leave::One => false,
                Leave::LaterIds => is_after(passing.id, &self.id),
                Leave::NextNumbers => true,
            }
    }
}

fn is_after(id: &str, other: &str) -> bool {
    (id.len(), id) > (other.len(), other)
}

/// Tells a frame without the engine's seeing it, where the engine lets it; else gives it back.
pub fn pass(page: &mut Page, generation: u32, frame: Frame<Json>, now: u64) -> Option<Frame<Json>> {
    let Page { client, lane, shown_slots, .. } = page;
    let at = Timestamp::from_millis(now);
    let Frame::Update(update) = frame else {
        return Some(frame);
    };
    if let Some(passing) = lane.passing(&update).filter(|_| lane.is_on) {
        let Passing { slot, offset, .. } = passing;
        let id: Rc<str> = Rc::from(passing.id);
        let follows = lane.leaves.get(&slot).is_some_and(|given| given.is_for(&passing));
        let leave = if follows { None } else { client.pass(generation, &passing) };
        if follows || leave.is_some() {
            lane.passed += 1;
            let epoch = passing.epoch.map(String::from);
            let is_shown = shown_slots.contains(&slot);
            lane.note(generation, at, PassedMessage { slot, offset, id }, leave.map(|leave| (leave, epoch)), is_shown);
            if lane.untold.len() >= MAX_FOLLOWERS {
                lane.untold.drain(..).for_each(|(slot, id)| client.followed(slot, hashes(&id)));
            }
            tell(page, slot, update, now);
            return None;
        }
    }
    if lane.is_on && lane.is_unwanted(&update) {
        lane.unwanted += 1;
        lane.owe(generation, at).unwanted += 1;
        return None;
    }
    Some(Frame::Update(update))
}

impl Lane {
    /// A message has gone by, with leave that it was given itself or that one before it was given.
    fn note(
        &mut self,
        generation: u32,
        at: Timestamp,
        message: PassedMessage,
        given: Option<(Leave, Option<String>)>,
        is_shown: bool,
    ) {
        let PassedMessage { slot, offset, id } = message.clone();
        match (given, self.leaves.get_mut(&slot)) {
            (Some((leave, epoch)), _) => {
                let given = Given { leave, epoch, offset, id: id.to_string(), has_followers: false };
                self.leaves.insert(slot, given);
            }
            (None, Some(given)) => {
                (given.offset, given.id, given.has_followers) = (offset, id.to_string(), true);
                self.followed += 1;
                self.untold.push((slot, id));
            }
            (None, None) => unreachable!("nobody gave leave"),
        }
        let has_followers = self.leaves.get(&slot).is_some_and(|given| given.has_followers);
        let owed = self.owe(generation, at);
        if is_shown {
            owed.messages.push(message);
        } else if has_followers {
            owed.messages.retain(|other| other.slot != slot);
            owed.messages.push(message);
        }
    }

    fn is_unwanted(&self, update: &Update<Json>) -> bool {
        let is_idle =
            matches!(update.kind, UpdateKind::Message(_) | UpdateKind::Typing { .. } | UpdateKind::Presence { .. });
        let conversation = update.conversation.as_deref();
        !self.hears_all && is_idle && conversation.is_some_and(|conversation| !self.wanted.contains_key(conversation))
    }

    fn passing<'a>(&self, update: &'a Update<Json>) -> Option<Passing<'a>> {
        let slot = *self.wanted.get(update.conversation.as_deref()?)?;
        let UpdateKind::Message(Keys { id: Some(id), offset, epoch, replay: false, client_id, .. }) = &update.kind
        else {
            return None;
        };
        let (epoch, has_client_id) = (epoch.as_deref(), client_id.is_some());
        Some(Passing { slot, offset: *offset, epoch, id, has_client_id })
    }
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
