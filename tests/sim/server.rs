//! A chat server of any class: plain or with `hello`, with numbers or ids only, with or without history over HTTP.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Parsed, json};
use talkwire::protocol::Protocol;

pub use crate::kind::Kind;

#[derive(Clone, Debug)]
pub struct Stored {
    pub data: Parsed,
    /// The sender's id for it, whether or not it is told to others.
    pub said_by: Option<String>,
    pub offset: u64,
}

impl Stored {
    pub fn id(&self) -> String {
        self.data["id"].as_str().unwrap_or_default().into()
    }
}

#[derive(Clone, Debug, Default)]
pub struct Thread {
    pub messages: Vec<Stored>,
    pub last_offset: u64,
}

#[derive(Clone, Debug, Default)]
struct Session {
    subscriptions: BTreeSet<String>,
    takes_batches: bool,
}

/// What a server sends: to which connection, after how long, what.
pub type Out = (u32, u64, Parsed);

#[derive(Debug)]
pub struct Server {
    pub kind: Kind,
    pub threads: BTreeMap<String, Thread>,
    pub received: Vec<(u32, Parsed)>,
    /// Everything that was ever stored: conversation and message, in order.
    pub archive: Vec<(String, Stored)>,
    pub epoch: u32,
    sessions: BTreeMap<u32, Session>,
    /// The last session that ended, and how much had been said by then.
    broken_off: Option<(Session, usize)>,
    by_client_id: BTreeMap<String, (String, usize)>,
    next_id: u32,
    asked: u32,
    acked: u32,
    refused: u32,
}

impl Server {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            threads: BTreeMap::new(),
            received: Vec::new(),
            archive: Vec::new(),
            epoch: 1,
            sessions: BTreeMap::new(),
            broken_off: None,
            by_client_id: BTreeMap::new(),
            next_id: 0,
            asked: 0,
            acked: 0,
            refused: 0,
        }
    }

    pub fn connected(&mut self, connection: u32) -> Vec<Out> {
        self.sessions.insert(connection, Session::default());
        if self.kind.protocol == Protocol::SocketIo {
            return vec![(connection, 0, json!({"type": "open"}))];
        }
        self.hello(connection)
    }

    /// The first session, the next, or the last one again.
    fn begin(&mut self, connection: u32) -> Vec<Out> {
        if let Some(message) = self.kind.refuses_session {
            return vec![(connection, 0, json!({"type": "refused", "message": message}))];
        }
        let Some((session, since)) = self.broken_off.take().filter(|_| self.kind.recovers_sessions) else {
            return self.hello(connection);
        };
        let mut out = vec![(connection, 0, json!({"type": "hello", "recovered": true}))];
        let missed = self.archive.iter().skip(since).filter(|(name, _)| session.subscriptions.contains(name));
        out.extend(missed.map(|(name, stored)| (connection, 0, self.message_frame(name, stored, false))));
        self.sessions.insert(connection, session);
        out
    }

    fn hello(&self, connection: u32) -> Vec<Out> {
        match &self.kind.hello {
            Some(features) => {
                vec![(
                    connection,
                    self.kind.hello_delay_ms,
                    json!({"type": "hello", "features": features, "session": "s", "userId": "me"}),
                )]
            }
            None => Vec::new(),
        }
    }

    pub fn disconnected(&mut self, connection: u32) {
        if let Some(session) = self.sessions.remove(&connection) {
            self.broken_off = Some((session, self.archive.len()));
        }
    }

    pub fn connections(&self) -> impl Iterator<Item = u32> {
        self.sessions.keys().copied()
    }

    /// What a connection is subscribed to.
    pub fn subscriptions(&self, connection: u32) -> Vec<String> {
        self.sessions
            .get(&connection)
            .map(|session| session.subscriptions.iter().cloned().collect())
            .unwrap_or_default()
    }

    pub fn takes_batches(&self, connection: u32) -> bool {
        self.sessions.get(&connection).is_some_and(|session| session.takes_batches)
    }

    /// The process is replaced: its connections are gone, its store stays.
    pub fn restart(&mut self) {
        self.sessions.clear();
    }

    /// The process is replaced and has numbered everything anew.
    pub fn renumber(&mut self) {
        self.restart();
        self.epoch += 1;
        for thread in self.threads.values_mut() {
            thread.last_offset = 0;
            for stored in &mut thread.messages {
                thread.last_offset += 1;
                stored.offset = thread.last_offset;
            }
        }
    }

    /// The process is replaced and has forgotten everything.
    pub fn forget_all(&mut self) {
        self.renumber();
        self.threads.clear();
        self.by_client_id.clear();
    }

    pub fn frame(&mut self, connection: u32, frame: &Parsed) -> Vec<Out> {
        if !self.sessions.contains_key(&connection) {
            return Vec::new();
        }
        self.received.push((connection, frame.clone()));
        if let Some(refusal) = self.refusal(connection, frame) {
            return vec![refusal];
        }
        let conversation = frame["conversationId"].as_str().unwrap_or_default().to_owned();
        let reference = frame["ref"].as_u64();
        match frame["type"].as_str().unwrap_or_default() {
            "batch" => {
                let frames = frame["frames"].as_array().cloned().unwrap_or_default();
                return frames.iter().flat_map(|frame| self.frame(connection, frame)).collect();
            }
            "connect" => return self.begin(connection),
            "hello" => {
                if let Some(session) = self.sessions.get_mut(&connection) {
                    session.takes_batches = true;
                }
            }
            "subscribe" => return self.subscribe(connection, conversation, reference, frame),
            "unsubscribe" => {
                if let Some(session) = self.sessions.get_mut(&connection) {
                    session.subscriptions.remove(&conversation);
                }
            }
            "message" => return self.message(connection, &conversation, reference, &frame["data"]),
            "typing" => return self.broadcast(&conversation, json!({"type": "typing", "conversationId": conversation, "data": {"userId": "me", "isTyping": frame["data"]["isTyping"]}})),
            "ask" => return reference.map(|reference| (connection, self.kind.ack_delay_ms, json!({"type": "ack", "ref": reference, "data": "yes"}))).into_iter().collect(),
            "ping" if self.kind.answers_pings => return vec![(connection, 0, json!({"type": "pong"}))],
            _ => {}
        }
        Vec::new()
    }

    /// Stores a message and tells the subscribers.
    pub fn post(&mut self, conversation: &str, data: Parsed) -> (Stored, Vec<Out>) {
        let client_id = data["clientId"].as_str().map(str::to_owned);
        let dedupes = self.kind.hello.is_some() || self.kind.history;
        if let Some(client_id) = client_id.as_ref().filter(|_| dedupes)
            && let Some((conversation, index)) = self.by_client_id.get(client_id)
        {
            return (self.threads[conversation].messages[*index].clone(), Vec::new());
        }
        self.next_id += 1;
        let thread = self.threads.entry(conversation.into()).or_default();
        thread.last_offset += 1;
        let mut stored = json!({"id": format!("msg_{}", self.next_id), "content": data["content"]});
        if let Some(client_id) = &client_id {
            self.by_client_id.insert(client_id.clone(), (conversation.into(), thread.messages.len()));
            if self.kind.returns_client_id {
                stored["clientId"] = json!(client_id);
            }
        }
        let stored = Stored { data: stored, said_by: client_id.clone(), offset: thread.last_offset };
        thread.messages.push(stored.clone());
        self.archive.push((conversation.into(), stored.clone()));
        let frame = self.message_frame(conversation, &stored, false);
        let mut out = self.broadcast(conversation, frame);
        if client_id.is_some() {
            out.iter_mut().for_each(|(_, delay_ms, _)| *delay_ms = self.kind.echo_delay_ms);
        }
        (stored, out)
    }

    /// Messages after an id, or the latest; `None` where the id is unknown.
    pub fn page(&self, conversation: &str, after: Option<&str>) -> Option<Vec<Parsed>> {
        let empty = Vec::new();
        let messages = self.threads.get(conversation).map_or(&empty, |thread| &thread.messages);
        let found = match after {
            Some(after) => {
                let place = messages.iter().position(|stored| stored.id() == after)?;
                messages.iter().skip(place + 1).take(self.kind.page).collect::<Vec<_>>()
            }
            None => messages.iter().skip(messages.len().saturating_sub(self.kind.page)).collect(),
        };
        Some(found.into_iter().map(|stored| self.over_http(stored)).collect())
    }

    /// Messages before an id, the newest of them.
    pub fn before(&self, conversation: &str, before: &str, limit: usize) -> Vec<Parsed> {
        let messages = self.threads.get(conversation).map(|thread| thread.messages.as_slice()).unwrap_or_default();
        let place = match before {
            "" => messages.len(),
            before => messages.iter().position(|stored| stored.id() == before).unwrap_or(0),
        };
        let found = messages.get(place.saturating_sub(limit)..place).unwrap_or_default();
        found.iter().map(|stored| self.over_http(stored)).collect()
    }

    /// A message as HTTP gives it.
    pub fn over_http(&self, stored: &Stored) -> Parsed {
        let mut data = stored.data.clone();
        if self.kind.numbers {
            data["offset"] = json!(stored.offset);
            data["epoch"] = json!(self.epoch_name());
        }
        data
    }

    /// Whether this message of a sender's is not taken, whichever way it comes.
    pub fn refuses(&self, client_id: &str) -> bool {
        let number = client_id.rsplit('c').next().and_then(|number| number.parse::<u32>().ok());
        self.kind.refuses_message.zip(number).is_some_and(|(every, number)| number.is_multiple_of(every))
    }

    /// The answer to what this server does not take.
    fn refusal(&mut self, connection: u32, frame: &Parsed) -> Option<Out> {
        let reference = frame["ref"].as_u64()?;
        let is_subscribe = frame["type"] == "subscribe";
        let is_refused = if is_subscribe {
            self.refused += 1;
            self.kind.refuses_subscribe.is_some_and(|every| self.refused.is_multiple_of(every))
        } else {
            frame["data"]["clientId"].as_str().is_some_and(|id| self.refuses(id))
        };
        let answer = json!({"type": "error", "ref": reference, "code": "refused", "retryable": is_subscribe});
        is_refused.then_some((connection, 0, answer))
    }

    fn subscribe(&mut self, connection: u32, conversation: String, reference: Option<u64>, frame: &Parsed) -> Vec<Out> {
        let thread = self.threads.entry(conversation.clone()).or_default().clone();
        if let Some(session) = self.sessions.get_mut(&connection) {
            session.subscriptions.insert(conversation.clone());
        }
        let Some(reference) = reference.filter(|_| self.kind.offers("ack") || self.kind.offers("replay")) else {
            return Vec::new();
        };
        self.asked += 1;
        if self.kind.loses_answer.is_some_and(|every| self.asked.is_multiple_of(every)) {
            return Vec::new();
        }
        let after = frame["after"].as_u64();
        let same_epoch = frame["epoch"].as_str().is_none_or(|epoch| epoch == self.epoch_name());
        let reaches_back = after.is_some_and(|after| {
            same_epoch && after <= thread.last_offset && thread.last_offset - after <= self.kind.replay_window
        });
        let recovered = self.kind.offers("replay") && reaches_back;
        let mut answer =
            json!({"type": "subscribed", "conversationId": conversation, "ref": reference, "recovered": recovered});
        if self.kind.numbers {
            answer["offset"] = json!(thread.last_offset);
            answer["epoch"] = json!(self.epoch_name());
        }
        let mut out = vec![(connection, 0, answer)];
        if recovered {
            let missed = thread.messages.iter().filter(|stored| Some(stored.offset) > after);
            out.extend(missed.map(|stored| (connection, 0, self.message_frame(&conversation, stored, true))));
        }
        out
    }

    fn message(&mut self, connection: u32, conversation: &str, reference: Option<u64>, data: &Parsed) -> Vec<Out> {
        let (stored, mut out) = self.post(conversation, data.clone());
        if let Some(reference) = reference.filter(|_| self.kind.offers("ack")) {
            self.acked += 1;
            if self.kind.loses_ack.is_none_or(|every| !self.acked.is_multiple_of(every)) {
                out.push((
                    connection,
                    self.kind.ack_delay_ms,
                    json!({"type": "ack", "ref": reference, "data": self.over_http(&stored)}),
                ));
            }
        }
        out
    }

    fn broadcast(&self, conversation: &str, frame: Parsed) -> Vec<Out> {
        let listening = self.sessions.iter().filter(|(_, session)| session.subscriptions.contains(conversation));
        listening.map(|(connection, _)| (*connection, 0, frame.clone())).collect()
    }

    fn message_frame(&self, conversation: &str, stored: &Stored, replay: bool) -> Parsed {
        let mut frame = json!({"type": "message", "conversationId": conversation, "data": stored.data});
        if self.kind.numbers {
            frame["offset"] = json!(stored.offset);
            frame["epoch"] = json!(self.epoch_name());
        }
        if replay {
            frame["replay"] = json!(true);
        }
        frame
    }

    fn epoch_name(&self) -> String {
        format!("e{}", self.epoch)
    }
}
