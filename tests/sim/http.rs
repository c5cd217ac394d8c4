//! HTTP as a page meets it: history, the list and posts, over a network that fails.

use std::rc::Rc;

use serde_json::{Value as Parsed, json};
use talkwire::engine::{Fetch, Fetched, Item, Listed, RequestId};
use talkwire::protocol::message_keys;

use crate::json::Json;
use crate::sockets::Happening;
use crate::world::World;

impl World {
    pub fn serve(&mut self, page: usize, request: RequestId, fetch: &Fetch<Json>) {
        let failed =
            |status| Fetched::Failed { status, retry_after_ms: self.network.retry_after_ms, detail: "failed".into() };
        let is_read = !matches!(fetch, Fetch::Send { .. } | Fetch::Probe);
        let reply = if self.network.http_fails || (self.network.reads_fail && is_read) {
            failed(None)
        } else if *fetch == Fetch::Probe {
            let status = self.network.http_status.unwrap_or(400);
            Fetched::Probed { status, dialect: self.network.speaks }
        } else if let Some(status) = self.network.http_status {
            failed(Some(status))
        } else if self.network.http_confuses {
            match fetch {
                Fetch::Messages { .. } | Fetch::Before { .. } => Fetched::Conversations(Vec::new(), None),
                Fetch::Conversations { .. } => Fetched::Messages(Vec::new(), None),
                Fetch::Send { .. } | Fetch::Probe => Fetched::NotModified,
            }
        } else {
            let reply = self.answer(fetch);
            if self.network.http_doubles {
                self.answer(fetch);
            }
            reply
        };
        if self.network.http_swallows {
            return;
        }
        for _ in 0..=usize::from(self.network.http_doubles) {
            let at = self.moment_of(page, fetch);
            self.schedule(at, Happening::HttpDown(page, request, reply.clone()));
        }
    }

    /// When it arrives. Chance goes on as if nobody had asked why sockets do not open.
    pub fn moment_of(&mut self, page: usize, fetch: &Fetch<Json>) -> u64 {
        match *fetch == Fetch::Probe {
            true => self.network.reachable_from(page).max(self.now) + self.network.latency_ms.0,
            false => self.http_moment(page),
        }
    }

    pub fn answer(&mut self, fetch: &Fetch<Json>) -> Fetched<Json> {
        let not_found = Fetched::Failed { status: Some(404), retry_after_ms: None, detail: "not found".into() };
        match fetch {
            Fetch::Messages { conversation, after, etag } => match self.server.page(conversation, after.as_deref()) {
                Some(page) => {
                    let now = Rc::from(format!("{page:?}"));
                    if etag.as_ref() == Some(&now) {
                        Fetched::NotModified
                    } else {
                        Fetched::Messages(items(page), Some(now))
                    }
                }
                None => not_found,
            },
            Fetch::Before { conversation, before, limit } => {
                Fetched::Messages(items(self.server.before(conversation, before, *limit as usize)), None)
            }
            Fetch::Conversations { etag } => {
                let listed: Vec<Listed<Json>> = self
                    .server
                    .threads
                    .iter()
                    .map(|(id, thread)| Listed {
                        id: id.clone(),
                        data: Json(json!({"id": id})),
                        print: Listed::<Json>::print_of(&format!("{id}: {}", thread.messages.len())),
                    })
                    .collect();
                let now = Rc::from(format!("{listed:?}"));
                if etag.as_ref() == Some(&now) {
                    Fetched::NotModified
                } else {
                    Fetched::Conversations(listed, Some(now))
                }
            }
            Fetch::Probe => not_found,
            Fetch::Send { client_id, .. } if self.server.refuses(client_id) => {
                Fetched::Failed { status: Some(422), retry_after_ms: None, detail: "refused".into() }
            }
            Fetch::Send { conversation, client_id, content, .. } => {
                let (stored, out) =
                    self.server.post(conversation, json!({"clientId": **client_id, "content": content.0}));
                self.deliver(out);
                items(vec![self.server.over_http(&stored)]).pop().map_or(not_found, Fetched::Posted)
            }
        }
    }
}

fn items(page: Vec<Parsed>) -> Vec<Item<Json>> {
    let item = |data: Parsed| {
        let data = Json(data);
        Item { keys: message_keys(&data, "id"), data }
    };
    page.into_iter().map(item).collect()
}
