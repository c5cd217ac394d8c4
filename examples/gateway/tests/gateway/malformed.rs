use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::server::{LEOS, Server};

#[tokio::test]
async fn frames_are_answered_and_the_session_goes_on() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let deep = "[".repeat(100_000);
    for (text, code) in [
        ("", "malformed-json"),
        ("{\"type\":", "malformed-json"),
        (&deep, "malformed-json"),
        ("[]", "wrong-shape"),
        ("null", "wrong-shape"),
        ("{}", "wrong-shape"),
        (r#"{"type":null}"#, "wrong-shape"),
        (r#"{"type":"dance"}"#, "unknown-type"),
        (r#"{"type":"subscribe"}"#, "wrong-shape"),
        (r#"{"type":"subscribe","conversationId":7}"#, "wrong-shape"),
        (r#"{"type":"message","conversationId":"conv_parcel"}"#, "wrong-shape"),
        (r#"{"type":"typing","conversationId":"conv_parcel","data":{"isTyping":"yes"}}"#, "wrong-shape"),
        (r#"{"type":"batch","frames":[{"type":"batch","frames":[]}]}"#, "wrong-shape"),
        (r#"{"type":"batch","frames":["ping"]}"#, "wrong-shape"),
    ] {
        leo.send_raw(Message::text(text)).await;
        let error = leo.expect("error").await;
        assert_eq!(error["code"], code, "{text}");
        assert_eq!(error["retryable"], false);
        assert!(error["message"].is_string());
    }
    leo.send_raw(Message::binary([1, 2, 3].as_slice())).await;
    assert_eq!(leo.expect("error").await["code"], "binary");
    leo.subscribe(LEOS).await;
}

#[tokio::test]
async fn an_error_names_the_frame() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.send(json!({ "type": "message", "ref": "r1", "conversationId": LEOS, "data": 1 })).await;
    let error = leo.expect("error").await;
    assert_eq!(error["ref"], "r1");
    assert_eq!(error["conversationId"], LEOS);
}

#[tokio::test]
async fn frames_that_are_too_large_end_the_session() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.send_raw(Message::text(" ".repeat(256 * 1024))).await;
    assert_eq!(leo.expect("error").await["code"], "malformed-json");
    for size in [256 * 1024 + 1, 3 * 1024 * 1024] {
        let mut leo = server.join("cust_leo").await;
        leo.send_raw(Message::text("x".repeat(size))).await;
        assert_eq!(leo.close_code().await, 1009);
    }
}
