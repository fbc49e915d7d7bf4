//! The room in which a table stands, where there are several.

use contracts::speeddating::v1::Session;

/// Its name; none where there is one room only.
pub(in crate::pages) fn room(session: &Session, table: i32) -> Option<String> {
    let rooms = &session.venue.as_ref()?.rooms;
    let mut last = 0;
    let room = rooms.iter().find(|room| {
        last += room.tables;
        table <= last
    })?;
    (rooms.len() > 1).then(|| room.name.clone())
}
