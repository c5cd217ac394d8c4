//! Socket.IO, spoken by hand.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::server::{LEOS, MAYAS, Server};
use crate::socket::{PATIENCE, Socket};

/// A client that has the session's first packet.
struct Client {
    socket: Socket,
    last_number: u32,
}

impl Client {
    async fn open(server: &Server) -> Self {
        let mut socket = Socket::open(&address(server)).await;
        let opening = packet(&mut socket).await.unwrap();
        assert!(opening.starts_with("0{"), "{opening}");
        Self { socket, last_number: 0 }
    }

    /// Connects with this as the auth payload; gives what the server says to that.
    async fn connect(&mut self, auth: &Value) -> String {
        self.send(&format!("40{auth}")).await;
        self.packet().await
    }

    async fn join(server: &Server, user_id: &str) -> Self {
        let token = server.token(user_id).await;
        let mut client = Self::open(server).await;
        let connected = client.connect(&json!({ "token": token })).await;
        assert!(connected.starts_with("40{"), "{connected}");
        client
    }

    async fn send(&mut self, packet: &str) {
        self.socket.send_raw(Message::text(packet)).await;
    }

    async fn packet(&mut self) -> String {
        packet(&mut self.socket).await.expect("the server closed")
    }

    /// Says something and gives the answer; what comes meanwhile is passed over.
    async fn ask(&mut self, event: &str, data: Value) -> Value {
        self.last_number += 1;
        let number = self.last_number;
        self.send(&format!("42{number}{}", json!([event, data]))).await;
        let head = format!("43{number}");
        loop {
            if let Some(answer) = self.packet().await.strip_prefix(&head) {
                return serde_json::from_str::<Value>(answer).unwrap()[0].take();
            }
        }
    }

    async fn subscribe(&mut self, conversation_id: &str) -> Value {
        self.ask("subscribe", json!({ "conversationId": conversation_id })).await
    }

    /// What the next event of this name brings; others are passed over.
    async fn expect(&mut self, event: &str) -> Value {
        loop {
            let packet = self.packet().await;
            let Some(text) = packet.strip_prefix("42") else { continue };
            let mut said: Value = serde_json::from_str(text).unwrap();
            if said[0] == event {
                return said[1].take();
            }
        }
    }
}

fn address(server: &Server) -> String {
    format!("ws://{}/socket.io/?EIO=4&transport=websocket", server.address())
}

/// The next packet but pings, which are answered; None at the end.
async fn packet(socket: &mut Socket) -> Option<String> {
    loop {
        match socket.next_raw().await {
            Some(Message::Text(text)) if text == "2" => socket.send_raw(Message::text("3")).await,
            Some(Message::Text(text)) => return Some(text.to_string()),
            _ => return None,
        }
    }
}

#[tokio::test]
async fn shares_conversations_with_the_other_ways_in() {
    let server = Server::start().await;
    let mut leo = Client::join(&server, "cust_leo").await;
    let subscribed = leo.subscribe(LEOS).await;
    assert_eq!((&subscribed["conversationId"], &subscribed["offset"]), (&json!(LEOS), &json!(9)));
    assert_eq!(leo.expect("presence:update").await, json!({ "conversationId": LEOS, "userIds": ["cust_leo"] }));
    let mut ana = server.join("agent_ana").await;
    ana.subscribe(LEOS).await;

    let content = json!({ "conversationId": LEOS, "clientId": "c1", "content": "from Socket.IO" });
    let stored = leo.ask("message:send", content.clone()).await;
    assert_eq!((&stored["content"], &stored["senderId"]), (&json!("from Socket.IO"), &json!("cust_leo")));
    assert_eq!(ana.expect("message").await["data"], stored);
    assert_eq!(leo.ask("message:send", content).await, stored);

    let data = json!({ "clientId": "c2", "content": "from a json socket" });
    ana.send(json!({ "type": "message", "conversationId": LEOS, "data": data })).await;
    let said = leo.expect("message:new").await;
    assert_eq!((&said["content"], &said["conversationId"]), (&json!("from a json socket"), &json!(LEOS)));
    assert_eq!(leo.expect("conversation:update").await["lastMessage"], said);
    assert_eq!(server.post(LEOS, "c3", "posted").await, leo.expect("message:new").await);

    ana.send(json!({ "type": "typing", "conversationId": LEOS, "data": { "isTyping": true } })).await;
    let typing = json!({ "conversationId": LEOS, "userId": "agent_ana", "isTyping": true });
    assert_eq!(leo.expect("user:typing").await, typing);
    leo.ask("user:typing", json!({ "conversationId": LEOS, "isTyping": true })).await;
    assert_eq!(ana.expect("typing").await["data"], json!({ "userId": "cust_leo", "isTyping": true }));

    leo.ask("unsubscribe", json!({ "conversationId": LEOS })).await;
    assert_eq!(ana.expect("presence").await["data"]["userIds"], json!(["agent_ana"]));
}

#[tokio::test]
async fn tells_of_agents() {
    let server = Server::start().await;
    let mut leo = Client::join(&server, "cust_leo").await;
    let _ana = server.join("agent_ana").await;
    assert_eq!(leo.expect("agent:status").await, json!({ "agentId": "agent_ana", "status": "online" }));
    let mut maya = Client::join(&server, "cust_maya").await;
    assert_eq!(maya.expect("agent:status").await["agentId"], "agent_ana");
}

#[tokio::test]
async fn what_is_said_at_once_is_done_in_order() {
    let server = Server::start().await;
    let mut leo = Client::join(&server, "cust_leo").await;
    for count in 0..200 {
        let kind = if count % 2 == 0 { "subscribe" } else { "unsubscribe" };
        leo.send(&format!("42{}", json!([kind, { "conversationId": LEOS }]))).await;
    }
    leo.subscribe(LEOS).await;
    let held = server.json(&format!("/dev/connections?conversationId={LEOS}")).await;
    assert_eq!(held, json!({ "connections": 1, "subscriptions": 1 }));
}

/// More at once than waits on a connection's way out.
#[tokio::test]
async fn a_burst_comes_whole_and_in_order() {
    let server = Server::start().await;
    let mut leo = Client::join(&server, "cust_leo").await;
    leo.subscribe(LEOS).await;
    for count in 0..500 {
        server.gateway().messages().emit_agent_status(&format!("agent_{count}"), "online");
    }
    for count in 0..500 {
        assert_eq!(leo.expect("agent:status").await["agentId"], format!("agent_{count}"));
    }
}

#[tokio::test]
async fn refuses_tokens_by_a_connect_error_and_takes_a_better_one() {
    let server = Server::start_with(&["--token-secret=a"]).await;
    let mut leo = Client::open(&server).await;
    let nothing = leo.connect(&json!({})).await;
    assert_eq!(nothing, r#"44{"message":"a token is needed"}"#);
    let nonsense = leo.connect(&json!({ "token": "nonsense" })).await;
    assert_eq!(nonsense, r#"44{"message":"the token is not valid"}"#);
    let old = server.token_for(&json!({ "userId": "cust_leo", "ttlSeconds": -1 })).await;
    assert_eq!(leo.connect(&json!({ "token": old })).await, r#"44{"message":"the token has expired"}"#);
    let good = server.token("cust_leo").await;
    assert!(leo.connect(&json!({ "token": good })).await.starts_with("40{"));
    leo.subscribe(LEOS).await;
}

#[tokio::test]
async fn ends_the_session_with_its_token() {
    let server = Server::start_with(&["--token-secret=a"]).await;
    let short = server.token_for(&json!({ "userId": "cust_leo", "ttlSeconds": 1 })).await;
    let mut leo = Client::open(&server).await;
    leo.connect(&json!({ "token": short })).await;
    while leo.packet().await != "41" {}
}

#[tokio::test]
async fn looks_at_the_origin() {
    let server = Server::start_with(&["--cors-origin=https://app.example"]).await;
    for (origin, answer) in
        [("https://app.example", "40{"), ("https://evil.example", r#"44{"message":"pages of this origin are not"#)]
    {
        let mut request = address(&server).into_client_request().unwrap();
        request.headers_mut().insert("Origin", origin.parse().unwrap());
        let mut socket = Socket::open(request).await;
        packet(&mut socket).await;
        let mut client = Client { socket, last_number: 0 };
        let said = client.connect(&json!({})).await;
        assert!(said.starts_with(answer), "{said}");
    }
}

#[tokio::test]
async fn says_what_it_does_not_do() {
    let server = Server::start_with(&["--max-subscriptions=1"]).await;
    let mut leo = Client::join(&server, "cust_leo").await;
    leo.subscribe(LEOS).await;
    for (event, data, code) in [
        ("subscribe", json!({ "conversationId": MAYAS }), "forbidden"),
        ("subscribe", json!({}), "wrong-shape"),
        ("subscribe", json!([1]), "wrong-shape"),
        ("message:send", json!({ "conversationId": LEOS }), "wrong-shape"),
        ("batch", json!({ "frames": [] }), "unknown-type"),
        ("auth", json!({ "token": "x" }), "unknown-type"),
    ] {
        let answer = leo.ask(event, data).await;
        assert_eq!(answer["error"]["code"], code, "{event} {answer}");
    }
    leo.send(r#"42["dance"]"#).await;
    assert_eq!(leo.expect("exception").await["code"], "unknown-type");
    leo.send(r#"451-42["message:send",{"content":{"_placeholder":true,"num":0}}]"#).await;
    leo.socket.send_raw(Message::binary([1, 2].as_slice())).await;
    leo.subscribe(LEOS).await;

    let mut ana = Client::join(&server, "agent_ana").await;
    ana.subscribe(LEOS).await;
    assert_eq!(ana.subscribe(MAYAS).await["error"]["code"], "too-many-subscriptions");
}

#[tokio::test]
async fn what_is_too_large_ends_the_session() {
    let server = Server::start().await;
    let mut leo = Client::join(&server, "cust_leo").await;
    leo.send(&format!("42{}", json!(["message:send", "x".repeat(256 * 1024)]))).await;
    while leo.packet().await != "41" {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_cut_off_and_a_broken_one_leaves_nothing() {
    let server = Server::start().await;
    let id = server.new_conversation(&["cust_leo"]).await;
    let mut slow = Client::join(&server, "cust_leo").await;
    slow.subscribe(&id).await;
    let content = "x".repeat(100_000);
    let mut posted = 0;
    let held = format!("/dev/connections?conversationId={id}");
    while server.json(&held).await != json!({ "connections": 0, "subscriptions": 0 }) {
        posted += 1;
        assert!(posted < 500, "Leo was never cut off");
        server.post(&id, &format!("c{posted}"), &content).await;
    }
    let mut leo = Client::join(&server, "cust_leo").await;
    leo.subscribe(&id).await;
    drop(leo);
    let began = Instant::now();
    while server.json(&held).await["connections"] != 0 {
        assert!(began.elapsed() < PATIENCE, "Leo is still there");
        sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn without_sockets_it_is_spoken_over_http() {
    let server = Server::start_with(&["--websocket-enabled=false"]).await;
    match connect_async(address(&server)).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        other => panic!("a refusal was expected, not {other:?}"),
    }
    let path = "/socket.io/?EIO=4&transport=polling";
    let opening = server.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
    let opening: Value = serde_json::from_str(opening.strip_prefix('0').unwrap()).unwrap();
    let session = format!("{path}&sid={}", opening["sid"].as_str().unwrap());
    let said = |packets: &'static str| server.request(Method::POST, &session).body(packets).send();
    assert_eq!(said("40{}").await.unwrap().text().await.unwrap(), "ok");
    let mut heard = String::new();
    while !heard.contains("40{") {
        heard = server.request(Method::GET, &session).send().await.unwrap().text().await.unwrap();
    }
    assert_eq!(said(r#"420["subscribe",{"conversationId":"conv_parcel"}]"#).await.unwrap().status(), 200);
    while !heard.contains(r#"430[{"#) {
        heard = server.request(Method::GET, &session).send().await.unwrap().text().await.unwrap();
    }
}

#[tokio::test]
async fn closes_the_transport_when_the_gateway_ends() {
    let server = Server::start().await;
    let mut leo = Client::join(&server, "cust_leo").await;
    leo.subscribe(LEOS).await;
    let (ended, ()) = tokio::join!(
        async {
            // A client that is disconnected, instead, would not come back of itself.
            while let Some(packet) = packet(&mut leo.socket).await {
                assert_ne!(packet, "41");
            }
        },
        server.shutdown()
    );
    ended
}
