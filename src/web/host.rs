//! What `src/js` does for the engine: one object, made by `src/js/host.js`.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

#[wasm_bindgen]
extern "C" {
    /// The JavaScript side of one client.
    #[derive(Clone)]
    pub type Host;

    /// Calls `tick` of the core.
    #[wasm_bindgen(method)]
    pub(super) fn wake(this: &Host);
    /// Calls `flush` of the core at the end of this turn.
    #[wasm_bindgen(method, js_name = flushSoon)]
    pub(super) fn flush_soon(this: &Host);
    /// What stands for a value with buffers in it, before those; nothing if there are none.
    #[wasm_bindgen(method)]
    pub(super) fn pack(this: &Host, value: &JsValue) -> Option<Array>;
    /// Looks for what `open` takes, with `firstFrame` and `credentials`; `dialled` of the core gets it.
    #[wasm_bindgen(method)]
    pub(super) fn dial(this: &Host, generation: u32, attempt: u32, code: Option<u16>, is_polled: bool);
    /// Opens a socket, or what stands in for one; `opened`, `receive` and `closed` of the core get what comes of it. Fails at
    /// once where the browser refuses the address.
    #[wasm_bindgen(method, catch)]
    pub(super) fn open(this: &Host, generation: u32, target: &JsValue) -> Result<WebSocket, JsValue>;
    /// Closes a socket, with a code or bare, of which nothing more is to come.
    #[wasm_bindgen(method)]
    pub(super) fn close(this: &Host, socket: &WebSocket, code: Option<u16>);
    /// Tries a socket beside what stands in for it.
    #[wasm_bindgen(method)]
    pub(super) fn upgrade(this: &Host, socket: &WebSocket);
    /// Reads a conversation. `fetched` of the core gets the reply to this and to what follows, unless it is called off.
    #[wasm_bindgen(method, js_name = readMessages)]
    pub(super) fn read_messages(this: &Host, request: u32, conversation: &str, after: Option<&str>, etag: Option<&str>);
    /// Reads older messages.
    #[wasm_bindgen(method, js_name = readBefore)]
    pub(super) fn read_before(this: &Host, request: u32, conversation: &str, before: &str, limit: u32);
    /// Reads the list.
    #[wasm_bindgen(method, js_name = readConversations)]
    pub(super) fn read_conversations(this: &Host, request: u32, etag: Option<&str>);
    /// Asks the address of the last dial by a plain GET.
    #[wasm_bindgen(method)]
    pub(super) fn probe(this: &Host, request: u32);
    /// Posts a message.
    #[wasm_bindgen(method)]
    pub(super) fn post(
        this: &Host,
        request: u32,
        conversation: &str,
        client_id: &str,
        content: &JsValue,
        keepalive: bool,
    );
    /// Calls a request off.
    #[wasm_bindgen(method)]
    pub(super) fn abort(this: &Host, request: u32);

    /// A `TalkwireError`.
    #[wasm_bindgen(method)]
    pub(super) fn error(this: &Host, code: &str, message: &str, retryable: bool) -> JsValue;
    /// Tells the listeners.
    #[wasm_bindgen(method)]
    pub(super) fn event(
        this: &Host,
        kind: &str,
        conversation: Option<&str>,
        data: &JsValue,
        whole: &JsValue,
        via: &str,
        late: bool,
    );
    /// Tells the listeners what went wrong.
    #[wasm_bindgen(method)]
    pub(super) fn report(this: &Host, error: &JsValue, conversation: Option<&str>);
    /// The express lane may take this conversation's messages.
    #[wasm_bindgen(method)]
    pub(super) fn want(this: &Host, slot: u32);
    /// The express lane need not know this conversation any more.
    #[wasm_bindgen(method)]
    pub(super) fn unwant(this: &Host, slot: u32);
    /// Tells the listeners that something could not be recovered.
    #[wasm_bindgen(method)]
    pub(super) fn lost(this: &Host, conversation: &str);
    /// The connection's snapshot.
    #[wasm_bindgen(method)]
    pub(super) fn connection(
        this: &Host,
        phase: &str,
        transport: Option<&str>,
        attempt: u32,
        retry_at: Option<f64>,
        error: &JsValue,
    );
    /// A message takes its place, or another's.
    #[wasm_bindgen(method)]
    pub(super) fn place(
        this: &Host,
        slot: u32,
        index: u32,
        replaces: bool,
        data: &JsValue,
        state: &str,
        client_id: Option<&str>,
        draft: bool,
    );
    /// A message's state.
    #[wasm_bindgen(method)]
    pub(super) fn state(this: &Host, slot: u32, index: u32, state: &str);
    /// Messages go.
    #[wasm_bindgen(method)]
    pub(super) fn remove(this: &Host, slot: u32, index: u32, count: u32);
    /// A conversation's own state.
    #[wasm_bindgen(method)]
    pub(super) fn status(this: &Host, slot: u32, status: &str, error: &JsValue);
    /// Whether something is missing.
    #[wasm_bindgen(method)]
    pub(super) fn gap(this: &Host, slot: u32, has_gap: bool);
    /// Who types.
    #[wasm_bindgen(method)]
    pub(super) fn typing(this: &Host, slot: u32, user_ids: Array);
    /// Who is there.
    #[wasm_bindgen(method)]
    pub(super) fn presence(this: &Host, slot: u32, user_ids: Array);
    /// A conversation's data.
    #[wasm_bindgen(method)]
    pub(super) fn info(this: &Host, conversation: &str, data: &JsValue);
    /// The whole list.
    #[wasm_bindgen(method)]
    pub(super) fn list(this: &Host, conversations: Array);
    /// A conversation has been read.
    #[wasm_bindgen(method)]
    pub(super) fn read(this: &Host, conversation: &str);
    /// An agent's status.
    #[wasm_bindgen(method)]
    pub(super) fn agent(this: &Host, agent_id: &str, data: &JsValue);
    /// Who the server says this is.
    #[wasm_bindgen(method)]
    pub(super) fn identity(this: &Host, user_id: &str);
    /// A send's result.
    #[wasm_bindgen(method)]
    pub(super) fn settle(this: &Host, delivery: u32, status: &str, reason: Option<&str>, data: &JsValue);
    /// `loadBefore` came to its end.
    #[wasm_bindgen(method)]
    pub(super) fn loaded(this: &Host, slot: u32, error: &JsValue);
    /// A slot serves another conversation from now on.
    #[wasm_bindgen(method)]
    pub(super) fn forget(this: &Host, slot: u32);
    /// The client has ended.
    #[wasm_bindgen(method)]
    pub(super) fn ended(this: &Host);
}
