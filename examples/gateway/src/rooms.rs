//! Who listens to which conversation, and how far each has been told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use parking_lot::Mutex as SyncMutex;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::connections::{Connection, ConnectionId};
use crate::frames::Outgoing;
use crate::model::Message;
use crate::store::{Range, Store};

/// How many stored messages are read at once.
pub(crate) const PAGE: i64 = 200;

/// The rooms that somebody is in.
#[derive(Default)]
pub(crate) struct Rooms(SyncMutex<HashMap<String, Arc<Mutex<Room>>>>);

/// A room that is held. All that happens in a conversation is told under this lock, so that
/// everybody hears it in the same order.
pub(crate) struct Entered<'a> {
    room: OwnedMutexGuard<Room>,
    // Below the guard, because it has to be dropped after it.
    _sweep: Sweep<'a>,
}

/// The subscribers of one conversation.
#[derive(Default)]
pub(crate) struct Room {
    /// The newest offset that was told; counts only while somebody is here.
    newest: i64,
    members: BTreeMap<ConnectionId, Member>,
}

struct Member {
    connection: Arc<Connection>,
    /// The newest offset it was told; None while it still reads the past.
    told: Option<i64>,
}

impl Rooms {
    pub(crate) async fn enter<'a>(&'a self, conversation_id: &'a str) -> Entered<'a> {
        let sweep = Sweep { rooms: self, conversation_id };
        let room = Arc::clone(self.0.lock().entry(conversation_id.to_owned()).or_default());
        Entered { room: room.lock_owned().await, _sweep: sweep }
    }

    pub(crate) async fn member_count(&self, only: Option<&str>) -> usize {
        let is_meant = |id: &str| only.is_none_or(|only| only == id);
        let rooms: Vec<_> =
            self.0.lock().iter().filter(|(id, _)| is_meant(id)).map(|(_, room)| Arc::clone(room)).collect();
        let mut count = 0;
        for room in rooms {
            count += room.lock().await.members.len();
        }
        count
    }
}

impl Room {
    /// Lets a connection in that knows all up to `told`, or, with None, that will say so later
    /// through [`Self::catch_up`]. True: its user was not here before.
    pub(crate) fn join(&mut self, connection: Arc<Connection>, newest: i64, told: Option<i64>) -> bool {
        self.newest = if self.members.is_empty() { newest } else { self.newest.max(newest) };
        let is_new = !self.user_ids().contains(connection.user.id.as_str());
        self.members.insert(connection.id, Member { connection, told });
        is_new
    }

    /// True: its user is not here any more.
    pub(crate) fn leave(&mut self, connection: &Connection) -> bool {
        let left = self.members.remove(&connection.id).is_some();
        left && !self.user_ids().contains(connection.user.id.as_str())
    }

    /// True: nothing newer than `told` was said meanwhile, and from now on the connection hears
    /// all. False: there is more to read.
    pub(crate) fn catch_up(&mut self, connection: &Connection, told: i64) -> bool {
        if told < self.newest {
            return false;
        }
        if let Some(member) = self.members.get_mut(&connection.id) {
            member.told = Some(told);
        }
        true
    }

    /// Tells of a message, after those that another process has stored before it.
    pub(crate) async fn tell(&mut self, store: &Store, message: &Message) -> sqlx::Result<()> {
        if message.offset > self.newest + 1 {
            self.tell_stored(store, &message.conversation_id, message.offset - 1).await?;
        }
        if message.offset == self.newest + 1 {
            self.broadcast(message);
        }
        Ok(())
    }

    /// Tells of all stored messages up to `newest`.
    pub(crate) async fn tell_stored(&mut self, store: &Store, conversation_id: &str, newest: i64) -> sqlx::Result<()> {
        while self.newest < newest && !self.members.is_empty() {
            let range = Range { after: self.newest, before: newest + 1 };
            let page = store.oldest_messages(conversation_id, range, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for message in &page {
                self.broadcast(message);
            }
        }
        Ok(())
    }

    pub(crate) fn send(&self, frame: &Outgoing<'_>, except: Option<ConnectionId>) {
        let text = frame.encode();
        for (id, member) in &self.members {
            if Some(*id) != except {
                member.connection.queue.push(text.clone());
            }
        }
    }

    fn broadcast(&mut self, message: &Message) {
        let text = Outgoing::message(message, false).encode();
        for member in self.members.values_mut() {
            if member.told.is_some_and(|told| told < message.offset) {
                member.told = Some(message.offset);
                member.connection.queue.push(text.clone());
            }
        }
        self.newest = message.offset;
    }

    pub(crate) fn user_ids(&self) -> BTreeSet<&str> {
        self.members.values().map(|member| member.connection.user.id.as_str()).collect()
    }
}

impl Deref for Entered<'_> {
    type Target = Room;

    fn deref(&self) -> &Room {
        &self.room
    }
}

impl DerefMut for Entered<'_> {
    fn deref_mut(&mut self) -> &mut Room {
        &mut self.room
    }
}

/// Forgets a room that was left empty and that nobody else is about to enter.
struct Sweep<'a> {
    rooms: &'a Rooms,
    conversation_id: &'a str,
}

impl Drop for Sweep<'_> {
    fn drop(&mut self) {
        let mut rooms = self.rooms.0.lock();
        let is_unused = rooms.get(self.conversation_id).is_some_and(|room| {
            Arc::strong_count(room) == 1 && room.try_lock().is_ok_and(|room| room.members.is_empty())
        });
        if is_unused {
            rooms.remove(self.conversation_id);
        }
    }
}
