//! The wire: frames, ids and close codes. Decoding and encoding only; no state, no policy.

pub mod batch;
mod call;
pub mod close_code;
pub mod codec;
pub mod decimal;
pub mod dialect;
pub mod frame;
pub mod json;
pub mod names;
pub mod nest;
mod object;
pub mod read;
pub mod socketio;
pub mod value;

pub use batch::Batch;
pub use codec::{Codec, Protocol};
pub use decimal::decimal;
pub use dialect::Dialect;
pub use frame::{Cursor, Frame, Hello, Keys, Opening, Outgoing, Subscribed, Update, UpdateKind};
pub use names::Names;
pub use read::message_keys;
pub use value::Value;
