//! What a client has said and the session has not read yet, in its order: socketioxide runs handlers side by side.

use std::sync::Arc;

use axum::extract::ws::Message;
use futures_util::{Stream, stream};
use serde_json::Value;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{Data, Event};
use socketioxide::handler::{FromMessageParts, MessageHandler};
use socketioxide::socket::Socket;
use socketioxide_core::Value as Payload;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::words;

/// Who says more at once is disconnected.
const MAX_MESSAGES: usize = 1_024;

#[derive(Clone)]
pub(super) struct Inbox {
    sender: mpsc::Sender<Message>,
    receiver: Arc<Mutex<mpsc::Receiver<Message>>>,
    gone: CancellationToken,
}

impl Inbox {
    /// Takes all that is said on this socket from now on.
    pub(super) fn of(socket: &Socket) -> Self {
        let (sender, receiver) = mpsc::channel(MAX_MESSAGES);
        let gone = CancellationToken::new();
        let inbox = Self { sender, receiver: Arc::new(Mutex::new(receiver)), gone: gone.clone() };
        socket.on_fallback(inbox.clone());
        socket.on_disconnect(async move || gone.cancel());
        inbox
    }

    pub(super) fn put(&self, socket: &Arc<Socket>, message: Message) {
        if self.sender.try_send(message).is_err() {
            // Err: it is on its way out already.
            let _ = Arc::clone(socket).disconnect();
        }
    }

    /// Ends when the client is gone.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Message, axum::Error>> {
        stream::unfold(self, |inbox| async move {
            let mut receiver = inbox.receiver.lock().await;
            let message = tokio::select! {
                message = receiver.recv() => message,
                () = inbox.gone.cancelled() => None,
            };
            drop(receiver);
            message.map(|message| (Ok(message), inbox))
        })
    }
}

/// For socketioxide, which tells handlers apart by what they take.
pub(super) enum AllInOrder {}

impl MessageHandler<LocalAdapter, AllInOrder> for Inbox {
    fn call(&self, socket: Arc<Socket>, mut payload: Payload, number: Option<i64>) {
        let Ok(Event(event)) = Event::from_message_parts(&socket, &mut payload, &number) else { return };
        // What cannot be read, such as buffers, is answered as any other wrong shape.
        let data = Data::<Value>::from_message_parts(&socket, &mut payload, &number).map_or(Value::Null, |data| data.0);
        self.put(&socket, Message::text(words::frame(&event, data, number)));
    }
}
