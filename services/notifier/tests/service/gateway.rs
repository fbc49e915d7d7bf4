//! An SMS gateway over real HTTP that does what a test tells it to, and keeps what it took before it answers.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// A request, whole.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What to do with one request, told one by one; without orders the gateway does its work.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Refuse it with this status and text; nothing is taken.
    Refuse(u16, &'static str),
    /// Refuse it, and say after how many seconds to come again.
    Throttle(u32),
    /// Take the message, and cut the line instead of answering.
    CutAfterTaking,
    /// Take the message, and cut the line within the answer.
    CutWithinAnswer,
    /// Take the message, and let somebody in between say 502.
    TakenBut(u16, &'static str),
    /// Take nothing, and cut the line all the same: from outside it looks like `CutAfterTaking`.
    CutWithoutTaking,
}

/// What a gateway answers to a request when it does its work, knowing what it has taken: status and body.
pub(crate) type Work = fn(&Request, &[Request]) -> (u16, String);

#[derive(Default)]
struct Journal {
    orders: Mutex<VecDeque<Order>>,
    taken: Mutex<Vec<Request>>,
    asked: Mutex<Vec<Request>>,
    forgetful: AtomicBool,
}

/// A gateway at work.
pub(crate) struct Gateway {
    pub(crate) port: u16,
    journal: Arc<Journal>,
}

impl Gateway {
    /// `work` answers a request; what it takes is what is posted.
    pub(crate) async fn start(work: Work) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let journal = Arc::new(Journal::default());
        let shared = Arc::clone(&journal);
        spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let journal = Arc::clone(&shared);
                spawn(async move {
                    // A client that cuts the line ends its own request only.
                    let _end = serve(socket, &journal, work).await;
                });
            }
        });
        Self { port, journal }
    }

    pub(crate) fn order(&self, orders: &[Order]) {
        self.journal.orders.lock().unwrap().extend(orders);
    }

    /// Every message that was taken, answered or not.
    pub(crate) fn taken(&self) -> Vec<Request> {
        self.journal.taken.lock().unwrap().clone()
    }

    /// From now on it does not find what it took: look-ups lag behind.
    pub(crate) fn forget(&self) {
        self.journal.forgetful.store(true, Ordering::Relaxed);
    }

    /// Every request.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.journal.asked.lock().unwrap().clone()
    }
}

#[expect(clippy::disallowed_methods, reason = "the server of a test ends with it")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

async fn serve(socket: TcpStream, journal: &Journal, work: Work) -> std::io::Result<()> {
    let mut stream = BufReader::new(socket);
    let request = read(&mut stream).await?;
    journal.asked.lock().unwrap().push(request.clone());
    let is_message = request.method == "POST";
    let order = is_message
        .then(|| journal.orders.lock().unwrap().pop_front())
        .flatten();
    let take = || journal.taken.lock().unwrap().push(request.clone());
    let (status, headers, body) = match order {
        Some(Order::Refuse(status, body)) => (status, String::new(), body.to_owned()),
        Some(Order::Throttle(seconds)) => (429, format!("Retry-After: {seconds}\r\n"), String::new()),
        Some(Order::CutWithoutTaking) => return Ok(()),
        Some(Order::CutAfterTaking) => {
            take();
            return Ok(());
        }
        Some(Order::CutWithinAnswer) => {
            take();
            let half = "HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: Acce";
            return stream.get_mut().write_all(half.as_bytes()).await;
        }
        Some(Order::TakenBut(status, body)) => {
            take();
            (status, String::new(), body.to_owned())
        }
        None => {
            let mut known = journal.taken.lock().unwrap().clone();
            if journal.forgetful.load(Ordering::Relaxed) {
                known.clear();
            }
            let (status, body) = work(&request, &known);
            if is_message && status < 300 {
                take();
            }
            (status, String::new(), body)
        }
    };
    let answer = format!(
        "HTTP/1.1 {status} x\r\n{headers}Content-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.get_mut().write_all(answer.as_bytes()).await?;
    stream.get_mut().shutdown().await
}

async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Request {
        method,
        path,
        headers,
        body: String::from_utf8(body).unwrap_or_default(),
    })
}
