//! A database that runs out of room, and gets some.

use platform::{
    Db,
    db::{Error, Migrations},
    error::{Failure, Kind},
    testing,
};

fn no_tables() -> Migrations {
    Migrations {
        postgres: sqlx::migrate!("tests/migrations"),
        sqlite: sqlx::migrate!("tests/migrations"),
    }
}

async fn write(db: &Db, bytes: usize) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    tx.query("INSERT INTO applied (name, version) VALUES ($1, 1)")
        .bind("x".repeat(bytes))
        .execute()
        .await?;
    tx.commit().await
}

#[tokio::test]
async fn sqlite_writes_again_after_it_ran_out_of_room() {
    let folder = testing::folder();
    let db = testing::sqlite(&folder, &no_tables()).await;
    let mut tx = db.begin().await.unwrap();
    // As many pages as there are, for this connection: its disk is full.
    let (pages,): (i64,) = tx.query("PRAGMA max_page_count = 1").fetch_one().await.unwrap();
    assert!(pages > 1);
    tx.commit().await.unwrap();
    let error = write(&db, 1_000_000).await.unwrap_err();
    assert!(error.to_string().contains("full"), "{error}");
    assert_waits_for_room(&error);
    write(&db, 10).await.unwrap();
}

#[tokio::test]
async fn clients_of_postgresql_are_told_the_same() {
    let Some(db) = testing::postgres(&no_tables()).await else {
        return;
    };
    let mut tx = db.begin().await.unwrap();
    // What the server says with a disk that is full, without one.
    let full = "DO $$ BEGIN RAISE 'could not extend file \"base/1/2\"' USING ERRCODE = 'disk_full'; END $$";
    assert_waits_for_room(&tx.query(full).execute().await.unwrap_err());
}

/// Clients may try again, and are not sent to a log.
fn assert_waits_for_room(error: &Error) {
    let failure = Failure::database(error);
    assert_eq!((failure.kind, failure.reason), (Kind::Unavailable, "DISK_FULL"));
    assert_eq!(
        failure.message,
        "the disk of the database is full; try again once there is room"
    );
}
