//! The reference gateway of talkwire: the server side of the chat, so that the client has
//! something real to talk to.
//!
//! Every way in (sockets, REST, the development bot) goes through [`Chat`], which stores, and
//! [`MessagesGateway`], which tells every way out.

mod bot;
mod chat;
mod clock;
mod connections;
mod cursor;
mod database;
mod dev;
mod etag;
mod failure;
mod frames;
mod gateway;
mod model;
mod origins;
mod pages;
mod rest;
mod rooms;
mod rows;
mod seed;
mod send_queue;
mod server;
mod session;
mod settings;
mod socket_io;
mod store;
mod tokens;
mod upgrade;

pub use chat::{Chat, Posted};
pub use failure::Failure;
pub use gateway::MessagesGateway;
pub use model::{Conversation, Message, NewMessage, Role, User};
pub use server::Gateway;
pub use settings::Settings;
