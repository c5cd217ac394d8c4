use serde_json::{Value, json};

use crate::server::{LEOS, MAYAS, Server, json_of};
use crate::socket::Socket;

#[tokio::test]
async fn are_acknowledged_and_echoed() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.subscribe(LEOS).await;
    say(&mut leo, LEOS, 5, "c1").await;
    let echo = leo.expect("message").await;
    let ack = leo.expect("ack").await;
    assert_eq!(ack["ref"], 5);
    assert_eq!(ack["data"], echo["data"]);
    let message = &ack["data"];
    assert_eq!(message["clientId"], "c1");
    assert_eq!(message["conversationId"], LEOS);
    assert_eq!(message["senderId"], "cust_leo");
    assert_eq!(message["senderName"], "Leo Martins");
    assert_eq!(message["role"], "customer");
    assert_eq!(message["content"], "Hello?");
    assert_eq!(message["offset"], 10);
    assert!(message["id"].as_str().unwrap().starts_with("msg_"));
    assert!(message["createdAt"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn posted_by_rest_reach_the_sockets() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.subscribe(LEOS).await;
    let stored = server.post(LEOS, "c1", "by REST").await;
    assert_eq!(leo.expect("message").await["data"], stored);
}

#[tokio::test]
async fn with_the_same_client_id_are_one() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.subscribe(LEOS).await;
    say(&mut leo, LEOS, 1, "c1").await;
    let first = leo.expect("ack").await;
    say(&mut leo, LEOS, 2, "c1").await;
    let second = leo.expect("ack").await;
    assert_eq!(second["data"], first["data"]);

    let path = format!("/api/conversations/{LEOS}/messages");
    let body = json!({ "clientId": "c1", "content": "Hello?" });
    let request = server.request(reqwest::Method::POST, &path).json(&body);
    let (status, twin) = json_of(request).await;
    assert_eq!(status, 200);
    assert_eq!(twin, first["data"]);
    assert!(leo.seen("message").await.is_empty());
    // In another conversation it is another message.
    assert_ne!(server.post(MAYAS, "c1", "Hello?").await["id"], first["data"]["id"]);
    // And no offset was used up.
    assert_eq!(server.post(LEOS, "c2", "next").await["offset"], 11);
}

#[tokio::test]
async fn of_objects_come_back_as_objects() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let content = json!({ "kind": "image", "url": "/a.png", "nested": [1, null, { "x": 1.5 }] });
    let data = json!({ "clientId": "c1", "content": content });
    leo.send(json!({ "type": "message", "conversationId": LEOS, "ref": 1, "data": data })).await;
    assert_eq!(leo.expect("ack").await["data"]["content"], content);
}

#[tokio::test]
async fn into_what_is_not_yours_are_refused() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    for (conversation_id, code) in [(MAYAS, "forbidden"), ("conv_none", "not-found")] {
        say(&mut leo, conversation_id, 9, "c1").await;
        let error = leo.expect("error").await;
        assert_eq!(error["code"], code);
        assert_eq!(error["ref"], 9);
    }
    let token = server.token("cust_leo").await;
    let path = format!("/api/conversations/{MAYAS}/messages");
    let post = server.request(reqwest::Method::POST, &path).bearer_auth(token);
    let (status, body) = json_of(post.json(&json!({ "content": "x" }))).await;
    assert_eq!((status.as_u16(), &body["code"]), (403, &json!("forbidden")));
}

#[tokio::test]
async fn of_no_content_are_refused() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    for content in [Value::Null, json!(""), json!(7), json!([])] {
        let data = json!({ "clientId": "c1", "content": content });
        leo.send(json!({ "type": "message", "conversationId": LEOS, "ref": 1, "data": data })).await;
        assert_eq!(leo.expect("error").await["code"], "wrong-shape");
    }
}

async fn say(socket: &mut Socket, conversation_id: &str, reference: i64, client_id: &str) {
    let data = json!({ "clientId": client_id, "content": "Hello?" });
    socket.send(json!({ "type": "message", "conversationId": conversation_id, "ref": reference, "data": data })).await;
}
