//! talkwire: the real-time client that chat pages deserve.
//!
//! [`engine`] holds every rule and runs anywhere; [`protocol`] reads and writes frames; `web` (wasm32 only) is the
//! browser. The JavaScript API lies over `web`, in `src/js`.

#![forbid(unsafe_code)]

pub mod engine;
pub mod protocol;
#[cfg(target_arch = "wasm32")]
pub mod web;
