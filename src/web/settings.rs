//! The options as numbers and flags, in the order in which `toConfig` of `src/js/config.js` gives them.

use wasm_bindgen::prelude::*;

use crate::engine::{BackoffConfig, Config, Greeting, HeartbeatConfig, Jitter, OutboxConfig, Overflow, PollingConfig};
use crate::protocol::read::text;

/// Reads all settings.
pub(super) fn read(settings: &JsValue, numbers: &[f64], seed: u64) -> Config {
    let [
        auto_connect,
        connect_timeout_ms,
        min_ms,
        max_ms,
        factor,
        has_jitter,
        stable_after_ms,
        max_attempts,
        heartbeat,
        heartbeat_interval_ms,
        heartbeat_timeout_ms,
        custom_ping,
        linger_ms,
        reads_messages,
        reads_conversations,
        sends,
        messages_interval_ms,
        conversations_interval_ms,
        start_after_ms,
        start_after_attempts,
        safety_interval_ms,
        long_polling,
        max_messages,
        max_bytes,
        ttl_ms,
        message_ttl_ms,
        drops_oldest,
        ack_timeout_ms,
        batch_ms,
        typing_throttle_ms,
        typing_expire_ms,
        history_max_messages,
        can_load_before,
        token_refreshable,
    ] = *numbers.first_chunk().unwrap_or(&[0.0; 34]);
    // Infinity is as much as can be counted.
    let (ms, count, flag) = (|number| number as u64, |number| number as u32, |number| number > 0.0);
    let limit_ms = |limit: f64| limit.is_finite().then_some(limit as u64);
    Config {
        seed,
        user_id: text(settings, "userId"),
        greeting: match text(settings, "protocol").as_deref() {
            Some("nest") => Greeting::Never,
            Some("socket.io") => Greeting::Always,
            Some(_) | None => Greeting::Learnt,
        },
        auto_connect: flag(auto_connect),
        connect_timeout_ms: ms(connect_timeout_ms),
        backoff: BackoffConfig {
            min_ms: ms(min_ms),
            max_ms: ms(max_ms),
            factor,
            jitter: if flag(has_jitter) { Jitter::Full } else { Jitter::None },
            stable_after_ms: ms(stable_after_ms),
            max_attempts: count(max_attempts),
        },
        heartbeat: HeartbeatConfig {
            enabled: flag(heartbeat),
            interval_ms: ms(heartbeat_interval_ms),
            timeout_ms: ms(heartbeat_timeout_ms),
            custom_ping: flag(custom_ping),
        },
        linger_ms: ms(linger_ms),
        polling: PollingConfig {
            messages: flag(reads_messages),
            conversations: flag(reads_conversations),
            send: flag(sends),
            messages_interval_ms: ms(messages_interval_ms),
            conversations_interval_ms: ms(conversations_interval_ms),
            start_after_ms: ms(start_after_ms),
            start_after_attempts: count(start_after_attempts),
            safety_interval_ms: limit_ms(safety_interval_ms),
        },
        long_polling: flag(long_polling),
        outbox: OutboxConfig {
            max_messages: count(max_messages) as usize,
            max_bytes: count(max_bytes) as usize,
            ttl_ms: ms(ttl_ms),
            message_ttl_ms: limit_ms(message_ttl_ms),
            overflow: if flag(drops_oldest) { Overflow::DropOldest } else { Overflow::Reject },
            ack_timeout_ms: ms(ack_timeout_ms),
            batch_ms: ms(batch_ms),
        },
        typing_throttle_ms: ms(typing_throttle_ms),
        typing_expire_ms: ms(typing_expire_ms),
        history_max_messages: count(history_max_messages) as usize,
        can_load_before: flag(can_load_before),
        token_refreshable: flag(token_refreshable),
    }
}
