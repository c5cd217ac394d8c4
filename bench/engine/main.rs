//! The engine's time for whatever can happen, by how many conversations it is joined in: it should not matter.
//!
//! `cargo bench`
#![allow(missing_docs, clippy::indexing_slicing, reason = "a benchmark")]

mod chat;

use std::time::Duration;

use chat::{Chat, EVENTS};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const CONVERSATIONS: [usize; 3] = [10, 1_000, 100_000];

fn engine(criterion: &mut Criterion) {
    for (name, event) in EVENTS {
        let mut group = criterion.benchmark_group(name);
        for conversations in CONVERSATIONS {
            let mut chat = Chat::with(conversations);
            chat.visit_all(event);
            group.bench_function(BenchmarkId::from_parameter(conversations), |bench| bench.iter(|| event(&mut chat)));
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = engine
}
criterion_main!(benches);
