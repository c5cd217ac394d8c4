use std::sync::Arc;

use serde_json::{Value, json};

use crate::server::{LEOS, Server};
use crate::socket::Socket;

#[tokio::test]
async fn brings_what_came_after_the_cursor_then_what_is_new() {
    let server = Server::start().await;
    let epoch = epoch(&server).await;
    let mut leo = server.join("cust_leo").await;
    let subscribed = leo.subscribe_with(cursor(6, &epoch)).await;
    assert_eq!(subscribed["recovered"], true);
    assert_eq!(subscribed["offset"], 9);
    server.post(LEOS, "c1", "new").await;
    for offset in 7..=10 {
        let message = leo.expect("message").await;
        assert_eq!(message["offset"], offset);
        assert_eq!(message["epoch"], epoch.as_str());
        assert_eq!(message["data"]["offset"], offset);
        assert_eq!(message.get("replay"), (offset < 10).then_some(&json!(true)));
    }
}

#[tokio::test]
async fn of_nothing_is_recovered_too() {
    let server = Server::start().await;
    let epoch = epoch(&server).await;
    let mut leo = server.join("cust_leo").await;
    assert_eq!(leo.subscribe_with(cursor(9, &epoch)).await["recovered"], true);
    assert!(leo.seen("message").await.is_empty());
}

#[tokio::test]
async fn is_not_promised_where_it_cannot_be() {
    let server = Server::start_with(&["--replay-limit=3"]).await;
    let epoch = epoch(&server).await;
    let mut leo = server.join("cust_leo").await;
    for cursor in [cursor(5, &epoch), cursor(10, &epoch), cursor(8, "another"), cursor(-1, &epoch)] {
        let subscribed = leo.subscribe_with(cursor).await;
        assert_eq!(subscribed["recovered"], false);
        assert_eq!(subscribed["offset"], 9);
    }
    assert!(leo.seen("message").await.is_empty());
    assert_eq!(leo.subscribe_with(cursor(6, &epoch)).await["recovered"], true);
    assert_eq!(leo.seen("message").await.len(), 3);
}

/// Larger than the send queue, in frames and in bytes: it has to go at the reader's pace.
#[tokio::test]
async fn may_be_larger_than_the_queue() {
    let server = Server::start_with(&["--replay-limit=5000"]).await;
    let id = server.new_conversation(&[]).await;
    let mut ana = server.join("agent_ana").await;
    let content = "x".repeat(2_000);
    for count in 0..1_200 {
        let data = json!({ "clientId": format!("c{count}"), "content": content });
        ana.send(json!({ "type": "message", "conversationId": id, "data": data })).await;
    }
    ana.seen("message").await;
    let epoch = epoch(&server).await;
    ana.send(json!({ "type": "subscribe", "conversationId": id, "after": 0, "epoch": epoch })).await;
    for offset in 1..=1_200 {
        assert_eq!(ana.expect("message").await["offset"], offset);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn is_exact_under_concurrent_writers() {
    const WRITERS: usize = 4;
    const EACH: usize = 60;
    const LAST: i64 = 9 + (WRITERS * EACH) as i64;
    let server = Arc::new(Server::start().await);
    let epoch = epoch(&server).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                for count in 0..EACH {
                    server.post(LEOS, &format!("{writer}-{count}"), "hello").await;
                }
            })
        })
        .collect();

    // Leaves and comes back all the time, each time with the last offset that was seen.
    let mut seen = 0;
    let mut rounds = 0;
    while seen < LAST {
        let mut leo = server.join("cust_leo").await;
        let subscribed = leo.subscribe_with(cursor(seen, &epoch)).await;
        assert_eq!(subscribed["recovered"], true);
        let until = LAST.min(seen + 20);
        while seen < until {
            let message = leo.expect("message").await;
            assert_eq!(message["offset"], seen + 1, "in round {rounds}");
            seen += 1;
        }
        rounds += 1;
    }
    assert!(rounds > 5);
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(stored_offsets(&server).await, (1..=LAST).collect::<Vec<_>>());
}

fn cursor(after: i64, epoch: &str) -> Value {
    json!({ "conversationId": LEOS, "after": after, "epoch": epoch })
}

async fn epoch(server: &Server) -> String {
    let url = format!("ws://{}/", server.address());
    let subscribed = Socket::open(&url).await.subscribe(LEOS).await;
    subscribed["epoch"].as_str().unwrap().to_owned()
}

async fn stored_offsets(server: &Server) -> Vec<i64> {
    let mut offsets = Vec::new();
    loop {
        let after = offsets.last().unwrap_or(&0);
        let page = server.json(&format!("/api/conversations/{LEOS}/messages?after={after}&limit=200")).await;
        let messages = page["messages"].as_array().unwrap();
        offsets.extend(messages.iter().map(|message| message["offset"].as_i64().unwrap()));
        if page["hasMore"] == false {
            return offsets;
        }
    }
}
