//! Mails through the real Postfix: those that it cannot deliver come back by the recipe of the README, whom they were for
//! hear of it another way, and no further mail goes to that address.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use contracts::notifier::v1::Message;
use jalon::config::Config;
use tests::{
    machine::free_port,
    outside::tool,
    postfix::{Postfix, RETURN_PATH},
    published::published_with,
    suite::Running,
    telling::messages,
};

const SECRET: &str = "A1b2C3d4E5f6G7h8I9j0";

/// Whom Postfix does not know.
const UNKNOWN: &str = "william.";

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_comes_back_is_shown_and_goes_another_way() -> Result<()> {
    let Some(sink) = tool("SMTP_SINK") else {
        return Ok(());
    };
    let web = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let reports = format!("http://{web}/mail/reports/{SECRET}");
    let Some(postfix) = Postfix::start(&sink.with_file_name("postfix"), "william\\.", &reports)? else {
        return Ok(());
    };
    let settings = Config::load(None, &settings(&postfix))?;
    let shown = settings.print()?;
    assert!(shown.contains(RETURN_PATH) && !shown.contains(SECRET), "{shown}");
    let (running, _) = published_with(|config| {
        config.notifier = settings.notifier;
        config.web.listen = web.to_string();
    })
    .await?;

    let mails = until(&postfix, "every bounce is back", async || {
        let mails = sent_by(&running, "mail").await?;
        let back = mails.iter().filter(|mail| mail.to.starts_with(UNKNOWN));
        let back: Vec<_> = back.map(|mail| mail.state.as_str()).collect();
        let all = !back.is_empty() && back.iter().all(|state| *state == "failed_permanent");
        Ok(all.then_some(mails))
    })
    .await?;
    running.quiet().await?;
    let (lost, arrived): (Vec<_>, Vec<_>) = mails.iter().partition(|mail| mail.to.starts_with(UNKNOWN));
    ensure!(
        lost.len() >= 2 && arrived.len() > 100,
        "{} and {}",
        lost.len(),
        arrived.len()
    );
    for mail in &lost {
        assert_eq!(mail.receipt, "bounced 5.1.1");
    }
    assert!(arrived.iter().all(|mail| mail.state == "accepted"));

    // Whoever has a telephone was told by SMS. The scheduler takes these for sent meanwhile: rest says nothing of them.
    until(&postfix, "everybody was told by SMS", async || {
        let texts = sent_by(&running, "sms").await?;
        let told = |mail: &&Message| {
            let own = texts.iter().filter(|text| text.delivery_id == mail.delivery_id);
            own.map(|text| text.state.as_str()).eq(["accepted"])
        };
        Ok(lost.iter().all(told).then_some(()))
    })
    .await?;

    // Days later: no mail goes there any more.
    running.play_until("2026-11-20T09:00:00Z").await?;
    let later = sent_by(&running, "mail").await?;
    ensure!(later.len() > mails.len(), "{} after {}", later.len(), mails.len());
    assert_eq!(
        later.iter().filter(|mail| mail.to.starts_with(UNKNOWN)).count(),
        lost.len()
    );
    let metrics = running.metrics().await?;
    let line = |start: &str| {
        metrics
            .lines()
            .find(|line| line.starts_with(start))
            .map(str::to_owned)
    };
    let counted = line("jalon_notifier_mail_reports_total{says=\"failed_permanent\"").unwrap_or_default();
    assert!(counted.ends_with(&format!(" {}", lost.len())), "{counted}");
    Ok(())
}

/// As an operator writes them.
fn settings(postfix: &Postfix) -> Vec<(String, String)> {
    [
        ("public_url", "https://rdv.example.fr".to_owned()),
        ("sender.address", "rendez-vous@rdv.example.fr".to_owned()),
        ("smtp.host", "localhost".to_owned()),
        ("smtp.port", postfix.port.to_string()),
        ("smtp.tls", "none".to_owned()),
        ("smtp.bounces", RETURN_PATH.to_owned()),
        ("smtp.reports_secret", SECRET.to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| (format!("notifier.{key}"), value))
    .collect()
}

/// All messages by a channel.
async fn sent_by(running: &Running, channel: &str) -> Result<Vec<Message>> {
    let mut all = messages(&running.clients, "").await?;
    all.retain(|message| message.channel == channel);
    Ok(all)
}

/// Looks again until there is something: real programs take real time.
async fn until<T>(
    postfix: &Postfix,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        ensure!(
            started.elapsed() < Duration::from_mins(1),
            "{what}: not within a minute\n{}",
            postfix.log()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
