//! What many worlds came to, in figures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Formatter, Result};
use std::ops::AddAssign;

const YEAR_MS: f64 = 365.25 * 24.0 * 3_600_000.0;

#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub seeds: u64,
    pub simulated_ms: u64,
    pub messages: u64,
    pub faults: BTreeMap<&'static str, u64>,
    /// Seeds whose worlds broke a promise.
    pub broken: BTreeSet<u64>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.simulated_ms += other.simulated_ms;
        self.messages += other.messages;
        self.broken.extend(other.broken);
        for (fault, times) in other.faults {
            *self.faults.entry(fault).or_default() += times;
        }
    }
}

impl Display for Tally {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        writeln!(out, "seeds           {:>12}", self.seeds + self.broken.len() as u64)?;
        writeln!(out, "simulated years {:>12.2}", self.simulated_ms as f64 / YEAR_MS)?;
        writeln!(out, "messages sent   {:>12}", self.messages)?;
        writeln!(out, "faults          {:>12}", self.faults.values().sum::<u64>())?;
        for (fault, times) in &self.faults {
            writeln!(out, "  {fault:<32} {times:>9}")?;
        }
        write!(out, "violations      {:>12}", self.broken.len())
    }
}
