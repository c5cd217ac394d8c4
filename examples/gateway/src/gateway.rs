//! Tells everybody who may know.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;

use crate::connections::{Connection, ConnectionId, Connections};
use crate::frames::{Outgoing, StatusOf, TypingOf, UserIds};
use crate::model::{Conversation, Message, OFFLINE};
use crate::rooms::{Entered, PAGE, Room, Rooms};
use crate::store::{Range, Store};

/// In a larger crowd nobody is told who comes and goes: n people would be told n names n times.
const MAX_PRESENCE: usize = 256;

/// Sends what happens to those who listen, whichever way it came in.
pub struct MessagesGateway {
    store: Store,
    pub(crate) connections: Connections,
    rooms: Rooms,
    /// Who is not offline.
    agents: Mutex<BTreeMap<String, String>>,
}

/// Where a subscriber wants to go on.
#[derive(Debug, Default)]
pub(crate) struct Cursor {
    pub(crate) after: Option<i64>,
    pub(crate) epoch: Option<String>,
}

impl MessagesGateway {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, connections: Connections::default(), rooms: Rooms::default(), agents: Mutex::default() }
    }

    /// A message was stored: its conversation's subscribers get it, and all who see the
    /// conversation in their list get the new entry.
    pub async fn emit_new_message(&self, conversation_id: &str, message: &Message) {
        let mut room = self.rooms.enter(conversation_id).await;
        if let Err(error) = room.tell(&self.store, message).await {
            // The next message, or the next to subscribe, brings it.
            tracing::error!(%error, "a message could not be told");
        }
        self.tell_lists(&room, conversation_id, |_| true).await;
    }

    /// A conversation's title or status has changed.
    pub async fn emit_conversation_update(&self, conversation_id: &str) {
        let room = self.rooms.enter(conversation_id).await;
        self.tell_lists(&room, conversation_id, |_| true).await;
    }

    /// Somebody has begun or ceased to type.
    pub async fn emit_typing_indicator(&self, conversation_id: &str, user_id: &str, is_typing: bool) {
        self.relay_typing(conversation_id, user_id, is_typing, None).await;
    }

    /// Tells a conversation's subscribers who they are.
    pub async fn emit_presence(&self, conversation_id: &str) {
        let room = self.rooms.enter(conversation_id).await;
        tell_presence(&room, conversation_id, None);
    }

    /// An agent's status has changed: everybody is told.
    pub fn emit_agent_status(&self, agent_id: &str, status: &str) {
        let text = Outgoing::Agent { data: StatusOf { agent_id, status } }.encode();
        // Held while telling, so that nobody hears an older status after a newer one.
        let mut agents = self.agents.lock();
        for connection in self.connections.all() {
            connection.queue.push(text.clone());
        }
        if status == OFFLINE {
            agents.remove(agent_id);
        } else {
            agents.insert(agent_id.to_owned(), status.to_owned());
        }
    }

    /// Tells a newcomer of the agents who are there.
    pub(crate) fn tell_agent_statuses(&self, connection: &Connection) {
        for (agent_id, status) in self.agents.lock().iter() {
            connection.send(&Outgoing::Agent { data: StatusOf { agent_id, status } });
        }
    }

    pub(crate) async fn relay_typing(
        &self,
        conversation_id: &str,
        user_id: &str,
        is_typing: bool,
        except: Option<ConnectionId>,
    ) {
        let data = TypingOf { user_id, is_typing };
        let room = self.rooms.enter(conversation_id).await;
        room.send(&Outgoing::Typing { conversation_id, data }, except);
    }

    /// What a user has read has changed: nobody else need know.
    pub(crate) async fn emit_read(&self, conversation_id: &str, user_id: &str) {
        let room = self.rooms.enter(conversation_id).await;
        self.tell_lists(&room, conversation_id, |other| other == user_id).await;
    }

    /// Position first, then what was missed, then what is new; nothing is lost or told twice.
    pub(crate) async fn subscribe(
        &self,
        connection: &Arc<Connection>,
        conversation_id: &str,
        reference: Option<&Value>,
        cursor: &Cursor,
        replay_limit: i64,
    ) -> sqlx::Result<()> {
        let mut room = self.rooms.enter(conversation_id).await;
        let newest = self.store.newest_position(conversation_id).await?;
        room.tell_stored(&self.store, conversation_id, newest).await?;

        let missed = self.missed(cursor, newest).filter(|missed| *missed <= replay_limit);
        connection.send(&Outgoing::Subscribed {
            conversation_id,
            reference,
            offset: newest,
            epoch: &self.store.epoch,
            recovered: missed.is_some(),
        });
        let behind = missed.filter(|missed| *missed > 0);
        let told = if behind.is_some() { None } else { Some(newest) };
        if room.join(Arc::clone(connection), newest, told) {
            tell_presence(&room, conversation_id, None);
        } else {
            tell_presence(&room, conversation_id, Some(connection));
        }
        drop(room);

        match behind {
            Some(missed) => self.replay(connection, conversation_id, newest - missed, newest).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn unsubscribe(&self, connection: &Connection, conversation_id: &str) {
        let mut room = self.rooms.enter(conversation_id).await;
        if room.leave(connection) {
            tell_presence(&room, conversation_id, None);
        }
    }

    /// How many subscriptions there are, over all connections; to one conversation, where it is named.
    pub(crate) async fn subscription_count(&self, conversation_id: Option<&str>) -> usize {
        self.rooms.member_count(conversation_id).await
    }

    /// How many messages came after the cursor; None where that cannot be said.
    fn missed(&self, cursor: &Cursor, newest: i64) -> Option<i64> {
        let after = cursor.after.filter(|after| (0..=newest).contains(after))?;
        (cursor.epoch.as_deref() == Some(&*self.store.epoch)).then_some(newest - after)
    }

    /// Reads on, at the reader's own pace and without holding the room, until nothing is newer.
    async fn replay(
        &self,
        connection: &Connection,
        conversation_id: &str,
        mut after: i64,
        newest: i64,
    ) -> sqlx::Result<()> {
        loop {
            let range = Range { after, before: i64::MAX };
            for message in self.store.oldest_messages(conversation_id, range, PAGE).await? {
                connection.queue.has_room().await;
                connection.send(&Outgoing::message(&message, message.offset <= newest));
                after = message.offset;
            }
            let mut room = self.rooms.enter(conversation_id).await;
            if connection.queue.is_closed() || room.catch_up(connection, after) {
                return Ok(());
            }
        }
    }

    /// Sends the conversation's entry of the list. Takes the room, because entries must not
    /// overtake each other.
    async fn tell_lists(&self, _room: &Entered<'_>, conversation_id: &str, condition: impl Fn(&str) -> bool) {
        let entry = self.list_entry(conversation_id).await;
        let (mut conversation, reads) = match entry {
            Ok(Some(entry)) => entry,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "a conversation could not be told");
                return;
            }
        };
        let newest = conversation.unread_count;
        for connection in self.connections.matching(|user| {
            condition(&user.id) && (user.is_agent() || conversation.participants.iter().any(|one| one.id == user.id))
        }) {
            let read = reads.iter().find(|(id, _)| *id == connection.user.id).map_or(0, |(_, to)| *to);
            conversation.unread_count = newest - read;
            let frame = Outgoing::Conversation { conversation_id, data: &conversation };
            connection.update_conversation(conversation_id, frame.encode());
        }
    }

    async fn list_entry(&self, conversation_id: &str) -> sqlx::Result<Option<(Conversation, Vec<(String, i64)>)>> {
        let reads = self.store.reads(conversation_id).await?;
        let conversation = self.store.conversation(conversation_id).await?;
        Ok(conversation.map(|conversation| (conversation, reads)))
    }
}

fn tell_presence(room: &Room, conversation_id: &str, only: Option<&Connection>) {
    let user_ids = room.user_ids();
    if user_ids.len() > MAX_PRESENCE {
        return;
    }
    let data = UserIds { user_ids: user_ids.into_iter().collect() };
    let frame = Outgoing::Presence { conversation_id, data };
    match only {
        Some(connection) => connection.send(&frame),
        None => room.send(&frame, None),
    }
}
