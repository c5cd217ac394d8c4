use serde_json::json;

use crate::server::Server;

/// Far more than the kernel's buffers hold and the queue is allowed to.
const MAX_MESSAGES: usize = 500;
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
    let mut posted = 0;
    let left = 'posting: loop {
        posted += 1;
        assert!(posted < MAX_MESSAGES, "Leo was never cut off");
        server.post(&id, &format!("c{posted}"), &content).await;
        loop {
            let frame = ana.next().await;
            match frame["type"].as_str() {
                Some("message") => break assert_eq!(frame["offset"], posted),
                Some("presence") => break 'posting frame,
                _ => {}
            }
        }
    };
    // Leo has left without having asked to.
    assert_eq!(left["data"], json!({ "userIds": ["agent_ana"] }));

    let mut read = 0;
    while let Some(message) = slow.next_raw().await {
        read += usize::from(message.is_text());
    }
    assert!(read < posted, "nothing was withheld");
}
