//! Sockets between pages and the server: what passes, when, and what breaks.

use std::collections::BTreeMap;

use serde_json::{Value as Parsed, json};
use talkwire::engine::{Close, ErrorCode, Fetch, Fetched, Input, RequestId};
use talkwire::protocol::{Batch, Frame, Outgoing, Protocol};

use crate::json::Json;
use crate::lane;
use crate::network::{Line, Network};
use crate::page::Socket;
use crate::server::Out;
use crate::speech;
use crate::tokens;
use crate::world::World;

pub enum Happening {
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

impl World {
    /// The server closes every connection.
    pub fn close_all(&mut self, code: u16) {
        self.close_all_with(Close { code, ..Close::default() });
    }

    pub fn close_all_with(&mut self, close: Close) {
        for line in self.lines.keys().copied().collect::<Vec<_>>() {
            self.close_with(line, close.clone());
        }
    }

    /// Connections that fell silent break off at last.
    pub fn break_black_holes(&mut self) {
        for (line, found) in &mut self.lines {
            if std::mem::take(&mut found.loses_up) | std::mem::take(&mut found.loses_down) {
                self.server.disconnected(*line);
                self.sequence += 1;
                let close = Close { code: 1006, ..Close::default() };
                self.queue.insert((self.now + 1, self.sequence), Happening::DownClose(*line, close));
            }
        }
    }

    /// Every connection falls silent, and neither end is told.
    pub fn black_hole(&mut self) {
        self.silence(true, true);
    }

    /// What is said over the connections of now is lost, and nobody is told.
    pub fn silence(&mut self, loses_up: bool, loses_down: bool) {
        for line in self.lines.values_mut() {
            line.loses_up |= loses_up;
            line.loses_down |= loses_down;
        }
    }

    /// A connection breaks off.
    pub fn kill(&mut self, line: u32) {
        self.close(line, 1006);
    }

    pub fn close(&mut self, line: u32, code: u16) {
        self.close_with(line, Close { code, ..Close::default() });
    }

    fn close_with(&mut self, line: u32, close: Close) {
        self.server.disconnected(line);
        if let Some((page, _)) = self.far_end(line) {
            self.pages[page].watch.unrest_at = self.now;
        }
        self.schedule_down(line, Happening::DownClose(line, close));
    }

    pub fn server_sends(&mut self, frame: Parsed) {
        let out = self.server.connections().map(|line| (line, 0, frame.clone())).collect();
        self.deliver(out);
    }

    pub fn server_sends_text(&mut self, text: &str) {
        for line in self.server.connections().collect::<Vec<_>>() {
            self.schedule_down(line, Happening::Down(line, text.into()));
        }
    }

    pub fn live_sockets(&self, page: usize) -> usize {
        self.pages[page].sockets.len()
    }

    /// What the server holds for a page, over all its connections.
    pub fn server_holds(&self, page: usize) -> Vec<String> {
        let sockets = self.pages[page].sockets.values();
        sockets.flat_map(|socket| self.server.subscriptions(socket.line)).collect()
    }

    pub fn dial(&mut self, page: usize, generation: u32, code: Option<u16>, is_polled: bool) {
        self.last_line += 1;
        let line = self.last_line;
        self.pages[page].dials.push(self.now);
        if is_polled {
            self.pages[page].polled_dials.push(self.now);
        }
        self.pages[page].sockets.insert(generation, Socket::new(line, self.now));
        let Network { swallows_sockets, refuses_sockets, http_swallows, http_fails, .. } = self.network;
        let (is_swallowed, is_refused) =
            if is_polled { (http_swallows, http_fails) } else { (swallows_sockets, refuses_sockets) };
        let token = self.tokens.give(page, code, self.now);
        let dialled = Line {
            page,
            generation,
            loses_up: is_swallowed,
            loses_down: is_swallowed,
            batch: Batch::default(),
            up_at: 0,
            down_at: 0,
            bytes_left: self.network.kills_after_bytes,
            token: token.ok().flatten(),
        };
        self.lines.insert(line, dialled);
        if token.is_err() {
            self.at(1, move |world| world.fail_dial(line));
        } else if is_refused {
            self.schedule_down(line, Happening::DownClose(line, Close { code: 1006, ..Close::default() }));
        } else {
            self.schedule_up(line, Happening::Accept(line));
        }
    }

    /// A page tries a socket beside a polled session: what passed over that passes over the socket from then on.
    pub fn upgrade(&mut self, page: usize, generation: u32) {
        self.pages[page].upgrades.push(self.now);
        let Some(line) = self.pages[page].sockets.get(&generation).map(|socket| socket.line) else {
            return;
        };
        if !self.network.refuses_sockets && !self.network.swallows_sockets {
            self.schedule_down(line, Happening::Opened(line));
        }
    }

    pub fn transmit(&mut self, page: usize, generation: u32, frames: Vec<Outgoing<Json>>, batch: bool) {
        assert!(!frames.is_empty(), "an empty transmit");
        let texts: Vec<String> = frames.iter().map(|frame| self.codec.encode(frame)).collect();
        assert!(texts.iter().all(|text| !text.contains(tokens::MARK)), "a token in a frame of the engine's");
        self.pages[page].watch_written(generation, &frames, batch && texts.len() > 1, self.now);
        self.pages[page].transmits.push((self.now, frames));
        let Some(line) = self.pages[page].sockets.get(&generation).map(|socket| socket.line) else {
            return;
        };
        for text in texts {
            let full = self.lines.get_mut(&line).and_then(|line| line.batch.push(text));
            self.write(line, full);
            if !batch {
                self.flush(line);
            }
        }
    }

    /// Writes what has gathered for a connection.
    pub fn flush(&mut self, line: u32) {
        let packed = self.lines.get_mut(&line).and_then(|line| line.batch.take());
        self.write(line, packed);
    }

    fn write(&mut self, line: u32, text: Option<String>) {
        if let (Some(text), Some(found)) = (text, self.lines.get(&line)) {
            self.pages[found.page].written_bytes.push(text.len());
            self.schedule_up(line, Happening::Up(line, text));
        }
    }

    /// The page that something is on its way to.
    pub fn receiver(&self, happening: &Happening) -> Option<usize> {
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

    pub fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Do(action) => action(self),
            Happening::Accept(line) => self.accept(line),
            Happening::Opened(line) => {
                if let Some((page, generation)) = self.far_end(line) {
                    self.tell(page, Input::Opened { generation });
                }
            }
            Happening::Up(line, text) => {
                if let Some(frame) = speech::heard(self.server.kind.protocol, &text) {
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

    pub fn accept(&mut self, line: u32) {
        let Some(token) = self.lines.get(&line).map(|line| line.token) else {
            return;
        };
        self.schedule_down(line, Happening::Opened(line));
        match self.tokens.good_until(token) {
            Some(until) if until <= self.now => return self.close(line, tokens::EXPIRED),
            Some(until) => self.at(until - self.now, move |world| world.close(line, tokens::EXPIRED)),
            None => {}
        }
        let out = self.server.connected(line);
        self.deliver(out);
        if self.server.kind.protocol == Protocol::SocketIo {
            self.ping_in(line, speech::PING_MS);
        }
        if let Some(delay_ms) = self.network.kills_after_ms {
            self.at(delay_ms, move |world| world.kill(line));
        }
    }

    /// The server's own ping, again and again.
    fn ping_in(&mut self, line: u32, interval_ms: u64) {
        self.at(interval_ms, move |world| {
            if world.lines.contains_key(&line) {
                world.deliver(vec![(line, 0, json!({"type": "ping"}))]);
                world.ping_in(line, interval_ms);
            }
        });
    }

    /// The application had no token to dial with.
    fn fail_dial(&mut self, line: u32) {
        let Some((page, generation)) = self.far_end(line) else {
            return;
        };
        self.lines.remove(&line);
        let detail = "The function given as token failed.".into();
        self.tell(page, Input::DialFailed { generation, code: ErrorCode::DialFailed, detail, lasting: false });
    }

    pub fn arrive(&mut self, line: u32, text: &str) {
        let Some((page, generation)) = self.far_end(line) else {
            return;
        };
        let Some(value) = Json::parse(text) else {
            self.tell(page, Input::BadFrame { generation, detail: "not JSON".into() });
            return;
        };
        match self.codec.decode(value, "id") {
            Ok(Frame::Batch(frames)) => {
                for frame in frames {
                    self.arrive(line, &frame.0.to_string());
                }
            }
            Ok(frame) => {
                if self.pages[page].lane.must_settle(generation, &frame) {
                    self.settle(page);
                }
                if let Some(frame) = lane::pass(&mut self.pages[page], generation, frame, self.now) {
                    self.tell(page, Input::Frame { generation, frame });
                }
            }
            Err(error) => self.tell(page, Input::BadFrame { generation, detail: error.detail().into() }),
        }
    }

    /// Sends what the server wants sent; several frames for one connection at once in a batch, where it may.
    pub fn deliver(&mut self, out: Vec<Out>) {
        let mut together: BTreeMap<(u32, u64), Vec<Parsed>> = BTreeMap::new();
        for (line, delay_ms, frame) in out {
            let frame = speech::said(self.server.kind.protocol, frame);
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
    pub fn far_end(&self, line: u32) -> Option<(usize, u32)> {
        let found = self.lines.get(&line)?;
        let is_held = self.pages[found.page].sockets.get(&found.generation).is_some_and(|socket| socket.line == line);
        is_held.then_some((found.page, found.generation))
    }

    pub fn schedule_up(&mut self, line: u32, happening: Happening) {
        let earliest = self.earliest(line);
        let Some(found) = self.lines.get_mut(&line) else {
            return;
        };
        found.up_at = found.up_at.max(earliest);
        let (at, loses) = (found.up_at, found.loses_up);
        if !found.lets_pass(&happening) {
            self.kill(line);
        } else if !loses {
            self.schedule(at, happening);
        } else if matches!(happening, Happening::UpClose(_)) {
            self.schedule(at + 60_000, happening);
        }
    }

    pub fn schedule_down(&mut self, line: u32, happening: Happening) {
        let earliest = self.earliest(line);
        let Some(found) = self.lines.get_mut(&line).filter(|line| !line.loses_down) else {
            return;
        };
        found.down_at = found.down_at.max(earliest);
        let at = found.down_at;
        if found.lets_pass(&happening) {
            self.schedule(at, happening);
        } else {
            self.kill(line);
        }
    }

    /// When a request or a reply of a page's arrives, if it leaves now.
    pub fn http_moment(&mut self, page: usize) -> u64 {
        let (min, max) = self.network.http_latency_ms.unwrap_or(self.network.latency_ms);
        self.network.reachable_from(page).max(self.now) + min + self.rng.up_to(max.saturating_sub(min))
    }

    fn earliest(&mut self, line: u32) -> u64 {
        let page = self.lines.get(&line).map_or(usize::MAX, |line| line.page);
        self.network.reachable_from(page).max(self.now) + self.latency()
    }

    pub fn latency(&mut self) -> u64 {
        let (min, max) = self.network.latency_ms;
        min + self.rng.up_to(max.saturating_sub(min))
    }

    pub fn schedule(&mut self, at: u64, happening: Happening) {
        self.sequence += 1;
        self.queue.insert((at, self.sequence), happening);
    }
}
