//! What the queries return, and how it becomes the model.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::model::{Conversation, Message, Role, User};

#[derive(FromRow)]
pub(crate) struct ConversationRow {
    id: String,
    title: String,
    status: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    unread_count: i64,
}

#[derive(FromRow)]
pub(crate) struct ParticipantRow {
    conversation_id: String,
    #[sqlx(flatten)]
    user: User,
}

#[derive(FromRow)]
pub(crate) struct MessageRow {
    id: String,
    conversation_id: String,
    position: i64,
    client_id: Option<String>,
    sender_id: String,
    sender_name: String,
    role: Role,
    content: String,
    created_at: Timestamp,
}

impl MessageRow {
    pub(crate) fn into_message(self, epoch: &Arc<str>) -> Message {
        Message {
            id: self.id,
            conversation_id: self.conversation_id,
            sender_id: self.sender_id,
            sender_name: self.sender_name,
            role: self.role,
            content: serde_json::from_str(&self.content).unwrap_or(Value::String(self.content)),
            client_id: self.client_id,
            created_at: self.created_at,
            offset: self.position,
            epoch: Arc::clone(epoch),
        }
    }
}

/// Conversations in the order of `rows`, each with its last message and participants.
pub(crate) fn assemble(
    rows: Vec<ConversationRow>,
    last_messages: Vec<MessageRow>,
    participants: Vec<ParticipantRow>,
    epoch: &Arc<str>,
) -> Vec<Conversation> {
    let mut last_messages: HashMap<String, Message> =
        last_messages.into_iter().map(|row| (row.conversation_id.clone(), row.into_message(epoch))).collect();
    let mut participants_of: HashMap<String, Vec<User>> = HashMap::new();
    for row in participants {
        participants_of.entry(row.conversation_id).or_default().push(row.user);
    }
    rows.into_iter()
        .map(|row| Conversation {
            last_message: last_messages.remove(&row.id),
            participants: participants_of.remove(&row.id).unwrap_or_default(),
            id: row.id,
            title: row.title,
            status: row.status,
            created_at: row.created_at,
            updated_at: row.updated_at,
            unread_count: row.unread_count,
        })
        .collect()
}
