//! Who is connected.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::ws::Utf8Bytes;
use parking_lot::Mutex;

use crate::frames::Outgoing;
use crate::model::User;
use crate::send_queue::SendQueue;

pub(crate) type ConnectionId = u64;

/// One session on one socket.
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) user: User,
    pub(crate) queue: Arc<SendQueue>,
    /// While the list is being sent: what was told of meanwhile, and is newer than the list.
    told_meanwhile: Mutex<Option<BTreeSet<String>>>,
}

impl Connection {
    /// A connection that is yet to be sent its list.
    pub(crate) fn new(user: User, queue: Arc<SendQueue>) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(1);
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            user,
            queue,
            told_meanwhile: Mutex::new(Some(BTreeSet::new())),
        }
    }

    pub(crate) fn send(&self, frame: &Outgoing<'_>) {
        self.queue.push(frame.encode());
    }

    pub(crate) fn update_conversation(&self, id: &str, frame: Utf8Bytes) {
        let mut told = self.told_meanwhile.lock();
        if let Some(told) = told.as_mut() {
            told.insert(id.to_owned());
        }
        self.queue.push(frame);
    }

    /// Sends an entry of the list, unless something newer was sent already.
    pub(crate) fn list_conversation(&self, id: &str, frame: Utf8Bytes) {
        let told = self.told_meanwhile.lock();
        if !told.as_ref().is_some_and(|told| told.contains(id)) {
            self.queue.push(frame);
        }
    }

    pub(crate) fn end_of_list(&self) {
        *self.told_meanwhile.lock() = None;
    }
}

/// All connections of this process.
#[derive(Default)]
pub(crate) struct Connections(Mutex<BTreeMap<ConnectionId, Arc<Connection>>>);

impl Connections {
    /// True: the user was not connected before.
    pub(crate) fn add(&self, connection: Arc<Connection>) -> bool {
        let mut all = self.0.lock();
        let is_first = !all.values().any(|other| other.user.id == connection.user.id);
        all.insert(connection.id, connection);
        is_first
    }

    /// True: the user is not connected any more.
    pub(crate) fn remove(&self, connection: &Connection) -> bool {
        let mut all = self.0.lock();
        all.remove(&connection.id);
        !all.values().any(|other| other.user.id == connection.user.id)
    }

    pub(crate) fn is_connected(&self, user_id: &str) -> bool {
        self.0.lock().values().any(|one| one.user.id == user_id)
    }

    pub(crate) fn matching(&self, condition: impl Fn(&User) -> bool) -> Vec<Arc<Connection>> {
        self.0.lock().values().filter(|one| condition(&one.user)).cloned().collect()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        self.matching(|_| true)
    }
}
