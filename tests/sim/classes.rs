//! Classes of servers: what each allows to promise, and how servers of one class differ.

use talkwire::engine::{Config, Greeting, HeartbeatConfig, OutboxConfig, Overflow, Rng};
use talkwire::protocol::Protocol;

use crate::server::Kind;
use crate::tokens::Tokens;
use crate::world::with_polling;

/// A server, how its clients are set, and what can be promised of both.
#[derive(Clone, Debug)]
pub struct Class {
    pub name: &'static str,
    pub kind: Kind,
    pub config: Config,
    pub tokens: Tokens,
    /// Nothing is ever missing, unless the server itself forgets.
    pub never_gaps: bool,
    /// Nothing is ever told late.
    pub never_late: bool,
    /// A send whose ack was lost is sent again.
    pub resends: bool,
}

pub fn classes() -> Vec<Class> {
    let full = Kind::full();
    let base = Class {
        name: "full",
        kind: full.clone(),
        config: with_polling(),
        tokens: Tokens::default(),
        never_gaps: true,
        never_late: true,
        resends: true,
    };
    let quick_pings = HeartbeatConfig { interval_ms: 5_000, timeout_ms: 2_000, ..Config::default().heartbeat };
    vec![
        base.clone(),
        Class {
            name: "replay without history",
            kind: Kind { history: false, ..full.clone() },
            config: Config { heartbeat: quick_pings, ..Config::default() },
            ..base.clone()
        },
        Class {
            name: "short replay with history",
            kind: Kind { replay_window: 3, page: 40, ..full.clone() },
            ..base.clone()
        },
        Class {
            name: "short replay",
            kind: Kind { replay_window: 3, history: false, ..full.clone() },
            config: Config::default(),
            never_gaps: false,
            ..base.clone()
        },
        Class { name: "numbers with history", kind: Kind { history: true, ..Kind::numbered() }, ..base.clone() },
        Class {
            name: "numbers only",
            kind: Kind::numbered(),
            config: Config::default(),
            never_gaps: false,
            ..base.clone()
        },
        Class {
            name: "slow and lossy",
            kind: Kind { loses_ack: Some(3), loses_answer: Some(4), ack_delay_ms: 700, ..full },
            ..base.clone()
        },
        Class {
            name: "batches of sends",
            config: Config {
                outbox: OutboxConfig { batch_ms: 200, ..Config::default().outbox },
                ..base.config.clone()
            },
            ..base.clone()
        },
        Class {
            name: "ids with history",
            kind: Kind::plain_with_history(),
            never_late: false,
            resends: false,
            ..base.clone()
        },
        Class {
            name: "ids only",
            kind: Kind::plain(),
            config: Config::default(),
            never_gaps: false,
            resends: false,
            ..base
        },
    ]
}

impl Class {
    /// The class of a world, as one server of it may be.
    pub fn of(seed: u64, chance: &mut Rng) -> Self {
        let all = classes();
        let mut class = all[(seed % all.len() as u64) as usize].clone();
        if class.kind.hello.is_none() {
            let round = seed / all.len() as u64;
            match round % 3 {
                0 => {
                    class.kind.protocol = Protocol::Nest;
                    class.config.greeting = Greeting::Never;
                }
                1 => {
                    class.kind.protocol = Protocol::SocketIo;
                    let has_acks = round.is_multiple_of(2);
                    class.kind.hello = Some(if has_acks { vec!["ack"] } else { Vec::new() });
                    class.config.greeting = Greeting::Always;
                    // What is sent again may have been stored before others were told of.
                    class.never_late &= !has_acks;
                }
                _ => {}
            }
        }
        class.kind.returns_client_id = (seed / all.len() as u64) % 7 != 3;
        let mut one_in = |n: u64| chance.up_to(n - 1) == 0;
        let (has_tokens, is_cramped, is_slow, says_hello_late, refuses) =
            (one_in(3), one_in(4), one_in(3), one_in(4), one_in(6));
        if has_tokens {
            class.tokens.lifetime_ms = Some(2_000 + chance.up_to(60_000));
            class.config.token_refreshable = true;
        }
        if is_cramped {
            class.config.outbox = OutboxConfig {
                max_messages: 2 + chance.up_to(4) as usize,
                message_ttl_ms: (chance.up_to(1) == 0).then(|| 5_000 + chance.up_to(40_000)),
                overflow: if chance.up_to(1) == 0 { Overflow::Reject } else { Overflow::DropOldest },
                ..class.config.outbox
            };
        }
        if is_slow {
            class.kind.ack_delay_ms = chance.up_to(3_000);
            // Without numbers, nobody could tell what overtook what.
            class.kind.echo_delay_ms = if class.kind.numbers { chance.up_to(3_000) } else { 0 };
        }
        // The same server, where the way to it may let no socket pass.
        class.config.long_polling = class.kind.protocol == Protocol::SocketIo && !class.config.polling.messages;
        if says_hello_late {
            class.kind.hello_delay_ms = chance.up_to(1_500);
        }
        if refuses {
            let every = 2 + chance.up_to(6) as u32;
            // Of these dialects, a refusal names no conversation: nobody could know of it.
            class.kind.refuses_subscribe = (class.kind.protocol == Protocol::Json).then_some(every);
            class.kind.refuses_message = Some(2 + chance.up_to(6) as u32);
        }
        class
    }
}
