//! A number that is missing: it may have been overtaken, may be had again, or is given up.

use super::Payload;
use super::client::Client;
use super::conversation::Join;
use super::input::Slot;
use super::timers::Timer;

/// How long a message may be overtaken by others.
const OVERTAKEN_MS: u64 = 300;

impl<P: Payload> Client<P> {
    /// Sees to it that a hole, if there is one, is mended or given up in time.
    pub(super) fn watch_hole(&mut self, slot: Slot) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if !conversation.timeline.has_hole() {
            if let Some(extra) = conversation.extra.changed() {
                extra.is_mending = false;
            }
            self.cx.timers.clear(Timer::Hole(slot));
        } else if !self.cx.timers.is_set(Timer::Hole(slot)) {
            self.cx.wake_in(Timer::Hole(slot), OVERTAKEN_MS);
        }
    }

    /// The server is asked again, or HTTP; where neither can help or has helped, what came goes on with a gap.
    pub(super) fn mend_hole(&mut self, slot: Slot) {
        let has_session = self.connectivity.session.is_some();
        let replays = self.connectivity.session.as_ref().is_some_and(|session| session.features.replay);
        let can_read = self.cx.config.polling.messages;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if !conversation.timeline.has_hole() {
            return;
        }
        if !has_session && conversation.is_wanted() {
            // The next session may bring it: its join looks after it again.
            conversation.extra.is_mending = false;
            return;
        }
        let awaits_page = conversation.extra.is_mending && conversation.extra.reader.in_flight.is_some();
        if awaits_page || conversation.awaits_replay() {
            // Both have a time of their own after which they count as failed.
            self.cx.wake_in(Timer::Hole(slot), self.cx.config.outbox.ack_timeout_ms);
            return;
        }
        // Nobody will join what nobody wants.
        let can_replay = replays && conversation.is_wanted();
        let was_asked = std::mem::replace(&mut conversation.extra.is_mending, true);
        if was_asked || !(can_replay || can_read) {
            let mut told = Vec::new();
            conversation.timeline.skip_hole(&mut told);
            self.tell(slot, told);
            self.watch_hole(slot);
            return;
        }
        self.cx.wake_in(Timer::Hole(slot), self.cx.config.outbox.ack_timeout_ms);
        if can_replay && conversation.join == Join::In {
            conversation.join = Join::Out;
            self.sync(slot);
        } else if can_read {
            self.want_read(slot);
        }
    }
}
