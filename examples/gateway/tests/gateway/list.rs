use serde_json::{Value, json};

use crate::server::{LEOS, MAYAS, Server, json_of};

#[tokio::test]
async fn comes_right_after_the_hello_the_most_recent_first() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    let mut listed = Vec::new();
    for _ in 0..5 {
        let frame = ana.next().await;
        assert_eq!(frame["type"], "conversation");
        listed.push(frame["conversationId"].clone());
    }
    assert_eq!(listed, ["conv_parcel", "conv_refund", "conv_upgrade", "conv_login", "conv_invoice"]);
    assert_eq!(ids(&server.json("/api/conversations").await), listed);
}

#[tokio::test]
async fn holds_what_the_user_may_see() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let frame = leo.expect("conversation").await;
    assert_eq!(frame["conversationId"], LEOS);
    let data = &frame["data"];
    assert_eq!(data["id"], LEOS);
    assert_eq!(data["title"], "Parcel has been in transit for a week");
    assert_eq!(data["status"], "open");
    assert_eq!(data["lastMessage"]["content"], "I can see it in the tracking now!");
    assert_eq!(data["unreadCount"], 0);
    assert!(leo.seen("conversation").await.is_empty());
    server.post(MAYAS, "c1", "not for Leo").await;
    assert!(leo.seen("conversation").await.is_empty());
}

#[tokio::test]
async fn changes_with_a_message_for_all_who_may_see_it() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let mut ana = server.join("agent_ana").await;
    ana.seen("conversation").await;
    leo.seen("conversation").await;
    let message = server.post(LEOS, "c1", "news").await;
    for socket in [&mut leo, &mut ana] {
        let data = socket.expect("conversation").await["data"].take();
        assert_eq!(data["lastMessage"], message);
    }
    let leos: Value = server.json_as("cust_leo", "/api/conversations").await;
    assert_eq!(leos["conversations"][0]["unreadCount"], 1);
}

#[tokio::test]
async fn counts_what_was_not_read() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    let mut other_tab = server.join("agent_ana").await;
    let mut leo = server.join("cust_leo").await;
    assert_eq!(ana.expect("conversation").await["data"]["unreadCount"], 1);
    other_tab.seen("conversation").await;
    leo.seen("conversation").await;

    let first = server.post(LEOS, "c1", "one").await;
    server.post(LEOS, "c2", "two").await;
    let seen = ana.seen("conversation").await;
    assert_eq!(seen.last().unwrap()["data"]["unreadCount"], 3);
    other_tab.seen("conversation").await;
    leo.seen("conversation").await;

    let data = json!({ "messageId": first["id"] });
    ana.send(json!({ "type": "read", "conversationId": LEOS, "data": data })).await;
    for tab in [&mut ana, &mut other_tab] {
        assert_eq!(tab.expect("conversation").await["data"]["unreadCount"], 1);
    }
    assert!(leo.seen("conversation").await.is_empty());
}

#[tokio::test]
async fn who_writes_has_read() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    ana.seen("conversation").await;
    let data = json!({ "clientId": "c1", "content": "On my way." });
    ana.send(json!({ "type": "message", "conversationId": LEOS, "data": data })).await;
    assert_eq!(ana.expect("conversation").await["data"]["unreadCount"], 0);
}

#[tokio::test]
async fn reading_what_is_not_there_is_an_error() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let data = json!({ "messageId": "msg_none" });
    leo.send(json!({ "type": "read", "conversationId": LEOS, "ref": 1, "data": data })).await;
    assert_eq!(leo.expect("error").await["code"], "not-found");
}

#[tokio::test]
async fn changes_with_title_and_status() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.seen("conversation").await;
    let path = format!("/api/conversations/{LEOS}");
    let patch = |body: Value| server.request(reqwest::Method::PATCH, &path).json(&body);
    let (status, changed) = json_of(patch(json!({ "status": "resolved", "title": "Found" }))).await;
    assert_eq!(status, 200);
    assert_eq!(changed["title"], "Found");
    let data = leo.expect("conversation").await["data"].take();
    assert_eq!((&data["title"], &data["status"]), (&json!("Found"), &json!("resolved")));

    let (status, body) = json_of(patch(json!({ "status": "burnt" }))).await;
    assert_eq!((status.as_u16(), &body["code"]), (400, &json!("wrong-shape")));
}

#[tokio::test]
async fn grows_with_a_new_conversation() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.seen("conversation").await;
    let id = server.new_conversation(&["cust_leo"]).await;
    assert_eq!(leo.expect("conversation").await["conversationId"], id.as_str());
    server.new_conversation(&["cust_maya"]).await;
    assert!(leo.seen("conversation").await.is_empty());
}

fn ids(list: &Value) -> Vec<Value> {
    let conversations = list["conversations"].as_array().unwrap();
    conversations.iter().map(|conversation| conversation["id"].clone()).collect()
}
