use serde_json::json;

use crate::server::Server;

/// More than the kernel's buffers hold and the queue is allowed to.
const MESSAGES: usize = 250;
const BYTES: usize = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn is_cut_off_and_harms_nobody_else() {
    let server = Server::start().await;
    let id = server.new_conversation(&["cust_leo"]).await;
    let mut slow = server.join("cust_leo").await;
    slow.subscribe(&id).await;
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(&id).await;
    ana.seen("presence").await;

    let content = "x".repeat(BYTES);
    let mut heard = 0;
    let mut left = None;
    for count in 1..=MESSAGES {
        server.post(&id, &format!("c{count}"), &content).await;
        while heard < count || (count == MESSAGES && left.is_none()) {
            let frame = ana.next().await;
            match frame["type"].as_str() {
                Some("message") => heard += 1,
                Some("presence") => left = Some(frame),
                _ => {}
            }
        }
    }
    // Leo has left without having asked to.
    assert_eq!(left.unwrap()["data"], json!({ "userIds": ["agent_ana"] }));

    let mut read = 0;
    while let Some(message) = slow.next_raw().await {
        read += usize::from(message.is_text());
    }
    assert!(read < MESSAGES, "nothing was withheld");
}
