//! The names of Socket.IO's events (PROTOCOL.md), and the frames of the `json` dialect that say the same.

use serde_json::{Map, Value, json};

/// What is said to a client.
#[derive(Debug, PartialEq)]
pub(super) enum Words {
    /// An event with its name.
    Event(&'static str, Value),
    /// The answer to the question of this number.
    Answer(i64, Value),
}

/// A client's event as a frame. `number`: it wants an answer.
pub(super) fn frame(event: &str, data: Value, number: Option<i64>) -> String {
    let kind = match event {
        "subscribe" => "subscribe",
        "unsubscribe" => "unsubscribe",
        "message:send" => "message",
        "user:typing" => "typing",
        "read" => "read",
        _ => "unknown",
    };
    json!({ "type": kind, "ref": number, "data": data }).to_string()
}

/// A frame as words; None: there are none for it here.
pub(super) fn of(frame: &str) -> Option<Words> {
    let Ok(Value::Object(mut frame)) = serde_json::from_str(frame) else { return None };
    let kind = frame.remove("type")?;
    let number = frame.remove("ref").and_then(|number| number.as_i64());
    Some(match (kind.as_str()?, number) {
        ("message", _) => Words::Event("message:new", data_of(frame)),
        ("conversation", _) => Words::Event("conversation:update", data_of(frame)),
        ("typing", _) => Words::Event("user:typing", data_of(frame)),
        ("presence", _) => Words::Event("presence:update", data_of(frame)),
        ("agent", _) => Words::Event("agent:status", data_of(frame)),
        ("ack", Some(number)) => Words::Answer(number, data_of(frame)),
        ("subscribed", Some(number)) => Words::Answer(number, frame.into()),
        ("error", Some(number)) => Words::Answer(number, json!({ "error": frame })),
        ("error", None) => Words::Event("exception", frame.into()),
        _ => return None,
    })
}

/// What a frame is about stands beside its data; an event has nothing beside it.
fn data_of(mut frame: Map<String, Value>) -> Value {
    let mut data = match frame.remove("data") {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    };
    if let Some(conversation_id) = frame.remove("conversationId") {
        data.insert("conversationId".to_owned(), conversation_id);
    }
    data.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_the_frame_of_another_name() {
        let said = frame("message:send", json!({ "conversationId": "c", "content": "hi" }), Some(4));
        let expected = json!({ "type": "message", "ref": 4, "data": { "conversationId": "c", "content": "hi" } });
        assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), expected);
        assert!(frame("batch", json!({}), None).contains(r#""type":"unknown""#));
    }

    #[test]
    fn what_is_told_names_its_conversation() {
        let told = of(r#"{"type":"typing","conversationId":"c","data":{"userId":"u","isTyping":true}}"#);
        let data = json!({ "conversationId": "c", "userId": "u", "isTyping": true });
        assert_eq!(told, Some(Words::Event("user:typing", data)));
    }

    #[test]
    fn errors_are_answers_where_one_was_asked_for() {
        let error = json!({ "code": "forbidden", "message": "no", "retryable": false });
        let told = |text| of(text).unwrap();
        assert_eq!(
            told(r#"{"type":"error","ref":2,"code":"forbidden","message":"no","retryable":false}"#),
            Words::Answer(2, json!({ "error": error }))
        );
        assert_eq!(
            told(r#"{"type":"error","code":"forbidden","message":"no","retryable":false}"#),
            Words::Event("exception", error)
        );
    }

    #[test]
    fn what_socket_io_says_in_its_own_way_is_left_out() {
        for frame in [r#"{"type":"hello"}"#, r#"{"type":"pong"}"#, r#"{"type":"drain","withinMs":1}"#] {
            assert_eq!(of(frame), None);
        }
    }
}
