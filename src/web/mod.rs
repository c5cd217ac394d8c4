//! The browser: what `src/js` calls, and what it is asked to do. No policy here.

mod clock;
mod dials;
mod driver;
mod error;
mod host;
mod http;
mod payload;
mod perform;
mod settings;
mod socket;
mod timer;
mod words;

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::engine::{
    Body, DeliveryId, Holder, Input, Item, Leave, PassedMessage, Passing, RequestId, Slot, Submission,
};
use crate::protocol::close_code::Verdict;
use crate::protocol::{Protocol, dialect, message_keys};

use driver::Driver;
pub use host::Host;

/// A quarter of what the standard library's allocator weighs.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// One client, as `src/js/client.js` holds it.
#[wasm_bindgen]
pub struct Core(Rc<Driver>);

#[wasm_bindgen]
impl Core {
    /// A client that tells `host` what to do; `words` and `numbers` as `toConfig` of `src/js/config.js` gives them.
    #[wasm_bindgen(constructor)]
    pub fn new(host: Host, words: &JsValue, numbers: &[f64]) -> Self {
        Self(Driver::new(host, words, numbers))
    }

    /// Wants a session.
    pub fn connect(&self) {
        self.0.input(Input::Connect);
    }

    /// Wants none until it connects again.
    pub fn disconnect(&self) {
        self.0.input(Input::Disconnect);
    }

    /// What the page tells, as `src/js/page.js` names it.
    pub fn page(&self, fact: &str) {
        self.0.input(match fact {
            "online" => Input::Online,
            "offline" => Input::Offline,
            "pagehide" => Input::PageHide,
            "pageshow" => Input::PageShow,
            "resume" => Input::Resumed,
            seen => Input::Visibility { hidden: seen == "hidden" },
        });
    }

    /// The engine's next deadline has come.
    pub fn tick(&self) {
        self.0.input(Input::Tick);
    }

    /// Writes what has gathered for the sockets.
    pub fn flush(&self) {
        self.0.flush();
    }

    /// Ends everything.
    pub fn close(&self) {
        self.0.input(Input::Close);
    }

    /// One more user of a shared client.
    pub fn acquire(&self) {
        self.0.input(Input::Acquire);
    }

    /// One user fewer.
    pub fn release(&self) {
        self.0.input(Input::Release);
    }

    /// The slot of a conversation.
    pub fn open(&self, id: &str) -> u32 {
        self.0.open(id).0
    }

    /// A conversation is wanted.
    pub fn hold(&self, slot: u32, holder: u32) {
        self.0.input(Input::Hold(Slot(slot), Holder(holder)));
    }

    /// … no longer.
    pub fn unhold(&self, slot: u32, holder: u32) {
        self.0.input(Input::Unhold(Slot(slot), Holder(holder)));
    }

    /// Whatever this holder wanted is wanted no longer.
    #[wasm_bindgen(js_name = unholdAll)]
    pub fn unhold_all(&self, holder: u32) {
        self.0.input(Input::UnholdAll(Holder(holder)));
    }

    /// A page shows this conversation.
    pub fn view(&self, slot: u32) {
        self.0.input(Input::View(Slot(slot)));
    }

    /// Whether somebody looks at the list.
    #[wasm_bindgen(js_name = watchList)]
    pub fn watch_list(&self, watched: bool) {
        self.0.input(Input::WatchList(watched));
    }

    /// A message to a conversation.
    #[wasm_bindgen(js_name = sendMessage)]
    pub fn send_message(
        &self,
        delivery: u32,
        slot: u32,
        client_id: &str,
        content: JsValue,
        bytes: u32,
        waited_ms: f64,
    ) {
        let body = Body::Message { slot: Slot(slot), client_id: Rc::from(client_id), content };
        self.send(delivery, body, bytes, waited_ms);
    }

    /// A frame of the application's own.
    #[wasm_bindgen(js_name = sendRaw)]
    pub fn send_raw(&self, delivery: u32, frame: JsValue, bytes: u32, waited_ms: f64) {
        self.send(delivery, Body::Raw(frame), bytes, waited_ms);
    }

    /// A question that the server is to answer.
    pub fn request(&self, delivery: u32, event: &str, data: JsValue, bytes: u32, waited_ms: f64, timeout_ms: f64) {
        let body = Body::Request { event: Rc::from(event), data, timeout_ms: timeout_ms as u64 };
        self.send(delivery, body, bytes, waited_ms);
    }

    /// Takes back a send; false if it has left.
    pub fn cancel(&self, delivery: u32) -> bool {
        self.0.cancel(DeliveryId(delivery))
    }

    /// Sends a failed message again.
    pub fn retry(&self, slot: u32, client_id: &str, delivery: u32) {
        self.0.input(Input::Retry(Slot(slot), Rc::from(client_id), DeliveryId(delivery)));
    }

    /// Takes a failed message out.
    pub fn discard(&self, slot: u32, client_id: &str) {
        self.0.input(Input::Discard(Slot(slot), Rc::from(client_id)));
    }

    /// I type, or stopped.
    #[wasm_bindgen(js_name = setTyping)]
    pub fn set_typing(&self, slot: u32, is_typing: bool) {
        self.0.input(Input::Typing(Slot(slot), is_typing));
    }

    /// I have read what there is.
    #[wasm_bindgen(js_name = markRead)]
    pub fn mark_read(&self, slot: u32) {
        self.0.input(Input::MarkRead(Slot(slot)));
    }

    /// Older messages are wanted.
    #[wasm_bindgen(js_name = loadBefore)]
    pub fn load_before(&self, slot: u32, limit: u32) {
        self.0.input(Input::LoadBefore { slot: Slot(slot), limit });
    }

    /// Messages that a server rendered.
    pub fn hydrate(&self, slot: u32, messages: &Array) {
        let message_id = self.0.message_id();
        let items = messages.iter().map(|data| Item { keys: message_keys(&data, message_id), data });
        self.0.input(Input::Hydrate(Slot(slot), items.collect()));
    }

    /// A frame that `src/js/lane.js` has parsed.
    pub fn receive(&self, generation: u32, frame: JsValue) {
        self.0.receive(generation, frame);
    }

    /// The answer to a question of the server's.
    pub fn answer(&self, generation: u32, reference: u32, data: JsValue) {
        self.0.input(Input::Answer { generation, reference, data });
    }

    /// Whether the express lane may tell a message by itself: its number (less than 0: none), its numbering (empty: none),
    /// its id, and whether it carries its sender's id for it. The answer as `src/js/lane.js` has it.
    pub fn pass(&self, generation: u32, slot: u32, offset: f64, epoch: &str, id: &str, has_client_id: bool) -> u32 {
        let (slot, offset, epoch) = (Slot(slot), whole(offset), Some(epoch).filter(|epoch| !epoch.is_empty()));
        match self.0.pass(generation, &Passing { slot, offset, epoch, id, has_client_id }) {
            None => 0,
            Some(Leave::One) => 1,
            Some(Leave::LaterIds) => 2,
            Some(Leave::NextNumbers) => 3,
        }
    }

    /// What the express lane told under leave that was given before, in order: of each message its slot, and the two
    /// hashes of its id.
    pub fn followed(&self, messages: &[u32]) {
        self.0.followed(messages);
    }

    /// What the engine is to know of what it told: the slot and the number (less than 0: none) of each message in turn, and
    /// its id; `heard_at_ms` is a moment of `performance.now()`.
    pub fn passed(&self, generation: u32, heard_at_ms: f64, unwanted: u32, numbers: &[f64], ids: &Array) {
        let mut messages = Vec::new();
        for (numbers, id) in numbers.chunks_exact(2).zip(ids.iter()) {
            if let ([slot, offset], Some(id)) = (numbers, id.as_string()) {
                messages.push(PassedMessage { slot: Slot(*slot as u32), offset: whole(*offset), id: id.into() });
            }
        }
        self.0.passed(generation, heard_at_ms, unwanted, messages);
    }

    /// What became of a dial: what is to be opened, or an error.
    pub fn dialled(&self, generation: u32, result: JsValue, is_target: bool) {
        self.0.dialled(generation, result, is_target);
    }

    /// A socket is open.
    pub fn opened(&self, generation: u32) {
        self.0.input(Input::Opened { generation });
    }

    /// A socket is closed; `verdict` is the application's, as `src/js/host.js` has it.
    pub fn closed(&self, generation: u32, code: u16, reason: String, verdict: u32) {
        let verdict = match verdict {
            1 => Some(Verdict::Retry),
            2 => Some(Verdict::RefreshToken),
            3 => Some(Verdict::Stop),
            _ => None,
        };
        self.0.closed(generation, code, reason, verdict);
    }

    /// The reply to a request.
    pub fn fetched(&self, request: u32, reply: &JsValue) {
        self.0.input(Input::Fetched(RequestId(request), http::read(reply, self.0.message_id())));
    }

    /// Something came that `src/js/lane.js` cannot parse.
    #[wasm_bindgen(js_name = receiveBad)]
    pub fn receive_bad(&self, generation: u32, detail: String, text: &str) {
        let dialect = match self.0.codec.protocol {
            Protocol::Json | Protocol::Nest => dialect::recognize(text),
            Protocol::SocketIo => dialect::recognize_json(text),
        };
        self.0.input(match dialect {
            Some(dialect) => Input::OtherDialect { generation, dialect },
            None => Input::BadFrame { generation, detail },
        });
    }

    /// The counters and the last transitions.
    pub fn dump(&self) -> JsValue {
        self.0.dump()
    }

    /// After a trap: nothing calls back any more.
    #[wasm_bindgen(js_name = letGo)]
    pub fn let_go(&self) {
        self.0.let_go();
    }

    fn send(&self, delivery: u32, body: Body<JsValue>, bytes: u32, waited_ms: f64) {
        let (delivery, bytes, waited_ms) = (DeliveryId(delivery), bytes as usize, waited_ms as u64);
        self.0.input(Input::Send(Submission { delivery, body, bytes, waited_ms }));
    }
}

fn whole(number: f64) -> Option<u64> {
    (number >= 0.0).then_some(number as u64)
}
