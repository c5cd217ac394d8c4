//! The options as numbers and flags, in the order in which `toConfig` of `src/js/config.js` gives them.

use wasm_bindgen::prelude::*;

use crate::engine::{BackoffConfig, Config, Greeting, HeartbeatConfig, Jitter, OutboxConfig, Overflow, PollingConfig};
use crate::protocol::read::text;

/// Reads all settings.
pub(super) fn read(settings: &JsValue, numbers: &[f64], seed: u64) -> Config {
    let mut numbers = Numbers(numbers.iter());
    Config {
        seed,
        user_id: text(settings, "userId"),
        greeting: match text(settings, "protocol").as_deref() {
            Some("nest") => Greeting::Never,
            Some("socket.io") => Greeting::Always,
            Some(_) | None => Greeting::Learnt,
        },
        auto_connect: numbers.flag(),
        connect_timeout_ms: numbers.ms(),
        backoff: BackoffConfig {
            min_ms: numbers.ms(),
            max_ms: numbers.ms(),
            factor: numbers.next(),
            jitter: if numbers.flag() { Jitter::Full } else { Jitter::None },
            stable_after_ms: numbers.ms(),
            max_attempts: numbers.count(),
        },
        heartbeat: HeartbeatConfig {
            enabled: numbers.flag(),
            interval_ms: numbers.ms(),
            timeout_ms: numbers.ms(),
            custom_ping: numbers.flag(),
        },
        linger_ms: numbers.ms(),
        polling: PollingConfig {
            messages: numbers.flag(),
            conversations: numbers.flag(),
            send: numbers.flag(),
            messages_interval_ms: numbers.ms(),
            conversations_interval_ms: numbers.ms(),
            start_after_ms: numbers.ms(),
            start_after_attempts: numbers.count(),
            safety_interval_ms: numbers.limit_ms(),
        },
        long_polling: numbers.flag(),
        outbox: OutboxConfig {
            max_messages: numbers.count() as usize,
            max_bytes: numbers.count() as usize,
            ttl_ms: numbers.ms(),
            message_ttl_ms: numbers.limit_ms(),
            overflow: if numbers.flag() { Overflow::DropOldest } else { Overflow::Reject },
            ack_timeout_ms: numbers.ms(),
            batch_ms: numbers.ms(),
        },
        typing_throttle_ms: numbers.ms(),
        typing_expire_ms: numbers.ms(),
        history_max_messages: numbers.count() as usize,
        can_load_before: numbers.flag(),
        token_refreshable: numbers.flag(),
    }
}

struct Numbers<'a>(std::slice::Iter<'a, f64>);

impl Numbers<'_> {
    #[inline(never)]
    fn next(&mut self) -> f64 {
        self.0.next().copied().unwrap_or_default()
    }

    fn flag(&mut self) -> bool {
        self.next() > 0.0
    }

    /// Infinity is as much as can be counted.
    fn count(&mut self) -> u32 {
        self.next() as u32
    }

    fn ms(&mut self) -> u64 {
        self.next() as u64
    }

    fn limit_ms(&mut self) -> Option<u64> {
        Some(self.next()).filter(|limit| limit.is_finite()).map(|limit| limit as u64)
    }
}
