//! How each wish of the engine is fulfilled.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::engine::{Close, Edit, Effect, ErrorCode, Input, Outcome, Shown, Slot};
use crate::protocol::close_code::Verdict;
use crate::protocol::read::{count, text};
use crate::protocol::{Outgoing, Protocol, Value, socketio};

use super::driver::Driver;
use super::error::to_js;
use super::http;
use super::socket::Socket;

impl Driver {
    pub(super) fn perform(self: &Rc<Self>, effect: Effect<JsValue>) {
        let host = &self.host;
        match effect {
            Effect::Dial { generation, attempt, code, is_polled } => {
                self.dials.begin(generation);
                host.dial(generation, attempt, code, is_polled);
            }
            Effect::Upgrade { generation } => self.upgrade(generation),
            Effect::Transmit { generation, frames, batch } => self.transmit(generation, frames, batch),
            Effect::Measure { generation } => {
                let bytes = self.socket_bytes(generation);
                self.input(Input::Buffered { generation, bytes });
            }
            Effect::Hangup { generation, code } => self.hang_up(generation, code),
            Effect::Fetch(request, fetch) => http::fetch(host, request, &fetch),
            Effect::Abort(request) => host.abort(request.0),
            Effect::Event(event) => host.event(
                event.kind.name(),
                event.conversation.as_deref(),
                &event.data,
                &event.whole.unwrap_or(JsValue::UNDEFINED),
                event.via.name(),
                event.late,
            ),
            Effect::Report(error, conversation) => host.report(&to_js(host, Some(&error)), conversation.as_deref()),
            Effect::Connection(connection) => host.connection(
                connection.phase.name(),
                connection.transport.map(|transport| transport.name()),
                connection.attempt,
                connection.retry_at.map(|at| self.clock.wall_ms(at)),
                &to_js(host, connection.error.as_ref()),
            ),
            Effect::Edit(slot, edit) => self.edit(slot, edit),
            Effect::Info { conversation, data } => host.info(&conversation, &data),
            Effect::List(conversations) => host.list(conversations.into_iter().collect()),
            Effect::Read { conversation } => host.read(&conversation),
            Effect::Agent { agent_id, data } => host.agent(&agent_id, &data),
            Effect::Identity(user_id) => host.identity(&user_id),
            Effect::Want(slot) => host.want(slot.0),
            Effect::Unwant(slot) => host.unwant(slot.0),
            Effect::Gap(conversation) => host.lost(&conversation),
            Effect::Settle(delivery, outcome) => {
                let (status, reason, data) = match outcome {
                    Outcome::Acked(data) => ("acked", None, data.unwrap_or(JsValue::UNDEFINED)),
                    Outcome::Sent => ("sent", None, JsValue::UNDEFINED),
                    Outcome::Unanswered => ("sent", Some("no-ack"), JsValue::UNDEFINED),
                    Outcome::Dropped(why) => ("dropped", Some(why.name()), JsValue::UNDEFINED),
                    Outcome::Failed(error) => ("failed", None, to_js(host, Some(&error))),
                };
                host.settle(delivery.0, status, reason, &data);
            }
            Effect::Loaded(slot, error) => host.loaded(slot.0, &to_js(host, error.as_ref())),
            Effect::Forget(slot) => host.forget(slot.0),
            Effect::Ended => {
                self.let_go();
                host.ended();
            }
        }
    }

    /// A dial has come to its end: with what `open` takes, or with an error.
    pub(super) fn dialled(self: &Rc<Self>, generation: u32, result: JsValue, is_target: bool) {
        if !self.dials.end(generation) {
            return;
        }
        let opened = if is_target { self.open_socket(generation, &result) } else { Err(result) };
        if let Err(error) = opened {
            let detail = text(&error, "message").unwrap_or_default();
            let lasting = error.child("retryable").and_then(|retryable| retryable.flag()) == Some(false);
            let is_mixed = text(&error, "code").as_deref() == Some("mixed-content");
            let code = if is_mixed { ErrorCode::MixedContent } else { ErrorCode::DialFailed };
            self.input(Input::DialFailed { generation, code, detail, lasting });
        }
    }

    /// A socket is closed, by the other side or by what lies between.
    pub(super) fn closed(self: &Rc<Self>, generation: u32, code: u16, reason: String, verdict: Option<Verdict>) {
        let advice = js_sys::JSON::parse(&reason).ok();
        let retry_after_ms = advice.and_then(|advice| count(&advice, "retryAfterMs"));
        let close = Close { code, reason, verdict, retry_after_ms };
        drop(self.take_socket(generation));
        self.input(Input::Closed { generation, close });
    }

    fn open_socket(&self, generation: u32, target: &JsValue) -> Result<(), JsValue> {
        let credentials = text(target, "credentials").unwrap_or_default();
        let socket = Socket::open(&self.host, generation, target, credentials)?;
        self.sockets.borrow_mut().push(socket);
        Ok(())
    }

    fn transmit(&self, generation: u32, frames: Vec<Outgoing<JsValue>>, batch: bool) {
        let sockets = self.sockets.borrow();
        let Some(socket) = sockets.iter().find(|socket| socket.generation == generation) else {
            return;
        };
        for mut frame in frames {
            if self.codec.protocol == Protocol::SocketIo && self.transmit_packed(socket, &mut frame) {
                continue;
            }
            let text = match &frame {
                Outgoing::Ping => self.ping.clone().unwrap_or_else(|| self.codec.encode(&frame)),
                Outgoing::Connect => [self.codec.encode(&frame).as_str(), &socket.credentials].concat(),
                Outgoing::Hello
                | Outgoing::Answer { .. }
                | Outgoing::Subscribe { .. }
                | Outgoing::Unsubscribe { .. }
                | Outgoing::Message { .. }
                | Outgoing::Typing { .. }
                | Outgoing::Read { .. }
                | Outgoing::Request { .. }
                | Outgoing::Raw(_)
                | Outgoing::Pong => self.codec.encode(&frame),
            };
            socket.push(text);
            if !batch {
                socket.flush();
            }
        }
        if batch && !self.will_flush.replace(true) {
            self.host.flush_soon();
        }
    }

    /// Writes a frame with buffers in it, and those. False if there are none.
    fn transmit_packed(&self, socket: &Socket, frame: &mut Outgoing<JsValue>) -> bool {
        let Some(payload) = frame.payload_mut() else {
            return false;
        };
        let Some(packed) = self.host.pack(payload) else {
            return false;
        };
        *payload = packed.shift();
        socket.push(socketio::announce(&self.codec.encode(frame), packed.length()));
        socket.flush();
        packed.iter().for_each(|buffer| socket.write_buffer(buffer.unchecked_ref()));
        true
    }

    fn socket_bytes(&self, generation: u32) -> usize {
        let sockets = self.sockets.borrow();
        sockets.iter().find(|socket| socket.generation == generation).map_or(0, Socket::buffered_bytes)
    }

    fn upgrade(&self, generation: u32) {
        let sockets = self.sockets.borrow();
        if let Some(socket) = sockets.iter().find(|socket| socket.generation == generation) {
            socket.upgrade();
        }
    }

    fn hang_up(&self, generation: u32, code: Option<u16>) {
        self.dials.abort(generation);
        if let Some(socket) = self.take_socket(generation) {
            socket.close(code);
        }
    }

    fn take_socket(&self, generation: u32) -> Option<Socket> {
        let mut sockets = self.sockets.borrow_mut();
        let place = sockets.iter().position(|socket| socket.generation == generation)?;
        Some(sockets.swap_remove(place))
    }

    fn edit(&self, slot: Slot, edit: Edit<JsValue>) {
        let host = &self.host;
        let slot = slot.0;
        let place = |index: usize, replaces: bool, shown: Shown<JsValue>| {
            host.place(
                slot,
                index as u32,
                replaces,
                &shown.data,
                shown.state.name(),
                shown.client_id.as_deref(),
                shown.draft,
            );
        };
        match edit {
            Edit::Insert { index, message } => place(index, false, message),
            Edit::Replace { index, message } => place(index, true, message),
            Edit::State { index, state } => host.state(slot, index as u32, state.name()),
            Edit::Remove { index } => host.remove(slot, index as u32, 1),
            Edit::Trim { count } => host.remove(slot, 0, count as u32),
            Edit::Status { status, error } => host.status(slot, status.name(), &to_js(host, error.as_ref())),
            Edit::Gap(has_gap) => host.gap(slot, has_gap),
            Edit::Typing(user_ids) => host.typing(slot, user_ids.iter().map(|id| JsValue::from_str(id)).collect()),
            Edit::Presence(user_ids) => host.presence(slot, user_ids.iter().map(|id| JsValue::from_str(id)).collect()),
        }
    }
}
