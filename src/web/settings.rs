//! The options as numbers and flags, by the names that `toConfig` of `src/js/options.js` gives them.

use wasm_bindgen::prelude::*;

use crate::engine::{Config, Greeting, Jitter, Overflow};
use crate::protocol::Value;
use crate::protocol::read::{count, flag, text};

/// Reads all settings; one that is missing keeps its default.
pub(super) fn read(settings: &JsValue, seed: u64) -> Config {
    let mut config = Config { seed, user_id: text(settings, "userId"), ..Config::default() };
    let Config { backoff, heartbeat, polling, outbox, .. } = &mut config;
    let read = Settings(settings);
    read.number("backoffMinMs", &mut backoff.min_ms);
    read.number("backoffMaxMs", &mut backoff.max_ms);
    if let Some(factor) = settings.child("backoffFactor").and_then(|factor| factor.number()) {
        backoff.factor = factor;
    }
    if !flag(settings, "backoffJitter") {
        backoff.jitter = Jitter::None;
    }
    read.number("backoffStableAfterMs", &mut backoff.stable_after_ms);
    read.number("backoffMaxAttempts", &mut backoff.max_attempts);

    heartbeat.enabled = flag(settings, "heartbeat");
    read.number("heartbeatIntervalMs", &mut heartbeat.interval_ms);
    read.number("heartbeatTimeoutMs", &mut heartbeat.timeout_ms);
    heartbeat.custom_ping = flag(settings, "customPing");

    polling.messages = flag(settings, "pollMessages");
    polling.conversations = flag(settings, "pollConversations");
    polling.send = flag(settings, "pollSend");
    read.number("pollMessagesIntervalMs", &mut polling.messages_interval_ms);
    read.number("pollConversationsIntervalMs", &mut polling.conversations_interval_ms);
    read.number("pollStartAfterMs", &mut polling.start_after_ms);
    read.number("pollStartAfterAttempts", &mut polling.start_after_attempts);
    polling.safety_interval_ms = count(settings, "pollSafetyIntervalMs");

    read.number("outboxMaxMessages", &mut outbox.max_messages);
    read.number("outboxMaxBytes", &mut outbox.max_bytes);
    read.number("outboxTtlMs", &mut outbox.ttl_ms);
    outbox.message_ttl_ms = count(settings, "outboxMessageTtlMs");
    if flag(settings, "outboxDropOldest") {
        outbox.overflow = Overflow::DropOldest;
    }
    read.number("outboxAckTimeoutMs", &mut outbox.ack_timeout_ms);
    read.number("outboxBatchMs", &mut outbox.batch_ms);

    config.auto_connect = flag(settings, "autoConnect");
    read.number("connectTimeoutMs", &mut config.connect_timeout_ms);
    read.number("lingerMs", &mut config.linger_ms);
    read.number("typingThrottleMs", &mut config.typing_throttle_ms);
    read.number("typingExpireMs", &mut config.typing_expire_ms);
    read.number("historyMaxMessages", &mut config.history_max_messages);
    config.can_load_before = flag(settings, "canLoadBefore");
    config.long_polling = flag(settings, "longPolling");
    config.token_refreshable = flag(settings, "tokenRefreshable");
    config.greeting = match text(settings, "protocol").as_deref() {
        Some("nest") => Greeting::Never,
        Some("socket.io") => Greeting::Always,
        Some(_) | None => Greeting::Learnt,
    };
    config
}

struct Settings<'a>(&'a JsValue);

impl Settings<'_> {
    fn number<T: TryFrom<u64>>(&self, name: &str, setting: &mut T) {
        if let Some(number) = count(self.0, name).and_then(|number| T::try_from(number).ok()) {
            *setting = number;
        }
    }
}
