use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::server::{LEOS, Server};
use crate::socket::Socket;

#[tokio::test]
async fn is_taken_apart_in_order() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    let say = |count| {
        let data = json!({ "clientId": format!("c{count}"), "content": "hi" });
        json!({ "type": "message", "conversationId": LEOS, "ref": count, "data": data })
    };
    leo.send(json!({ "type": "batch", "frames": [say(1), { "type": "dance", "ref": 2 }, say(3)] })).await;
    assert_eq!(leo.expect("ack").await["data"]["offset"], 10);
    assert_eq!(leo.expect("error").await["ref"], 2);
    assert_eq!(leo.expect("ack").await["data"]["offset"], 11);
}

#[tokio::test]
async fn goes_out_only_to_those_who_said_that_they_understand() {
    let server = Server::start().await;
    let id = long_conversation(&server).await;
    let mut plain = server.join("agent_ana").await;
    let epoch = plain.subscribe(&id).await["epoch"].clone();
    assert_eq!(offsets(&read_all(&mut plain, &id, &epoch).await), (1..=100).collect::<Vec<_>>());

    let mut modern = server.join("agent_ana").await;
    modern.send(json!({ "type": "hello", "features": ["batch"] })).await;
    let frames = read_all(&mut modern, &id, &epoch).await;
    assert!(frames.iter().any(|frame| frame["type"] == "batch"), "there was no batch");
    let unpacked: Vec<Value> = frames.iter().flat_map(unpacked).collect();
    assert_eq!(offsets(&unpacked), (1..=100).collect::<Vec<_>>());
}

async fn long_conversation(server: &Server) -> String {
    let id = server.new_conversation(&[]).await;
    for count in 0..100 {
        server.post(&id, &format!("c{count}"), &"x".repeat(2_000)).await;
    }
    id
}

/// All frames until the hundredth message, as they came.
async fn read_all(socket: &mut Socket, id: &str, epoch: &Value) -> Vec<Value> {
    socket.send(json!({ "type": "subscribe", "conversationId": id, "after": 0, "epoch": epoch })).await;
    let mut frames = Vec::new();
    loop {
        let Some(Message::Text(text)) = socket.next_raw().await else { panic!("no more frames") };
        assert!(text.len() <= 64 * 1024, "{}", text.len());
        let frame: Value = serde_json::from_str(&text).unwrap();
        let is_end = offsets(&unpacked(&frame)).contains(&100);
        frames.push(frame);
        if is_end {
            return frames;
        }
    }
}

/// The frames of a batch; another one alone.
fn unpacked(frame: &Value) -> Vec<Value> {
    frame["frames"].as_array().cloned().unwrap_or_else(|| vec![frame.clone()])
}

fn offsets(frames: &[Value]) -> Vec<i64> {
    let messages = frames.iter().filter(|frame| frame["type"] == "message");
    messages.map(|message| message["offset"].as_i64().unwrap()).collect()
}
