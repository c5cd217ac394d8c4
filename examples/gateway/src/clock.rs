//! The wall clock, and how the wire writes it.

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

/// Always three digits, so that texts sort like the moments they name.
const ISO_8601: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A moment in milliseconds since 1970; on the wire an ISO 8601 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct Timestamp(pub(crate) i64);

impl Timestamp {
    pub(crate) fn now() -> Self {
        let now = OffsetDateTime::now_utc();
        Self(now.unix_timestamp() * 1_000 + i64::from(now.millisecond()))
    }

    pub(crate) fn minutes_before(self, minutes: i64) -> Self {
        Self(self.0 - minutes * 60_000)
    }

    pub(crate) fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .map_err(serde::ser::Error::custom)?
            .format(ISO_8601)
            .map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn is_iso_8601_on_the_wire() {
        let text = serde_json::to_string(&Timestamp(1_700_000_000_120)).unwrap();
        assert_eq!(text, r#""2023-11-14T22:13:20.120Z""#);
    }
}
