//! Every query. SQLite and Postgres both read this SQL: `$1` for parameters, no dialect's functions.

use std::sync::Arc;

use sqlx::{query, query_as, query_scalar};

use crate::clock::Timestamp;
use crate::database::Database;
use crate::model::{Conversation, Message, NewMessage, User, new_id, new_secret};
use crate::rows::{ConversationRow, MessageRow, ParticipantRow, assemble};

/// The chat's memory.
#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
    /// The life of this database: offsets of another one mean nothing here.
    pub(crate) epoch: Arc<str>,
}

/// What became of an attempt to store a message.
pub(crate) enum Stored {
    Now(Message),
    /// The same client id was there already.
    Before(Message),
    NoSuchConversation,
}

/// Which part of a conversation to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) after: i64,
    pub(crate) before: i64,
}

impl Store {
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let database = Database::open(url).await?;
        let epoch = settle(&database, "epoch", &new_secret()[..12]).await?;
        Ok(Self { database, epoch: epoch.into() })
    }

    pub(crate) async fn close(&self) {
        self.database.close().await;
    }

    /// A secret that outlives the process and is shared by all that use this database.
    pub(crate) async fn secret(&self) -> sqlx::Result<String> {
        settle(&self.database, "secret", &new_secret()).await
    }

    /// True for one caller in the life of the database.
    pub(crate) async fn claim(&self, key: &str) -> sqlx::Result<bool> {
        let done = query("INSERT INTO meta (key, value) VALUES ($1, '') ON CONFLICT DO NOTHING")
            .bind(key)
            .execute(&self.database.writer)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    // People

    pub(crate) async fn user(&self, id: &str) -> sqlx::Result<Option<User>> {
        query_as("SELECT id, name, role FROM users WHERE id = $1").bind(id).fetch_optional(&self.database.reader).await
    }

    /// Remembers a person, or the new name or role of one.
    pub(crate) async fn save_user(&self, user: &User) -> sqlx::Result<()> {
        if self.user(&user.id).await?.as_ref() == Some(user) {
            return Ok(());
        }
        query(
            "INSERT INTO users (id, name, role) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role",
        )
        .bind(&user.id)
        .bind(&user.name)
        .bind(user.role)
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }

    /// The status that an agent has chosen.
    pub(crate) async fn agent_status(&self, id: &str) -> sqlx::Result<String> {
        query_scalar("SELECT status FROM users WHERE id = $1").bind(id).fetch_one(&self.database.reader).await
    }

    pub(crate) async fn save_agent_status(&self, id: &str, status: &str) -> sqlx::Result<()> {
        query("UPDATE users SET status = $2 WHERE id = $1")
            .bind(id)
            .bind(status)
            .execute(&self.database.writer)
            .await?;
        Ok(())
    }

    // Conversations

    /// None: it does not exist.
    pub(crate) async fn may_see(&self, user: &User, id: &str) -> sqlx::Result<Option<bool>> {
        query_scalar(
            "SELECT $3 OR EXISTS (SELECT 1 FROM participants p WHERE p.conversation_id = c.id AND p.user_id = $2)
             FROM conversations c WHERE c.id = $1",
        )
        .bind(id)
        .bind(&user.id)
        .bind(user.is_agent())
        .fetch_optional(&self.database.reader)
        .await
    }

    /// All that the user may see, the most recently active first.
    pub(crate) async fn conversations(&self, user: &User) -> sqlx::Result<Vec<Conversation>> {
        let mut tx = self.database.reader.begin().await?;
        let rows: Vec<ConversationRow> = query_as(
            "SELECT c.id, c.title, c.status, c.created_at, c.updated_at,
                    c.last_position - COALESCE(r.last_position, 0) AS unread_count
             FROM conversations c
             LEFT JOIN reads r ON r.conversation_id = c.id AND r.user_id = $1
             WHERE $2 OR c.id IN (SELECT conversation_id FROM participants WHERE user_id = $1)
             ORDER BY c.updated_at DESC, c.id DESC",
        )
        .bind(&user.id)
        .bind(user.is_agent())
        .fetch_all(&mut *tx)
        .await?;
        let last_messages: Vec<MessageRow> = query_as(
            "SELECT m.* FROM conversations c
             JOIN messages m ON m.conversation_id = c.id AND m.position = c.last_position
             WHERE $2 OR c.id IN (SELECT conversation_id FROM participants WHERE user_id = $1)",
        )
        .bind(&user.id)
        .bind(user.is_agent())
        .fetch_all(&mut *tx)
        .await?;
        let participants: Vec<ParticipantRow> = query_as(
            "SELECT p.conversation_id, u.id, u.name, u.role
             FROM conversations c
             JOIN participants p ON p.conversation_id = c.id
             JOIN users u ON u.id = p.user_id
             WHERE $2 OR c.id IN (SELECT conversation_id FROM participants WHERE user_id = $1)
             ORDER BY u.id",
        )
        .bind(&user.id)
        .bind(user.is_agent())
        .fetch_all(&mut *tx)
        .await?;
        Ok(assemble(rows, last_messages, participants, &self.epoch))
    }

    /// One conversation; its `unread_count` is that of somebody who has read nothing.
    pub(crate) async fn conversation(&self, id: &str) -> sqlx::Result<Option<Conversation>> {
        let mut tx = self.database.reader.begin().await?;
        let rows: Vec<ConversationRow> = query_as(
            "SELECT id, title, status, created_at, updated_at, last_position AS unread_count
             FROM conversations WHERE id = $1",
        )
        .bind(id)
        .fetch_all(&mut *tx)
        .await?;
        let last_messages: Vec<MessageRow> =
            query_as("SELECT * FROM messages WHERE conversation_id = $1 ORDER BY position DESC LIMIT 1")
                .bind(id)
                .fetch_all(&mut *tx)
                .await?;
        let participants: Vec<ParticipantRow> = query_as(
            "SELECT p.conversation_id, u.id, u.name, u.role
             FROM participants p JOIN users u ON u.id = p.user_id
             WHERE p.conversation_id = $1 ORDER BY u.id",
        )
        .bind(id)
        .fetch_all(&mut *tx)
        .await?;
        Ok(assemble(rows, last_messages, participants, &self.epoch).pop())
    }

    pub(crate) async fn create_conversation(
        &self,
        id: &str,
        title: &str,
        status: &str,
        at: Timestamp,
        participant_ids: &[String],
    ) -> sqlx::Result<()> {
        let mut tx = self.database.writer.begin().await?;
        query(
            "INSERT INTO conversations (id, title, status, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $4)",
        )
        .bind(id)
        .bind(title)
        .bind(status)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        for user_id in participant_ids {
            query("INSERT INTO participants (conversation_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(id)
                .bind(user_id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await
    }

    pub(crate) async fn update_conversation(
        &self,
        id: &str,
        title: Option<&str>,
        status: Option<&str>,
    ) -> sqlx::Result<()> {
        query("UPDATE conversations SET title = COALESCE($2, title), status = COALESCE($3, status) WHERE id = $1")
            .bind(id)
            .bind(title)
            .bind(status)
            .execute(&self.database.writer)
            .await?;
        Ok(())
    }

    // Messages

    pub(crate) async fn insert_message(
        &self,
        conversation_id: &str,
        sender: &User,
        new: &NewMessage,
        at: Timestamp,
    ) -> sqlx::Result<Stored> {
        let mut tx = self.database.writer.begin().await?;
        // First, because it takes the lock under which all that follows is true.
        let position: Option<i64> = query_scalar(
            "UPDATE conversations SET last_position = last_position + 1, updated_at = $2
             WHERE id = $1 RETURNING last_position",
        )
        .bind(conversation_id)
        .bind(at)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(position) = position else {
            return Ok(Stored::NoSuchConversation);
        };

        let twin: Option<MessageRow> = query_as("SELECT * FROM messages WHERE conversation_id = $1 AND client_id = $2")
            .bind(conversation_id)
            .bind(&new.client_id)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(twin) = twin {
            tx.rollback().await?;
            return Ok(Stored::Before(twin.into_message(&self.epoch)));
        }

        let row: MessageRow = query_as(
            "INSERT INTO messages (id, conversation_id, position, client_id, sender_id, sender_name, role, content, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *",
        )
        .bind(new_id("msg"))
        .bind(conversation_id)
        .bind(position)
        .bind(&new.client_id)
        .bind(&sender.id)
        .bind(&sender.name)
        .bind(sender.role)
        .bind(new.content.to_string())
        .bind(at)
        .fetch_one(&mut *tx)
        .await?;
        // Who writes has read.
        query(RAISE_READ).bind(conversation_id).bind(&sender.id).bind(position).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Stored::Now(row.into_message(&self.epoch)))
    }

    pub(crate) async fn newest_position(&self, conversation_id: &str) -> sqlx::Result<i64> {
        let position: Option<i64> = query_scalar("SELECT last_position FROM conversations WHERE id = $1")
            .bind(conversation_id)
            .fetch_optional(&self.database.reader)
            .await?;
        Ok(position.unwrap_or(0))
    }

    /// None: no such message in this conversation.
    pub(crate) async fn position_of(&self, conversation_id: &str, message_id: &str) -> sqlx::Result<Option<i64>> {
        query_scalar("SELECT position FROM messages WHERE conversation_id = $1 AND id = $2")
            .bind(conversation_id)
            .bind(message_id)
            .fetch_optional(&self.database.reader)
            .await
    }

    /// The first `limit` messages of the range, in order.
    pub(crate) async fn oldest_messages(
        &self,
        conversation_id: &str,
        range: Range,
        limit: i64,
    ) -> sqlx::Result<Vec<Message>> {
        let rows: Vec<MessageRow> = query_as(
            "SELECT * FROM messages WHERE conversation_id = $1 AND position > $2 AND position < $3
             ORDER BY position LIMIT $4",
        )
        .bind(conversation_id)
        .bind(range.after)
        .bind(range.before)
        .bind(limit)
        .fetch_all(&self.database.reader)
        .await?;
        Ok(rows.into_iter().map(|row| row.into_message(&self.epoch)).collect())
    }

    /// The last `limit` messages before a position, in order.
    pub(crate) async fn latest_messages(
        &self,
        conversation_id: &str,
        before: i64,
        limit: i64,
    ) -> sqlx::Result<Vec<Message>> {
        let rows: Vec<MessageRow> = query_as(
            "SELECT * FROM messages WHERE conversation_id = $1 AND position < $2
             ORDER BY position DESC LIMIT $3",
        )
        .bind(conversation_id)
        .bind(before)
        .bind(limit)
        .fetch_all(&self.database.reader)
        .await?;
        Ok(rows.into_iter().rev().map(|row| row.into_message(&self.epoch)).collect())
    }

    // What has been read

    pub(crate) async fn mark_read(&self, conversation_id: &str, user_id: &str, position: i64) -> sqlx::Result<()> {
        query(RAISE_READ).bind(conversation_id).bind(user_id).bind(position).execute(&self.database.writer).await?;
        Ok(())
    }

    /// Up to where each user has read; who is missing has read nothing.
    pub(crate) async fn reads(&self, conversation_id: &str) -> sqlx::Result<Vec<(String, i64)>> {
        query_as("SELECT user_id, last_position FROM reads WHERE conversation_id = $1")
            .bind(conversation_id)
            .fetch_all(&self.database.reader)
            .await
    }
}

const RAISE_READ: &str = "INSERT INTO reads (conversation_id, user_id, last_position) VALUES ($1, $2, $3)
     ON CONFLICT (conversation_id, user_id) DO UPDATE SET last_position = excluded.last_position
     WHERE reads.last_position < excluded.last_position";

/// Keeps the first value that anybody proposes for a key.
async fn settle(database: &Database, key: &str, proposal: &str) -> sqlx::Result<String> {
    query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(key)
        .bind(proposal)
        .execute(&database.writer)
        .await?;
    query_scalar("SELECT value FROM meta WHERE key = $1").bind(key).fetch_one(&database.writer).await
}
