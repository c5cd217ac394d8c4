//! Servers whose answers are up to whoever wrote them: whether they come is learnt, and what gets none counts as sent.

use crate::protocol::frame::Features;

use super::Payload;
use super::client::Client;
use super::effect::{Outcome, State};
use super::input::Body;
use super::outbox::{Entry, Stage};

/// An answer that is not known to come has come after this time, at the latest.
const UNSURE_MS: u64 = 2_000;

impl<P: Payload> Client<P> {
    /// How long an answer may take, by what was learnt of such answers.
    pub(super) fn ack_timeout_ms(&self, features: Features, learnt: Option<bool>) -> u64 {
        let timeout_ms = self.cx.config.outbox.ack_timeout_ms;
        if features.unsure_acks && learnt.is_none() { timeout_ms.min(UNSURE_MS) } else { timeout_ms }
    }

    /// Whether nothing tells that such answers come.
    pub(super) fn is_unsure(&self, learnt: Option<bool>) -> bool {
        learnt != Some(true) && self.connectivity.has_unsure_acks
    }

    /// Nobody who wrote this server has it answer messages: they count as sent.
    pub(super) fn learn_silent_sends(&mut self) {
        self.connectivity.answers.message = Some(false);
        self.count_as_sent();
        self.arm_send_answer();
        self.pump();
    }

    /// What was written and may never be answered is not written twice.
    pub(super) fn count_as_sent(&mut self) {
        let is_written = |entry: &Entry<P>| matches!(entry.stage, Stage::Written { .. }) && !entry.is_request();
        for entry in self.outbox.take_all(&is_written) {
            self.sent(entry);
        }
    }

    /// A message that no answer is awaited for.
    pub(super) fn sent(&mut self, entry: Entry<P>) {
        if !entry.has_returned {
            self.outbox.echoes.expect(&entry.send, None);
        }
        let mut outcome = Outcome::Sent;
        if let Body::Message { slot, client_id, .. } = &entry.send.body {
            self.mark(*slot, client_id, State::Sent);
            if self.connectivity.answers.message == Some(false) {
                outcome = Outcome::Unanswered;
            }
        }
        self.settle(entry.send.delivery, outcome);
    }
}
