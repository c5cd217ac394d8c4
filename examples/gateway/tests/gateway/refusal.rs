use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::server::{Server, json_of};
use crate::socket::Socket;

const TOKEN_SECRET: &str = "--token-secret=a secret of at least some length";

#[tokio::test]
async fn a_bad_token_is_closed_with_4401() {
    let server = Server::start().await;
    let expired = server.token_for(&json!({ "userId": "cust_leo", "ttlSeconds": -5 })).await;
    let foreign = Server::start().await.token("cust_leo").await;
    for token in ["nonsense", &expired, &foreign] {
        let url = format!("ws://{}/?token={token}", server.address());
        assert_eq!(Socket::open(&url).await.close_code().await, 4401, "{token}");
    }
}

#[tokio::test]
async fn a_valid_token_that_allows_nothing_is_closed_with_4403() {
    let secret = "a secret of at least some length";
    let server = Server::start_with(&["--token-secret", secret]).await;
    let token = sign(&json!({ "sub": "x", "role": "robot", "exp": 4_000_000_000_u64 }), secret);
    let url = format!("ws://{}/?token={token}", server.address());
    assert_eq!(Socket::open(&url).await.close_code().await, 4403);
}

#[tokio::test]
async fn a_session_ends_with_its_token() {
    let server = Server::start().await;
    let token = server.token_for(&json!({ "userId": "cust_leo", "ttlSeconds": 2 })).await;
    let mut socket = Socket::open(&format!("ws://{}/?token={token}", server.address())).await;
    socket.expect("hello").await;
    assert_eq!(socket.close().await, (4401, "the token has expired".to_owned()));
}

#[tokio::test]
async fn whoever_talks_before_the_token_is_closed_with_4401() {
    let server = Server::start_with(&[TOKEN_SECRET]).await;
    let mut socket = Socket::open(&format!("ws://{}/", server.address())).await;
    socket.send(json!({ "type": "subscribe", "conversationId": "conv_parcel" })).await;
    assert_eq!(socket.close_code().await, 4401);
}

#[tokio::test]
async fn a_page_of_another_origin_is_closed_with_4403() {
    let server = Server::start_with(&["--cors-origin=https://chat.example"]).await;
    for (origin, is_allowed) in [
        ("https://chat.example".to_owned(), true),
        (format!("http://{}", server.address()), true),
        ("https://evil.example".to_owned(), false),
    ] {
        let mut request = format!("ws://{}/", server.address()).into_client_request().unwrap();
        request.headers_mut().insert("Origin", origin.parse().unwrap());
        let mut socket = Socket::open(request).await;
        if is_allowed {
            socket.expect("hello").await;
        } else {
            assert_eq!(socket.close_code().await, 4403);
        }
    }
}

#[tokio::test]
async fn rest_says_401() {
    let server = Server::start_with(&[TOKEN_SECRET]).await;
    let get = || server.request(reqwest::Method::GET, "/api/conversations");
    for request in [get(), get().bearer_auth("nonsense")] {
        let (status, body) = json_of(request).await;
        assert_eq!(status, 401);
        assert_eq!(body["code"], "unauthorized");
    }
    let token = server.token("cust_leo").await;
    assert_eq!(json_of(get().bearer_auth(token)).await.0, 200);
}

#[tokio::test]
async fn tokens_are_handed_out_only_in_development() {
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("--database-url=sqlite://{}/chat.db", folder.path().display());
    let settings = clap::Parser::parse_from(["talkwire-gateway", "--port=0", &url]);
    let gateway = talkwire_gateway::Gateway::start(settings).await.unwrap();
    let url = format!("http://{}/dev/token", gateway.addr());
    let request = reqwest::Client::new().post(url).json(&json!({ "userId": "x" }));
    assert_eq!(json_of(request).await.0, 404);
}

fn sign(claims: &serde_json::Value, secret: &str) -> String {
    let header = jsonwebtoken::Header::default();
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}
