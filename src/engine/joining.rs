//! Who wants which conversation, and what the server has been told of it:
//! two sets, of which only the difference is ever sent.

use std::rc::Rc;

use crate::protocol::frame::Features;
use crate::protocol::{Outgoing, Subscribed};

use super::Payload;
use super::asked::{Asked, Subscribe};
use super::client::Client;
use super::conversation::Join;
use super::effect::Effect;
use super::error::{Error, ErrorCode};
use super::input::{Holder, Slot};
use super::time::Timestamp;
use super::timers::Timer;

/// A subscribe that is not answered has been heard after this time, at the latest.
const SETTLING_MS: u64 = 1_000;
/// Unanswered subscribes of one conversation in a row after which the whole session is doubted.
const MAX_UNANSWERED: u32 = 3;
const REJOIN_MIN_MS: u64 = 500;
const REJOIN_MAX_MS: u64 = 20_000;

impl<P: Payload> Client<P> {
    pub(super) fn hold(&mut self, slot: Slot, holder: Holder) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let was_wanted = conversation.is_wanted();
        conversation.hold(holder);
        conversation.is_lingering = false;
        if !was_wanted {
            self.cx.wish(Effect::Want(slot));
        }
        self.cx.timers.clear(Timer::Linger(slot));
        self.auto_connect();
        self.sync(slot);
        self.poll_if_alone(slot);
    }

    pub(super) fn unhold(&mut self, slot: Slot, holder: Holder) {
        let linger_ms = self.cx.config.linger_ms;
        let has_session = self.connectivity.session.is_some();
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let was_held = conversation.is_held();
        conversation.unhold(holder);
        if !was_held || conversation.is_held() || conversation.is_lingering {
            return;
        }
        conversation.is_lingering = true;
        if has_session {
            self.cx.wake_in(Timer::Linger(slot), linger_ms);
        }
    }

    pub(super) fn unhold_all(&mut self, holder: Holder) {
        for slot in self.conversations.slots() {
            self.unhold(slot, holder);
        }
    }

    pub(super) fn lingered(&mut self, slot: Slot) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        conversation.is_lingering = false;
        conversation.forgive();
        self.cx.wish(Effect::Unwant(slot));
        self.cx.timers.clear(Timer::PollThread(slot));
        self.cx.timers.clear(Timer::Rejoin(slot));
        self.sync(slot);
        self.forget_typing(slot);
        self.cx.timers.clear(Timer::Hole(slot));
        self.conversations.rest(slot);
        self.forget_rested();
    }

    /// Brings all conversations in line, one at a time: what it takes to tell of very many at once would never be given
    /// back.
    pub(super) fn sync_all(&mut self) {
        self.unsynced = Some(self.conversations.slots());
    }

    /// Goes on with that; what waits to be sent follows the last. False if there was nothing to do.
    pub(super) fn sync_next(&mut self) -> bool {
        let Some(unsynced) = &mut self.unsynced else {
            return false;
        };
        if let Some(slot) = unsynced.next() {
            self.sync(slot);
        } else {
            self.unsynced = None;
            self.pump();
        }
        true
    }

    /// Ends it.
    pub(super) fn sync_rest(&mut self) {
        while self.sync_next() {}
    }

    /// Sends the difference between what is wanted and what this session's server knows.
    pub(super) fn sync(&mut self, slot: Slot) {
        if let Some(session) = &self.connectivity.session {
            let (generation, features) = (session.generation, session.features);
            self.sync_with(slot, generation, features);
        }
        self.refresh_status(slot);
    }

    fn sync_with(&mut self, slot: Slot, generation: u32, features: Features) {
        let answers = self.connectivity.answers.subscribe;
        let is_answered = expects_answers(features, answers);
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        match (conversation.is_wanted(), conversation.join) {
            (true, Join::Out | Join::Interrupted | Join::Unsure) => self.ask_to_join(slot, generation, features),
            (false, Join::Asked | Join::Unsure | Join::In) => {
                if conversation.join != Join::In {
                    conversation.timeline.give_up_unjoined();
                }
                conversation.join = Join::Out;
                if let Some(conversation) = self.conversation_id(slot) {
                    self.transmit(generation, vec![Outgoing::Unsubscribe { conversation }]);
                }
            }
            (false, Join::Refused) => conversation.join = Join::Out,
            (true, Join::Asked | Join::In | Join::Refused) | (false, Join::Out | Join::Interrupted) => {}
        }
        if is_answered && self.is_unsure(answers) {
            self.tell_missing_before(slot);
        }
    }

    /// The server has answered a subscribe. False if the answer is to something else.
    pub(super) fn subscribed(&mut self, answer: &Subscribed) -> bool {
        let Some(slot) = self.find_asked(answer.reply_to) else {
            return false;
        };
        let can_read = self.cx.config.polling.messages;
        if self.asked.epoch.as_deref() != answer.epoch.as_ref() {
            self.asked.epoch = answer.epoch.clone().map(Rc::new);
        }
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return false;
        };
        self.connectivity.answers.subscribe = Some(true);
        conversation.join = Join::In;
        conversation.forgive();
        let mut told = Vec::new();
        let wants_page = conversation.timeline.joined(answer, self.asked.epoch.clone(), can_read, &mut told);
        if answer.recovered {
            self.cx.stats.recovered += 1;
        }
        self.joined(slot, told, wants_page);
        self.refresh_status(slot);
        true
    }

    /// The server has refused a subscribe. False if the refusal is about something else.
    pub(super) fn join_refused(&mut self, reply_to: Option<u32>, error: &Error) -> bool {
        let Some(slot) = self.find_asked(reply_to) else {
            return false;
        };
        self.fail_join(slot, error.clone());
        true
    }

    /// Subscribes that were not answered in time are sent again; when that goes on, the session is doubted.
    pub(super) fn joins_overdue(&mut self) {
        let now = self.cx.now;
        if self.is_unsure(self.connectivity.answers.subscribe) {
            return self.learn_silent_joins();
        }
        if let Some(recheck_at) = self.doubt_unanswered(self.next_join_due()) {
            self.asked.put_off(recheck_at);
            self.cx.timers.set(Timer::JoinAnswer, recheck_at);
            return;
        }
        for slot in self.conversations.slots() {
            if self.join_due(slot).is_none_or(|due| due > now) {
                continue;
            }
            self.fail_join(slot, Error::passing(ErrorCode::Silent, "a subscribe was not answered"));
            let conversation = self.conversations.at(slot);
            if conversation.is_some_and(|conversation| conversation.extra.unanswered >= MAX_UNANSWERED) {
                self.session_is_silent("subscribes are not answered");
                return;
            }
        }
        let next_due = self.next_join_due();
        self.asked.keep_from(next_due);
        if let Some(due) = next_due {
            self.cx.timers.set(Timer::JoinAnswer, due);
        }
    }

    /// Nobody who wrote this server has it answer subscribes: they count when they are sent.
    fn learn_silent_joins(&mut self) {
        self.connectivity.answers.subscribe = Some(false);
        self.asked = Asked::default();
        for slot in self.conversations.slots() {
            if let Some(conversation) = self.conversations.at_mut(slot)
                && conversation.join == Join::Asked
            {
                conversation.join = Join::In;
                conversation.forgive();
                self.joined_silently(slot);
                self.refresh_status(slot);
            }
        }
    }

    /// The last session goes on, or not: what was joined in it still is, or is no more.
    pub(super) fn recover_joins(&mut self, is_recovered: bool) {
        for slot in self.conversations.slots() {
            if let Some(conversation) = self.conversations.at_mut(slot)
                && conversation.join == Join::Interrupted
            {
                conversation.join = if is_recovered { Join::In } else { Join::Out };
                self.cx.stats.recovered += u64::from(is_recovered);
            }
        }
    }

    /// A lost session leaves nothing confirmed.
    pub(super) fn forget_joins(&mut self) {
        self.asked = Asked::default();
        self.cx.timers.clear(Timer::JoinAnswer);
        for slot in self.conversations.slots() {
            self.cx.timers.clear(Timer::Linger(slot));
            self.cx.timers.clear(Timer::Rejoin(slot));
            if let Some(conversation) = self.conversations.at_mut(slot) {
                if matches!(conversation.join, Join::Asked | Join::Unsure) {
                    conversation.timeline.give_up_unjoined();
                }
                let is_joined = conversation.join == Join::In && !conversation.timeline.is_catching_up();
                conversation.join = if is_joined { Join::Interrupted } else { Join::Out };
                if let Some(extra) = conversation.extra.changed() {
                    extra.settles_at = None;
                    extra.unanswered = 0;
                }
                conversation.timeline.session_ended();
            }
        }
        self.sync_all();
    }

    /// Conversations whose last listener left while there was no session go on lingering now.
    pub(super) fn resume_lingering(&mut self) {
        for slot in self.conversations.slots() {
            if self.conversations.at(slot).is_some_and(|conversation| conversation.is_lingering) {
                self.cx.wake_in(Timer::Linger(slot), self.cx.config.linger_ms);
            }
        }
    }

    fn ask_to_join(&mut self, slot: Slot, generation: u32, features: Features) {
        let answers = self.connectivity.answers.subscribe;
        let reference = expects_answers(features, answers).then(|| self.cx.next_reference());
        let id = self.conversation_id(slot);
        let (Some(id), Some(conversation)) = (id, self.conversations.at_mut(slot)) else {
            return;
        };
        let cursor = conversation.timeline.ask_from().filter(|_| features.replay);
        if conversation.timeline.is_catching_up()
            && let Some(extra) = conversation.extra.changed()
        {
            // A page on its way may lack what is said before this join.
            extra.reader.again |= extra.reader.in_flight.is_some();
        }
        conversation.join = Join::In;
        if let Some(reference) = reference {
            (conversation.join, conversation.reference) = (Join::Asked, reference);
            let due = self.cx.now.after(self.ack_timeout_ms(features, answers));
            self.asked.push(Subscribe { reference, slot, due });
            self.cx.timers.set_earlier(Timer::JoinAnswer, due);
        }
        self.transmit(generation, vec![Outgoing::Subscribe { conversation: id, reference, cursor }]);
        if reference.is_none() {
            self.joined_silently(slot);
        }
    }

    /// What comes may come before the answer, or without one: what may be missing before it is told now.
    fn tell_missing_before(&mut self, slot: Slot) {
        let can_read = self.cx.config.polling.messages;
        let mut told = Vec::new();
        if let Some(conversation) = self.conversations.at_mut(slot)
            && conversation.join == Join::Asked
        {
            conversation.timeline.joins_unanswered(can_read, &mut told);
            conversation.forgive_reads();
        }
        self.tell(slot, told);
    }

    /// A server that does not answer has joined us, or will have in a moment.
    fn joined_silently(&mut self, slot: Slot) {
        let can_read = self.cx.config.polling.messages;
        let settles_at = self.cx.now.after(SETTLING_MS);
        let mut told = Vec::new();
        let mut wants_page = false;
        if let Some(conversation) = self.conversations.at_mut(slot) {
            wants_page = conversation.timeline.joined_silently(can_read, &mut told);
            if can_read {
                conversation.extra.settles_at = Some(settles_at);
            }
        }
        self.joined(slot, told, wants_page);
    }

    fn joined(&mut self, slot: Slot, told: Vec<super::timeline::Told<P>>, wants_page: bool) {
        self.tell(slot, told);
        self.watch_hole(slot);
        if self.conversations.at(slot).is_some_and(|conversation| conversation.extra.is_mending) {
            // What is missing comes after the answer, however late that was.
            self.cx.wake_in(Timer::Hole(slot), self.cx.config.outbox.ack_timeout_ms);
        }
        if wants_page {
            if let Some(conversation) = self.conversations.at_mut(slot) {
                conversation.forgive_reads();
            }
            self.want_read(slot);
        } else {
            self.schedule_read(slot);
        }
    }

    fn fail_join(&mut self, slot: Slot, error: Error) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let extra = &mut *conversation.extra;
        extra.join_failures = extra.join_failures.saturating_add(1);
        extra.unanswered = if error.code == ErrorCode::Silent { extra.unanswered + 1 } else { 0 };
        extra.error = Some(error.clone());
        let (join_failures, is_mending) = (extra.join_failures, extra.is_mending);
        if error.retryable {
            conversation.join = if error.code == ErrorCode::Silent { Join::Unsure } else { Join::Out };
            let span_ms = (REJOIN_MIN_MS << join_failures.min(6)).min(REJOIN_MAX_MS);
            let delay_ms = REJOIN_MIN_MS + self.cx.rng.up_to(span_ms - REJOIN_MIN_MS);
            self.cx.wake_in(Timer::Rejoin(slot), delay_ms);
        } else {
            conversation.join = Join::Refused;
        }
        if is_mending && self.cx.config.polling.messages {
            // What it was to bring may be there.
            self.want_read(slot);
        }
        self.report_in(Some(slot), error);
        self.refresh_status(slot);
    }

    fn next_join_due(&self) -> Option<Timestamp> {
        let mut next_due: Option<Timestamp> = None;
        for slot in self.conversations.slots() {
            if let Some(due) = self.join_due(slot) {
                next_due = Some(next_due.map_or(due, |next| next.min(due)));
            }
        }
        next_due
    }

    /// When the answer to the subscribe of a conversation is overdue, if one is awaited.
    fn join_due(&self, slot: Slot) -> Option<Timestamp> {
        let asked = self.conversations.at(slot).filter(|conversation| conversation.join == Join::Asked)?;
        self.asked.find(asked.reference).map(|one| one.due)
    }

    /// The conversation of the subscribe that this answers. An answer without a `ref` is to one from before a late `hello`.
    fn find_asked(&self, reply_to: Option<u32>) -> Option<Slot> {
        let one = self.asked.find(reply_to?)?;
        let conversation = self.conversations.at(one.slot)?;
        (conversation.join == Join::Asked && conversation.reference == one.reference).then_some(one.slot)
    }
}

/// Whether a subscribe is waited for.
fn expects_answers(features: Features, answers: Option<bool>) -> bool {
    features.replay || features.expects_acks(answers)
}
