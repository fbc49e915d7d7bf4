//! A mail server that does what a test tells it to.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// What to do with one message, told one by one; without orders everything is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Answer MAIL so.
    Mail(&'static str),
    /// Answer RCPT so.
    Rcpt(&'static str),
    /// Answer DATA so.
    Data(&'static str),
    /// Read the message, then answer so.
    Body(&'static str),
    /// Cut the line instead of answering MAIL.
    CutAtMail,
    /// Cut the line instead of answering DATA.
    CutAtData,
    /// Take the message, and cut the line instead of saying so.
    CutAfterBody,
    /// Read the message, and take it when the test says so.
    Hold,
}

#[derive(Default)]
pub(crate) struct Journal {
    orders: Mutex<VecDeque<Order>>,
    /// Recipient and text of every message that was taken, answered or not.
    pub(crate) taken: Mutex<Vec<(String, String)>>,
    pub(crate) connections: AtomicUsize,
    open: AtomicUsize,
    /// As many connections as were open at once.
    pub(crate) most_open: AtomicUsize,
    /// What MAIL FROM said.
    senders: Mutex<Vec<String>>,
    pub(crate) logins: Mutex<Vec<String>>,
    /// Answers AUTH so, for as long as it is set.
    pub(crate) no_login: Mutex<Option<&'static str>>,
    /// A message is held; it is let go.
    pub(crate) held: Notify,
    pub(crate) let_go: Notify,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) journal: Arc<Journal>,
    /// The authority of its certificate, in PEM.
    pub(crate) authority: PathBuf,
    _folder: tempfile::TempDir,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encryption {
    None,
    Starttls,
    Implicit,
}

impl Server {
    pub(crate) async fn start(encryption: Encryption) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let journal = Arc::new(Journal::default());
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        std::fs::write(&authority, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let shared = Arc::clone(&journal);
        spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                shared.connections.fetch_add(1, Ordering::Relaxed);
                let (journal, acceptor) = (Arc::clone(&shared), acceptor.clone());
                spawn(async move {
                    let open = journal.open.fetch_add(1, Ordering::Relaxed) + 1;
                    journal.most_open.fetch_max(open, Ordering::Relaxed);
                    // A client that cuts the line ends its own session only.
                    let _end = serve(socket, encryption, acceptor, Arc::clone(&journal)).await;
                    journal.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Self {
            port,
            journal,
            authority,
            _folder: folder,
        }
    }

    pub(crate) fn order(&self, orders: &[Order]) {
        self.journal.orders.lock().unwrap().extend(orders);
    }

    pub(crate) fn senders(&self) -> Vec<String> {
        self.journal.senders.lock().unwrap().clone()
    }

    pub(crate) fn taken(&self) -> Vec<(String, String)> {
        self.journal.taken.lock().unwrap().clone()
    }
}

#[expect(clippy::disallowed_methods, reason = "the server of a test ends with it")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

async fn serve(
    socket: TcpStream,
    encryption: Encryption,
    acceptor: TlsAcceptor,
    journal: Arc<Journal>,
) -> std::io::Result<()> {
    if encryption == Encryption::Implicit {
        let stream = acceptor.accept(socket).await?;
        return session(BufReader::new(stream), true, &journal).await.map(|_| ());
    }
    let mut plain = BufReader::new(socket);
    plain.get_mut().write_all(b"220 test ESMTP\r\n").await?;
    match talk(&mut plain, encryption == Encryption::None, &journal).await? {
        End::Over => Ok(()),
        End::Starttls => {
            plain.get_mut().write_all(b"220 go ahead\r\n").await?;
            let stream = acceptor.accept(plain.into_inner()).await?;
            session_without_greeting(BufReader::new(stream), &journal).await
        }
    }
}

enum End {
    Over,
    Starttls,
}

async fn session<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    encrypted: bool,
    journal: &Journal,
) -> std::io::Result<End> {
    stream.get_mut().write_all(b"220 test ESMTP\r\n").await?;
    talk(&mut stream, encrypted, journal).await
}

async fn session_without_greeting<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    journal: &Journal,
) -> std::io::Result<()> {
    talk(&mut stream, true, journal).await.map(|_| ())
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    ready: bool,
    journal: &Journal,
) -> std::io::Result<End> {
    let (mut recipient, mut order) = (String::new(), None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(End::Over);
        }
        let command = line.trim_end().to_owned();
        let verb = command
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let answer = match (verb.as_str(), order) {
            ("EHLO", _) if ready => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN".to_owned(),
            ("EHLO", _) => "250-test\r\n250 STARTTLS".to_owned(),
            ("STARTTLS", _) => return Ok(End::Starttls),
            ("AUTH", _) => {
                journal.logins.lock().unwrap().push(command.clone());
                let no = *journal.no_login.lock().unwrap();
                no.unwrap_or("235 2.7.0 welcome").to_owned()
            }
            ("MAIL", _) => {
                order = journal.orders.lock().unwrap().pop_front();
                let sender = command.split(['<', '>']).nth(1).unwrap_or_default();
                journal.senders.lock().unwrap().push(sender.to_owned());
                match order {
                    Some(Order::Mail(answer)) => answer.to_owned(),
                    Some(Order::CutAtMail) => return Ok(End::Over),
                    _ => "250 2.1.0 ok".to_owned(),
                }
            }
            ("RCPT", Some(Order::Rcpt(answer))) | ("DATA", Some(Order::Data(answer))) => answer.to_owned(),
            ("RCPT", _) => {
                recipient = command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 2.1.5 ok".to_owned()
            }
            ("DATA", Some(Order::CutAtData)) => return Ok(End::Over),
            ("DATA", _) => {
                stream.get_mut().write_all(b"354 go\r\n").await?;
                let text = body(stream).await?;
                match order {
                    Some(Order::Body(answer)) => answer.to_owned(),
                    taken => {
                        if matches!(taken, Some(Order::Hold)) {
                            journal.held.notify_one();
                            journal.let_go.notified().await;
                        }
                        journal.taken.lock().unwrap().push((recipient.clone(), text));
                        if matches!(taken, Some(Order::CutAfterBody)) {
                            return Ok(End::Over);
                        }
                        "250 2.0.0 queued".to_owned()
                    }
                }
            }
            ("QUIT", _) => {
                stream.get_mut().write_all(b"221 bye\r\n").await?;
                return Ok(End::Over);
            }
            _ => "250 ok".to_owned(),
        };
        stream
            .get_mut()
            .write_all(format!("{answer}\r\n").as_bytes())
            .await?;
        stream.get_mut().flush().await?;
    }
}

async fn body<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
