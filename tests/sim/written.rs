//! What a page writes: only what its server has offered, no earlier and no oftener than promised.

use talkwire::protocol::{Cursor, Outgoing};

use crate::json::Json;
use crate::page::Page;
use crate::watch::{Awaited, Question, TRUSTED_MS, Told, Watch};

/// While the browser says that there is no network, a session is believed for less long.
const OFFLINE_TRUSTED_MS: u64 = 5_000;

impl Page {
    /// Frames are being written.
    pub fn watch_written(&mut self, generation: u32, frames: &[Outgoing<Json>], is_batch: bool, now: u64) {
        let Some(socket) = self.sockets.get_mut(&generation) else {
            return;
        };
        let (features, heartbeat) = (socket.features, &self.config.heartbeat);
        let due = now + self.config.outbox.ack_timeout_ms;
        assert!(!is_batch || features.batch, "a batch was not offered");
        for frame in frames {
            match frame {
                Outgoing::Hello => assert!(features.batch),
                Outgoing::Connect | Outgoing::Answer { .. } => {}
                Outgoing::Subscribe { conversation, reference, cursor } => {
                    assert!(reference.is_none() || features.ack || features.replay, "answers were not offered");
                    assert!(cursor.is_none() || features.replay, "replay was not offered");
                    if features.replay {
                        self.watch.check_cursor(conversation, cursor.as_ref());
                    }
                    let question = Question::Join(conversation.clone());
                    self.watch.forget(&question);
                    // Where answers are up to whoever wrote the server, none is waited for in earnest.
                    if let Some(reference) = reference.as_ref().filter(|_| !features.unsure_acks) {
                        self.watch.awaited.insert(*reference, Awaited { generation, question, due });
                    }
                }
                Outgoing::Message { reference, client_id, .. } => {
                    assert!(reference.is_none() || features.ack, "acks were not offered");
                    let Some(reference) = reference.as_ref().filter(|_| !features.unsure_acks) else {
                        continue;
                    };
                    let answer = Awaited { generation, question: Question::Send(client_id.clone()), due };
                    let before = self.watch.awaited.insert(*reference, answer);
                    assert!(
                        before.is_none_or(|before| before.generation != generation || before.due <= now),
                        "{client_id} is sent again before its ack is overdue"
                    );
                }
                Outgoing::Request { .. } => assert!(features.ack, "answers were not offered"),
                Outgoing::Typing { conversation, is_typing } => {
                    assert!(self.watch.is_told == Told::Typing, "typing is never queued");
                    if *is_typing {
                        let before = self.watch.typing_told.insert(conversation.clone(), now);
                        let throttle_ms = self.config.typing_throttle_ms;
                        assert!(before.is_none_or(|at| now - at >= throttle_ms), "typing is told too often");
                    } else {
                        self.watch.typing_told.remove(conversation);
                    }
                }
                Outgoing::Read { .. } => assert!(features.read, "reading was not offered"),
                Outgoing::Ping => {
                    assert!(features.ping || heartbeat.custom_ping, "pings were not offered");
                    let trusted_ms = if self.watch.is_offline { OFFLINE_TRUSTED_MS } else { TRUSTED_MS };
                    let least_ms = trusted_ms.min(self.config.outbox.ack_timeout_ms).min(heartbeat.interval_ms);
                    let may_ask = match self.watch.is_told {
                        Told::Offline => true,
                        Told::ToWake => socket.may_be_replaced,
                        Told::Typing | Told::Connect | Told::Other => false,
                    };
                    let is_silent = now - socket.heard_at >= least_ms;
                    assert!(is_silent || may_ask, "a busy socket is asked: {socket:?} at {now}");
                    // What ran out while the machine slept counts for nothing.
                    if self.watch.is_overdue || socket.asked_at.is_none_or(|at| at + heartbeat.timeout_ms <= now) {
                        socket.asked_at = Some(now);
                    }
                    // The session itself is doubted: until it is heard, no answer of its is overdue.
                    self.watch.awaited.clear();
                }
                Outgoing::Unsubscribe { conversation } => {
                    self.watch.forget(&Question::Join(conversation.clone()));
                }
                Outgoing::Raw(_) | Outgoing::Pong => {}
            }
        }
    }
}

impl Watch {
    /// Whoever joins again goes on after the last message that was told.
    fn check_cursor(&self, conversation: &str, cursor: Option<&Cursor>) {
        let Some((epoch, told)) = self.told.get(conversation) else {
            return;
        };
        let goes_on = cursor.is_some_and(|cursor| cursor.epoch.as_deref() != Some(epoch) || cursor.offset >= *told);
        assert!(goes_on, "{conversation}: {told} of {epoch} was told, and it is asked for what follows {cursor:?}");
    }
}
