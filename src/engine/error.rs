//! Everything that can go wrong, each with a stable code.

use std::borrow::Cow;

/// What went wrong. `code()` is what applications match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// No session was proved in `connectTimeoutMs`.
    ConnectTimeout,
    /// The connection was lost or never came about.
    ConnectionLost,
    /// Nothing answers at the address, not even a plain GET.
    Unreachable,
    /// A server answers at the address, but opens no WebSocket there.
    UpgradeRefused,
    /// The server speaks another dialect.
    WrongDialect,
    /// The server closed with a code that forbids another attempt.
    ClosedByServer,
    /// The token was refused, and a fresh one too.
    Unauthorized,
    /// The application's `url` or `token` function failed, or the address is no use.
    DialFailed,
    /// A page that came over https may not open an address without TLS.
    MixedContent,
    /// `backoff.maxAttempts` is used up.
    TooManyAttempts,
    /// The server fell silent and did not answer when asked.
    Silent,
    /// A frame that nobody can read.
    BadFrame,
    /// The server refused a frame and said why.
    Refused,
    /// A frame was larger than the server takes.
    TooLarge,
    /// Reading or posting over HTTP failed.
    PollFailed,
    /// A request was not answered in time.
    Timeout,
    /// A server of this kind cannot do what was asked.
    Unsupported,
}

impl ErrorCode {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConnectTimeout => "connect-timeout",
            Self::ConnectionLost => "connection-lost",
            Self::Unreachable => "unreachable",
            Self::UpgradeRefused => "upgrade-refused",
            Self::WrongDialect => "wrong-dialect",
            Self::ClosedByServer => "closed-by-server",
            Self::Unauthorized => "unauthorized",
            Self::DialFailed => "dial-failed",
            Self::MixedContent => "mixed-content",
            Self::TooManyAttempts => "too-many-attempts",
            Self::Silent => "silent",
            Self::BadFrame => "bad-frame",
            Self::Refused => "refused",
            Self::TooLarge => "too-large",
            Self::PollFailed => "poll-failed",
            Self::Timeout => "timeout",
            Self::Unsupported => "unsupported",
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::ConnectTimeout => {
                "No session within connectTimeoutMs. Check the address and that the server speaks this protocol; talkwire tries again."
            }
            Self::ConnectionLost => "The connection was lost; talkwire tries again.",
            Self::Unreachable => {
                "Nothing answers at this address. Check host and port, that the server runs, and that neither a firewall nor the page's Content-Security-Policy (connect-src) is in the way; talkwire tries again."
            }
            Self::UpgradeRefused => {
                "A server answers, but opens no WebSocket at this address. Check the url's path, and that the server and every proxy before it let WebSockets through; talkwire tries again."
            }
            Self::WrongDialect => "The server does not speak the dialect of the option protocol. Mend it.",
            Self::ClosedByServer => "The server closed the connection for good. Mend the cause, then call connect().",
            Self::Unauthorized => {
                "The server does not take the token. Give a fresh one (a token function is asked on every attempt); connect() tries at once."
            }
            Self::DialFailed => "The url or token option could not be resolved; talkwire tries again.",
            Self::MixedContent => "Serve the socket with TLS and use wss.",
            Self::TooManyAttempts => "backoff.maxAttempts attempts have failed. Call connect() to try again.",
            Self::Silent => "The server no longer answers; talkwire replaces the connection.",
            Self::BadFrame => "The server sent a frame that cannot be read; it was left out.",
            Self::Refused => "The server refused the request.",
            Self::TooLarge => "The server takes no frame of this size. Send less at once.",
            Self::PollFailed => "Reading or posting over HTTP failed; talkwire tries again.",
            Self::Timeout => "The server did not answer in time.",
            Self::Unsupported => "This server cannot do that.",
        }
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What went wrong.
    pub code: ErrorCode,
    /// Whether trying again can help.
    pub retryable: bool,
    /// What is known of this one case: a close code, a server's own words.
    pub detail: Cow<'static, str>,
}

impl Error {
    /// An error that trying again may mend.
    pub fn passing(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, retryable: true, detail: detail.into() }
    }

    /// An error that stays until somebody mends its cause.
    pub fn lasting(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, retryable: false, detail: detail.into() }
    }

    /// What to tell a person: the cause, then what to do.
    pub fn message(&self) -> String {
        let advice = self.code.advice();
        if self.detail.is_empty() {
            return advice.into();
        }
        let mut message = String::from(advice);
        message.push_str(" (");
        message.push_str(&self.detail);
        message.push(')');
        message
    }
}
