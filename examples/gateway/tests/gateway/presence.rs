use serde_json::{Value, json};

use crate::server::{LEOS, Server};

#[tokio::test]
async fn follows_who_comes_and_goes() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(LEOS).await;
    assert_eq!(users(&ana.expect("presence").await), ["agent_ana"]);

    let mut leo = server.join("cust_leo").await;
    leo.subscribe(LEOS).await;
    assert_eq!(users(&leo.expect("presence").await), ["agent_ana", "cust_leo"]);
    assert_eq!(users(&ana.expect("presence").await), ["agent_ana", "cust_leo"]);

    leo.send(json!({ "type": "unsubscribe", "conversationId": LEOS })).await;
    assert_eq!(users(&ana.expect("presence").await), ["agent_ana"]);
    leo.subscribe(LEOS).await;
    ana.expect("presence").await;
    drop(leo);
    assert_eq!(users(&ana.expect("presence").await), ["agent_ana"]);
}

#[tokio::test]
async fn counts_a_user_with_two_tabs_once() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    let mut leo = server.join("cust_leo").await;
    let mut other_tab = server.join("cust_leo").await;
    ana.subscribe(LEOS).await;
    leo.subscribe(LEOS).await;
    assert_eq!(ana.seen("presence").await.len(), 2);

    other_tab.subscribe(LEOS).await;
    assert_eq!(users(&other_tab.expect("presence").await), ["agent_ana", "cust_leo"]);
    leo.send(json!({ "type": "unsubscribe", "conversationId": LEOS })).await;
    leo.seen("presence").await;
    assert!(ana.seen("presence").await.is_empty());
}

fn users(frame: &Value) -> Vec<&str> {
    frame["data"]["userIds"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}
