//! What a day's SMS have cost.

use platform::{Tx, db::Error};

/// Segments of a day so far.
pub async fn segments_of(tx: &mut Tx, day: &str) -> Result<i64, Error> {
    let row: Option<(i64,)> = tx
        .query("SELECT segments FROM sms_days WHERE day = $1")
        .bind(day)
        .fetch_optional()
        .await?;
    Ok(row.map_or(0, |(segments,)| segments))
}

/// Adds to a day, and holds its row; the sum.
pub async fn add_segments(tx: &mut Tx, day: &str, segments: i64) -> Result<i64, Error> {
    let (sum,): (i64,) = tx
        .query(
            "INSERT INTO sms_days (day, segments) VALUES ($1, $2)
             ON CONFLICT (day) DO UPDATE SET segments = sms_days.segments + excluded.segments
             RETURNING segments",
        )
        .bind(day)
        .bind(segments)
        .fetch_one()
        .await?;
    Ok(sum)
}
