//! One browser WebSocket, or what stands in for it, with its handlers; dropping it lets go of both.

use std::cell::RefCell;

use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{CloseEvent, WebSocket};

use crate::protocol::Batch;

use super::host::Host;

/// An owned socket.
pub(super) struct Socket {
    pub(super) generation: u32,
    socket: WebSocket,
    /// What goes with the beginning of a session.
    pub(super) credentials: String,
    /// What is to be written at the end of this turn.
    batch: RefCell<Batch>,
    _on_open: Closure<dyn FnMut()>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
    _guarded: [Function; 2],
}

impl Socket {
    /// Opens a socket. Fails at once where the browser refuses the address.
    pub(super) fn open(
        host: &Host,
        generation: u32,
        target: &JsValue,
        credentials: String,
        mut on_open: impl FnMut(&WebSocket) + 'static,
        on_close: impl FnMut(CloseEvent) + 'static,
    ) -> Result<Self, JsValue> {
        let socket = host.open(target)?;
        let opened = socket.clone();
        let on_open = Closure::<dyn FnMut()>::new(move || on_open(&opened));
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(on_close);
        let guarded = [host.guard(on_open.as_ref()), host.guard(on_close.as_ref())];
        socket.set_onopen(Some(&guarded[0]));
        socket.set_onclose(Some(&guarded[1]));
        socket.set_onmessage(Some(&host.receiver(generation)));
        let batch = RefCell::default();
        Ok(Self { generation, socket, credentials, batch, _on_open: on_open, _on_close: on_close, _guarded: guarded })
    }

    /// Takes one text frame, to be written with those that follow.
    pub(super) fn push(&self, text: String) {
        let full = self.batch.borrow_mut().push(text);
        self.write(full);
    }

    /// Writes what was taken.
    pub(super) fn flush(&self) {
        let packed = self.batch.borrow_mut().take();
        self.write(packed);
    }

    /// Writes one binary frame.
    pub(super) fn write_buffer(&self, buffer: &JsValue) {
        drop(self.socket.send_with_js_u8_array(&Uint8Array::new(buffer)));
    }

    /// Bytes that the browser has not written yet.
    pub(super) fn buffered_bytes(&self) -> usize {
        self.flush();
        self.socket.buffered_amount() as usize
    }

    /// Goes on over a real socket, if one opens.
    pub(super) fn upgrade(&self, host: &Host) {
        host.upgrade(&self.socket);
    }

    /// Closes with `code`; a bare close for `None`.
    pub(super) fn close(&self, code: Option<u16>) {
        self.flush();
        drop(match code {
            Some(code) => self.socket.close_with_code(code),
            None => self.socket.close(),
        });
    }

    /// A socket that is closing swallows what is written, and its close tells.
    fn write(&self, text: Option<String>) {
        if let Some(text) = text {
            drop(self.socket.send_with_str(&text));
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onclose(None);
        self.socket.set_onmessage(None);
        drop(self.socket.close());
    }
}
