//! Frames that leave together (PROTOCOL.md, `batch`).

/// No batch is longer, so that no server's limit of a frame is met.
pub const MAX_BATCH_BYTES: usize = 64 * 1024;

const HEAD: &str = r#"{"type":"batch","frames":["#;
const TAIL: &str = "]}";

/// Frames, as JSON text, that leave together; one alone leaves as it is, however long.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    frames: Vec<String>,
    /// Their length, each with its comma.
    bytes: usize,
}

impl Batch {
    /// Adds a frame. Gives what must leave before it, where both do not fit.
    pub fn push(&mut self, frame: String) -> Option<String> {
        let fits = HEAD.len() + self.bytes + frame.len() + TAIL.len() <= MAX_BATCH_BYTES;
        let full = if fits { None } else { self.take() };
        self.bytes += frame.len() + ",".len();
        self.frames.push(frame);
        full
    }

    /// What is to leave now, as one frame.
    pub fn take(&mut self) -> Option<String> {
        self.bytes = 0;
        let mut frames = std::mem::take(&mut self.frames);
        match frames.len() {
            0 | 1 => frames.pop(),
            _ => Some([HEAD, &frames.join(","), TAIL].concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_frame_stays_as_it_is_and_several_become_one() {
        let mut batch = Batch::default();
        assert_eq!(batch.take(), None);
        assert_eq!(batch.push("1".into()), None);
        assert_eq!(batch.take().as_deref(), Some("1"));
        assert_eq!((batch.push("1".into()), batch.push("2".into())), (None, None));
        assert_eq!(batch.take().as_deref(), Some(r#"{"type":"batch","frames":[1,2]}"#));
        assert_eq!(batch.take(), None);
    }

    #[test]
    fn a_batch_is_cut_at_64_kib_to_the_byte_and_in_order() {
        let half = (MAX_BATCH_BYTES - HEAD.len() - TAIL.len() - 1) / 2;
        let rest = MAX_BATCH_BYTES - HEAD.len() - TAIL.len() - 1 - half;
        let mut batch = Batch::default();
        assert_eq!((batch.push("a".repeat(half)), batch.push("b".repeat(rest))), (None, None));
        assert_eq!(batch.take().map(|text| text.len()), Some(MAX_BATCH_BYTES));
        assert_eq!(batch.push("a".repeat(half)), None);
        assert_eq!(batch.push("b".repeat(rest + 1)), Some("a".repeat(half)));
        assert_eq!(batch.take(), Some("b".repeat(rest + 1)));
    }

    #[test]
    fn a_frame_that_is_longer_goes_alone() {
        let long = "l".repeat(MAX_BATCH_BYTES + 1);
        let mut batch = Batch::default();
        assert_eq!(batch.push("1".into()), None);
        assert_eq!(batch.push(long.clone()).as_deref(), Some("1"));
        assert_eq!(batch.push("2".into()), Some(long));
        assert_eq!(batch.take().as_deref(), Some("2"));
    }
}
