//! A conversation: who wants it, how far it is known, what is shown of it.

use super::effect::Status;
use super::error::Error;
use super::input::{Holder, Slot};
use super::rare::{New, Rare};
use super::reading::Reader;
use super::time::Timestamp;
use super::timeline::Timeline;
use super::view::View;

/// No slot.
pub(super) const NOWHERE: Slot = Slot(u32::MAX);
/// Nobody.
const NOBODY: Holder = Holder(u32::MAX);

/// One conversation. There may be a hundred thousand: what few of them have stands apart.
#[derive(Debug)]
pub(super) struct Conversation<P> {
    /// The next one whose id has the same place in the table of ids.
    pub next: Slot,
    /// Who wants it: one, as a rule.
    holder: Holder,
    /// The last of them left a moment ago; it counts as wanted still.
    pub is_lingering: bool,
    /// What this session's server knows of our wish.
    pub join: Join,
    /// The `ref` of its last subscribe that is to be answered.
    pub reference: u32,
    /// Its order.
    pub timeline: Timeline<P>,
    /// What a page shows of it.
    pub view: Option<Box<View>>,
    /// What its snapshot says.
    pub status: Status,
    /// Something could not be recovered.
    pub has_gap: bool,
    /// What few have.
    pub extra: Rare<Extra>,
}

/// What a conversation has that several want, or that is read over HTTP, incomplete, refused or typed in.
#[derive(Debug)]
pub(super) struct Extra {
    /// Who else wants it.
    others: Vec<Holder>,
    /// How it is read over HTTP.
    pub reader: Reader,
    /// Only a page that is asked for from then on holds all that was said before the join.
    pub settles_at: Option<Timestamp>,
    /// The server or HTTP was asked for a number that is missing.
    pub is_mending: bool,
    /// Why the server refuses it.
    pub error: Option<Error>,
    /// Subscribes in a row that stayed without success.
    pub join_failures: u32,
    /// Those of them, in this session, that got no answer.
    pub unanswered: u32,
    /// When the server was last told that I type.
    pub typing_told_at: Option<Timestamp>,
}

impl New for Extra {
    const NEW: Self = Self {
        others: Vec::new(),
        reader: Reader::NEW,
        settles_at: None,
        is_mending: false,
        error: None,
        join_failures: 0,
        unanswered: 0,
        typing_told_at: None,
    };

    fn unchanged<'a>() -> &'a Self {
        const { &Self::NEW }
    }
}

/// What this session's server knows of our wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// Nothing.
    Out,
    /// Nothing, and the last one knew that it was joined.
    Interrupted,
    /// It was asked, and has not answered.
    Asked,
    /// It was asked, and did not answer in time: it may send what happens, or not.
    Unsure,
    /// It sends what happens.
    In,
    /// It refused for good.
    Refused,
}

impl<P> Default for Conversation<P> {
    fn default() -> Self {
        Self {
            next: NOWHERE,
            holder: NOBODY,
            is_lingering: false,
            join: Join::Out,
            reference: 0,
            timeline: Timeline::default(),
            view: None,
            status: Status::Idle,
            has_gap: false,
            extra: Rare::new(),
        }
    }
}

impl<P> Conversation<P> {
    /// Somebody wants it.
    pub(super) fn hold(&mut self, holder: Holder) {
        self.unhold(holder);
        let other = std::mem::replace(&mut self.holder, holder);
        if other != NOBODY {
            self.extra.others.push(other);
        }
    }

    /// They do no longer.
    pub(super) fn unhold(&mut self, holder: Holder) {
        let others = self.extra.changed().map(|extra| &mut extra.others);
        if self.holder == holder {
            self.holder = others.and_then(Vec::pop).unwrap_or(NOBODY);
        } else if let Some(others) = others {
            others.retain(|other| *other != holder);
        }
    }

    /// Subscribes that failed before count no more.
    pub(super) fn forgive(&mut self) {
        if let Some(extra) = self.extra.changed() {
            extra.error = None;
            extra.join_failures = 0;
            extra.unanswered = 0;
        }
    }

    /// What failed while there was no session says nothing of the pages from now on.
    pub(super) fn forgive_reads(&mut self) {
        if let Some(extra) = self.extra.changed() {
            extra.reader.failures = 0;
        }
    }

    /// Whether somebody listens.
    pub(super) fn is_held(&self) -> bool {
        self.holder != NOBODY
    }

    /// Whether the server was asked for what is missing, and has not answered.
    pub(super) fn awaits_replay(&self) -> bool {
        self.extra.is_mending && self.join == Join::Asked
    }

    /// Whether the server should know of it.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_held() || self.is_lingering
    }
}
