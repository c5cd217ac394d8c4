use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::server::Server;
use crate::socket::Socket;

const TOKEN_SECRET: &str = "--token-secret=a secret of at least some length";

#[tokio::test]
async fn is_the_first_frame_and_says_what_the_server_can_do() {
    let server = Server::start().await;
    let token = server.token("cust_leo").await;
    for path in ["/", "/ws"] {
        let url = format!("ws://{}{path}?token={token}", server.address());
        let hello = Socket::open(&url).await.next().await;
        assert_eq!(hello["type"], "hello");
        assert_eq!(hello["features"], json!(["ack", "replay", "batch", "ping", "list", "read"]));
        assert_eq!(hello["userId"], "cust_leo");
        assert!(hello["session"].is_string());
    }
}

#[tokio::test]
async fn greets_a_guest_where_the_gateway_is_open() {
    let server = Server::start().await;
    let hello = Socket::open(&format!("ws://{}/", server.address())).await.next().await;
    assert_eq!(hello["userId"], "guest");
}

#[tokio::test]
async fn waits_for_a_token_in_the_first_frame() {
    let server = Server::start_with(&[TOKEN_SECRET]).await;
    let token = server.token("cust_leo").await;
    let mut socket = Socket::open(&format!("ws://{}/", server.address())).await;
    socket.send(json!({ "type": "auth", "token": token })).await;
    assert_eq!(socket.next().await["userId"], "cust_leo");
}

#[tokio::test]
async fn a_guest_with_a_token_becomes_its_user() {
    let server = Server::start().await;
    let token = server.token("cust_leo").await;
    let mut socket = Socket::open(&format!("ws://{}/", server.address())).await;
    socket.send(json!({ "type": "auth", "token": token })).await;
    assert_eq!(socket.expect("hello").await["userId"], "guest");
    assert_eq!(socket.expect("hello").await["userId"], "cust_leo");
    socket.send(json!({ "type": "subscribe", "conversationId": "conv_refund" })).await;
    assert_eq!(socket.expect("error").await["code"], "forbidden");
}

#[tokio::test]
async fn takes_a_token_from_the_subprotocols() {
    let server = Server::start_with(&[TOKEN_SECRET]).await;
    let token = server.token("cust_leo").await;
    let encoded = base64_url(&token);
    let mut request = format!("ws://{}/", server.address()).into_client_request().unwrap();
    let offered = format!("talkwire.v1, talkwire.token.{encoded}");
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered.parse().unwrap());
    let mut socket = Socket::open(request).await;
    assert_eq!(socket.response.headers()["Sec-WebSocket-Protocol"], "talkwire.v1");
    assert_eq!(socket.next().await["userId"], "cust_leo");
}

#[tokio::test]
async fn a_ping_is_answered() {
    let server = Server::start().await;
    let mut socket = server.join("cust_leo").await;
    socket.send(json!({ "type": "ping" })).await;
    socket.expect("pong").await;
}

fn base64_url(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}
