//! Why sockets do not open: a page is not told, but one plain GET of the same address shows most of it.

use crate::protocol::{Dialect, decimal};

use super::Payload;
use super::client::Client;
use super::connectivity::Desired;
use super::effect::Fetch;
use super::error::{Error, ErrorCode};
use super::input::Fetched;
use super::polling::Request;

/// Handshakes in a row that never opened, at which it is asked for the first time; later at each doubling.
const MIN_UNOPENED: u32 = 2;

impl<P: Payload> Client<P> {
    /// A handshake ended without having opened. Gives what to tell of it: the reason, where that is known.
    pub(super) fn never_opened(&mut self, error: Error) -> Error {
        let connectivity = &mut self.connectivity;
        connectivity.unopened = connectivity.unopened.saturating_add(1);
        let is_asked = connectivity.unopened >= MIN_UNOPENED && connectivity.unopened.is_power_of_two();
        if is_asked && !connectivity.is_offline {
            self.fetch(Request::Probe, Fetch::Probe);
        }
        self.connectivity.diagnosis.clone().unwrap_or(error)
    }

    /// What the GET said, unless a socket has opened since.
    pub(super) fn probed(&mut self, fetched: Fetched<P>) {
        if self.connectivity.unopened == 0 || self.connectivity.desired != Desired::Up {
            return;
        }
        let (code, detail) = match fetched {
            Fetched::Probed { dialect: Some(dialect), .. } => return self.stop(wrong_dialect(dialect)),
            Fetched::Probed { status: 401, .. } => (ErrorCode::Unauthorized, answered(401)),
            Fetched::Probed { status, dialect: None } => (ErrorCode::UpgradeRefused, answered(status)),
            Fetched::Failed { detail, .. } => (ErrorCode::Unreachable, detail),
            Fetched::Messages(..) | Fetched::Conversations(..) | Fetched::Posted(_) | Fetched::NotModified => return,
        };
        let error = Error::passing(code, detail);
        if self.connectivity.diagnosis.as_ref() != Some(&error) {
            self.connectivity.error = Some(error.clone());
            self.connectivity.diagnosis = Some(error.clone());
            self.cx.report(error, None);
        }
    }

    /// A socket opened, or it is to be tried from the beginning.
    pub(super) fn forget_diagnosis(&mut self) {
        self.connectivity.unopened = 0;
        self.connectivity.diagnosis = None;
    }

    /// The first words of a socket are another dialect's.
    pub(super) fn speaks(&mut self, generation: u32, dialect: Dialect) {
        if self.connectivity.link_mut(generation).is_some_and(|link| !link.has_spoken) {
            self.stop(wrong_dialect(dialect));
        } else {
            self.bad_frame(generation, dialect.advice().into());
        }
    }
}

fn wrong_dialect(dialect: Dialect) -> Error {
    Error::lasting(ErrorCode::WrongDialect, dialect.advice())
}

fn answered(status: u16) -> String {
    if status == 0 {
        return "a plain GET is answered, with what this page may not read".into();
    }
    let mut detail = String::from("a plain GET is answered with HTTP ");
    detail.push_str(&decimal(status.into()));
    detail
}
