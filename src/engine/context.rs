//! What every part of the engine works with: time, chance, timers, and the list of wishes.

use std::collections::VecDeque;
use std::rc::Rc;

use super::config::Config;
use super::effect::{Edit, Effect, Event};
use super::error::Error;
use super::input::{RequestId, Slot};
use super::rng::Rng;
use super::stats::{Log, Stats};
use super::time::Timestamp;
use super::timers::{Timer, TimerTable};

/// Shared by all parts of one client.
#[derive(Debug)]
pub(super) struct Context<P> {
    pub(super) config: Config,
    pub(super) now: Timestamp,
    pub(super) rng: Rng,
    pub(super) timers: TimerTable,
    pub(super) effects: VecDeque<Effect<P>>,
    pub(super) stats: Stats,
    pub(super) log: Log,
    last_request: u32,
    last_reference: u32,
}

impl<P> Context<P> {
    pub(super) fn new(config: Config) -> Self {
        Self {
            now: Timestamp::default(),
            rng: Rng::new(config.seed),
            timers: TimerTable::default(),
            effects: VecDeque::new(),
            stats: Stats::default(),
            log: Log::default(),
            last_request: 0,
            last_reference: 0,
            config,
        }
    }

    pub(super) fn wish(&mut self, effect: Effect<P>) {
        self.effects.push_back(effect);
    }

    pub(super) fn event(&mut self, event: Event<P>) {
        self.stats.events += 1;
        self.wish(Effect::Event(event));
    }

    pub(super) fn edit(&mut self, slot: Slot, edit: Edit<P>) {
        self.wish(Effect::Edit(slot, edit));
    }

    pub(super) fn report(&mut self, error: Error, conversation: Option<Rc<str>>) {
        self.stats.errors += 1;
        self.wish(Effect::Report(error, conversation));
    }

    pub(super) fn wake_in(&mut self, timer: Timer, delay_ms: u64) {
        self.timers.set(timer, self.now.after(delay_ms));
    }

    pub(super) fn next_request(&mut self) -> RequestId {
        self.last_request = self.last_request.wrapping_add(1);
        RequestId(self.last_request)
    }

    pub(super) fn next_reference(&mut self) -> u32 {
        self.last_reference = self.last_reference.wrapping_add(1);
        self.last_reference
    }
}
