//! What a close code asks of a client.
//!
//! 1000–1015: RFC 6455 section 7.4.1 and the IANA registry of close codes; 3000 and 3003: the same registry;
//! 4400–4499: private codes, read as HTTP's 400–499.

/// There is nothing here under that name.
pub const NOT_FOUND: u16 = 4404;
/// The token is not good.
pub const UNAUTHORIZED: u16 = 4401;
/// Not now.
pub const BUSY: u16 = 4500;

/// What follows from a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Try again after a delay.
    Retry,
    /// Ask for a fresh token once, then try again.
    RefreshToken,
    /// Trying again would end the same way.
    Stop,
    /// A frame of ours was too large: that send fails, then try again.
    TooLarge,
}

/// The verdict on `code`.
pub const fn classify(code: u16) -> Verdict {
    match code {
        1002 | 1003 | 1007 | 1008 | 1010 | 3003 | 4400 | 4403 | 4404 => Verdict::Stop,
        3000 | 4401 => Verdict::RefreshToken,
        1009 => Verdict::TooLarge,
        _ => Verdict::Retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_verdict_of_the_table() {
        for code in 0..=u16::MAX {
            let expected = match code {
                1002 | 1003 | 1007 | 1008 | 1010 | 3003 | 4400 | 4403 | 4404 => Verdict::Stop,
                3000 | 4401 => Verdict::RefreshToken,
                1009 => Verdict::TooLarge,
                1000..=1001 | 1004..=1006 | 1011..=1015 | 4408 | 4429 | 4500 => Verdict::Retry,
                other => {
                    assert_eq!(classify(other), Verdict::Retry);
                    continue;
                }
            };
            assert_eq!(classify(code), expected, "{code}");
        }
    }
}
