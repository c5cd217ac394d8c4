//! One socket, from its upgrade to its close.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use axum::http::StatusCode;
use futures_util::{Sink, Stream, StreamExt};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::chat::Greeting;
use crate::clock::Timestamp;
use crate::connections::Connection;
use crate::failure::Failure;
use crate::frames::{FEATURES, Incoming, Outgoing, Regarding, decode, parse};
use crate::gateway::Cursor;
use crate::model::new_id;
use crate::send_queue::SendQueue;
use crate::server::{App, SERVICE_RESTART};
use crate::tokens::{Admission, Refusal};

/// A larger frame ends the session, with 1009.
pub(crate) const MAX_FRAME_BYTES: usize = 256 * 1024;
/// Frames up to here are read to their end, so that the sender is there to be told of the 1009.
pub(crate) const MAX_READ_BYTES: usize = 4 * 1024 * 1024;
pub(crate) const AUTH_TIMEOUT: Duration = Duration::from_secs(10);
/// After this silence the peer is asked whether it is there; after as much again it is not.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) mod close {
    pub(crate) const NORMAL: u16 = 1000;
    pub(super) const TOO_BIG: u16 = 1009;
    pub(super) const INTERNAL: u16 = 1011;
}

/// Serves a socket. `token`: what came with the upgrade.
pub(crate) async fn serve(app: Arc<App>, socket: WebSocket, token: Result<Option<String>, Refusal>) {
    let (sink, mut stream) = socket.split();
    run(app, sink, &mut stream, token, Greeting::WithList).await;
    // The peer has to read our close before its socket vanishes, so its own is waited for.
    let _ = timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = stream.next().await {} }).await;
}

/// A session over whatever carries frames both ways.
pub(crate) async fn run(
    app: Arc<App>,
    sink: impl Sink<Message> + Unpin,
    stream: &mut (impl Stream<Item = Result<Message, axum::Error>> + Unpin),
    token: Result<Option<String>, Refusal>,
    greeting: Greeting,
) {
    let queue = Arc::new(SendQueue::default());
    let mut session = Session { app, queue: Arc::clone(&queue), opened_at: Instant::now(), greeting, stay: None };
    {
        let mut writing = pin!(queue.write(sink));
        tokio::select! {
            () = session.converse(stream, token) => {
                queue.close(close::NORMAL, "");
                writing.await;
            }
            () = &mut writing => {}
        }
    }
    session.leave().await;
}

struct Session {
    app: Arc<App>,
    queue: Arc<SendQueue>,
    opened_at: Instant,
    greeting: Greeting,
    stay: Option<Stay>,
}

/// What a session has while somebody is admitted to it.
struct Stay {
    connection: Arc<Connection>,
    subscriptions: BTreeSet<String>,
    expires_at: Option<i64>,
}

impl Session {
    /// Returns when there is nothing more to be read.
    async fn converse(
        &mut self,
        stream: &mut (impl Stream<Item = Result<Message, axum::Error>> + Unpin),
        token: Result<Option<String>, Refusal>,
    ) {
        match token.and_then(|token| self.app.tokens.admit(token.as_deref())) {
            Ok(admission) => self.begin(admission).await,
            // The token may come in the first frame.
            Err(Refusal::Missing) => {}
            Err(refusal) => return self.refuse(refusal),
        }
        let mut asked = false;
        while !self.queue.is_closed() {
            let message = tokio::select! {
                (code, reason) = self.end() => return self.queue.close(code, reason),
                message = timeout(SILENCE_TIMEOUT, stream.next()) => message,
            };
            match message {
                Ok(Some(Ok(message))) => {
                    asked = false;
                    self.receive(message).await;
                }
                Ok(Some(Err(error))) => {
                    if is_too_big(error) {
                        self.refuse_size();
                    }
                    return;
                }
                Ok(None) => return,
                Err(_) if asked => return,
                Err(_) => {
                    asked = true;
                    self.queue.ping();
                }
            }
        }
    }

    async fn receive(&mut self, message: Message) {
        match message {
            Message::Text(text) if text.len() > MAX_FRAME_BYTES => self.refuse_size(),
            Message::Binary(bytes) if bytes.len() > MAX_FRAME_BYTES => self.refuse_size(),
            Message::Text(text) => self.receive_text(&text).await,
            Message::Binary(_) => {
                let failure = Failure { code: "binary", ..Failure::wrong_shape("frames are texts here") };
                self.queue.push(Regarding::default().error(&failure));
            }
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
        }
    }

    async fn receive_text(&mut self, text: &Utf8Bytes) {
        match parse(text) {
            Ok(frame) => {
                let (regarding, decoded) = decode(frame);
                match decoded {
                    Ok(Incoming::Batch { frames }) => {
                        for frame in frames {
                            let (regarding, decoded) = decode(frame);
                            self.answer(&regarding, decoded).await;
                        }
                    }
                    decoded => self.answer(&regarding, decoded).await,
                }
            }
            Err(failure) => self.queue.push(Regarding::default().error(&failure)),
        }
    }

    async fn answer(&mut self, regarding: &Regarding, frame: Result<Incoming, Failure>) {
        // Whoever asks for much is answered at the pace at which it reads.
        self.queue.has_room().await;
        if self.queue.is_closed() {
            return;
        }
        let answered = match frame {
            Ok(frame) => self.handle(regarding, frame).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = answered {
            self.queue.push(regarding.error(&failure));
        }
    }

    async fn handle(&mut self, regarding: &Regarding, frame: Incoming) -> Result<(), Failure> {
        if let Incoming::Auth { token } = frame {
            match self.app.tokens.admit(Some(&token)) {
                Ok(admission) => self.begin(admission).await,
                Err(refusal) => self.refuse(refusal),
            }
            return Ok(());
        }
        let Some(stay) = &mut self.stay else {
            self.refuse(Refusal::Missing);
            return Ok(());
        };
        let (chat, user) = (&self.app.chat, &stay.connection.user);
        match frame {
            Incoming::Hello { features } => {
                if features.iter().any(|feature| feature == "batch") {
                    self.queue.start_batching();
                }
            }
            Incoming::Ping => self.queue.push(Outgoing::Pong.encode()),
            Incoming::Subscribe { conversation_id, after, epoch } => {
                chat.check_access(user, &conversation_id).await?;
                let max = self.app.settings.max_subscriptions;
                if stay.subscriptions.len() >= max && !stay.subscriptions.contains(&conversation_id) {
                    return Err(too_many_subscriptions(max));
                }
                stay.subscriptions.insert(conversation_id.clone());
                let reference = regarding.reference.as_ref();
                let cursor = Cursor { after, epoch };
                let limit = self.app.settings.replay_limit;
                tracing::debug!(connection = stay.connection.id, conversation_id, "subscribed");
                chat.gateway.subscribe(&stay.connection, &conversation_id, reference, &cursor, limit).await?;
            }
            Incoming::Unsubscribe { conversation_id } => {
                tracing::debug!(connection = stay.connection.id, conversation_id, "unsubscribed");
                chat.gateway.unsubscribe(&stay.connection, &conversation_id).await;
                stay.subscriptions.remove(&conversation_id);
                self.acknowledge(regarding, None);
            }
            Incoming::Message { conversation_id, data } => {
                let posted = chat.post(user, &conversation_id, data).await?;
                self.acknowledge(regarding, Some(&posted.message));
            }
            Incoming::Typing { conversation_id, data } => {
                if !stay.subscriptions.contains(&conversation_id) {
                    chat.check_access(user, &conversation_id).await?;
                }
                let typist = Some(stay.connection.id);
                chat.gateway.relay_typing(&conversation_id, &user.id, data.is_typing, typist).await;
                self.acknowledge(regarding, None);
            }
            Incoming::Read { conversation_id, data } => {
                chat.mark_read(user, &conversation_id, &data.message_id).await?;
                self.acknowledge(regarding, None);
            }
            Incoming::Batch { .. } => return Err(Failure::wrong_shape("a batch inside a batch")),
            Incoming::Auth { .. } | Incoming::Unknown => {}
        }
        Ok(())
    }

    fn acknowledge(&self, regarding: &Regarding, data: Option<&crate::model::Message>) {
        if let Some(reference) = &regarding.reference {
            self.queue.push(Outgoing::Ack { reference, data }.encode());
        }
    }

    /// Starts the session, or starts it anew as somebody else.
    async fn begin(&mut self, admission: Admission) {
        self.leave().await;
        let Admission { user, expires_at } = admission;
        let connection = Arc::new(Connection::new(user, Arc::clone(&self.queue)));
        let subscriptions = BTreeSet::new();
        self.stay = Some(Stay { connection: Arc::clone(&connection), subscriptions, expires_at });
        tracing::info!(connection = connection.id, user = connection.user.id, "joined");

        let session = new_id("sess");
        connection.send(&Outgoing::Hello { features: &FEATURES, session: &session, user_id: &connection.user.id });
        if let Err(failure) = self.app.chat.welcome(&connection, self.greeting).await {
            tracing::error!(failure.message, "a session could not be started");
            self.queue.close(close::INTERNAL, "the gateway could not start the session");
        }
        if self.app.stop.is_cancelled() {
            let (code, reason) = SERVICE_RESTART;
            self.queue.close(code, reason);
        }
    }

    async fn leave(&mut self) {
        // Taken only at the end: a broken socket may stop this anywhere, and then it is done again.
        let Some(stay) = &self.stay else { return };
        let connection = &stay.connection;
        for conversation_id in &stay.subscriptions {
            self.app.chat.gateway.unsubscribe(connection, conversation_id).await;
        }
        self.app.chat.farewell(connection);
        tracing::info!(connection = connection.id, user = connection.user.id, "left");
        self.stay = None;
    }

    /// Resolves when the session has lasted as long as it may.
    async fn end(&self) -> (u16, &'static str) {
        let refusal = match &self.stay {
            None => {
                tokio::select! {
                    () = sleep_until(self.opened_at + AUTH_TIMEOUT) => Refusal::Missing,
                    () = self.app.stop.cancelled() => return SERVICE_RESTART,
                }
            }
            Some(Stay { expires_at: Some(at), .. }) => {
                let left_ms = (at * 1_000).saturating_sub(Timestamp::now().0);
                sleep(Duration::from_millis(u64::try_from(left_ms).unwrap_or(0))).await;
                Refusal::Expired
            }
            Some(Stay { expires_at: None, .. }) => std::future::pending().await,
        };
        (refusal.close_code(), refusal.reason())
    }

    fn refuse(&self, refusal: Refusal) {
        self.queue.close(refusal.close_code(), refusal.reason());
    }

    fn refuse_size(&self) {
        self.queue.close(close::TOO_BIG, "a frame may have 256 KiB");
    }
}

fn is_too_big(error: axum::Error) -> bool {
    error
        .into_inner()
        .downcast_ref::<tungstenite::Error>()
        .is_some_and(|error| matches!(error, tungstenite::Error::Capacity(_)))
}

fn too_many_subscriptions(max: usize) -> Failure {
    let message = format!("a connection may have {max} subscriptions");
    Failure::new(StatusCode::TOO_MANY_REQUESTS, "too-many-subscriptions", message)
}
