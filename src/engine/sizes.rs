//! How much a client keeps: whatever a server or a network does, it stays within bounds.

use super::Payload;
use super::client::Client;

/// How much a client keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Conversations that are remembered.
    pub conversations: usize,
    /// Ids of messages that are remembered, in the conversation with the most.
    pub ids: usize,
    /// Messages that wait for what belongs before them, in the conversation with the most.
    pub held: usize,
    /// Sends that have no result yet.
    pub outbox: usize,
    /// Own messages that are awaited back.
    pub echoes: usize,
    /// Failed messages that may be sent again.
    pub failed: usize,
    /// Subscribes that wait for an answer.
    pub subscribes: usize,
    /// HTTP requests on their way.
    pub fetches: usize,
    /// People who type.
    pub typists: usize,
    /// Timers that are armed, and settings of theirs that hold no longer.
    pub timers: usize,
    /// Wishes that wait to be taken out.
    pub effects: usize,
}

impl<P: Payload> Client<P> {
    /// How much is kept.
    pub fn sizes(&self) -> Sizes {
        let mut sizes = Sizes {
            outbox: self.outbox.len(),
            echoes: self.outbox.echoes.len(),
            failed: self.outbox.failed.len(),
            subscribes: self.asked.len(),
            fetches: self.requests.len(),
            typists: self.typists.len(),
            timers: self.cx.timers.len(),
            effects: self.cx.effects.len(),
            ..Sizes::default()
        };
        for conversation in self.conversations.slots().filter_map(|slot| self.conversations.at(slot)) {
            let (ids, held) = conversation.timeline.sizes();
            sizes.conversations += 1;
            sizes.ids = sizes.ids.max(ids);
            sizes.held = sizes.held.max(held);
        }
        sizes
    }
}
