use std::fmt;

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Deserialize, Serialize};
use sqlx::{
    Decode, Encode, Postgres, Sqlite, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef},
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};

/// An instant in microseconds, as both databases can keep it.
///
/// PostgreSQL stores TIMESTAMPTZ; SQLite stores text of fixed width, so that the order of the text is the order in time.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Moment(Timestamp);

/// 2000-01-01T00:00:00Z in microseconds of the Unix epoch: PostgreSQL counts from there.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

impl Moment {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(Timestamp::UNIX_EPOCH);

    /// The instant as jiff's.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Later by `by`; stays at the end of time when it would pass it.
    #[must_use]
    pub fn plus(self, by: SignedDuration) -> Self {
        Self::from(self.0.saturating_add(by).unwrap_or(self.0))
    }

    /// Earlier by `by`.
    #[must_use]
    pub fn minus(self, by: SignedDuration) -> Self {
        Self::from(self.0.saturating_sub(by).unwrap_or(self.0))
    }

    /// Seconds and nanoseconds of the Unix epoch, as protobuf's Timestamp has them.
    pub fn parts(self) -> (i64, i32) {
        (self.0.as_second(), self.0.subsec_nanosecond())
    }

    /// From protobuf's seconds and nanoseconds; none when out of range.
    pub fn from_parts(seconds: i64, nanoseconds: i32) -> Option<Self> {
        Timestamp::new(seconds, nanoseconds).ok().map(Self::from)
    }
}

impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Self {
        // Rounded down: a moment that was stored is never later than the one it came from.
        let micros = timestamp.round(
            jiff::TimestampRound::new()
                .smallest(Unit::Microsecond)
                .mode(jiff::RoundMode::Floor),
        );
        Self(micros.unwrap_or(timestamp))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.6}", self.0)
    }
}

impl Type<Postgres> for Moment {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("TIMESTAMPTZ")
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let micros = self.0.as_microsecond() - POSTGRES_EPOCH;
        <i64 as Encode<'_, Postgres>>::encode(micros, buffer)
    }
}

impl Decode<'_, Postgres> for Moment {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let micros = match value.format() {
            sqlx::postgres::PgValueFormat::Binary => i64::from_be_bytes(value.as_bytes()?.try_into()?),
            sqlx::postgres::PgValueFormat::Text => {
                return Ok(Self::from(value.as_str()?.parse::<Timestamp>()?));
            }
        };
        Ok(Self(Timestamp::from_microsecond(micros + POSTGRES_EPOCH)?))
    }
}

impl Type<Sqlite> for Moment {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }

    fn compatible(info: &SqliteTypeInfo) -> bool {
        <str as Type<Sqlite>>::compatible(info)
    }
}

impl Encode<'_, Sqlite> for Moment {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <String as Encode<'_, Sqlite>>::encode(self.to_string(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Moment {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::from(
            <&str as Decode<'r, Sqlite>>::decode(value)?.parse::<Timestamp>()?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_a_fixed_width_so_that_it_sorts() {
        let whole: Moment = "2026-11-25T09:00:00Z".parse::<Timestamp>().unwrap().into();
        let half: Moment = "2026-11-25T09:00:00.5Z".parse::<Timestamp>().unwrap().into();
        assert_eq!(whole.to_string(), "2026-11-25T09:00:00.000000Z");
        assert_eq!(half.to_string(), "2026-11-25T09:00:00.500000Z");
        assert!(whole.to_string() < half.to_string());
    }

    #[test]
    fn nanoseconds_are_cut_so_that_both_databases_give_back_the_same() {
        let fine: Moment = "2026-11-25T09:00:00.123456789Z"
            .parse::<Timestamp>()
            .unwrap()
            .into();
        assert_eq!(fine.to_string(), "2026-11-25T09:00:00.123456Z");
    }
}
