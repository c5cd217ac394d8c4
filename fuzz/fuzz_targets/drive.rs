//! Any order of facts as the life of a client.
#![no_main]

#[path = "../bodies/drive.rs"]
mod drive;
#[allow(dead_code, reason = "the simulation uses the rest")]
#[path = "../../tests/sim/json.rs"]
mod json;

libfuzzer_sys::fuzz_target!(|script: &[u8]| drive::run(script));
