//! A world on a virtual clock: pages, a network, a server, and one seed for all chance.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value as Parsed, json};
use talkwire::engine::{
    Close, Config, Effect, Fetch, Fetched, Input, Item, Listed, PollingConfig, RequestId, Rng, Timestamp,
};
use talkwire::protocol::{Frame, json as dialect};

use crate::json::Json;
use crate::page::{Page, holder};
use crate::server::{Kind, Out, Server};

/// One input may release a page of messages and a whole outbox, not more.
const MAX_EFFECTS: usize = 4_000;

/// One connection, as both ends see it.
#[derive(Clone, Debug)]
struct Line {
    page: usize,
    generation: u32,
    /// Nothing passes any more, and nobody is told.
    is_black_hole: bool,
    /// When the last thing sent in each direction arrives.
    up_at: u64,
    down_at: u64,
}

/// What the network does to what passes.
#[derive(Clone, Debug)]
pub struct Network {
    pub latency_ms: (u64, u64),
    /// Sockets are refused; HTTP is not.
    pub refuses_sockets: bool,
    /// Sockets are never answered; HTTP is.
    pub swallows_sockets: bool,
    /// Whatever is sent arrives only from this moment on.
    pub down_until: u64,
    /// HTTP answers with this status.
    pub http_status: Option<u16>,
    pub retry_after_ms: Option<u64>,
    /// HTTP requests do not arrive.
    pub http_fails: bool,
    /// HTTP requests arrive, their replies do not, and nobody is told.
    pub http_swallows: bool,
    /// Requests and replies arrive twice.
    pub http_doubles: bool,
    /// A socket is killed this long after it opened.
    pub kills_after_ms: Option<u64>,
}

enum Happening {
    Accept(u32),
    Opened(u32),
    Up(u32, String),
    Down(u32, String),
    UpClose(u32),
    DownClose(u32, Close),
    HttpUp(usize, RequestId, Fetch<Json>),
    HttpDown(usize, RequestId, Fetched<Json>),
    Do(Box<dyn FnOnce(&mut World)>),
}

pub struct World {
    pub now: u64,
    pub rng: Rng,
    pub server: Server,
    pub network: Network,
    pub pages: Vec<Page>,
    /// What every engine was told and wished, where somebody wants to know.
    pub log: Option<Vec<String>>,
    lines: BTreeMap<u32, Line>,
    queue: BTreeMap<(u64, u64), Happening>,
    sequence: u64,
    last_line: u32,
}

/// A client's settings with everything readable over HTTP.
pub fn with_polling() -> Config {
    Config {
        polling: PollingConfig { messages: true, conversations: true, send: true, ..PollingConfig::default() },
        can_load_before: true,
        ..Config::default()
    }
}

impl World {
    pub fn new(seed: u64, kind: Kind) -> Self {
        Self {
            now: 1_000,
            rng: Rng::new(seed),
            server: Server::new(kind),
            network: Network {
                latency_ms: (10, 30),
                refuses_sockets: false,
                swallows_sockets: false,
                down_until: 0,
                http_status: None,
                retry_after_ms: None,
                http_fails: false,
                http_swallows: false,
                http_doubles: false,
                kills_after_ms: None,
            },
            pages: Vec::new(),
            log: None,
            lines: BTreeMap::new(),
            queue: BTreeMap::new(),
            sequence: 0,
            last_line: 0,
        }
    }

    /// A world with one page that has joined `room` and listens.
    pub fn joined(seed: u64, kind: Kind, config: Config) -> Self {
        let mut world = Self::new(seed, kind);
        world.add_page(config);
        world.hold(0, "room", 1);
        world.run_for(1_000);
        world
    }

    pub fn add_page(&mut self, config: Config) -> usize {
        let seed = self.rng.next();
        self.pages.push(Page::new(self.pages.len(), Config { seed, ..config }));
        self.pages.len() - 1
    }

    pub fn page(&self) -> &Page {
        &self.pages[0]
    }

    // What people do.

    pub fn hold(&mut self, page: usize, conversation: &str, by: u32) {
        let slot = self.pages[page].slot(conversation);
        self.tell(page, Input::View(slot));
        self.tell(page, Input::Hold(slot, holder(by)));
    }

    pub fn unhold(&mut self, page: usize, conversation: &str, by: u32) {
        let slot = self.pages[page].slot(conversation);
        self.tell(page, Input::Unhold(slot, holder(by)));
    }

    pub fn send(&mut self, page: usize, conversation: &str, content: &str) -> u32 {
        let submission = self.pages[page].submission(conversation, content);
        let delivery = submission.delivery.0;
        self.tell(page, Input::Send(submission));
        delivery
    }

    /// Somebody elsewhere says something.
    pub fn others_say(&mut self, conversation: &str, content: &str) -> String {
        let (stored, out) = self.server.post(conversation, json!({"content": content}));
        self.deliver(out);
        stored.id()
    }

    pub fn others_say_many(&mut self, conversation: &str, count: usize) -> Vec<String> {
        (0..count).map(|n| self.others_say(conversation, &format!("n{n}"))).collect()
    }

    // What happens to machines.

    /// The server closes every connection.
    pub fn close_all(&mut self, code: u16) {
        self.close_all_with(Close { code, ..Close::default() });
    }

    pub fn close_all_with(&mut self, close: Close) {
        for line in self.lines.keys().copied().collect::<Vec<_>>() {
            self.server.disconnected(line);
            self.schedule_down(line, Happening::DownClose(line, close.clone()));
        }
    }

    /// Connections that fell silent break off at last.
    pub fn break_black_holes(&mut self) {
        for (line, found) in &mut self.lines {
            if std::mem::take(&mut found.is_black_hole) {
                self.server.disconnected(*line);
                self.sequence += 1;
                let close = Close { code: 1006, ..Close::default() };
                self.queue.insert((self.now + 1, self.sequence), Happening::DownClose(*line, close));
            }
        }
    }

    /// The machine under a page sleeps.
    pub fn sleep(&mut self, page: usize, duration_ms: u64) {
        let this = &mut self.pages[page];
        this.asleep_until = this.asleep_until.max(self.now + duration_ms);
    }

    /// Every connection falls silent, and neither end is told.
    pub fn black_hole(&mut self) {
        for line in self.lines.values_mut() {
            line.is_black_hole = true;
        }
    }

    /// The server process is replaced; its connections break off.
    pub fn restart_server(&mut self, change: impl FnOnce(&mut Server)) {
        self.close_all(1006);
        change(&mut self.server);
    }

    pub fn server_sends(&mut self, frame: Parsed) {
        let out = self.lines.keys().map(|line| (*line, 0, frame.clone())).collect();
        self.deliver(out);
    }

    pub fn server_sends_text(&mut self, text: &str) {
        for line in self.lines.keys().copied().collect::<Vec<_>>() {
            self.schedule_down(line, Happening::Down(line, text.into()));
        }
    }

    pub fn live_sockets(&self, page: usize) -> usize {
        self.pages[page].sockets.len()
    }

    /// What the server holds for a page, over all its connections.
    pub fn server_holds(&self, page: usize) -> Vec<String> {
        let lines = self.pages[page].sockets.values();
        lines.flat_map(|line| self.server.subscriptions(*line)).collect()
    }

    // Time.

    pub fn at(&mut self, delay_ms: u64, action: impl FnOnce(&mut Self) + 'static) {
        self.schedule(self.now + delay_ms, Happening::Do(Box::new(action)));
    }

    pub fn run_for(&mut self, duration_ms: u64) {
        let end = self.now + duration_ms;
        while self.next_moment().is_some_and(|at| at <= end) {
            self.step();
        }
        self.now = end;
    }

    /// Until `is_done`, or for `limit_ms`; gives the time it took.
    pub fn run_until(&mut self, limit_ms: u64, is_done: impl Fn(&Self) -> bool) -> Option<u64> {
        let start = self.now;
        while !is_done(self) {
            let next = self.next_moment().filter(|at| *at <= start + limit_ms)?;
            debug_assert!(next >= self.now);
            self.step();
        }
        Some(self.now - start)
    }

    pub fn next_moment(&self) -> Option<u64> {
        let queued = self.queue.keys().next().map(|(at, _)| *at);
        let deadlines = self.pages.iter().filter_map(Page::next_moment);
        deadlines.chain(queued).min()
    }

    pub fn step(&mut self) {
        let Some(at) = self.next_moment() else {
            return;
        };
        self.now = self.now.max(at);
        let due = self.queue.first_entry().filter(|entry| entry.key().0 <= self.now).map(|entry| entry.remove_entry());
        match due {
            Some(((_, sequence), happening)) => {
                let awake_at = self.receiver(&happening).map_or(0, |page| self.pages[page].asleep_until);
                if awake_at > self.now {
                    self.queue.insert((awake_at, sequence), happening);
                } else {
                    self.happen(happening);
                }
            }
            None => {
                for page in 0..self.pages.len() {
                    if self.pages[page].next_moment().is_some_and(|moment| moment <= self.now) {
                        self.tell(page, Input::Tick);
                    }
                }
            }
        }
    }

    /// Gives a page's engine one fact, and fulfils its wishes.
    pub fn tell(&mut self, page: usize, input: Input<Json>) {
        self.note(|| format!("page {page} <- {input:?}"));
        let now = Timestamp::from_millis(self.now);
        let client = &mut self.pages[page].client;
        client.handle(input, now);
        let next = client.next_deadline();
        assert!(next.is_none_or(|next| next > now), "a deadline in the past: {next:?} at {now:?}");
        let mut effects = 0;
        while let Some(effect) = self.pages[page].client.poll_effect() {
            self.fulfil(page, effect);
            effects += 1;
        }
        assert!(effects <= MAX_EFFECTS, "{effects} effects of one input");
        assert!(self.pages[page].sockets.len() <= 2, "a page holds a session and an attempt at most");
    }

    pub fn cancel(&mut self, page: usize, delivery: u32) -> bool {
        let now = Timestamp::from_millis(self.now);
        let is_cancelled = self.pages[page].client.cancel(talkwire::engine::DeliveryId(delivery), now);
        while let Some(effect) = self.pages[page].client.poll_effect() {
            self.fulfil(page, effect);
        }
        is_cancelled
    }

    fn fulfil(&mut self, page: usize, effect: Effect<Json>) {
        self.note(|| format!("page {page} -> {effect:?}"));
        let now = self.now;
        let this = &mut self.pages[page];
        match effect {
            Effect::Dial { generation, .. } => self.dial(page, generation),
            Effect::Transmit { generation, frames, batch } => self.transmit(page, generation, frames, batch),
            Effect::Measure { generation } => {
                let line = this.sockets.get(&generation).and_then(|line| self.lines.get(line));
                let bytes = if line.is_some_and(|line| line.is_black_hole) { 65_536 } else { 0 };
                self.tell(page, Input::Buffered { generation, bytes });
            }
            Effect::Hangup { generation, code } => {
                this.hangups.push((now, code));
                if let Some(line) = this.sockets.remove(&generation) {
                    self.schedule_up(line, Happening::UpClose(line));
                }
            }
            Effect::Fetch(request, fetch) => {
                this.fetches.push((now, fetch.clone()));
                let delay_ms = self.latency();
                self.schedule(self.network.down_until.max(now) + delay_ms, Happening::HttpUp(page, request, fetch));
            }
            Effect::Abort(request) => this.aborted.push(request.0),
            Effect::Event(event) => this.event(now, event),
            Effect::Report(error, _) => this.errors.push((now, error)),
            Effect::Connection(connection) => this.connection = connection,
            Effect::Edit(slot, edit) => this.edit(slot, edit),
            Effect::List(_) => this.lists += 1,
            Effect::Gap(slot) => this.gap(slot),
            Effect::Settle(delivery, outcome) => this.settle(delivery, &outcome),
            Effect::Loaded(_, error) => this.loaded.push(error),
            Effect::Forget(slot) => this.forgotten.push(slot),
            Effect::Identity(user_id) => this.identity = Some(user_id),
            Effect::Ended => this.has_ended = true,
            Effect::Info { .. } | Effect::Read { .. } | Effect::Agent { .. } => {}
        }
    }

    fn dial(&mut self, page: usize, generation: u32) {
        self.last_line += 1;
        let line = self.last_line;
        self.pages[page].dials.push(self.now);
        self.pages[page].sockets.insert(generation, line);
        let is_black_hole = self.network.swallows_sockets;
        self.lines.insert(line, Line { page, generation, is_black_hole, up_at: 0, down_at: 0 });
        if self.network.refuses_sockets {
            self.schedule_down(line, Happening::DownClose(line, Close { code: 1006, ..Close::default() }));
        } else {
            self.schedule_up(line, Happening::Accept(line));
        }
    }

    fn transmit(&mut self, page: usize, generation: u32, frames: Vec<talkwire::protocol::Outgoing<Json>>, batch: bool) {
        assert!(!frames.is_empty(), "an empty transmit");
        let texts: Vec<String> = frames.iter().map(dialect::encode).collect();
        self.pages[page].transmits.push((self.now, frames));
        let Some(line) = self.pages[page].sockets.get(&generation).copied() else {
            return;
        };
        let texts = if batch && texts.len() > 1 { vec![dialect::batch(&texts)] } else { texts };
        for text in texts {
            self.schedule_up(line, Happening::Up(line, text));
        }
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{} {}", self.now, what()));
        }
    }

    /// The page that something is on its way to.
    fn receiver(&self, happening: &Happening) -> Option<usize> {
        match happening {
            Happening::Opened(line) | Happening::Down(line, _) | Happening::DownClose(line, _) => {
                self.far_end(*line).map(|(page, _)| page)
            }
            Happening::HttpDown(page, ..) => Some(*page),
            Happening::Accept(_)
            | Happening::Up(..)
            | Happening::UpClose(_)
            | Happening::HttpUp(..)
            | Happening::Do(_) => None,
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Do(action) => action(self),
            Happening::Accept(line) => self.accept(line),
            Happening::Opened(line) => {
                if let Some((page, generation)) = self.far_end(line) {
                    self.tell(page, Input::Opened { generation });
                }
            }
            Happening::Up(line, text) => {
                if let Ok(frame) = serde_json::from_str(&text) {
                    let out = self.server.frame(line, &frame);
                    self.deliver(out);
                }
            }
            Happening::Down(line, text) => self.arrive(line, &text),
            Happening::UpClose(line) => {
                self.server.disconnected(line);
                self.lines.remove(&line);
            }
            Happening::DownClose(line, close) => {
                if let Some((page, generation)) = self.far_end(line) {
                    self.pages[page].sockets.remove(&generation);
                    self.tell(page, Input::Closed { generation, close });
                }
                self.lines.remove(&line);
            }
            Happening::HttpUp(page, request, fetch) => self.serve(page, request, &fetch),
            Happening::HttpDown(page, request, fetched) => {
                if !self.pages[page].aborted.contains(&request.0) {
                    self.tell(page, Input::Fetched(request, fetched));
                }
            }
        }
    }

    fn accept(&mut self, line: u32) {
        if !self.lines.contains_key(&line) {
            return;
        }
        let out = self.server.connected(line);
        self.schedule_down(line, Happening::Opened(line));
        self.deliver(out);
        if let Some(delay_ms) = self.network.kills_after_ms {
            self.at(delay_ms, move |world| {
                world.server.disconnected(line);
                world.schedule_down(line, Happening::DownClose(line, Close { code: 1006, ..Close::default() }));
            });
        }
    }

    fn arrive(&mut self, line: u32, text: &str) {
        let Some((page, generation)) = self.far_end(line) else {
            return;
        };
        let Some(value) = Json::parse(text) else {
            self.tell(page, Input::BadFrame { generation, detail: "not JSON".into() });
            return;
        };
        match dialect::decode(value, "id") {
            Ok(Frame::Batch(frames)) => {
                for frame in frames {
                    self.arrive(line, &frame.0.to_string());
                }
            }
            Ok(frame) => self.tell(page, Input::Frame { generation, frame }),
            Err(error) => self.tell(page, Input::BadFrame { generation, detail: error.detail().into() }),
        }
    }

    fn serve(&mut self, page: usize, request: RequestId, fetch: &Fetch<Json>) {
        let failed =
            |status| Fetched::Failed { status, retry_after_ms: self.network.retry_after_ms, detail: "failed".into() };
        let reply = if self.network.http_fails {
            failed(None)
        } else if let Some(status) = self.network.http_status {
            failed(Some(status))
        } else {
            let reply = self.answer(fetch);
            if self.network.http_doubles {
                self.answer(fetch);
            }
            reply
        };
        if self.network.http_swallows {
            return;
        }
        for _ in 0..=usize::from(self.network.http_doubles) {
            let at = self.network.down_until.max(self.now) + self.latency();
            self.schedule(at, Happening::HttpDown(page, request, reply.clone()));
        }
    }

    fn answer(&mut self, fetch: &Fetch<Json>) -> Fetched<Json> {
        let not_found = Fetched::Failed { status: Some(404), retry_after_ms: None, detail: "not found".into() };
        match fetch {
            Fetch::Messages { conversation, after, etag } => match self.server.page(conversation, after.as_deref()) {
                Some(page) => {
                    let now = Rc::from(format!("{page:?}"));
                    if etag.as_ref() == Some(&now) {
                        Fetched::NotModified
                    } else {
                        Fetched::Messages(items(page), Some(now))
                    }
                }
                None => not_found,
            },
            Fetch::Before { conversation, before, limit } => {
                Fetched::Messages(items(self.server.before(conversation, before, *limit as usize)), None)
            }
            Fetch::Conversations { etag } => {
                let listed: Vec<Listed<Json>> = self
                    .server
                    .threads
                    .iter()
                    .map(|(id, thread)| Listed {
                        id: id.clone(),
                        data: Json(json!({"id": id})),
                        print: thread.messages.len() as u64,
                    })
                    .collect();
                let now = Rc::from(format!("{listed:?}"));
                if etag.as_ref() == Some(&now) {
                    Fetched::NotModified
                } else {
                    Fetched::Conversations(listed, Some(now))
                }
            }
            Fetch::Send { conversation, client_id, content, .. } => {
                let (stored, out) =
                    self.server.post(conversation, json!({"clientId": **client_id, "content": content.0}));
                self.deliver(out);
                items(vec![self.server.over_http(&stored)]).pop().map_or(not_found, Fetched::Posted)
            }
        }
    }

    /// Sends what the server wants sent; several frames for one connection at once in a batch, where it may.
    fn deliver(&mut self, out: Vec<Out>) {
        let mut together: BTreeMap<(u32, u64), Vec<Parsed>> = BTreeMap::new();
        for (line, delay_ms, frame) in out {
            together.entry((line, delay_ms)).or_default().push(frame);
        }
        for ((line, delay_ms), frames) in together {
            let texts: Vec<String> = match frames.len() > 1 && self.server.takes_batches(line) {
                true => vec![json!({"type": "batch", "frames": frames}).to_string()],
                false => frames.iter().map(Parsed::to_string).collect(),
            };
            for text in texts {
                if delay_ms == 0 {
                    self.schedule_down(line, Happening::Down(line, text));
                } else {
                    self.at(delay_ms, move |world| world.schedule_down(line, Happening::Down(line, text)));
                }
            }
        }
    }

    /// The page at the end of a line, if it has not let go of it.
    fn far_end(&self, line: u32) -> Option<(usize, u32)> {
        let found = self.lines.get(&line)?;
        let is_held = self.pages[found.page].sockets.get(&found.generation) == Some(&line);
        is_held.then_some((found.page, found.generation))
    }

    fn schedule_up(&mut self, line: u32, happening: Happening) {
        let earliest = self.network.down_until.max(self.now) + self.latency();
        let Some(found) = self.lines.get_mut(&line) else {
            return;
        };
        found.up_at = found.up_at.max(earliest);
        let at = found.up_at;
        if !found.is_black_hole {
            self.schedule(at, happening);
        } else if matches!(happening, Happening::UpClose(_)) {
            self.schedule(at + 60_000, happening);
        }
    }

    fn schedule_down(&mut self, line: u32, happening: Happening) {
        let earliest = self.network.down_until.max(self.now) + self.latency();
        let Some(found) = self.lines.get_mut(&line).filter(|line| !line.is_black_hole) else {
            return;
        };
        found.down_at = found.down_at.max(earliest);
        let at = found.down_at;
        self.schedule(at, happening);
    }

    fn latency(&mut self) -> u64 {
        let (min, max) = self.network.latency_ms;
        min + self.rng.up_to(max.saturating_sub(min))
    }

    fn schedule(&mut self, at: u64, happening: Happening) {
        self.sequence += 1;
        self.queue.insert((at, self.sequence), happening);
    }
}

fn items(page: Vec<Parsed>) -> Vec<Item<Json>> {
    let item = |data: Parsed| {
        let data = Json(data);
        Item { keys: dialect::message_keys(&data, "id"), data }
    };
    page.into_iter().map(item).collect()
}
