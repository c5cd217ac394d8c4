//! What people do with their pages.

use std::rc::Rc;

use serde_json::json;
use talkwire::engine::{Body, DeliveryId, Input, Rng, State, Submission};

use crate::json::Json;
use crate::world::World;

pub const ROOMS: [&str; 3] = ["red", "green", "blue"];
/// Components of one page that may want the same conversation.
const HOLDERS: u64 = 2;
const MAX_BYTES: u64 = 30_000;

/// Somebody does something with a page.
#[derive(Clone, Debug)]
pub enum Deed {
    Join(&'static str, u32),
    Leave(&'static str, u32),
    Send(&'static str),
    /// Something so long that the network has to be waited for.
    SendLong(&'static str, usize),
    SendRaw,
    Ask {
        timeout_ms: u64,
    },
    /// Takes back what was sent last but that many.
    Cancel(u32),
    Retry(&'static str),
    Discard(&'static str),
    Type(&'static str, bool),
    MarkRead(&'static str),
    LoadBefore(&'static str, u32),
    WatchList(bool),
    Look {
        away: bool,
    },
    /// Goes to another page, and comes back.
    Leaf {
        back_after_ms: u64,
    },
    Disconnect {
        back_after_ms: u64,
    },
}

impl Deed {
    pub fn draw(chance: &mut Rng) -> Self {
        let room = ROOMS[chance.up_to(2) as usize];
        let holder = chance.up_to(HOLDERS - 1) as u32 + 1;
        match chance.up_to(31) {
            0..=3 => Self::Join(room, holder),
            4 | 5 => Self::Leave(room, holder),
            6..=13 => Self::Send(room),
            14 => Self::SendLong(room, chance.up_to(MAX_BYTES) as usize),
            15 => Self::SendRaw,
            16 => Self::Ask { timeout_ms: chance.up_to(15_000) },
            17 | 18 => Self::Cancel(chance.up_to(3) as u32),
            19 => Self::Retry(room),
            20 => Self::Discard(room),
            21..=23 => Self::Type(room, chance.up_to(3) > 0),
            24 => Self::MarkRead(room),
            25 => Self::LoadBefore(room, chance.up_to(20) as u32 + 1),
            26 => Self::WatchList(chance.up_to(1) == 0),
            27 | 28 => Self::Look { away: chance.up_to(1) == 0 },
            29 | 30 => Self::Leaf { back_after_ms: chance.up_to(10_000) },
            _ => Self::Disconnect { back_after_ms: chance.up_to(20_000) },
        }
    }
}

impl World {
    /// Nobody can use a machine that sleeps.
    pub fn does(&mut self, page: usize, deed: &Deed) {
        if self.pages[page].asleep_until > self.now {
            return;
        }
        match *deed {
            Deed::Join(room, holder) => self.hold(page, room, holder),
            Deed::Leave(room, holder) => self.unhold(page, room, holder),
            Deed::Send(room) => {
                // People say the same again, and what others say.
                let text = if self.now.is_multiple_of(3) { "ok".into() } else { format!("said at {}", self.now) };
                self.send(page, room, &text);
            }
            Deed::SendLong(room, bytes) => drop(self.send(page, room, &"long ".repeat(bytes / 5))),
            Deed::SendRaw => self.submit(page, Body::Raw(Json(json!({"type": "app"})))),
            Deed::Ask { timeout_ms } => {
                self.submit(page, Body::Request { event: "ask".into(), data: Json(json!({})), timeout_ms });
            }
            Deed::Cancel(before) => drop(self.cancel(page, self.pages[page].sends.saturating_sub(before))),
            Deed::Retry(room) => {
                if let Some(client_id) = self.failed_in(page, room) {
                    let delivery = self.pages[page].next_delivery();
                    let number = client_id.rsplit('c').next().and_then(|number| number.parse().ok());
                    self.pages[page].said.insert(delivery, number.expect("a number in my id"));
                    let slot = self.pages[page].slot(room);
                    self.tell(page, Input::Retry(slot, client_id, DeliveryId(delivery)));
                }
            }
            Deed::Discard(room) => {
                if let Some(client_id) = self.failed_in(page, room) {
                    let slot = self.pages[page].slot(room);
                    self.tell(page, Input::Discard(slot, client_id));
                }
            }
            Deed::Type(room, is_typing) => {
                let slot = self.pages[page].slot(room);
                self.tell(page, Input::Typing(slot, is_typing));
            }
            Deed::MarkRead(room) => {
                let slot = self.pages[page].slot(room);
                self.tell(page, Input::MarkRead(slot));
            }
            Deed::LoadBefore(room, limit) => {
                let slot = self.pages[page].slot(room);
                self.tell(page, Input::LoadBefore { slot, limit });
            }
            Deed::WatchList(watched) => self.tell(page, Input::WatchList(watched)),
            Deed::Look { away } => self.tell(page, Input::Visibility { hidden: away }),
            Deed::Leaf { back_after_ms } => {
                self.pages[page].was_left = true;
                self.tell(page, Input::PageHide);
                self.at(back_after_ms, move |world| world.tell(page, Input::PageShow));
            }
            Deed::Disconnect { back_after_ms } => {
                self.tell(page, Input::Disconnect);
                self.at(back_after_ms, move |world| world.tell(page, Input::Connect));
            }
        }
    }

    fn submit(&mut self, page: usize, body: Body<Json>) {
        let delivery = DeliveryId(self.pages[page].next_delivery());
        self.tell(page, Input::Send(Submission { delivery, body, bytes: 20, waited_ms: 0 }));
    }

    /// A message that a person may send again or let go.
    fn failed_in(&self, page: usize, room: &str) -> Option<Rc<str>> {
        let shown = self.pages[page].snapshots.get(room)?;
        shown.iter().find(|one| one.state == State::Failed)?.client_id.clone()
    }
}
