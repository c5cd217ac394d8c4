//! The one way to say or change something: stores it, then tells those who listen.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::broadcast;

use crate::clock::Timestamp;
use crate::connections::Connection;
use crate::failure::Failure;
use crate::frames::Outgoing;
use crate::gateway::MessagesGateway;
use crate::model::{
    AGENT_STATUSES, CONVERSATION_STATUSES, Conversation, Message, NewMessage, OFFLINE, Role, User, new_id,
};
use crate::store::{Store, Stored};

const MAX_CLIENT_ID_BYTES: usize = 128;
const MAX_TITLE_BYTES: usize = 200;

/// The chat, whichever way one comes to it.
#[derive(Clone)]
pub struct Chat {
    pub(crate) store: Store,
    pub(crate) gateway: Arc<MessagesGateway>,
    posted: broadcast::Sender<Message>,
}

/// What somebody is told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Greeting {
    /// Every conversation they may see, then the agents who are there.
    WithList,
    /// The agents who are there: the list is read over HTTP.
    WithoutList,
}

/// What became of a message that was posted.
#[derive(Debug, Clone)]
pub struct Posted {
    /// As it is stored.
    pub message: Message,
    /// False: the same `clientId` had been posted before.
    pub is_new: bool,
}

impl Chat {
    pub(crate) fn new(store: Store) -> Self {
        let gateway = Arc::new(MessagesGateway::new(store.clone()));
        Self { store, gateway, posted: broadcast::Sender::new(64) }
    }

    /// The messages that are posted from now on through this process.
    pub(crate) fn posted(&self) -> broadcast::Receiver<Message> {
        self.posted.subscribe()
    }

    /// Tells somebody who has just come how things stand, and the others that they came.
    pub(crate) async fn welcome(&self, connection: &Arc<Connection>, greeting: Greeting) -> Result<(), Failure> {
        let (user, connections) = (&connection.user, &self.gateway.connections);
        self.store.save_user(user).await?;
        // Before the list is read, so that no change falls in between.
        let is_first = connections.add(Arc::clone(connection));
        if greeting == Greeting::WithList {
            for conversation in self.store.conversations(user).await? {
                let conversation_id = &conversation.id;
                let frame = Outgoing::Conversation { conversation_id, data: &conversation };
                connection.queue.has_room().await;
                connection.list_conversation(conversation_id, frame.encode());
            }
        }
        connection.end_of_list();

        self.gateway.tell_agent_statuses(connection);
        if is_first && user.is_agent() {
            let status = self.store.agent_status(&user.id).await?;
            self.gateway.emit_agent_status(&user.id, &status);
        }
        Ok(())
    }

    pub(crate) fn farewell(&self, connection: &Connection) {
        let was_last = self.gateway.connections.remove(connection);
        if was_last && connection.user.is_agent() {
            self.gateway.emit_agent_status(&connection.user.id, OFFLINE);
        }
    }

    /// Stores a message and tells of it.
    pub async fn post(&self, sender: &User, conversation_id: &str, new: NewMessage) -> Result<Posted, Failure> {
        check(&new)?;
        self.check_access(sender, conversation_id).await?;
        let (chat, sender) = (self.clone(), sender.clone());
        let conversation_id = conversation_id.to_owned();
        // In a task of its own: whoever asked may hang up in between, and what is stored must be told.
        let posting = tokio::spawn(async move { chat.store_and_tell(&sender, &conversation_id, &new).await });
        posting.await.unwrap_or_else(|error| {
            tracing::error!(%error, "posting failed");
            Err(Failure::internal())
        })
    }

    /// Opens a conversation among the given users and, where that is a customer, its creator.
    pub(crate) async fn create_conversation(
        &self,
        creator: &User,
        title: &str,
        mut participant_ids: Vec<String>,
    ) -> Result<Conversation, Failure> {
        check_title(title)?;
        self.store.save_user(creator).await?;
        if creator.role == Role::Customer {
            participant_ids = vec![creator.id.clone()];
        }
        for id in &participant_ids {
            if self.store.user(id).await?.is_none() {
                let unknown = User { id: id.clone(), name: id.clone(), role: Role::Customer };
                self.store.save_user(&unknown).await?;
            }
        }
        let id = new_id("conv");
        let at = Timestamp::now();
        self.store.create_conversation(&id, title, CONVERSATION_STATUSES[0], at, &participant_ids).await?;
        self.gateway.emit_conversation_update(&id).await;
        self.conversation(creator, &id).await
    }

    pub(crate) async fn change_conversation(
        &self,
        user: &User,
        id: &str,
        title: Option<&str>,
        status: Option<&str>,
    ) -> Result<Conversation, Failure> {
        title.map_or(Ok(()), check_title)?;
        status.map_or(Ok(()), |status| check_one_of(status, &CONVERSATION_STATUSES))?;
        self.check_access(user, id).await?;
        self.store.update_conversation(id, title, status).await?;
        self.gateway.emit_conversation_update(id).await;
        self.conversation(user, id).await
    }

    pub(crate) async fn mark_read(&self, user: &User, conversation_id: &str, message_id: &str) -> Result<(), Failure> {
        self.check_access(user, conversation_id).await?;
        let position = self.store.position_of(conversation_id, message_id).await?;
        let position = position.ok_or_else(|| Failure::not_found("no such message here"))?;
        self.store.mark_read(conversation_id, &user.id, position).await?;
        self.gateway.emit_read(conversation_id, &user.id).await;
        Ok(())
    }

    pub(crate) async fn change_status(&self, agent: &User, status: &str) -> Result<(), Failure> {
        check_one_of(status, &AGENT_STATUSES)?;
        if !agent.is_agent() {
            return Err(Failure::forbidden("only agents have a status"));
        }
        self.store.save_user(agent).await?;
        self.store.save_agent_status(&agent.id, status).await?;
        self.gateway.emit_agent_status(&agent.id, status);
        Ok(())
    }

    pub(crate) async fn check_access(&self, user: &User, conversation_id: &str) -> Result<(), Failure> {
        match self.store.may_see(user, conversation_id).await? {
            Some(true) => Ok(()),
            Some(false) => Err(Failure::forbidden("this conversation is not yours")),
            None => Err(Failure::not_found("no such conversation")),
        }
    }

    async fn store_and_tell(&self, sender: &User, conversation_id: &str, new: &NewMessage) -> Result<Posted, Failure> {
        match self.store.insert_message(conversation_id, sender, new, Timestamp::now()).await? {
            Stored::Now(message) => {
                self.gateway.emit_new_message(conversation_id, &message).await;
                // Err: nobody listens, as there is no bot.
                let _ = self.posted.send(message.clone());
                Ok(Posted { message, is_new: true })
            }
            Stored::Before(message) => Ok(Posted { message, is_new: false }),
            Stored::NoSuchConversation => Err(Failure::not_found("no such conversation")),
        }
    }

    async fn conversation(&self, user: &User, id: &str) -> Result<Conversation, Failure> {
        let reads = self.store.reads(id).await?;
        let found = self.store.conversation(id).await?;
        let mut conversation = found.ok_or_else(|| Failure::not_found("no such conversation"))?;
        conversation.unread_count -= reads.iter().find(|(reader, _)| *reader == user.id).map_or(0, |(_, read)| *read);
        Ok(conversation)
    }
}

fn check(new: &NewMessage) -> Result<(), Failure> {
    if new.client_id.as_ref().is_some_and(|id| id.is_empty() || id.len() > MAX_CLIENT_ID_BYTES) {
        let message = format!("clientId should have 1 to {MAX_CLIENT_ID_BYTES} bytes");
        return Err(Failure::wrong_shape(message));
    }
    match &new.content {
        Value::String(text) if !text.is_empty() => Ok(()),
        Value::Object(_) => Ok(()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Err(Failure::wrong_shape("content should be a text or an object"))
        }
    }
}

fn check_title(title: &str) -> Result<(), Failure> {
    if title.trim().is_empty() || title.len() > MAX_TITLE_BYTES {
        let message = format!("title should have 1 to {MAX_TITLE_BYTES} bytes");
        return Err(Failure::wrong_shape(message));
    }
    Ok(())
}

fn check_one_of(value: &str, allowed: &[&str]) -> Result<(), Failure> {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(Failure::wrong_shape(format!("status should be one of {}", allowed.join(", "))))
}
