use serde_json::json;

use crate::server::{LEOS, MAYAS, Server};

#[tokio::test]
async fn is_told_to_the_others() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let mut ana = server.join("agent_ana").await;
    leo.subscribe(LEOS).await;
    ana.subscribe(LEOS).await;
    leo.send(json!({ "type": "typing", "conversationId": LEOS, "data": { "isTyping": true } })).await;
    assert!(leo.seen("typing").await.is_empty());
    assert_eq!(
        ana.expect("typing").await,
        json!({ "type": "typing", "conversationId": LEOS, "data": { "userId": "cust_leo", "isTyping": true } })
    );
}

#[tokio::test]
async fn in_what_is_not_yours_is_forbidden() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(MAYAS).await;
    leo.send(json!({ "type": "typing", "conversationId": MAYAS, "data": { "isTyping": true } })).await;
    assert_eq!(leo.expect("error").await["code"], "forbidden");
    assert!(ana.seen("typing").await.is_empty());
}

#[tokio::test]
async fn can_be_emitted_by_the_server() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(LEOS).await;
    server.gateway().messages().emit_typing_indicator(LEOS, "cust_leo", false).await;
    assert_eq!(ana.expect("typing").await["data"], json!({ "userId": "cust_leo", "isTyping": false }));
}
