//! For development: answers in the name of people who are not there, so that one person alone
//! sees a chat that lives.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;
use tokio::time::sleep;
use uuid::Uuid;

use crate::chat::Chat;
use crate::failure::Failure;
use crate::model::{Message, NewMessage, Role, User};

/// Marks what the bot itself has said: to that it never answers.
const CLIENT_ID_PREFIX: &str = "bot_";
const READING_TIME: Duration = Duration::from_millis(600);

/// Answers for as long as it is polled.
pub(crate) async fn run(chat: Chat) {
    let mut posted = chat.posted();
    let mut answers: HashMap<String, AbortHandle> = HashMap::new();
    loop {
        match posted.recv().await {
            Ok(message) if is_own(&message) => {}
            Ok(message) => {
                let conversation_id = message.conversation_id.clone();
                let answer = tokio::spawn(answer(chat.clone(), message)).abort_handle();
                // Several lines in a row get one answer.
                if let Some(earlier) = answers.insert(conversation_id, answer) {
                    earlier.abort();
                }
                answers.retain(|_, answer| !answer.is_finished());
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn answer(chat: Chat, message: Message) {
    if let Err(failure) = try_answer(&chat, &message).await {
        tracing::warn!(failure.message, "the bot could not answer");
    }
}

async fn try_answer(chat: &Chat, message: &Message) -> Result<(), Failure> {
    let id = &message.conversation_id;
    let Some(speaker) = speaker(chat, message).await? else { return Ok(()) };
    sleep(READING_TIME).await;
    chat.gateway.emit_typing_indicator(id, &speaker.id, true).await;
    sleep(typing_time(message)).await;
    chat.gateway.emit_typing_indicator(id, &speaker.id, false).await;
    let answer = NewMessage {
        client_id: Some(format!("{CLIENT_ID_PREFIX}{}", Uuid::new_v4().simple())),
        content: Value::from(line(message)),
    };
    chat.post(&speaker, id, answer).await.map(drop)
}

/// Who is to answer; None where somebody is there to do it.
async fn speaker(chat: &Chat, message: &Message) -> Result<Option<User>, Failure> {
    let connections = &chat.gateway.connections;
    match message.role {
        Role::Agent => {
            let conversation = chat.store.conversation(&message.conversation_id).await?;
            let participants = conversation.map(|found| found.participants).unwrap_or_default();
            let customers: Vec<User> = participants.into_iter().filter(|one| one.role == Role::Customer).collect();
            let is_anybody_there = customers.iter().any(|one| connections.is_connected(&one.id));
            Ok(customers.into_iter().next().filter(|_| !is_anybody_there))
        }
        Role::Customer => {
            let is_anybody_there = !connections.matching(User::is_agent).is_empty();
            let robin = User { id: "agent_bot".to_owned(), name: "Robin (bot)".to_owned(), role: Role::Agent };
            Ok(Some(robin).filter(|_| !is_anybody_there))
        }
    }
}

fn line(message: &Message) -> &'static str {
    let text = message.content.as_str().unwrap_or_default().to_lowercase();
    let patterns = match message.role {
        Role::Agent => CUSTOMER_LINES,
        Role::Customer => AGENT_LINES,
    };
    let lines = patterns
        .iter()
        .find(|(words, _)| words.is_empty() || words.iter().any(|word| text.contains(word)))
        .map_or(&["Thank you!"][..], |(_, lines)| lines);
    // The offset rises, so the lines take turns.
    let turn = usize::try_from(message.offset).unwrap_or(0) / 2 % lines.len().max(1);
    lines.get(turn).copied().unwrap_or("Thank you!")
}

/// One to two seconds.
fn typing_time(message: &Message) -> Duration {
    Duration::from_millis(1_000 + message.offset.unsigned_abs().wrapping_mul(377) % 1_000)
}

fn is_own(message: &Message) -> bool {
    message.client_id.as_ref().is_some_and(|id| id.starts_with(CLIENT_ID_PREFIX))
}

/// The first pattern with a word that occurs; one without words always fits.
type Pattern = (&'static [&'static str], &'static [&'static str]);

const CUSTOMER_LINES: &[Pattern] = &[
    (&["thank", "welcome", "pleasure"], &["Thank *you*!", "No, thank you. That was all.", "Have a nice day!"]),
    (
        &["sorry", "apolog"],
        &["No problem, it happens.", "That is alright, really.", "Never mind, as long as it works out."],
    ),
    (
        &["refund", "invoice", "pay", "charge"],
        &["Good. Will I get a confirmation by mail?", "Then I will watch my account.", "And there are no extra costs?"],
    ),
    (
        &["order", "number", "address"],
        &[
            "One moment, I have to look … it is 21144.",
            "It should be in the mail that you sent me.",
            "The same as last time.",
        ],
    ),
    (
        &["hello", "hi ", "good morning", "good day"],
        &["Hi! Good to see somebody is there.", "Hello! I hope that you can help me.", "Good day!"],
    ),
    (
        &["?"],
        &["Yes, I think so.", "Not that I know of.", "Let me check … yes, that is right.", "Only since this morning."],
    ),
    (
        &[],
        &[
            "Alright, thanks for letting me know.",
            "Okay, I will try that.",
            "That makes sense.",
            "Great, I did not know that.",
        ],
    ),
];

const AGENT_LINES: &[Pattern] = &[
    (&["thank", "bye"], &["You are welcome!", "Gladly. Come back any time.", "Have a good day!"]),
    (
        &["refund", "invoice", "pay", "charge"],
        &[
            "I have noted that down; accounting will look at it today.",
            "I can see the payment. A colleague will confirm it soon.",
            "Refunds take three to five working days.",
        ],
    ),
    (
        &["parcel", "order", "deliver"],
        &[
            "Could you give me the order number?",
            "It is on its way, as far as I can see.",
            "I have asked the carrier about it.",
        ],
    ),
    (
        &["hello", "hi", "good morning", "good day"],
        &["Hello! How can I help?", "Hi! What can I do for you?", "Good day! What is it about?"],
    ),
    (
        &["?"],
        &[
            "Good question, I will find out.",
            "Yes, that is possible.",
            "I am passing this on to a colleague who knows.",
        ],
    ),
    (
        &[],
        &[
            "Thank you, I have noted that down.",
            "I see. A colleague will be with you soon.",
            "Understood. Is there anything else?",
        ],
    ),
];
