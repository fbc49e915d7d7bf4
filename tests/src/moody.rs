//! A mail server that does what mail servers do on a bad day: it is slow, refuses for now or for good, is not there, or takes
//! a mail and drops the line before it says so.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::{machine::free_port, reckoning::Arrived};

/// How it feels.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mood {
    /// It takes every mail at once.
    Well,
    /// It takes every mail after so long.
    Slow(Duration),
    /// It refuses every mail for now: one after its recipient, the next after its text.
    Busy,
    /// It takes every mail and drops the line before it says so.
    Dropping,
    /// It is not there: connections are refused.
    Away,
}

/// It runs until it is dropped.
pub struct MoodyServer {
    /// Where it listens on this machine.
    pub port: u16,
    mood: watch::Sender<Mood>,
    book: Arc<Book>,
    serving: JoinHandle<()>,
}

/// What it did.
#[derive(Default)]
struct Book {
    /// Recipient and Message-ID.
    taken: Mutex<Vec<(String, String)>>,
    /// For now.
    refused: AtomicUsize,
}

impl Book {
    fn taken(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MoodyServer {
    /// In a good mood, but it refuses every recipient for good whose address holds `unknown`.
    #[expect(clippy::disallowed_methods, reason = "the server of a test ends with it")]
    pub async fn start(unknown: &'static str) -> Result<Self> {
        let port = free_port()?;
        let (mood, moods) = watch::channel(Mood::Well);
        let book = Arc::default();
        let serving = tokio::spawn(serve(port, unknown, moods, Arc::clone(&book)));
        let server = Self {
            port,
            mood,
            book,
            serving,
        };
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            anyhow::ensure!(!server.serving.is_finished(), "port {port} was taken meanwhile");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(server)
    }

    /// From now on.
    pub fn feel(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// Recipients whose mails it took.
    pub fn taken(&self) -> Vec<String> {
        self.book.taken().iter().map(|(to, _)| to.clone()).collect()
    }

    /// How often it refused for now.
    pub fn refused(&self) -> usize {
        self.book.refused.load(Ordering::Relaxed)
    }

    /// The same with the Message-IDs.
    pub fn arrived(&self) -> Arrived {
        let mut arrived = Arrived::new();
        for (to, id) in self.book.taken().iter() {
            *arrived
                .entry(to.clone())
                .or_default()
                .entry(id.clone())
                .or_default() += 1;
        }
        arrived
    }
}

impl Drop for MoodyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Listens while it is there; when it goes, its conversations end where they are.
async fn serve(port: u16, unknown: &'static str, mut moods: watch::Receiver<Mood>, book: Arc<Book>) {
    while moods.wait_for(|mood| *mood != Mood::Away).await.is_ok() {
        let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await else {
            return;
        };
        let (mut conversations, mut leaving) = (JoinSet::new(), moods.clone());
        loop {
            tokio::select! {
                Ok((stream, _)) = listener.accept() => {
                    let conversation = Conversation {
                        unknown,
                        moods: moods.clone(),
                        book: Arc::clone(&book),
                    };
                    // One that breaks off is the client's affair.
                    conversations.spawn(async move { conversation.hold(stream).await });
                }
                Some(_) = conversations.join_next() => {}
                Ok(_) = leaving.wait_for(|mood| *mood == Mood::Away) => break,
                else => return,
            }
        }
    }
}

struct Conversation {
    unknown: &'static str,
    moods: watch::Receiver<Mood>,
    book: Arc<Book>,
}

impl Conversation {
    async fn hold(self, stream: TcpStream) -> Result<()> {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        writing.write_all(b"220 moody\r\n").await?;
        let (mut recipient, mut asked) = (String::new(), 0_u32);
        while let Some(line) = lines.next_line().await? {
            let command = line.to_ascii_uppercase();
            let busy = *self.moods.borrow() == Mood::Busy;
            let answer: &[u8] = if command.starts_with("RCPT TO:<") {
                let address = line.get(9..).unwrap_or_default();
                recipient = address.split('>').next().unwrap_or_default().to_owned();
                asked += 1;
                if recipient.contains(self.unknown) {
                    b"550 5.1.1 no such user here\r\n"
                } else if busy && asked % 2 == 0 {
                    self.book.refused.fetch_add(1, Ordering::Relaxed);
                    b"450 4.2.0 come back later\r\n"
                } else {
                    b"250 ok\r\n"
                }
            } else if command == "DATA" {
                writing.write_all(b"354 go on\r\n").await?;
                let mut id = String::new();
                while let Some(text) = lines.next_line().await? {
                    if text == "." {
                        break;
                    }
                    if id.is_empty()
                        && let Some((name, value)) = text.split_once(": ")
                        && name.eq_ignore_ascii_case("Message-ID")
                    {
                        value.clone_into(&mut id);
                    }
                }
                let mood = *self.moods.borrow();
                if mood == Mood::Away {
                    return Ok(());
                }
                if let Mood::Slow(by) = mood {
                    tokio::time::sleep(by).await;
                }
                if mood == Mood::Busy {
                    self.book.refused.fetch_add(1, Ordering::Relaxed);
                    b"451 4.3.0 come back later\r\n"
                } else {
                    let mail = (recipient.clone(), id);
                    self.book.taken().push(mail);
                    if mood == Mood::Dropping {
                        return Ok(());
                    }
                    b"250 taken\r\n"
                }
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
}
