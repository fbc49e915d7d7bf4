//! lettre's bare connections to the same server: what the wire and the server allow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::{Context as _, Result};
use contracts::notifier::v1::Message;
use lettre::{
    address::Envelope,
    message::{MultiPart, SinglePart, header::ContentType},
    transport::smtp::{client::AsyncSmtpConnection, extension::ClientId},
};
use tokio::net::TcpStream;

/// Mails a second when `count` of them go out on `connections`, each as large as `like`.
pub(super) async fn rate(server: &str, like: &Message, count: usize, connections: usize) -> Result<f64> {
    let mail = Arc::new(write(like)?);
    let left = Arc::new(AtomicUsize::new(count));
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(connect(server).await?);
    }
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for mut connection in open {
        let (mail, left) = (Arc::clone(&mail), Arc::clone(&left));
        tasks.spawn(async move {
            while take_one(&left) {
                connection.send(&mail.0, &mail.1).await?;
            }
            connection.quit().await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done?.context("the bare connection to the mail server failed")?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of mails")]
    let count = count as f64;
    Ok(count / started.elapsed().as_secs_f64())
}

fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
        .is_ok()
}

async fn connect(server: &str) -> Result<AsyncSmtpConnection> {
    let socket = TcpStream::connect(server)
        .await
        .with_context(|| format!("no mail server answers at {server}"))?;
    // As the product does: Nagle's algorithm costs 40 ms a mail.
    socket.set_nodelay(true)?;
    Ok(AsyncSmtpConnection::connect_with_transport(Box::new(socket), &ClientId::default()).await?)
}

fn write(like: &Message) -> Result<(Envelope, Vec<u8>)> {
    let part = |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(text.to_owned());
    let mut parts = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, &like.text))
        .singlepart(part(ContentType::TEXT_HTML, &like.html));
    if !like.calendar.is_empty() {
        let kind = ContentType::parse("text/calendar; charset=utf-8")?;
        parts = parts.singlepart(part(kind, &like.calendar));
    }
    let mail = lettre::Message::builder()
        .from("bench@example.org".parse()?)
        .to("bench@example.org".parse()?)
        .subject(&like.subject)
        .message_id(None)
        .multipart(parts)?;
    Ok((mail.envelope().clone(), mail.formatted()))
}
