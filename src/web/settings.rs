//! The options as numbers and flags, by the names that `toConfig` of `src/js/options.js` gives them.

use wasm_bindgen::prelude::*;

use crate::engine::{BackoffConfig, Config, Greeting, HeartbeatConfig, Jitter, OutboxConfig, Overflow, PollingConfig};
use crate::protocol::Value;

/// Reads all settings; one that is missing keeps its default.
pub(super) fn read(settings: &JsValue, seed: u64) -> Config {
    let default = Config::default();
    let flag = |name: &str| settings.child(name).and_then(|value| value.flag()).unwrap_or(false);
    let number = |name: &str, default: u64| settings.child(name).and_then(|value| value.count()).unwrap_or(default);
    let limit = |name: &str| settings.child(name).and_then(|value| value.count());
    Config {
        user_id: settings.child("userId").and_then(|value| value.text()),
        auto_connect: flag("autoConnect"),
        connect_timeout_ms: number("connectTimeoutMs", default.connect_timeout_ms),
        backoff: BackoffConfig {
            min_ms: number("backoffMinMs", default.backoff.min_ms),
            max_ms: number("backoffMaxMs", default.backoff.max_ms),
            factor: settings.child("backoffFactor").and_then(|value| value.number()).unwrap_or(default.backoff.factor),
            jitter: if flag("backoffJitter") { Jitter::Full } else { Jitter::None },
            stable_after_ms: number("backoffStableAfterMs", default.backoff.stable_after_ms),
            max_attempts: number("backoffMaxAttempts", u64::from(u32::MAX)) as u32,
        },
        heartbeat: HeartbeatConfig {
            enabled: flag("heartbeat"),
            interval_ms: number("heartbeatIntervalMs", default.heartbeat.interval_ms),
            timeout_ms: number("heartbeatTimeoutMs", default.heartbeat.timeout_ms),
            custom_ping: flag("customPing"),
        },
        linger_ms: number("lingerMs", default.linger_ms),
        polling: PollingConfig {
            messages: flag("pollMessages"),
            conversations: flag("pollConversations"),
            send: flag("pollSend"),
            messages_interval_ms: number("pollMessagesIntervalMs", default.polling.messages_interval_ms),
            conversations_interval_ms: number("pollConversationsIntervalMs", default.polling.conversations_interval_ms),
            start_after_ms: number("pollStartAfterMs", default.polling.start_after_ms),
            start_after_attempts: number("pollStartAfterAttempts", u64::from(default.polling.start_after_attempts))
                as u32,
            safety_interval_ms: limit("pollSafetyIntervalMs"),
        },
        outbox: OutboxConfig {
            max_messages: number("outboxMaxMessages", default.outbox.max_messages as u64) as usize,
            max_bytes: number("outboxMaxBytes", default.outbox.max_bytes as u64) as usize,
            ttl_ms: number("outboxTtlMs", default.outbox.ttl_ms),
            message_ttl_ms: limit("outboxMessageTtlMs"),
            overflow: if flag("outboxDropOldest") { Overflow::DropOldest } else { Overflow::Reject },
            ack_timeout_ms: number("outboxAckTimeoutMs", default.outbox.ack_timeout_ms),
            batch_ms: number("outboxBatchMs", default.outbox.batch_ms),
        },
        typing_throttle_ms: number("typingThrottleMs", default.typing_throttle_ms),
        typing_expire_ms: number("typingExpireMs", default.typing_expire_ms),
        history_max_messages: number("historyMaxMessages", default.history_max_messages as u64) as usize,
        can_load_before: flag("canLoadBefore"),
        greeting: match settings.child("protocol").and_then(|name| name.text()).as_deref() {
            Some("nest") => Greeting::Never,
            Some("socket.io") => Greeting::Always,
            Some(_) | None => Greeting::Learnt,
        },
        token_refreshable: flag("tokenRefreshable"),
        seed,
    }
}
