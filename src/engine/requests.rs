//! Requests: sends that want an answer, and fail when it cannot come. They are not repeated: nobody knows whether
//! the server has done what was asked.

use super::Payload;
use super::client::Client;
use super::effect::{Drop, Outcome};
use super::error::{Error, ErrorCode};
use super::input::DeliveryId;
use super::outbox::{Entry, Stage};

impl<P: Payload> Client<P> {
    /// This server answers nothing.
    pub(super) fn refuse_request(&mut self, delivery: DeliveryId) {
        if let Some(entry) = self.outbox.take_delivery(delivery) {
            let error = Error::lasting(ErrorCode::Unsupported, "request() needs a server that offers `ack`");
            self.settle(entry.send.delivery, Outcome::Failed(error));
        }
    }

    /// The session that was asked is gone.
    pub(super) fn lose_requests(&mut self) {
        let is_asked = |entry: &Entry<P>| entry.is_request() && matches!(entry.stage, Stage::Written { .. });
        for entry in self.outbox.take_all(&is_asked) {
            let error = Error::passing(ErrorCode::ConnectionLost, "before the request was answered");
            self.settle(entry.send.delivery, Outcome::Failed(error));
        }
    }

    pub(super) fn fail_request(&mut self, delivery: DeliveryId, why: Drop) {
        let outcome = match why {
            Drop::Expired | Drop::NoAck => Outcome::Failed(Error::passing(ErrorCode::Timeout, "")),
            Drop::Overflow | Drop::Cancelled | Drop::Rejected | Drop::Closed => Outcome::Dropped(why),
        };
        self.settle(delivery, outcome);
    }
}
