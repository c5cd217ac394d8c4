use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::server::{LEOS, MAYAS, Server};
use crate::socket::PATIENCE;

/// Sockets that break at any moment leave nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn are_not_left_by_sockets_that_break() {
    let server = Server::start().await;
    for _ in 0..40 {
        let mut ana = server.join("agent_ana").await;
        let frames: Vec<_> = [LEOS, MAYAS, LEOS, MAYAS]
            .into_iter()
            .zip(["subscribe", "subscribe", "unsubscribe", "subscribe"])
            .map(|(id, kind)| json!({ "type": kind, "conversationId": id }))
            .collect();
        ana.send(json!({ "type": "batch", "frames": frames })).await;
    }
    let began = Instant::now();
    while server.json("/dev/connections").await != json!({ "connections": 0, "subscriptions": 0 }) {
        assert!(began.elapsed() < PATIENCE, "{}", server.json("/dev/connections").await);
        sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn subscriptions_are_counted_once() {
    let server = Server::start().await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(LEOS).await;
    ana.subscribe(LEOS).await;
    assert_eq!(server.json("/dev/connections").await, json!({ "connections": 1, "subscriptions": 1 }));
}
