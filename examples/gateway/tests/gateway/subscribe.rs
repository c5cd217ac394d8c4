use serde_json::json;

use crate::server::{LEOS, MAYAS, Server};

#[tokio::test]
async fn tells_the_position() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let subscribed = leo.subscribe_with(json!({ "conversationId": LEOS, "ref": 7 })).await;
    assert_eq!(subscribed["ref"], 7);
    assert_eq!(subscribed["conversationId"], LEOS);
    assert_eq!(subscribed["offset"], 9);
    assert_eq!(subscribed["recovered"], false);
    assert!(subscribed["epoch"].is_string());
    assert!(leo.seen("message").await.is_empty());
}

#[tokio::test]
async fn what_is_not_yours_is_forbidden() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.send(json!({ "type": "subscribe", "conversationId": MAYAS, "ref": 3 })).await;
    let error = leo.expect("error").await;
    assert_eq!(error["code"], "forbidden");
    assert_eq!(error["retryable"], false);
    assert_eq!(error["ref"], 3);
    assert_eq!(error["conversationId"], MAYAS);

    server.post(MAYAS, "c1", "not for Leo").await;
    assert!(leo.seen("message").await.is_empty());
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    ana.send(json!({ "type": "subscribe", "conversationId": "__proto__", "ref": "x" })).await;
    let error = ana.expect("error").await;
    assert_eq!(error["code"], "not-found");
    assert_eq!(error["ref"], "x");
}

#[tokio::test]
async fn has_a_limit() {
    let server = Server::start_with(&["--max-subscriptions=1"]).await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(LEOS).await;
    ana.send(json!({ "type": "subscribe", "conversationId": MAYAS })).await;
    assert_eq!(ana.expect("error").await["code"], "too-many-subscriptions");
    ana.subscribe(LEOS).await;
    ana.send(json!({ "type": "unsubscribe", "conversationId": LEOS })).await;
    ana.subscribe(MAYAS).await;
}

#[tokio::test]
async fn ends_with_unsubscribe() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(LEOS).await;
    ana.send(json!({ "type": "unsubscribe", "conversationId": LEOS })).await;
    ana.seen("message").await;
    server.post(LEOS, "c1", "unheard").await;
    assert!(ana.seen("message").await.is_empty());
}
