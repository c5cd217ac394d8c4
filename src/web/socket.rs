//! One browser WebSocket, or what stands in for it; dropping it closes it.

use std::cell::RefCell;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use crate::protocol::Batch;

use super::host::Host;

/// An owned socket.
pub(super) struct Socket {
    pub(super) generation: u32,
    /// What goes with the beginning of a session.
    pub(super) credentials: String,
    host: Host,
    socket: WebSocket,
    /// What is to be written at the end of this turn.
    batch: RefCell<Batch>,
    /// What it is closed with.
    code: Option<u16>,
}

impl Socket {
    /// Opens a socket. Fails at once where the browser refuses the address.
    pub(super) fn open(host: &Host, generation: u32, target: &JsValue, credentials: String) -> Result<Self, JsValue> {
        let socket = host.open(generation, target)?;
        Ok(Self { generation, credentials, host: host.clone(), socket, batch: RefCell::default(), code: None })
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
    pub(super) fn write_buffer(&self, buffer: &Uint8Array) {
        drop(self.socket.send_with_js_u8_array(buffer));
    }

    /// Bytes that the browser has not written yet.
    pub(super) fn buffered_bytes(&self) -> usize {
        self.flush();
        self.socket.buffered_amount() as usize
    }

    /// Goes on over a real socket, if one opens.
    pub(super) fn upgrade(&self) {
        self.host.upgrade(&self.socket);
    }

    /// Closes with `code`; a bare close for `None`.
    pub(super) fn close(mut self, code: Option<u16>) {
        self.flush();
        self.code = code;
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
        self.host.close(&self.socket, self.code);
    }
}
