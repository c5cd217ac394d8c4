//! What the chat is made of, in the shape in which it goes over the wire.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;

/// Agents see every conversation, customers those in which they take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Role {
    /// Somebody of the support team.
    Agent,
    /// Somebody who asks.
    Customer,
}

/// A person, as the token or the database tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct User {
    /// The token's `sub`.
    pub id: String,
    /// What others read.
    pub name: String,
    /// What the person may see.
    pub role: Role,
}

impl User {
    pub(crate) fn is_agent(&self) -> bool {
        self.role == Role::Agent
    }
}

/// A stored message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Unique, and sortable by time: `msg_…`.
    pub id: String,
    /// Where it was said.
    pub conversation_id: String,
    /// Who said it.
    pub sender_id: String,
    /// The sender's name at that time.
    pub sender_name: String,
    /// The sender's role at that time.
    pub role: Role,
    /// A text or an object.
    pub content: Value,
    /// The sender's own id for it; posting the same one again stores nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// Its place in the conversation: 1, 2, 3 …
    pub offset: i64,
    /// The life of the database in which the offset counts.
    pub epoch: Arc<str>,
}

/// What somebody wants to say.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMessage {
    /// The sender's own id for it, the same on every try.
    pub client_id: Option<String>,
    /// A text or an object.
    pub content: Value,
}

/// A conversation as one user sees it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// `conv_…`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// `open`, `pending` or `resolved`.
    pub status: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something was last said.
    pub updated_at: Timestamp,
    /// Who takes part.
    pub participants: Vec<User>,
    /// The newest message.
    pub last_message: Option<Message>,
    /// How many messages came after the last one the user has read.
    pub unread_count: i64,
}

/// The statuses that a conversation can have.
pub(crate) const CONVERSATION_STATUSES: [&str; 3] = ["open", "pending", "resolved"];

/// The statuses that an agent can have.
pub(crate) const AGENT_STATUSES: [&str; 4] = ["online", "away", "busy", OFFLINE];

/// The status of an agent of whom nothing is heard.
pub(crate) const OFFLINE: &str = "offline";

pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7().simple())
}

/// 244 random bits as text.
pub(crate) fn new_secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
