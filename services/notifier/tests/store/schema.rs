use notifier::MIGRATIONS;
use platform::testing;

/// Table, column and whether it may be empty.
type Column = (String, String, bool);

#[tokio::test]
async fn the_two_schemas_agree() {
    let folder = testing::folder();
    let sqlite: Vec<Column> = testing::sqlite(&folder, &MIGRATIONS)
        .await
        .read()
        .await
        .unwrap()
        .query(
            "SELECT t.name, c.name, c.\"notnull\" OR c.pk > 0 FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '_sqlx%'
                AND t.name NOT LIKE '_platform%' ORDER BY t.name, c.cid",
        )
        .fetch_all()
        .await
        .unwrap();
    assert!(sqlite.contains(&("suppressions".to_owned(), "person_id".to_owned(), false)));
    let Some(db) = testing::postgres(&MIGRATIONS).await else {
        return;
    };
    let postgres: Vec<Column> = db
        .read()
        .await
        .unwrap()
        .query(
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), is_nullable = 'NO'
             FROM information_schema.columns WHERE table_schema = current_schema()
                AND table_name NOT LIKE '\\_sqlx%' AND table_name NOT LIKE '\\_platform%'
             ORDER BY table_name COLLATE \"C\", ordinal_position",
        )
        .fetch_all()
        .await
        .unwrap();
    assert_eq!(sqlite, postgres);
}
