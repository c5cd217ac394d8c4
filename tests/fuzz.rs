//! What fuzzing found once is tried again: every file of `fuzz/corpus`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, reason = "tests are named as sentences")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(unreachable_pub, reason = "nothing lies outside a test crate")]

#[path = "../fuzz/bodies/decode.rs"]
mod decode;
#[path = "../fuzz/bodies/drive.rs"]
mod drive;
#[allow(dead_code, reason = "the simulation uses the rest")]
#[path = "sim/json.rs"]
mod json;

use std::fs;
use std::path::Path;

#[test]
fn every_text_of_the_corpus_is_decoded() {
    replay("decode", decode::run);
}

#[test]
fn every_script_of_the_corpus_is_lived_through() {
    replay("drive", drive::run);
}

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 10, "{} holds too little", folder.display());
    for file in files {
        let ended = std::panic::catch_unwind(|| run(&fs::read(&file).unwrap()));
        assert!(ended.is_ok(), "{}", file.display());
    }
}
