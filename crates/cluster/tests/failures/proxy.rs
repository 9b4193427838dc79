//! Stands before a real API server and spoils some of what passes, so that all else is as it is in a cluster.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use seawall_rig::ApiServer;

/// A request that has come.
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
        self.target.split('?').next().unwrap_or_default().ends_with(&format!("/{plural}"))
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
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// An error in JSON, as an API server says it; `more` are further fields of the Status.
    pub fn status(status: u16, message: &str, more: &str) -> Self {
        let body = format!(
            "{{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":{status},\"message\":\"{message}\"{more}}}"
        );
        Self { status, headers: "Content-Type: application/json\r\n".to_owned(), body: body.into_bytes() }
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.push_str(&format!("Retry-After: {seconds}\r\n"));
        self
    }

    /// The same with another time, or without one.
    pub fn dated(mut self, date: Option<&str>) -> Self {
        let others = self.headers.lines().filter(|line| !line.to_ascii_lowercase().starts_with("date:"));
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
    Replaced(Answer),
    /// Half of it comes, and the connection ends.
    Broken,
    /// Half of it comes as if it were all.
    Truncated,
    /// Half of it comes, and then nothing more, while the connection stays.
    Half,
    /// Nothing comes, while the connection stays.
    Silence,
    /// It begins, and never ends.
    Endless,
}

/// What decides about requests. It may ask the API server itself.
type Judge = dyn Fn(&Asked, &Upstream) -> Fate + Send + Sync;

/// The proxy, for as long as this lives.
pub struct Proxy {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Stands before `server`, for who reads it as `user`. It speaks without TLS.
    pub fn start(
        server: &ApiServer,
        judge: impl Fn(&Asked, &Upstream) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = Arc::new(Upstream::of(server));
        let judge: Arc<Judge> = Arc::new(judge);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let counts: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let listening = std::thread::spawn(move || {
            for client in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (upstream, judge, counts) = (upstream.clone(), judge.clone(), counts.clone());
                // Ends when the client goes, at the latest with the test.
                std::thread::spawn(move || serve(client.unwrap(), &upstream, &*judge, &counts));
            }
        });
        Self { address, stop, listening: Some(listening) }
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
        let _ = TcpStream::connect(self.address);
        let _ = self.listening.take().unwrap().join();
    }
}

/// One request, for one connection. A client that has gone is no error.
fn serve(client: TcpStream, upstream: &Upstream, judge: &Judge, counts: &Mutex<HashMap<String, usize>>) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let before = {
        let mut counts = counts.lock().unwrap();
        let count = counts.entry(target.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let asked = Asked { target, before, head, body };
    let fate = judge(&asked, upstream);
    let mut client = client;
    let _ = answer(&mut client, &asked, upstream, fate);
}

fn answer(client: &mut TcpStream, asked: &Asked, upstream: &Upstream, fate: Fate) -> std::io::Result<()> {
    let head = |answer: &Answer, length: usize| {
        let Answer { status, headers, .. } = answer;
        format!("HTTP/1.1 {status} Said\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n")
    };
    let (answer, fate) = match fate {
        Fate::Silence => return until_it_goes(client),
        Fate::Replaced(answer) => (answer, Fate::Pass),
        fate => (upstream.ask(asked), fate),
    };
    let whole = answer.body.len();
    let (said, sent) = match fate {
        Fate::Truncated => (whole / 2, whole / 2),
        Fate::Broken | Fate::Half => (whole, whole / 2),
        Fate::Endless => (usize::MAX >> 1, whole / 2),
        _ => (whole, whole),
    };
    client.write_all(head(&answer, said).as_bytes())?;
    client.write_all(&answer.body[..sent])?;
    match fate {
        Fate::Half => until_it_goes(client),
        Fate::Endless => loop {
            client.write_all(&[b' '; 1 << 16])?;
        },
        _ => Ok(()),
    }
}

fn until_it_goes(client: &mut TcpStream) -> std::io::Result<()> {
    client.read(&mut [0]).map(drop)
}

/// The API server behind it.
pub struct Upstream {
    address: String,
    tls: Arc<ClientConfig>,
}

impl Upstream {
    fn of(server: &ApiServer) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(server.authority()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { address: server.url().trim_start_matches("https://").to_owned(), tls: Arc::new(tls) }
    }

    /// What the API server answers to this request, again if need be.
    pub fn ask(&self, asked: &Asked) -> Answer {
        let Asked { target, head, body, .. } = asked;
        let method = head.split(' ').next().unwrap();
        // Of HTTP/1.0: the answer comes in one piece, and ends with the connection.
        let mut request = format!("{method} {target} HTTP/1.0\r\nHost: {}\r\n", self.address);
        for line in head.lines().skip(1).filter(|line| !line.is_empty()) {
            if !line.to_ascii_lowercase().starts_with("host:") {
                request.push_str(&format!("{line}\r\n"));
            }
        }
        request.push_str("\r\n");
        let tcp = TcpStream::connect(&self.address).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let session = ClientConnection::new(Arc::clone(&self.tls), name).unwrap();
        let mut stream = StreamOwned::new(session, tcp);
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).unwrap();
        let end = said.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(said[..end].to_vec()).unwrap();
        let kept = ["content-type:", "date:", "retry-after:"];
        let headers =
            head.lines().filter(|line| kept.iter().any(|name| line.to_ascii_lowercase().starts_with(name)));
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            headers: headers.map(|line| format!("{line}\r\n")).collect(),
            body: said[end + 4..].to_vec(),
        }
    }
}
