//! What it says of a timeline that its conversation is joined: where it goes on, and what may be missing before.

use crate::protocol::Subscribed;

use super::timeline::{Epoch, Timeline, Told};

impl<P: Clone> Timeline<P> {
    /// It is joined on a server that does not say how far it is. Says whether a page is needed before anything live is told.
    pub(super) fn joined_silently(&mut self, can_read: bool, told: &mut Vec<Told<P>>) -> bool {
        let again = self.was_joined();
        self.session_ended();
        self.catching_up = can_read;
        // Numbers, where there are any, will show whether something is missing.
        if again && !can_read && self.position().is_none() {
            self.gap(told);
        }
        can_read
    }

    /// The conversation is being joined, and the server may never say so: what may be missing is told, and not again.
    pub(super) fn joins_unanswered(&mut self, can_read: bool, told: &mut Vec<Told<P>>) {
        if can_read || self.position().is_some() {
            // What they bring goes before what comes now.
            self.catching_up |= can_read && (self.has_baseline || self.known.last_id.is_some());
            return;
        }
        if self.was_joined() {
            self.gap(told);
        }
        self.joined_before = false;
    }

    /// It is left, or the session ends, before anybody said whether it was joined.
    pub(super) fn give_up_unjoined(&mut self) {
        self.given_up_unjoined = true;
    }

    /// The last join is repeated in the same session, on a server that says more after all: what may be missing
    /// before it was told, unless pages are waited for.
    pub(super) fn joins_again_at_once(&mut self) {
        self.joined_before &= self.catching_up && (self.known.last_id.is_some() || self.has_baseline);
    }

    /// The conversation is joined on a server that says how far it is. Says whether a page is wanted.
    pub(super) fn joined(
        &mut self,
        answer: &Subscribed,
        epoch: Option<Epoch>,
        can_read: bool,
        told: &mut Vec<Told<P>>,
    ) -> bool {
        let Some(offset) = answer.offset else {
            return self.joined_silently(can_read, told);
        };
        let again = self.was_joined();
        // A server that is not as far as it was has numbered anew, whatever it calls its numbers.
        let same_epoch = self.epoch == epoch && self.asked_from().is_none_or(|asked| asked <= offset);
        if same_epoch && self.position().is_some_and(|position| answer.recovered || position >= offset) {
            self.catching_up = false;
            self.take_target();
            self.release_held(told);
            return false;
        }
        let is_first = self.position().is_none() && !again && !self.has_baseline && self.known.held.is_empty();
        if !is_first {
            self.catching_up = can_read;
            if !same_epoch {
                self.forget_numbers(epoch.clone(), told);
            }
            if can_read {
                self.known.target = Some(offset);
                self.known.has_unnumbered = false;
                return true;
            }
            self.gap(told);
        }
        self.give_up_to(offset, !is_first, told);
        self.epoch = epoch;
        self.catching_up = false;
        self.release_held(told);
        is_first && can_read
    }

    /// Whether what is known may not reach this join, which is now the last one. Where nobody said whether it was
    /// joined before, it was if anything came.
    fn was_joined(&mut self) -> bool {
        let was_unsure = std::mem::take(&mut self.given_up_unjoined);
        std::mem::replace(&mut self.joined_before, true) || (was_unsure && self.known.last_id.is_some())
    }
}
