//! What the two sides call things, where the application says so.

use std::fmt;

/// What an event of the server's means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A message.
    Message,
    /// A conversation's own data changed.
    Conversation,
    /// Somebody types, or stopped.
    Typing,
    /// Who is there.
    Presence,
    /// An agent's status.
    Agent,
}

impl Meaning {
    /// The meaning of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "message" => Self::Message,
            "conversation" => Self::Conversation,
            "typing" => Self::Typing,
            "presence" => Self::Presence,
            "agent" => Self::Agent,
            _ => return None,
        })
    }
}

/// What a client says under a name that the application may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Join a conversation.
    Subscribe,
    /// Leave it.
    Unsubscribe,
    /// Post a message.
    Message,
    /// I type, or stopped.
    Typing,
}

impl Verb {
    /// Its name among the options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Message => "message",
            Self::Typing => "typing",
        }
    }

    /// The name of its event in the dialects that name events.
    pub(super) const fn event(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Message => "message:send",
            Self::Typing => "user:typing",
        }
    }
}

/// What is said in the application's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The name of the event.
    pub event: String,
    /// What goes with it, each as JSON text; `None`: what would go with it anyway.
    pub args: Option<Vec<String>>,
}

/// Gives the application's words for what is said in a conversation, with which data as JSON text, if it has any.
pub type Say = dyn Fn(Verb, &str, &str) -> Option<Words>;

/// Gives the meaning of an event of the server's; `None`: it is the application's own.
pub type Mean = dyn Fn(&str) -> Option<Meaning>;

/// The names of one client.
pub struct Names {
    mean: Box<Mean>,
    say: Box<Say>,
}

impl Names {
    /// The meanings of the server's events, and the application's words.
    pub fn new(mean: Box<Mean>, say: Box<Say>) -> Self {
        Self { mean, say }
    }

    /// What this event means; `None`: it is the application's own.
    pub fn meaning(&self, event: &str) -> Option<Meaning> {
        (self.mean)(event)
    }

    /// The application's words for this.
    pub(super) fn words(&self, verb: Verb, conversation: &str, data: &str) -> Option<Words> {
        (self.say)(verb, conversation, data)
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Names").finish_non_exhaustive()
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::new(Box::new(|_| None), Box::new(|_, _, _| None))
    }
}
