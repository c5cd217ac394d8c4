//! Any text as a frame from the server.
#![no_main]

#[path = "../bodies/decode.rs"]
mod decode;
#[allow(dead_code, reason = "the simulation uses the rest")]
#[path = "../../tests/sim/json.rs"]
mod json;

libfuzzer_sys::fuzz_target!(|text: &[u8]| decode::run(text));
