//! Stands before a real API server and spoils some of what passes, so that all else is as it is in a cluster.

mod upstream;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

pub use self::upstream::Upstream;
use self::upstream::names;
use crate::api_server::ApiServer;

/// A request that has come to a [`Proxy`].
pub struct Asked {
    /// Path and query.
    pub target: String,
    /// How often this very request has come before.
    pub before: usize,
    head: String,
    body: Vec<u8>,
}

impl Asked {
    /// Whether it is for a list of this resource.
    pub fn lists(&self, plural: &str) -> bool {
        self.path().ends_with(&format!("/{plural}"))
    }

    /// What is asked for, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether it would like to have it like this.
    pub fn accepts(&self, form: &str) -> bool {
        self.head.contains(form)
    }

    /// The value of a field of the query, as it is written.
    pub fn field(&self, name: &str) -> Option<&str> {
        let query = self.target.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

/// What an API server answers.
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Lines, each with its end.
    pub headers: String,
    /// All of it.
    pub body: Vec<u8>,
}

impl Response {
    /// An error in JSON, as an API server says it.
    pub fn status(status: u16, message: &str) -> Self {
        let body = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "message": message,
        });
        let headers = "Content-Type: application/json\r\n".to_owned();
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// A page, as what stands before an API server may give it.
    pub fn page(status: u16, text: &str) -> Self {
        Self { status, headers: "Content-Type: text/html\r\n".to_owned(), body: text.as_bytes().to_vec() }
    }

    /// With the request to come again so much later.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.push_str(&format!("Retry-After: {seconds}\r\n"));
        self
    }

    /// The same with another time, or without one.
    #[must_use]
    pub fn dated(mut self, date: Option<&str>) -> Self {
        let others = self.headers.lines().filter(|line| !names("date", line));
        let date = date.map(|date| format!("Date: {date}"));
        self.headers = others.map(str::to_owned).chain(date).map(|line| format!("{line}\r\n")).collect();
        self
    }
}

/// What becomes of an answer.
pub enum Fate {
    /// It passes.
    Pass,
    /// This is said in its place.
    Replaced(Response),
    /// Half of it comes, and the connection ends.
    Broken,
    /// Half of it comes as if it were all.
    Truncated,
    /// Half of it comes, and then nothing more, while the connection stays.
    Half,
    /// Nothing comes, while the connection stays.
    Silence,
    /// All of it comes, in so many pieces with this pause between them.
    Slow(usize, Duration),
    /// It begins, and never ends.
    Endless,
    /// The answer to a watch begins, these write its events, and the connection stays.
    Events(Events),
}

/// Writes the events of a watch, each when it is its time.
pub type Events = Box<dyn FnOnce(&mut dyn Write) -> std::io::Result<()> + Send>;

/// What decides about requests. It may ask the API server itself.
type Judge = dyn Fn(&Asked, &Upstream) -> Fate + Send + Sync;

/// A proxy before an API server, for as long as this lives.
pub struct Proxy {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Stands before `server`, on loopback and without TLS. What goes wrong behind it is answered by 502.
    ///
    /// # Errors
    /// It cannot listen, or the certificate of the server's authority cannot be read.
    pub fn start(
        server: &ApiServer,
        judge: impl Fn(&Asked, &Upstream) -> Fate + Send + Sync + 'static,
    ) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on loopback")?;
        let address = listener.local_addr().context("no free port on loopback")?;
        let upstream = Arc::new(Upstream::of(server)?);
        let judge: Arc<Judge> = Arc::new(judge);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let counts: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let listening = thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (upstream, judge, counts) = (upstream.clone(), judge.clone(), counts.clone());
                // Ends when the client goes, at the latest with the test. That it goes is no error.
                thread::spawn(move || drop(serve(client, &upstream, &*judge, &counts)));
            }
        });
        Ok(Self { address, stop, listening: Some(listening) })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes it.
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            // A panic of it was said when it happened.
            let _ = listening.join();
        }
    }
}

/// One request, for one connection.
fn serve(
    mut client: TcpStream,
    upstream: &Upstream,
    judge: &Judge,
    counts: &Mutex<HashMap<String, usize>>,
) -> Result<()> {
    // As an API server does (package net of Go): what is told in small pieces is not held back until the client confirms the last.
    client.set_nodelay(true)?;
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let length = head.lines().find_map(|line| line.split_once(':').filter(|_| names("content-length", line)));
    let mut body = vec![0; length.map_or(Ok(0), |(_, length)| length.trim().parse())?];
    reader.read_exact(&mut body)?;
    let target = head.split(' ').nth(1).context("a request without a target")?.to_owned();
    let before = {
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(target.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let asked = Asked { target, before, head, body };
    let fate = judge(&asked, upstream);
    answer(&mut client, &asked, upstream, fate)
}

fn answer(client: &mut TcpStream, asked: &Asked, upstream: &Upstream, fate: Fate) -> Result<()> {
    let (answer, fate) = match fate {
        Fate::Silence => return until_it_goes(client),
        Fate::Events(events) => {
            client.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n",
            )?;
            events(client)?;
            return until_it_goes(client);
        }
        Fate::Replaced(answer) => (answer, Fate::Pass),
        fate => (upstream.ask(asked), fate),
    };
    let Response { status, headers, body } = answer;
    let (first, rest) = body.split_at(body.len() / 2);
    let length = match fate {
        Fate::Truncated => first.len(),
        Fate::Endless => usize::MAX >> 1,
        _ => body.len(),
    };
    let head =
        format!("HTTP/1.1 {status} Said\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    client.write_all(head.as_bytes())?;
    if let Fate::Slow(pieces, pause) = fate {
        return slowly(client, &body, pieces, pause);
    }
    client.write_all(first)?;
    match fate {
        Fate::Truncated | Fate::Broken => Ok(()),
        Fate::Half => until_it_goes(client),
        Fate::Endless => loop {
            client.write_all(&[b' '; 1 << 16])?;
        },
        _ => Ok(client.write_all(rest)?),
    }
}

/// Sends it piece by piece, for as long as somebody is there.
fn slowly(client: &mut TcpStream, body: &[u8], pieces: usize, pause: Duration) -> Result<()> {
    client.set_read_timeout(Some(pause))?;
    for piece in body.chunks(body.len().div_ceil(pieces).max(1)) {
        client.write_all(piece)?;
        match client.read(&mut [0]) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _ => return Ok(()),
        }
    }
    Ok(())
}

fn until_it_goes(client: &mut TcpStream) -> Result<()> {
    Ok(client.read(&mut [0]).map(drop)?)
}
