use serde_json::json;

use crate::server::{LEOS, Server};

#[tokio::test]
async fn answers_for_a_customer_who_is_not_there() {
    let server = Server::start_with(&["--bot=true"]).await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(LEOS).await;
    let data = json!({ "clientId": "c1", "content": "Has it arrived?" });
    ana.send(json!({ "type": "message", "conversationId": LEOS, "data": data })).await;
    assert_eq!(ana.expect("message").await["data"]["senderId"], "agent_ana");
    assert_eq!(ana.expect("typing").await["data"], json!({ "userId": "cust_leo", "isTyping": true }));
    assert_eq!(ana.expect("typing").await["data"], json!({ "userId": "cust_leo", "isTyping": false }));
    let answer = ana.expect("message").await;
    assert_eq!(answer["data"]["senderId"], "cust_leo");
    assert_eq!(answer["offset"], 11);
}

#[tokio::test]
async fn answers_a_customer_when_no_agent_is_there() {
    let server = Server::start_with(&["--bot=true"]).await;
    let mut leo = server.join("cust_leo").await;
    leo.subscribe(LEOS).await;
    let data = json!({ "clientId": "c1", "content": "Hello?" });
    leo.send(json!({ "type": "message", "conversationId": LEOS, "data": data })).await;
    leo.expect("message").await;
    let answer = leo.expect("message").await;
    assert_eq!(answer["data"]["role"], "agent");
    assert_ne!(answer["data"]["senderId"], "agent_ana");
}
