//! Facts in, wishes out: `handle`, then every effect, then the timer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::engine::{Client, DeliveryId, Input, Leave, Passed, PassedMessage, Passing, Slot};
use crate::protocol::read::text;
use crate::protocol::{Codec, Frame, Value};

use super::clock::Clock;
use super::dials::Dials;
use super::host::Host;
use super::payload::OwnId;
use super::settings;
use super::socket::Socket;
use super::timer::Timer;
use super::words;

/// Batches inside batches; deeper ones are no server's honest frame.
const MAX_DEPTH: u8 = 4;

/// The engine and everything it works through.
pub(super) struct Driver {
    pub(super) host: Host,
    pub(super) clock: Clock,
    pub(super) sockets: RefCell<Vec<Socket>>,
    pub(super) dials: Dials,
    engine: RefCell<Client<JsValue>>,
    timer: Timer,
    pub(super) will_flush: Cell<bool>,
    pub(super) codec: Codec,
    message_id: OwnId,
    /// The application's own ping, where it has one.
    pub(super) ping: Option<String>,
    is_draining: Cell<bool>,
}

impl Driver {
    pub(super) fn new(host: Host, words: &JsValue, numbers: &[f64]) -> Rc<Self> {
        let seed = (js_sys::Math::random() * u64::MAX as f64) as u64;
        let engine = Client::new(settings::read(words, numbers, seed));
        let codec = words::read(words);
        let message_id = OwnId::read(words.child("messageId"));
        Rc::new(Self {
            host,
            clock: Clock::new(),
            sockets: RefCell::default(),
            dials: Dials::default(),
            engine: RefCell::new(engine),
            timer: Timer::default(),
            will_flush: Cell::new(false),
            codec,
            message_id,
            ping: text(words, "ping"),
            is_draining: Cell::new(false),
        })
    }

    /// Takes in one fact and fulfils what follows. A listener that calls back in
    /// only adds to what the outermost call is fulfilling.
    pub(super) fn input(self: &Rc<Self>, input: Input<JsValue>) {
        let now = self.clock.now();
        self.engine.borrow_mut().handle(input, now);
        self.drain();
    }

    /// A frame as `JSON.parse` made it.
    pub(super) fn receive(self: &Rc<Self>, generation: u32, frame: JsValue) {
        self.receive_nested(generation, frame, 0);
    }

    pub(super) fn pass(&self, generation: u32, passing: &Passing<'_>) -> Option<Leave> {
        self.engine.borrow_mut().pass(generation, passing)
    }

    pub(super) fn followed(&self, messages: &[u32]) {
        let mut engine = self.engine.borrow_mut();
        for message in messages.chunks_exact(3) {
            if let [slot, first, second] = message {
                engine.followed(Slot(*slot), [*first, *second]);
            }
        }
    }

    pub(super) fn passed(
        self: &Rc<Self>,
        generation: u32,
        heard_at_ms: f64,
        unwanted: u32,
        messages: Vec<PassedMessage>,
    ) {
        let heard_at = self.clock.at(heard_at_ms);
        self.input(Input::Passed(Passed { generation, heard_at, unwanted, messages }));
    }

    pub(super) fn open(&self, id: &str) -> Slot {
        self.engine.borrow_mut().open_conversation(id)
    }

    pub(super) fn cancel(self: &Rc<Self>, delivery: DeliveryId) -> bool {
        let now = self.clock.now();
        let is_cancelled = self.engine.borrow_mut().cancel(delivery, now);
        self.drain();
        is_cancelled
    }

    /// Writes what has gathered for the sockets.
    pub(super) fn flush(&self) {
        self.will_flush.set(false);
        self.sockets.borrow().iter().for_each(Socket::flush);
    }

    pub(super) fn message_id(&self) -> &OwnId {
        &self.message_id
    }

    pub(super) fn dump(&self) -> JsValue {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        self.engine.borrow().dump().serialize(&serializer).unwrap_or(JsValue::NULL)
    }

    /// Lets go of what calls back by itself, without a word to the engine or to whoever awaits something.
    pub(super) fn let_go(&self) {
        self.timer.clear();
        self.sockets.take();
    }

    fn receive_nested(self: &Rc<Self>, generation: u32, frame: JsValue, depth: u8) {
        match self.codec.decode(frame, &self.message_id) {
            Ok(Frame::Batch(frames)) if depth < MAX_DEPTH => {
                for frame in frames {
                    self.receive_nested(generation, frame, depth + 1);
                }
            }
            Ok(frame) => self.input(Input::Frame { generation, frame }),
            Err(error) => self.input(Input::BadFrame { generation, detail: error.detail().into() }),
        }
    }

    fn drain(self: &Rc<Self>) {
        if self.is_draining.replace(true) {
            return;
        }
        loop {
            let effect = self.engine.borrow_mut().poll_effect();
            match effect {
                Some(effect) => self.perform(effect),
                None => break,
            }
        }
        self.is_draining.set(false);
        let now = self.clock.now();
        let deadline = self.engine.borrow().next_deadline().map(|at| self.clock.awake(at));
        let driver = Rc::downgrade(self);
        self.timer.set(deadline, self.clock.awake(now), move || {
            if let Some(driver) = driver.upgrade() {
                driver.timer.fired();
                driver.host.wake();
            }
        });
    }
}
