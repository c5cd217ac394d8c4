//! Socket.IO: the same sessions in other words. What comes in is put into the frames of the `json` dialect, what goes
//! out is taken from them.

mod inbox;
mod words;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::Message;
use axum::extract::{Query, Request, State};
use axum::http::header::UPGRADE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::sink;
use serde::Deserialize;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, TryData};
use socketioxide::handler::{ConnectHandler, FromConnectParts, FromMessageParts};
use socketioxide::socket::Socket;
use socketioxide::{ParserConfig, SendError, SocketError, SocketIo};
use socketioxide_core::Value as Payload;
use tokio::time::sleep;

use crate::chat::Greeting;
use crate::server::{App, SERVICE_RESTART};
use crate::session::{self, AUTH_TIMEOUT, MAX_FRAME_BYTES, MAX_READ_BYTES};
use crate::tokens::Refusal;
use crate::upgrade::{Params, READ_BUFFER_BYTES, no_sockets};

use inbox::Inbox;
use words::Words;

const PATH: &str = "/socket.io";
/// What waits to be written beyond our own queue, which has the bound that counts.
const MAX_PACKETS: usize = 64;
/// How long a full connection is left alone.
const FULL_PAUSE: Duration = Duration::from_millis(5);

/// What answers at `/socket.io`, and the way to end it.
pub(crate) fn routes(app: &Arc<App>) -> (Router<Arc<App>>, SocketIo) {
    let (service, io) = SocketIo::builder()
        .req_path(PATH)
        .connect_timeout(AUTH_TIMEOUT)
        .max_buffer_size(MAX_PACKETS)
        .max_payload(MAX_FRAME_BYTES as u64)
        .ws_read_buffer_size(READ_BUFFER_BYTES)
        .ws_max_message_size(MAX_READ_BYTES)
        .ws_max_frame_size(MAX_READ_BYTES)
        .with_parser(ParserConfig::common().max_incoming_binary_buf_size(MAX_FRAME_BYTES))
        .build_svc();
    let (at_the_door, inside) = (Arc::clone(app), Arc::clone(app));
    let admit = move |Held(socket): Held, TryData(auth): TryData<Auth>| {
        let admitted = admit(&at_the_door, &socket, auth.unwrap_or_default());
        async move { admitted.map_err(Refusal::reason) }
    };
    let welcome = move |Held(socket): Held| serve(Arc::clone(&inside), socket);
    io.ns("/", welcome.with(admit));

    let routes = Router::new()
        .route_service(PATH, service.clone())
        .route_service(&format!("{PATH}/"), service)
        .route_layer(from_fn_with_state(Arc::clone(app), refuse_upgrades));
    (routes, io)
}

/// What a client says of itself when it connects.
#[derive(Default, Deserialize)]
struct Auth {
    token: Option<String>,
}

/// Somebody who was let in, until the session begins.
#[derive(Clone)]
struct Arrival {
    token: Option<String>,
    inbox: Inbox,
}

/// Who is refused here is told why by a CONNECT_ERROR.
fn admit(app: &App, socket: &Arc<Socket>, auth: Auth) -> Result<(), Refusal> {
    let request = socket.req_parts();
    if !app.origins.allow(&request.headers) {
        return Err(Refusal::Origin);
    }
    let in_query = || Query::<Params>::try_from_uri(&request.uri).ok()?.0.token;
    let token = auth.token.or_else(in_query).filter(|token| !token.is_empty());
    app.tokens.admit(token.as_deref())?;
    // Before the client knows that it is connected: what it says then must find somebody.
    let inbox = Inbox::of(socket);
    socket.extensions.insert(Arrival { token, inbox });
    Ok(())
}

async fn serve(app: Arc<App>, socket: Arc<Socket>) {
    let Some(Arrival { token, inbox }) = socket.extensions.remove::<Arrival>() else { return };
    let mut stream = Box::pin(inbox.clone().into_stream());
    let sink = Box::pin(sink::unfold((), move |(), message| write(Arc::clone(&socket), inbox.clone(), message)));
    let sessions = app.sessions.clone();
    sessions.track_future(session::run(app, sink, &mut stream, Ok(token), Greeting::WithoutList)).await;
}

async fn write(socket: Arc<Socket>, inbox: Inbox, message: Message) -> Result<(), SendError> {
    match message {
        Message::Text(text) => match words::of(&text) {
            Some(words) => say(&socket, &words).await,
            None => Ok(()),
        },
        // Engine.IO asks by itself, and ends what does not answer.
        Message::Ping(_) => {
            inbox.put(&socket, Message::Pong(Bytes::new()));
            Ok(())
        }
        Message::Close(frame) => {
            // At the end of the gateway the transport is closed, after which clients come back of themselves.
            if frame.is_none_or(|frame| frame.code != SERVICE_RESTART.0) {
                socket.disconnect()?;
            }
            Ok(())
        }
        Message::Binary(_) | Message::Pong(_) => Ok(()),
    }
}

/// Waits for room where there is none.
async fn say(socket: &Arc<Socket>, words: &Words) -> Result<(), SendError> {
    loop {
        let said = match words {
            Words::Event(name, data) => socket.emit(name, data),
            Words::Answer(number, data) => answer(socket, *number).send(data),
        };
        match said {
            Err(SendError::Socket(SocketError::InternalChannelFull)) => sleep(FULL_PAUSE).await,
            said => return said,
        }
    }
}

/// What answers this question of the client's; sending uses it up, so that each try needs its own.
fn answer(socket: &Arc<Socket>, number: i64) -> AckSender {
    let Ok(answer) = AckSender::from_message_parts(socket, &mut Payload::Bytes(Bytes::new()), &Some(number));
    answer
}

/// The socket itself, as what answers is made of it.
struct Held(Arc<Socket>);

impl FromConnectParts<LocalAdapter> for Held {
    type Error = Infallible;

    fn from_connect_parts(socket: &Arc<Socket>, _auth: &Option<Payload>) -> Result<Self, Infallible> {
        Ok(Self(Arc::clone(socket)))
    }
}

async fn refuse_upgrades(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !app.settings.websocket_enabled && request.headers().contains_key(UPGRADE) {
        return no_sockets().into_response();
    }
    next.run(request).await
}
