//! The places in a conversation that a request may name.

use crate::failure::Failure;
use crate::store::Store;

/// The offset of `text`: a message id, an offset, or `offset:` and an offset.
pub(crate) async fn resolve(store: &Store, conversation_id: &str, text: &str) -> Result<i64, Failure> {
    if let Ok(offset) = text.strip_prefix("offset:").unwrap_or(text).parse() {
        return Ok(offset);
    }
    let position = store.position_of(conversation_id, text).await?;
    position.ok_or_else(|| Failure {
        code: "unknown-cursor",
        ..Failure::not_found("no message of this conversation has this id")
    })
}
