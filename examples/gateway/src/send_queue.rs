//! What waits to be written to one socket: bounded, so that a reader that does not read costs
//! a connection and not the gateway's memory.

use std::collections::VecDeque;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use futures_util::{Sink, SinkExt};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;

/// "Try again later": what a reader is told that was cut off.
const TOO_SLOW: u16 = 1013;
const MAX_FRAMES: usize = 1_024;
const MAX_BYTES: usize = 1024 * 1024;
const MAX_BATCH_BYTES: usize = 64 * 1024;
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
const BATCH_HEAD: &str = r#"{"type":"batch","frames":["#;
const BATCH_TAIL: &str = "]}";

#[derive(Default)]
pub(crate) struct SendQueue {
    state: Mutex<State>,
    /// Something is there to be written.
    filled: Notify,
    /// At least half of the queue is free.
    drained: Notify,
    /// What was being written is not to be waited for.
    cut: Notify,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Utf8Bytes>,
    bytes: usize,
    batching: bool,
    ping: bool,
    ending: Option<Ending>,
}

struct Ending {
    code: u16,
    reason: &'static str,
}

enum Next {
    Frames(Vec<Utf8Bytes>),
    Ping,
    Close(CloseFrame),
}

impl SendQueue {
    /// Queues a frame, or cuts off the reader that has let the queue fill up.
    pub(crate) fn push(&self, frame: Utf8Bytes) {
        let mut state = self.state.lock();
        if state.ending.is_some() {
            return;
        }
        state.bytes += frame.len();
        state.frames.push_back(frame);
        if state.frames.len() > MAX_FRAMES || state.bytes > MAX_BYTES {
            state.frames.clear();
            state.bytes = 0;
            state.ending = Some(Ending { code: TOO_SLOW, reason: "the reader is too slow" });
            self.cut.notify_one();
            self.drained.notify_one();
        }
        self.filled.notify_one();
    }

    /// Returns once half of the queue is free: whoever has much to say waits here in between.
    pub(crate) async fn has_room(&self) {
        loop {
            let drained = self.drained.notified();
            if self.state.lock().is_roomy() {
                return;
            }
            drained.await;
        }
    }

    /// From now on several frames may go as one.
    pub(crate) fn start_batching(&self) {
        self.state.lock().batching = true;
    }

    /// Asks the peer, below the level of frames, whether it is still there.
    pub(crate) fn ping(&self) {
        self.state.lock().ping = true;
        self.filled.notify_one();
    }

    /// Ends the connection after what is queued; the first reason given stands.
    pub(crate) fn close(&self, code: u16, reason: &'static str) {
        self.state.lock().ending.get_or_insert(Ending { code, reason });
        self.filled.notify_one();
        self.drained.notify_one();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state.lock().ending.is_some()
    }

    /// Writes until the connection is closed or broken.
    pub(crate) async fn write(&self, mut sink: impl Sink<Message> + Unpin) {
        loop {
            match self.next().await {
                Next::Frames(frames) => {
                    let messages = frames.into_iter().map(Message::Text);
                    if !self.write_all(&mut sink, messages).await {
                        return;
                    }
                }
                Next::Ping => {
                    if !self.write_all(&mut sink, [Message::Ping(Bytes::new())]).await {
                        return;
                    }
                }
                Next::Close(frame) => {
                    // Err: the peer is gone, or does not read even this.
                    let _ = timeout(CLOSE_TIMEOUT, sink.send(Message::Close(Some(frame)))).await;
                    return;
                }
            }
        }
    }

    /// False: the connection is broken. Gives up early when the reader is cut off.
    async fn write_all<S: Sink<Message> + Unpin>(
        &self,
        sink: &mut S,
        messages: impl IntoIterator<Item = Message>,
    ) -> bool {
        let writing = timeout(WRITE_TIMEOUT, async {
            for message in messages {
                sink.feed(message).await?;
            }
            sink.flush().await
        });
        tokio::select! {
            written = writing => matches!(written, Ok(Ok(()))),
            () = self.cut.notified() => true,
        }
    }

    async fn next(&self) -> Next {
        loop {
            let filled = self.filled.notified();
            if let Some(next) = self.take() {
                return next;
            }
            filled.await;
        }
    }

    fn take(&self) -> Option<Next> {
        let mut state = self.state.lock();
        let frames = state.take_frames();
        if state.is_roomy() {
            self.drained.notify_one();
        }
        if !frames.is_empty() {
            let frames = if state.batching { vec![batch(frames)] } else { frames };
            return Some(Next::Frames(frames));
        }
        if state.ending.is_none() && std::mem::take(&mut state.ping) {
            return Some(Next::Ping);
        }
        let Ending { code, reason } = state.ending.as_ref()?;
        Some(Next::Close(CloseFrame { code: *code, reason: Utf8Bytes::from_static(reason) }))
    }
}

impl State {
    fn is_roomy(&self) -> bool {
        self.ending.is_some() || (self.frames.len() <= MAX_FRAMES / 2 && self.bytes <= MAX_BYTES / 2)
    }

    /// As many as fit into one batch, but at least one.
    fn take_frames(&mut self) -> Vec<Utf8Bytes> {
        let mut taken = Vec::new();
        let mut batch_bytes = BATCH_HEAD.len() + BATCH_TAIL.len();
        while let Some(frame) = self.frames.front() {
            batch_bytes += frame.len() + ",".len();
            if !taken.is_empty() && batch_bytes > MAX_BATCH_BYTES {
                break;
            }
            self.bytes -= frame.len();
            taken.extend(self.frames.pop_front());
        }
        taken
    }
}

fn batch(mut frames: Vec<Utf8Bytes>) -> Utf8Bytes {
    if frames.len() == 1 {
        return frames.remove(0);
    }
    let texts: Vec<&str> = frames.iter().map(Utf8Bytes::as_str).collect();
    format!("{BATCH_HEAD}{}{BATCH_TAIL}", texts.join(",")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(next: Option<Next>) -> Vec<String> {
        match next {
            Some(Next::Frames(frames)) => frames.iter().map(ToString::to_string).collect(),
            Some(Next::Ping) => vec!["ping".to_owned()],
            Some(Next::Close(frame)) => vec![format!("close {}", frame.code)],
            None => Vec::new(),
        }
    }

    #[test]
    fn frames_go_one_by_one_until_batching_is_understood() {
        let queue = SendQueue::default();
        queue.push("1".into());
        queue.push("2".into());
        assert_eq!(texts(queue.take()), ["1", "2"]);
        queue.start_batching();
        queue.push("3".into());
        assert_eq!(texts(queue.take()), ["3"]);
        queue.push("4".into());
        queue.push("5".into());
        assert_eq!(texts(queue.take()), [r#"{"type":"batch","frames":[4,5]}"#]);
    }

    #[test]
    fn a_batch_is_at_most_64_kib() {
        let queue = SendQueue::default();
        queue.start_batching();
        let large = "x".repeat(30_000);
        for _ in 0..5 {
            queue.push(large.as_str().into());
        }
        let sizes: Vec<usize> = std::iter::from_fn(|| queue.take()).map(|next| texts(Some(next))[0].len()).collect();
        assert_eq!(sizes.len(), 3);
        assert!(sizes.iter().all(|&size| size <= 64 * 1024), "{sizes:?}");
    }

    #[test]
    fn what_is_queued_goes_before_the_close() {
        let queue = SendQueue::default();
        queue.push("last words".into());
        queue.close(4401, "expired");
        queue.close(1000, "");
        assert_eq!(texts(queue.take()), ["last words"]);
        assert_eq!(texts(queue.take()), ["close 4401"]);
    }

    #[test]
    fn a_reader_that_does_not_read_is_cut_off() {
        let queue = SendQueue::default();
        for _ in 0..=MAX_FRAMES {
            queue.push("x".into());
        }
        assert_eq!(texts(queue.take()), ["close 1013"]);
    }

    #[test]
    fn bytes_count_as_well() {
        let queue = SendQueue::default();
        let large = "x".repeat(MAX_BYTES / 2);
        for _ in 0..3 {
            queue.push(large.as_str().into());
        }
        assert_eq!(texts(queue.take()), ["close 1013"]);
    }
}
