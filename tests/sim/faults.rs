//! What can go wrong in a world.

use talkwire::engine::{Close, Input, Rng};

use crate::server::Server;
use crate::world::World;

/// What even a perfect client cannot make good.
#[derive(Clone, Copy, Debug, Default)]
pub struct Damage {
    /// The server forgot or renumbered its messages.
    pub forgot: bool,
    /// History could not be had for a while.
    pub no_history: bool,
    /// More was said at once than a page keeps while it reads what is missing.
    pub flooded: bool,
    /// Nobody heard what some pages said, while they heard others.
    pub unheard: bool,
}

/// Something breaks, or works again.
#[derive(Clone, Debug)]
pub enum Fault {
    Close(u16),
    Busy {
        retry_after_ms: u64,
    },
    HalfOpen,
    OneWay {
        up: bool,
    },
    Down {
        for_ms: u64,
    },
    /// Some pages are cut off, the others are not.
    Partition {
        from: usize,
        for_ms: u64,
    },
    Refuse(bool),
    Swallow(bool),
    KillAfterMs(Option<u64>),
    KillAfterBytes(Option<usize>),
    HttpFails(bool),
    HttpStatus(Option<u16>),
    HttpSwallows(bool),
    HttpDoubles(bool),
    HttpLatency(Option<(u64, u64)>),
    Latency(u64, u64),
    Sleep {
        page: usize,
        for_ms: u64,
    },
    Network {
        page: usize,
        is_there: bool,
    },
    Restart,
    Renumber,
    Forget,
    Drain {
        within_ms: u64,
    },
    TokensExpire,
    TokenFails(bool),
    TokenIsStale(bool),
    Garbage(&'static str),
}

impl Fault {
    pub fn draw(chance: &mut Rng, pages: usize) -> Self {
        let page = chance.up_to(pages as u64 - 1) as usize;
        let on = chance.up_to(2) > 0;
        match chance.up_to(35) {
            0..=3 => Self::Close([1000, 1001, 1006, 1011, 1012, 4408][chance.up_to(5) as usize]),
            4 => Self::Busy { retry_after_ms: chance.up_to(8_000) },
            5 | 6 => Self::HalfOpen,
            7 | 8 => Self::OneWay { up: chance.up_to(1) == 0 },
            9 | 10 => Self::Down { for_ms: chance.up_to(20_000) },
            11 | 12 => Self::Partition { from: page, for_ms: chance.up_to(20_000) },
            13 | 14 => Self::Refuse(on),
            15 => Self::Swallow(on),
            16 => Self::KillAfterMs(on.then(|| chance.up_to(4_000))),
            17 | 18 => Self::KillAfterBytes(on.then(|| chance.up_to(4_000) as usize)),
            19 => Self::HttpFails(on),
            20 => Self::HttpStatus(on.then(|| [401, 422, 429, 500, 503][chance.up_to(4) as usize])),
            21 => Self::HttpSwallows(on),
            22 => Self::HttpDoubles(on),
            23 | 24 => Self::HttpLatency(on.then(|| (0, chance.up_to(4_000)))),
            25 => {
                let (min, max) = [(5, 15), (10, 300), (200, 1_500)][chance.up_to(2) as usize];
                Self::Latency(min, max)
            }
            26 | 27 => Self::Sleep { page, for_ms: chance.up_to(60_000) },
            28 => Self::Network { page, is_there: !on },
            29 => Self::Restart,
            30 => match chance.up_to(7) {
                0 => Self::Renumber,
                1 => Self::Forget,
                _ => Self::Restart,
            },
            31 => Self::Drain { within_ms: chance.up_to(10_000) },
            32 => Self::TokensExpire,
            33 => Self::TokenFails(on),
            34 => Self::TokenIsStale(on),
            _ => Self::Garbage(["{\"type\":", "[]", "{\"type\":\"ack\"}", "null"][chance.up_to(3) as usize]),
        }
    }

    /// What it counts as.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Close(_) => "connections closed",
            Self::Busy { .. } => "server asks for time",
            Self::HalfOpen => "half-open connections",
            Self::OneWay { .. } => "one-way loss",
            Self::Down { .. } => "network down",
            Self::Partition { .. } => "partition",
            Self::Refuse(_) => "connections refused",
            Self::Swallow(_) => "handshakes swallowed",
            Self::KillAfterMs(_) => "connections killed after a while",
            Self::KillAfterBytes(_) => "connections killed after N bytes",
            Self::HttpFails(_) => "HTTP fails",
            Self::HttpStatus(_) => "HTTP refused",
            Self::HttpSwallows(_) => "HTTP swallowed",
            Self::HttpDoubles(_) => "HTTP replies doubled",
            Self::HttpLatency(_) => "HTTP overtakes, is overtaken",
            Self::Latency(..) => "latency changed",
            Self::Sleep { .. } => "machine sleeps",
            Self::Network { .. } => "browser says offline, online",
            Self::Restart => "server restarted",
            Self::Renumber => "server restarted, numbers anew",
            Self::Forget => "server restarted, forgot all",
            Self::Drain { .. } => "server drains",
            Self::TokensExpire => "tokens expire",
            Self::TokenFails(_) => "token function fails",
            Self::TokenIsStale(_) => "token function gives old ones",
            Self::Garbage(_) => "frame nobody can read",
        }
    }
}

impl World {
    pub fn suffers(&mut self, fault: &Fault) {
        let now = self.now;
        match *fault {
            Fault::Close(code) => self.close_all(code),
            Fault::Busy { retry_after_ms } => {
                self.close_all_with(Close { code: 1013, retry_after_ms: Some(retry_after_ms), ..Close::default() });
            }
            Fault::HalfOpen => self.black_hole(),
            Fault::OneWay { up } => self.silence(up, !up),
            Fault::Down { for_ms } => self.network.down_until = self.network.down_until.max(now + for_ms),
            Fault::Partition { from, for_ms } => {
                for page in from..self.pages.len() {
                    let until = self.network.cut_off_until.entry(page).or_default();
                    *until = (*until).max(now + for_ms);
                }
            }
            Fault::Refuse(on) => self.network.refuses_sockets = on,
            Fault::Swallow(on) => self.network.swallows_sockets = on,
            Fault::KillAfterMs(after) => self.network.kills_after_ms = after,
            Fault::KillAfterBytes(after) => self.network.kills_after_bytes = after,
            Fault::HttpFails(on) => self.network.http_fails = on,
            Fault::HttpStatus(status) => self.network.http_status = status,
            Fault::HttpSwallows(on) => self.network.http_swallows = on,
            Fault::HttpDoubles(on) => self.network.http_doubles = on,
            Fault::HttpLatency(latency_ms) => self.network.http_latency_ms = latency_ms,
            Fault::Latency(min, max) => self.network.latency_ms = (min, max),
            Fault::Sleep { page, for_ms } => self.sleep(page, for_ms),
            Fault::Network { page, is_there } => {
                self.tell(page, if is_there { Input::Online } else { Input::Offline });
            }
            Fault::Restart => self.restart_server(|_| {}),
            Fault::Renumber => self.restart_server(Server::renumber),
            Fault::Forget => self.restart_server(Server::forget_all),
            Fault::Drain { within_ms } => {
                self.server_sends(serde_json::json!({"type": "drain", "withinMs": within_ms}));
                for line in self.lines.keys().copied().collect::<Vec<_>>() {
                    self.at(within_ms, move |world| world.close(line, 1012));
                }
            }
            Fault::TokensExpire => {
                self.tokens.expire_all();
                if self.tokens.lifetime_ms.is_some() {
                    self.close_all(crate::tokens::EXPIRED);
                }
            }
            Fault::TokenFails(on) => self.tokens.fails = on,
            Fault::TokenIsStale(on) => self.tokens.is_stale = on,
            Fault::Garbage(text) => self.server_sends_text(text),
        }
        self.damage.unheard |= matches!(fault, Fault::OneWay { up: true });
        self.damage.forgot |= matches!(fault, Fault::Renumber | Fault::Forget);
        self.damage.no_history |=
            matches!(fault, Fault::HttpFails(true) | Fault::HttpStatus(Some(_)) | Fault::HttpSwallows(true));
    }

    /// Mends all that can be mended, when every machine is awake.
    pub fn heal(&mut self) {
        let awake_at = self.pages.iter().map(|page| page.asleep_until).max().unwrap_or(0);
        self.run_for(awake_at.saturating_sub(self.now));
        let network = &mut self.network;
        network.refuses_sockets = false;
        network.swallows_sockets = false;
        network.down_until = 0;
        network.cut_off_until.clear();
        network.http_fails = false;
        network.http_status = None;
        network.http_swallows = false;
        network.http_doubles = false;
        network.http_latency_ms = None;
        network.kills_after_ms = None;
        network.kills_after_bytes = None;
        network.latency_ms = (10, 30);
        for line in self.lines.values_mut() {
            line.bytes_left = None;
        }
        self.server.kind.loses_ack = None;
        self.server.kind.loses_answer = None;
        self.server.kind.refuses_subscribe = None;
        self.tokens.heal();
        self.break_black_holes();
        for page in 0..self.pages.len() {
            self.tell(page, Input::PageShow);
            self.tell(page, Input::Online);
            self.tell(page, Input::Visibility { hidden: false });
        }
    }

    /// Whoever was stopped, by a token that nobody took, has signed in again.
    pub fn try_again(&mut self) {
        for page in 0..self.pages.len() {
            self.tell(page, Input::Connect);
        }
    }
}
