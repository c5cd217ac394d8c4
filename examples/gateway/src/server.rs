//! A gateway from its start to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::get;
use socketioxide::SocketIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::trace::TraceLayer;
use tracing::{Span, info_span};

use crate::bot;
use crate::chat::Chat;
use crate::dev;
use crate::failure::Failure;
use crate::frames::Outgoing;
use crate::gateway::MessagesGateway;
use crate::origins::Origins;
use crate::pages;
use crate::rest;
use crate::seed;
use crate::settings::Settings;
use crate::socket_io;
use crate::store::Store;
use crate::tokens::Tokens;
use crate::upgrade;

/// Clients are asked to reconnect at a random moment within this time.
const DRAIN_WITHIN_MS: u64 = 1_000;
/// How long they are left to do so of themselves.
const DRAIN_GRACE: Duration = Duration::from_millis(500);
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);
/// The close code and the reason that every socket is given at the end.
pub(crate) const SERVICE_RESTART: (u16, &str) = (1012, "the gateway restarts");

/// A running gateway.
pub struct Gateway {
    app: Arc<App>,
    addr: SocketAddr,
    socket_io: SocketIo,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    bot: Option<JoinHandle<()>>,
}

/// What every request and every session works with.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) chat: Chat,
    pub(crate) tokens: Tokens,
    pub(crate) origins: Origins,
    pub(crate) sessions: TaskTracker,
    pub(crate) stop: CancellationToken,
}

impl Gateway {
    /// Opens the database, takes the port and serves in the background.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let origins = Origins::new(&settings).context("CORS_ORIGIN should be a list of origins")?;
        let store = Store::open(&settings.database_url()).await?;
        if settings.dev {
            seed::plant(&store).await?;
        }
        let secret = match settings.token_secret() {
            Some(secret) => secret.to_owned(),
            None => store.secret().await?,
        };
        let addr = SocketAddr::from((settings.host, settings.port));
        let listener = TcpListener::bind(addr).await.with_context(|| format!("cannot listen on {addr}"))?;
        let addr = listener.local_addr()?;

        let chat = Chat::new(store);
        let bot = (settings.dev && settings.bot).then(|| tokio::spawn(bot::run(chat.clone())));
        let stop = CancellationToken::new();
        let app = Arc::new(App {
            tokens: Tokens::new(&secret, settings.is_open()),
            settings,
            chat,
            origins,
            sessions: TaskTracker::new(),
            stop: stop.clone(),
        });
        let (socket_io_routes, socket_io) = socket_io::routes(&app);
        let serve = axum::serve(listener, routes(&app, socket_io_routes))
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        let serving = tokio::spawn(serve.into_future());
        Ok(Self { app, addr, socket_io, stop, serving, bot })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The way to say something from within.
    pub fn chat(&self) -> &Chat {
        &self.app.chat
    }

    /// The way to tell of something that was done elsewhere.
    pub fn messages(&self) -> &MessagesGateway {
        &self.app.chat.gateway
    }

    /// Takes no more connections, asks the sockets to go, then closes them and the database.
    pub async fn shutdown(self) {
        self.stop.cancel();
        if let Some(bot) = &self.bot {
            bot.abort();
        }
        let connections = &self.app.chat.gateway.connections;
        for connection in connections.all() {
            connection.send(&Outgoing::Drain { within_ms: DRAIN_WITHIN_MS });
        }
        if !connections.all().is_empty() {
            sleep(DRAIN_GRACE).await;
        }
        for connection in connections.all() {
            let (code, reason) = SERVICE_RESTART;
            connection.queue.close(code, reason);
        }
        self.app.sessions.close();
        let ended = timeout(SHUTDOWN_TIMEOUT, async {
            self.app.sessions.wait().await;
            self.socket_io.close().await;
            // Err: it was aborted, which ends it just as well.
            let _ = self.serving.await;
            self.app.chat.store.close().await;
        });
        if ended.await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

fn routes(app: &Arc<App>, socket_io: Router<Arc<App>>) -> Router {
    let settings = &app.settings;
    let mut routes = Router::new()
        .route("/", get(upgrade::socket_or_page))
        .route("/ws", get(upgrade::socket))
        .merge(socket_io)
        .merge(rest::routes())
        .merge(pages::routes(&settings.talkwire_root));
    if settings.dev {
        routes = routes.merge(dev::routes());
    }
    routes
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .layer(app.origins.cors())
        // What fails is logged where it fails.
        .layer(TraceLayer::new_for_http().make_span_with(span).on_failure(()))
        .with_state(Arc::clone(app))
}

/// Names the path alone: a query may hold a token.
fn span(request: &Request) -> Span {
    info_span!("http", method = %request.method(), path = request.uri().path())
}

async fn nothing() -> Failure {
    Failure::not_found("there is nothing here")
}

async fn not_so() -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this cannot be done here")
}
