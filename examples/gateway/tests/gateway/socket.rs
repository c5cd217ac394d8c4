//! A client that says and hears exactly what a test wants.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Response;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Long, because the machine may be busy; nothing waits for it in the good case.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) response: Response<Option<Vec<u8>>>,
}

impl Socket {
    pub(crate) async fn open(request: impl IntoClientRequest + Unpin) -> Self {
        let (stream, response) = connect_async(request).await.unwrap();
        Self { stream, response }
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_raw(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// The next frame, whatever it is.
    pub(crate) async fn next(&mut self) -> Value {
        match self.next_raw().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("a frame was expected, not {other:?}"),
        }
    }

    /// The next message of the socket; None at its end.
    pub(crate) async fn next_raw(&mut self) -> Option<Message> {
        loop {
            let next = timeout(PATIENCE, self.stream.next()).await.expect("nothing came");
            match next {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next frame of this type; others are passed over.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// All frames of this type that came before the answer to a ping sent now.
    pub(crate) async fn seen(&mut self, kind: &str) -> Vec<Value> {
        self.send(json!({ "type": "ping" })).await;
        let mut seen = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["type"] == "pong" {
                return seen;
            }
            if frame["type"] == kind {
                seen.push(frame);
            }
        }
    }

    pub(crate) async fn subscribe(&mut self, conversation_id: &str) -> Value {
        self.subscribe_with(json!({ "conversationId": conversation_id })).await
    }

    /// Subscribes with a cursor, and gives the answer.
    pub(crate) async fn subscribe_with(&mut self, mut frame: Value) -> Value {
        frame["type"] = "subscribe".into();
        self.send(frame).await;
        self.expect("subscribed").await
    }

    pub(crate) async fn close_code(&mut self) -> u16 {
        self.close().await.0
    }

    /// The code and the reason with which the server closes; frames are passed over.
    pub(crate) async fn close(&mut self) -> (u16, String) {
        loop {
            match self.next_raw().await {
                Some(Message::Close(Some(frame))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Message::Text(_)) => {}
                other => panic!("a close was expected, not {other:?}"),
            }
        }
    }
}
