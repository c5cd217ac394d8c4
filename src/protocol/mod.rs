//! The wire: frames, ids and close codes. Decoding and encoding only; no state, no policy.

pub mod batch;
pub mod close_code;
pub mod dialect;
pub mod frame;
pub mod json;
pub mod value;

pub use batch::Batch;
pub use dialect::Dialect;
pub use frame::{Cursor, Frame, Hello, Keys, Outgoing, Subscribed, Update, UpdateKind};
pub use value::Value;
