use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Server, json_of};

#[tokio::test]
async fn are_online_while_connected() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    assert!(leo.seen("agent").await.is_empty());
    let ana = server.join("agent_ana").await;
    assert_eq!(leo.expect("agent").await["data"], status("online"));
    let mut maya = server.join("cust_maya").await;
    assert_eq!(maya.expect("agent").await["data"], status("online"));
    drop(ana);
    assert_eq!(leo.expect("agent").await["data"], status("offline"));
}

#[tokio::test]
async fn say_how_they_are() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let token = server.token("agent_ana").await;
    let put = |status: &str| {
        let request = server.request(Method::PUT, "/api/agents/me/status").bearer_auth(&token);
        request.json(&json!({ "status": status }))
    };
    assert_eq!(json_of(put("away")).await.0, 200);
    assert_eq!(leo.expect("agent").await["data"], status("away"));
    assert_eq!(json_of(put("asleep")).await.0, 400);
    // It is remembered.
    let _ana = server.join("agent_ana").await;
    assert_eq!(leo.expect("agent").await["data"], status("away"));
}

#[tokio::test]
async fn are_not_customers() {
    let server = Server::start().await;
    let token = server.token("cust_leo").await;
    let put = server.request(Method::PUT, "/api/agents/me/status").bearer_auth(token);
    assert_eq!(json_of(put.json(&json!({ "status": "online" }))).await.0, 403);
}

fn status(status: &str) -> Value {
    json!({ "agentId": "agent_ana", "status": status })
}
