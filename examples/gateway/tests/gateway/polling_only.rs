use reqwest::Method;
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;

use crate::server::{LEOS, Server};

#[tokio::test]
async fn refuses_upgrades_and_serves_all_else() {
    let server = Server::start_with(&["--websocket-enabled=false"]).await;
    for path in ["/", "/ws"] {
        match connect_async(format!("ws://{}{path}", server.address())).await {
            Err(Error::Http(response)) => {
                assert_eq!(response.status(), 503);
                let body = response.body().as_ref().map(|body| String::from_utf8_lossy(body));
                assert!(body.unwrap().contains(r#""code":"websocket-disabled""#));
            }
            other => panic!("a refusal was expected, not {other:?}"),
        }
    }
    assert_eq!(server.json("/health").await["websocket"], json!(false));
    let stored = server.post(LEOS, "c1", "by REST").await;
    let page = server.json(&format!("/api/conversations/{LEOS}/messages?after=9")).await;
    assert_eq!(page, json!({ "messages": [stored], "hasMore": false }));
}

#[tokio::test]
async fn health_says_whether_there_are_sockets() {
    let server = Server::start().await;
    let health = server.json("/health").await;
    assert_eq!((&health["status"], &health["websocket"]), (&json!("ok"), &json!(true)));
    let response = server.request(Method::GET, "/ws").send().await.unwrap();
    assert!(response.status().is_client_error());
}
