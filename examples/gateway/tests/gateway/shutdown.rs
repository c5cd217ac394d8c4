use std::time::{Duration, Instant};

use crate::server::{LEOS, Server};

#[tokio::test]
async fn drains_then_closes_with_1012() {
    let server = Server::start().await;
    let mut leo = server.join("cust_leo").await;
    leo.subscribe(LEOS).await;
    let idle = reqwest::Client::new();
    let url = format!("http://{}/health", server.address());
    idle.get(&url).send().await.unwrap();

    let began = Instant::now();
    let stopping = tokio::spawn(server.shutdown());
    let drain = leo.expect("drain").await;
    assert!(drain["withinMs"].as_u64().is_some_and(|within| within > 0));
    assert_eq!(leo.close_code().await, 1012);
    stopping.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(idle.get(&url).send().await.is_err());
}
