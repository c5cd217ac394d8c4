//! A world on a virtual clock: pages, a network, a server, and one seed for all chance.

use std::collections::BTreeMap;

use serde_json::json;
use talkwire::engine::{Config, DeliveryId, Effect, Fetch, Input, PollingConfig, Rng, Timestamp, hashes};
use talkwire::protocol::Codec;

use crate::faults::Damage;
use crate::json::Json;
use crate::network::{Line, Network};
use crate::page::{Page, Socket, holder};
use crate::server::{Kind, Server};
use crate::sockets::Happening;
use crate::speech;
use crate::tokens::Tokens;

pub struct World {
    pub now: u64,
    pub rng: Rng,
    pub server: Server,
    pub network: Network,
    pub pages: Vec<Page>,
    /// What every engine was told and wished, where somebody wants to know.
    pub log: Option<Vec<String>>,
    pub lines: BTreeMap<u32, Line>,
    pub queue: BTreeMap<(u64, u64), Happening>,
    pub sequence: u64,
    pub last_line: u32,
    pub tokens: Tokens,
    pub damage: Damage,
    /// How the pages read and write frames.
    pub codec: Codec,
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
        let codec = speech::codec(kind.protocol);
        Self {
            now: 1_000,
            rng: Rng::new(seed),
            server: Server::new(kind),
            network: Network::default(),
            pages: Vec::new(),
            log: None,
            lines: BTreeMap::new(),
            queue: BTreeMap::new(),
            sequence: 0,
            last_line: 0,
            tokens: Tokens::default(),
            damage: Damage::default(),
            codec,
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
        self.pages[page].wants.entry(conversation.into()).or_default().insert(by);
        let slot = self.pages[page].slot(conversation);
        self.tell(page, Input::View(slot));
        self.tell(page, Input::Hold(slot, holder(by)));
    }

    pub fn unhold(&mut self, page: usize, conversation: &str, by: u32) {
        if let Some(holders) = self.pages[page].wants.get_mut(conversation) {
            holders.remove(&by);
        }
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

    /// The machine under a page sleeps.
    pub fn sleep(&mut self, page: usize, duration_ms: u64) {
        let this = &mut self.pages[page];
        this.asleep_until = this.asleep_until.max(self.now + duration_ms);
    }

    /// The server process is replaced; its connections break off.
    pub fn restart_server(&mut self, change: impl FnOnce(&mut Server)) {
        self.close_all(1006);
        change(&mut self.server);
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
        self.look();
    }

    /// Whoever looks at a snapshot has the engine told what went by the lane.
    fn look(&mut self) {
        (0..self.pages.len()).for_each(|page| self.settle(page));
    }

    /// Until `is_done`, or for `limit_ms`; gives the time it took.
    pub fn run_until(&mut self, limit_ms: u64, is_done: impl Fn(&Self) -> bool) -> Option<u64> {
        let start = self.now;
        while !is_done(self) {
            let next = self.next_moment().filter(|at| *at <= start + limit_ms)?;
            debug_assert!(next >= self.now);
            self.step();
        }
        self.look();
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

    /// Gives a page's engine one fact, and fulfils its wishes. What its lane owes goes first.
    pub fn tell(&mut self, page: usize, input: Input<Json>) {
        self.settle(page);
        self.tell_engine(page, input);
    }

    /// Tells a page's engine what went by its lane.
    pub fn settle(&mut self, page: usize) {
        let (followed, passed) = self.pages[page].lane.settle();
        for (slot, id) in followed {
            self.pages[page].client.followed(slot, hashes(&id));
        }
        if let Some(passed) = passed {
            self.tell_engine(page, Input::Passed(passed));
        }
    }

    fn tell_engine(&mut self, page: usize, input: Input<Json>) {
        if let Input::View(slot) = &input {
            self.pages[page].shown_slots.insert(*slot);
        }
        self.note(|| format!("page {page} <- {input:?}"));
        let now = Timestamp::from_millis(self.now);
        let most = self.pages[page].watch_input(&input, self.now);
        self.pages[page].client.handle(input, now);
        self.fulfil_all(page, most);
    }

    pub fn cancel(&mut self, page: usize, delivery: u32) -> bool {
        self.settle(page);
        let now = Timestamp::from_millis(self.now);
        let most = self.pages[page].watch_input(&Input::Cancel(DeliveryId(delivery)), self.now);
        let is_cancelled = self.pages[page].client.cancel(DeliveryId(delivery), now);
        self.fulfil_all(page, most);
        is_cancelled
    }

    fn fulfil_all(&mut self, page: usize, most: usize) {
        let next = self.pages[page].client.next_deadline();
        assert!(
            next.is_none_or(|next| next.as_millis() > self.now),
            "a deadline in the past: {next:?} at {}",
            self.now
        );
        let mut effects = 0;
        while let Some(effect) = self.pages[page].client.poll_effect() {
            self.fulfil(page, effect);
            effects += 1;
        }
        self.end_turn(page);
        assert!(effects <= most, "{effects} effects of one input, at most {most} expected");
        let now = self.now;
        self.pages[page].watch_step(now);
    }

    fn end_turn(&mut self, page: usize) {
        for line in self.pages[page].sockets.values().map(|socket| socket.line).collect::<Vec<_>>() {
            self.flush(line);
        }
    }

    fn fulfil(&mut self, page: usize, effect: Effect<Json>) {
        self.note(|| format!("page {page} -> {effect:?}"));
        let now = self.now;
        let this = &mut self.pages[page];
        match effect {
            Effect::Dial { generation, code, is_polled, .. } => {
                this.identity = None;
                this.watch.unrest_at = now;
                self.dial(page, generation, code, is_polled);
            }
            Effect::Upgrade { generation } => self.upgrade(page, generation),
            Effect::Transmit { generation, frames, batch } => self.transmit(page, generation, frames, batch),
            Effect::Measure { generation } => {
                let line = this.sockets.get(&generation).and_then(|socket| self.lines.get(&socket.line));
                let bytes = if line.is_some_and(|line| line.loses_up) { 65_536 } else { 0 };
                self.tell(page, Input::Buffered { generation, bytes });
            }
            Effect::Hangup { generation, code } => {
                this.hangups.push((now, code));
                if let Some(socket) = this.sockets.remove(&generation) {
                    this.watch.was_stable |= this.is_stable(&socket, now);
                    let Socket { line, .. } = socket;
                    self.flush(line);
                    self.schedule_up(line, Happening::UpClose(line));
                }
            }
            Effect::Fetch(request, fetch) => {
                this.watch.asked(request, &fetch);
                if fetch == Fetch::Probe {
                    this.probes.push(now);
                } else {
                    this.fetches.push((now, fetch.clone()));
                }
                let at = self.moment_of(page, &fetch);
                self.schedule(at, Happening::HttpUp(page, request, fetch));
            }
            Effect::Abort(request) => {
                this.watch.given_up(request);
                this.aborted.push(request.0);
            }
            Effect::Event(event) => this.event(now, event),
            Effect::Report(error, conversation) => this.error(now, error, conversation.as_deref()),
            Effect::Connection(connection) => {
                this.watch_connection(&connection, now);
                this.connection = connection;
            }
            Effect::Edit(slot, edit) => this.edit(slot, edit),
            Effect::List(_) => this.lists += 1,
            Effect::Want(slot) => {
                let id = this.name(slot);
                this.lane.want(slot, id.into());
            }
            Effect::Unwant(slot) => this.lane.unwant(slot),
            Effect::Gap(conversation) => this.gap(&conversation),
            Effect::Settle(delivery, outcome) => this.settle(delivery, &outcome),
            Effect::Loaded(_, error) => this.loaded.push(error),
            Effect::Forget(slot) => this.forgotten.push(slot),
            Effect::Identity(user_id) => this.identity = Some(user_id),
            Effect::Ended => this.has_ended = true,
            Effect::Info { .. } | Effect::Read { .. } | Effect::Agent { .. } => {}
        }
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{} {}", self.now, what()));
        }
    }
}
