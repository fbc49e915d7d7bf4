use std::collections::BTreeSet;

use platform::testing;
use scheduler::MIGRATIONS;

/// table, column, whether it may be null
type Column = (String, String, bool);

const OURS: [&str; 7] = [
    "milestones",
    "reminders",
    "deliveries",
    "releases",
    "marks",
    "acts",
    "planned_otherwise",
];

#[tokio::test]
async fn the_two_schemas_agree() {
    let folder = testing::folder();
    let sqlite = testing::sqlite(&folder, &MIGRATIONS).await;
    let Some(postgres) = testing::postgres(&MIGRATIONS).await else {
        return;
    };
    let mut tx = sqlite.read().await.unwrap();
    let rows: Vec<Column> = tx
        .query(
            "SELECT m.name, p.name, NOT p.\"notnull\" FROM sqlite_master AS m, pragma_table_info(m.name) AS p
             WHERE m.type = 'table'",
        )
        .fetch_all()
        .await
        .unwrap();
    let here = ours(rows);
    let mut tx = postgres.read().await.unwrap();
    let rows: Vec<Column> = tx
        .query(
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), is_nullable = 'YES'
             FROM information_schema.columns WHERE table_schema = current_schema()",
        )
        .fetch_all()
        .await
        .unwrap();
    let there = ours(rows);
    assert_eq!(here, there);
    assert!(here.len() > 50);
}

fn ours(rows: Vec<Column>) -> BTreeSet<Column> {
    rows.into_iter()
        .filter(|row| OURS.contains(&row.0.as_str()))
        .collect()
}
