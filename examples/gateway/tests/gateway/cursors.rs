use serde_json::Value;

use crate::server::{LEOS, MAYAS, Server};

#[tokio::test]
async fn without_one_the_latest_come() {
    let server = Server::start().await;
    assert_eq!(page(&server, "").await, ((1..=9).collect(), false));
    assert_eq!(page(&server, "?limit=4").await, ((6..=9).collect(), true));
}

#[tokio::test]
async fn after_begins_with_the_oldest() {
    let server = Server::start().await;
    let third = id_of(&server, LEOS, 3).await;
    for after in ["3", "offset:3", &third] {
        assert_eq!(page(&server, &format!("?after={after}&limit=2")).await, (vec![4, 5], true));
        assert_eq!(page(&server, &format!("?after={after}&limit=6")).await, ((4..=9).collect(), false));
    }
    assert_eq!(page(&server, "?after=9").await, (Vec::new(), false));
}

#[tokio::test]
async fn before_ends_with_the_newest() {
    let server = Server::start().await;
    let seventh = id_of(&server, LEOS, 7).await;
    for before in ["7", &seventh] {
        assert_eq!(page(&server, &format!("?before={before}&limit=2")).await, (vec![5, 6], true));
        assert_eq!(page(&server, &format!("?before={before}&limit=6")).await, ((1..=6).collect(), false));
    }
    assert_eq!(page(&server, "?after=2&before=5").await, (vec![3, 4], false));
}

#[tokio::test]
async fn that_are_unknown_are_told_as_such() {
    let server = Server::start().await;
    let foreign = id_of(&server, MAYAS, 1).await;
    for after in ["msg_none", &foreign] {
        let reply = server.json(&format!("/api/conversations/{LEOS}/messages?after={after}")).await;
        assert_eq!(reply["code"], "unknown-cursor");
    }
}

#[tokio::test]
async fn that_make_no_sense_are_told_as_json() {
    let server = Server::start().await;
    let reply = server.json(&format!("/api/conversations/{LEOS}/messages?limit=many")).await;
    assert_eq!(reply["code"], "wrong-shape");
    assert_eq!(server.json("/api/nothing").await["code"], "not-found");
}

#[tokio::test]
async fn pages_have_at_most_200() {
    let server = Server::start().await;
    let id = server.new_conversation(&[]).await;
    for count in 0..210 {
        server.post(&id, &format!("c{count}"), "x").await;
    }
    let count = async |query: &str| {
        let reply = server.json(&format!("/api/conversations/{id}/messages{query}")).await;
        reply["messages"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 50);
    assert_eq!(count("?limit=1000").await, 200);
    assert_eq!(count("?limit=0").await, 1);
}

async fn page(server: &Server, query: &str) -> (Vec<i64>, bool) {
    let reply = server.json(&format!("/api/conversations/{LEOS}/messages{query}")).await;
    let messages = reply["messages"].as_array().unwrap();
    let offsets = messages.iter().filter_map(|message| message["offset"].as_i64()).collect();
    (offsets, reply["hasMore"].as_bool().unwrap())
}

async fn id_of(server: &Server, conversation_id: &str, offset: usize) -> String {
    let reply = server.json(&format!("/api/conversations/{conversation_id}/messages")).await;
    let message: &Value = &reply["messages"][offset - 1];
    message["id"].as_str().unwrap().to_owned()
}
