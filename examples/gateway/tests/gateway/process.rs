//! The program itself, stopped kindly and unkindly.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::socket::Socket;

struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(database: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_talkwire-gateway"))
            .args(["--dev", "--port=0", "--bot=false"])
            .env("DATABASE_URL", format!("sqlite://{}", database.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        assert!(address.starts_with("127.0.0.1:"), "{address}");
        Self { child, address }
    }

    async fn join(&self) -> Socket {
        let mut socket = Socket::open(&format!("ws://{}/", self.address)).await;
        socket.expect("hello").await;
        // A session that is still being welcomed is closed without a drain.
        socket.seen("agent").await;
        socket
    }

    async fn post(&self, client_id: &str) -> reqwest::Result<Value> {
        let url = format!("http://{}/api/conversations/conv_parcel/messages", self.address);
        let body = json!({ "clientId": client_id, "content": "hello" });
        reqwest::Client::new().post(url).json(&body).send().await?.json().await
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    async fn end(mut self) -> ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().unwrap()).await.unwrap()
    }
}

#[tokio::test]
async fn ends_within_two_seconds_of_a_signal() {
    let folder = TempDir::new().unwrap();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let program = Program::start(&folder.path().join("chat.db"));
        let mut socket = program.join().await;
        let began = Instant::now();
        program.signal(signal);
        socket.expect("drain").await;
        assert_eq!(socket.close_code().await, 1012);
        assert!(program.end().await.success());
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn ends_at_once_at_a_second_signal() {
    let folder = TempDir::new().unwrap();
    let program = Program::start(&folder.path().join("chat.db"));
    let mut socket = program.join().await;
    program.signal(Signal::SIGTERM);
    socket.expect("drain").await;
    program.signal(Signal::SIGTERM);
    assert_eq!(program.end().await.code(), Some(130));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_writing_it_comes_back_with_all_that_was_acknowledged() {
    let folder = TempDir::new().unwrap();
    let database = folder.path().join("chat.db");
    let program = Program::start(&database);
    let epoch = program.join().await.subscribe("conv_parcel").await["epoch"].clone();
    let mut acknowledged = Vec::new();
    for count in 0..40 {
        acknowledged.push(program.post(&format!("c{count}")).await.unwrap());
    }
    let (unsure, ()) = tokio::join!(program.post("unsure"), async { program.signal(Signal::SIGKILL) });
    program.end().await;

    let program = Program::start(&database);
    let again = program.post("unsure").await.unwrap();
    assert_eq!(again["offset"], 50);
    if let Ok(stored) = unsure {
        assert_eq!(stored, again);
    }
    let mut socket = program.join().await;
    let cursor = json!({ "conversationId": "conv_parcel", "after": 9, "epoch": epoch });
    assert_eq!(socket.subscribe_with(cursor).await["recovered"], true);
    for message in acknowledged {
        assert_eq!(socket.expect("message").await["data"], message);
    }
    program.signal(Signal::SIGKILL);
    program.end().await;
}
