use serde_json::json;
use tempfile::TempDir;

use crate::server::{LEOS, Server};

#[tokio::test]
async fn what_the_other_stored_is_told_before_what_is_newer() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chat.db");
    let a = Server::start_on(&file, &[]).await;
    let b = Server::start_on(&file, &[]).await;
    let mut leo = a.join("cust_leo").await;
    leo.subscribe(LEOS).await;

    a.post(LEOS, "c10", "from a").await;
    b.post(LEOS, "c11", "from b").await;
    b.post(LEOS, "c12", "from b").await;
    a.post(LEOS, "c13", "from a").await;
    for offset in 10..=13 {
        let message = leo.expect("message").await;
        assert_eq!(message["offset"], offset);
        assert_eq!(message["data"]["clientId"], format!("c{offset}"));
    }
}

#[tokio::test]
async fn a_subscriber_brings_the_others_up_to_date() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chat.db");
    let a = Server::start_on(&file, &[]).await;
    let b = Server::start_on(&file, &[]).await;
    let mut leo = a.join("cust_leo").await;
    let epoch = leo.subscribe(LEOS).await["epoch"].clone();
    b.post(LEOS, "c10", "from b").await;

    let mut ana = a.join("agent_ana").await;
    let cursor = json!({ "conversationId": LEOS, "after": 9, "epoch": epoch });
    assert_eq!(ana.subscribe_with(cursor).await["recovered"], true);
    assert_eq!(ana.expect("message").await["offset"], 10);
    assert_eq!(leo.expect("message").await["offset"], 10);
    let page = a.json(&format!("/api/conversations/{LEOS}/messages?after=9")).await;
    assert_eq!(page["messages"][0]["clientId"], "c10");
}

#[tokio::test]
async fn agree_on_tokens_and_epoch() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chat.db");
    let (a, b) = tokio::join!(Server::start_on(&file, &[]), Server::start_on(&file, &[]));
    let token = a.token("cust_leo").await;
    let url = format!("ws://{}/?token={token}", b.address());
    let mut leo = crate::socket::Socket::open(&url).await;
    assert_eq!(leo.expect("hello").await["userId"], "cust_leo");
    let epoch = leo.subscribe(LEOS).await["epoch"].clone();
    assert_eq!(a.join("cust_leo").await.subscribe(LEOS).await["epoch"], epoch);
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_at_once_leave_no_hole() {
    const EACH: i64 = 60;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chat.db");
    let a = Server::start_on(&file, &[]).await;
    let b = Server::start_on(&file, &[]).await;
    let mut leo = a.join("cust_leo").await;
    leo.subscribe(LEOS).await;
    let write = async |server: &Server, name: &str| {
        for count in 0..EACH {
            server.post(LEOS, &format!("{name}{count}"), "hello").await;
        }
    };
    tokio::join!(write(&a, "a"), write(&b, "b"));
    a.post(LEOS, "last", "last").await;
    for offset in 10..=10 + 2 * EACH {
        assert_eq!(leo.expect("message").await["offset"], offset);
    }
}
