//! What is on its way from one service to another, kept count of by the database itself.

use anyhow::{Context as _, Result};
use jalon::apart::CONSUMERS;
use platform::Platform;

/// Lets the database of these services keep count.
pub(super) async fn watch(platforms: &[Platform]) -> Result<()> {
    for (number, platform) in platforms.iter().enumerate() {
        let mut tx = platform.db.begin().await?;
        if number == 0 {
            for statement in ONCE {
                tx.query(statement).execute().await?;
            }
            for (service, patterns) in CONSUMERS {
                for pattern in patterns {
                    tx.query("INSERT INTO watch.consumers (service, pattern) VALUES ($1, $2)")
                        .bind(service)
                        .bind(expression(pattern))
                        .execute()
                        .await?;
                }
            }
        }
        for statement in OF_EACH {
            tx.query(statement).execute().await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Copies of events that are not yet in the inbox of their consumer: in an outbox, or within the broker, which cannot be
/// asked for what it has handed to a consumer.
pub(super) async fn on_the_way(platforms: &[Platform]) -> Result<i64> {
    let platform = platforms.first().context("a service")?;
    let mut tx = platform.db.read().await?;
    let (count,): (i64,) = tx
        .query("SELECT COUNT(*) FROM watch.on_the_way")
        .fetch_one()
        .await?;
    Ok(count)
}

/// A pattern of topics as a regular expression.
fn expression(pattern: &str) -> String {
    let words: Vec<&str> = pattern
        .split('.')
        .map(|word| match word {
            "*" => "[^.]+",
            "#" => ".*",
            word => word,
        })
        .collect();
    format!("^{}$", words.join("\\."))
}

const ONCE: [&str; 5] = [
    "CREATE SCHEMA watch",
    "CREATE TABLE watch.consumers (service TEXT NOT NULL, pattern TEXT NOT NULL)",
    "CREATE TABLE watch.on_the_way (service TEXT, id UUID, PRIMARY KEY (service, id))",
    "CREATE FUNCTION watch.leaves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO watch.on_the_way (service, id)
         SELECT DISTINCT service, NEW.id FROM watch.consumers WHERE NEW.routing_key ~ pattern;
         RETURN NULL;
     END $$",
    "CREATE FUNCTION watch.arrives() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         DELETE FROM watch.on_the_way WHERE service = TG_TABLE_SCHEMA AND id = NEW.id;
         RETURN NULL;
     END $$",
];

const OF_EACH: [&str; 2] = [
    "CREATE TRIGGER leaves AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION watch.leaves()",
    "CREATE TRIGGER arrives AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION watch.arrives()",
];
