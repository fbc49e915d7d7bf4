//! SMS through the real Kannel and its fake network: publication reaches the telephones, receipts come back, and whoever
//! answers STOP gets nothing more.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Result;
use contracts::notifier::v1::{ListMessagesRequest, Message};
use jalon::config::Config;
use tests::{
    kannel::{ACCOUNT, Kannel},
    machine::free_port,
    outside::{output, tool},
    process::shift_to,
    published::published_with,
    suite::Running,
};

const SECRET: &str = "A1b2C3d4E5f6G7h8I9j0";

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_reaches_telephones_and_receipts_come_back() -> Result<()> {
    let (Some(bearerbox), Some(fake)) = (tool("BEARERBOX"), tool("FAKESMSC")) else {
        return Ok(());
    };
    let web = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let mut kannel = Kannel::start(
        &bearerbox,
        &fake,
        &format!("http://{web}/sms/kannel/{SECRET}/incoming"),
    )?;
    let settings = Config::load(None, &settings(&kannel.url, &web.to_string()))?;
    assert!(!settings.print()?.contains(ACCOUNT.1), "secrets are masked");
    assert!(!settings.print()?.contains(SECRET));
    let (running, _) = published_with(|config| {
        config.notifier = settings.notifier;
        config.web.listen = web.to_string();
    })
    .await?;

    let all = until("every SMS is delivered", async || {
        let all = texts(&running).await?;
        let delivered = all.iter().all(|message| message.state == "delivered");
        Ok((delivered && !all.is_empty()).then_some(all))
    })
    .await?;
    // Each part of each text has reached its telephone, once.
    let parts: i32 = all.iter().map(|message| message.segments).sum();
    let parts = usize::try_from(parts)?;
    // A telephone says that it has a text before it writes it down.
    let arrived = until("every part is written down", async || {
        let arrived = kannel.texts()?;
        Ok((arrived.len() >= parts).then_some(arrived))
    })
    .await?;
    assert_eq!(arrived.len(), parts);
    let mut heads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in &arrived {
        let known = heads.entry(text.to.clone()).or_default();
        assert!(
            known.insert(text.text.clone()),
            "twice to one telephone: {}",
            text.text
        );
    }
    for message in all.iter().filter(|message| message.segments == 1) {
        assert!(heads[&message.to].contains(&message.text), "{}", message.text);
    }
    shift_to(running.folder.path(), "2026-11-09T09:00:00Z")?;
    let list = output(running.jalon()?.arg("messages"))?;
    assert!(list.contains(" delivered "), "{list}");

    // One of them answers STOP.
    let number = all[0].to.clone();
    let national = number.replacen("+33", "0", 1);
    kannel.phones(&format!("{national} 13013 text  Stop merci"))?;
    until("the number is left alone", async || {
        let metrics = running.metrics().await?;
        let heeded =
            |line: &str| line.starts_with("jalon_notifier_incoming_total") && line.contains("\"stop\"");
        Ok(metrics.lines().any(heeded).then_some(()))
    })
    .await?;
    Ok(())
}

/// As an operator writes them.
fn settings(url: &str, web: &str) -> Vec<(String, String)> {
    [
        ("public_url", "https://rdv.example.fr".to_owned()),
        ("sms.sender", "MLELyon".to_owned()),
        ("sms.callback.url", format!("http://{web}")),
        ("sms.callback.secret", SECRET.to_owned()),
        ("sms.kannel.url", url.to_owned()),
        ("sms.kannel.user", ACCOUNT.0.to_owned()),
        ("sms.kannel.password", ACCOUNT.1.to_owned()),
        ("sms.kannel.per_second", "0".to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| (format!("notifier.{key}"), value))
    .collect()
}

async fn texts(running: &Running) -> Result<Vec<Message>> {
    let request = ListMessagesRequest {
        page: Some(contracts::common::v1::PageRequest {
            size: 500,
            token: String::new(),
        }),
        channel: "sms".to_owned(),
        ..Default::default()
    };
    let reply = running.clients.clone().notifier.list_messages(request).await?;
    Ok(reply.into_inner().messages)
}

/// Looks again until there is something: real programs take real time.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        anyhow::ensure!(
            started.elapsed() < Duration::from_mins(1),
            "{what}: not within a minute"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
