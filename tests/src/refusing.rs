//! A mail server that refuses some recipients for good, as one does whose user is unknown there.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// It runs until it is dropped.
pub struct RefusingServer {
    /// Where it listens on this machine.
    pub port: u16,
    taken: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl RefusingServer {
    /// Refuses every recipient whose address holds `unknown`.
    #[expect(clippy::disallowed_methods, reason = "the server of a test ends with it")]
    pub async fn start(unknown: &'static str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&taken);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                // A conversation that breaks off is the client's affair.
                tokio::spawn(async move { converse(stream, unknown, &kept).await });
            }
        });
        Ok(Self { port, taken, serving })
    }

    /// Recipients whose mails it took.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().map(|taken| taken.clone()).unwrap_or_default()
    }
}

impl Drop for RefusingServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn converse(stream: TcpStream, unknown: &str, taken: &Mutex<Vec<String>>) -> Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 refusing\r\n").await?;
    let mut recipient = String::new();
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        let answer: &[u8] = if command.starts_with("RCPT TO:<") {
            recipient = line
                .get(9..)
                .unwrap_or_default()
                .split('>')
                .next()
                .unwrap_or_default()
                .to_owned();
            if recipient.contains(unknown) {
                b"550 5.1.1 no such user here\r\n"
            } else {
                b"250 ok\r\n"
            }
        } else if command == "DATA" {
            writing.write_all(b"354 go on\r\n").await?;
            while let Some(text) = lines.next_line().await? {
                if text == "." {
                    break;
                }
            }
            if let Ok(mut taken) = taken.lock() {
                taken.push(recipient.clone());
            }
            b"250 taken\r\n"
        } else if command == "QUIT" {
            writing.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            b"250 ok\r\n"
        };
        writing.write_all(answer).await?;
    }
    Ok(())
}
