//! A gateway on a free port with a database of its own, and REST requests to it.

use std::path::Path;

use clap::Parser;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use talkwire_gateway::{Gateway, Settings};
use tempfile::TempDir;

use crate::socket::Socket;

/// Seeded conversations, and who takes part in them beside `agent_ana`.
pub(crate) const LEOS: &str = "conv_parcel";
pub(crate) const MAYAS: &str = "conv_refund";

pub(crate) struct Server {
    gateway: Gateway,
    http: Client,
    _folder: Option<TempDir>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With further flags than `--dev --bot=false`.
    pub(crate) async fn start_with(flags: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut server = Self::start_on(&folder.path().join("chat.db"), flags).await;
        server._folder = Some(folder);
        server
    }

    pub(crate) async fn start_on(database: &Path, flags: &[&str]) -> Self {
        let url = format!("--database-url=sqlite://{}", database.display());
        let common = ["talkwire-gateway", "--dev", "--port=0", "--bot=false", &url];
        let settings = Settings::parse_from(common.iter().chain(flags));
        let gateway = Gateway::start(settings).await.unwrap();
        Self { gateway, http: Client::new(), _folder: None }
    }

    pub(crate) fn address(&self) -> String {
        self.gateway.addr().to_string()
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    pub(crate) async fn shutdown(self) {
        self.gateway.shutdown().await;
    }

    /// A socket of this user, after the hello.
    pub(crate) async fn join(&self, user_id: &str) -> Socket {
        let token = self.token(user_id).await;
        let mut socket = Socket::open(&format!("ws://{}/?token={token}", self.address())).await;
        socket.expect("hello").await;
        socket
    }

    pub(crate) async fn token(&self, user_id: &str) -> String {
        self.token_for(&json!({ "userId": user_id })).await
    }

    pub(crate) async fn token_for(&self, body: &Value) -> String {
        let (status, reply) = json_of(self.request(Method::POST, "/dev/token").json(body)).await;
        assert_eq!(status, StatusCode::OK);
        reply["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address()))
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        json_of(self.request(Method::GET, path)).await.1
    }

    pub(crate) async fn json_as(&self, user_id: &str, path: &str) -> Value {
        let token = self.token(user_id).await;
        json_of(self.request(Method::GET, path).bearer_auth(token)).await.1
    }

    /// Posts a message as the guest agent.
    pub(crate) async fn post(&self, conversation_id: &str, client_id: &str, content: &str) -> Value {
        let path = format!("/api/conversations/{conversation_id}/messages");
        let body = json!({ "clientId": client_id, "content": content });
        let (status, message) = json_of(self.request(Method::POST, &path).json(&body)).await;
        assert!(status.is_success(), "{status} {message}");
        message
    }

    /// A conversation without messages.
    pub(crate) async fn new_conversation(&self, participant_ids: &[&str]) -> String {
        let body = json!({ "title": "A test", "participantIds": participant_ids });
        let request = self.request(Method::POST, "/api/conversations").json(&body);
        let (status, conversation) = json_of(request).await;
        assert_eq!(status, StatusCode::CREATED);
        conversation["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) async fn json_of(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or(Value::Null))
}
