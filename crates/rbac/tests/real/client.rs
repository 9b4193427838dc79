//! Many questions to an API server, over few connections that stay open.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use seawall_rig::ApiServer;
use serde_json::Value;

/// Connections at once: enough that the API server is never idle.
const CONNECTIONS: usize = 4;

/// Requests that are written to a connection before the first of them is answered (RFC 9112 9.3.2): few enough that their answers fit
/// into what lies between.
const AHEAD: usize = 16;

/// Speaks with an API server as its admin.
pub struct Client {
    address: String,
    tls: Arc<ClientConfig>,
    token: String,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
    /// Whom the admin stands in for: a name, and groups.
    pub as_user: Option<(String, Vec<String>)>,
    /// Who asks, by his token; the admin when not given.
    pub token: Option<String>,
    /// Headers besides.
    pub headers: Vec<(String, String)>,
}

impl Ask {
    pub fn get(path: &str) -> Ask {
        Ask::new("GET", path, None)
    }

    pub fn delete(path: &str) -> Ask {
        Ask::new("DELETE", path, None)
    }

    pub fn post(path: &str, body: Value) -> Ask {
        Ask::new("POST", path, Some(body))
    }

    pub fn new(method: &'static str, path: &str, body: Option<Value>) -> Ask {
        Ask { method, path: path.to_owned(), body, as_user: None, token: None, headers: Vec::new() }
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Said {
    pub status: u16,
    pub body: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Client {
    pub fn of(server: &ApiServer) -> Client {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(server.authority()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Client {
            address: server.url().trim_start_matches("https://").to_owned(),
            tls: Arc::new(tls),
            token: server.token("admin").unwrap().to_owned(),
        }
    }

    /// The answer to one request.
    pub fn ask(&self, ask: &Ask) -> Said {
        self.ask_all(std::slice::from_ref(ask)).remove(0)
    }

    /// The answers to requests, in their order.
    pub fn ask_all(&self, asks: &[Ask]) -> Vec<Said> {
        let share = asks.len().div_ceil(CONNECTIONS).max(1);
        thread::scope(|scope| {
            let workers: Vec<_> =
                asks.chunks(share).map(|asks| scope.spawn(move || self.ask_in_turn(asks))).collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        })
    }

    /// The answers to requests, in their order, where each of a group is answered before the next of it is looked at.
    pub fn ask_groups(&self, groups: &[Vec<Ask>]) -> Vec<Vec<Said>> {
        let share = groups.len().div_ceil(CONNECTIONS).max(1);
        thread::scope(|scope| {
            let ask = |groups: &[Vec<Ask>]| groups.iter().map(|asks| self.ask_in_turn(asks)).collect();
            let workers: Vec<_> = groups
                .chunks(share)
                .map(|groups| scope.spawn(move || -> Vec<Vec<Said>> { ask(groups) }))
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        })
    }

    fn ask_in_turn(&self, asks: &[Ask]) -> Vec<Said> {
        let tcp = TcpStream::connect(&self.address).unwrap();
        tcp.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let session = ClientConnection::new(Arc::clone(&self.tls), name).unwrap();
        let mut stream = BufReader::new(StreamOwned::new(session, tcp));
        let mut said = Vec::with_capacity(asks.len());
        for asks in asks.chunks(AHEAD) {
            let written: Vec<u8> = asks.iter().flat_map(|ask| self.written(ask)).collect();
            stream.get_mut().write_all(&written).unwrap();
            said.extend(asks.iter().map(|_| read(&mut stream)));
        }
        said
    }

    fn written(&self, ask: &Ask) -> Vec<u8> {
        let body = ask.body.as_ref().map(Value::to_string).unwrap_or_default();
        let Ask { method, path, as_user, token, headers, .. } = ask;
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nAccept: application/json\r\n\
             Content-Length: {}\r\n",
            self.address,
            token.as_ref().unwrap_or(&self.token),
            body.len()
        );
        if let Some((user, groups)) = as_user {
            text.push_str(&format!("Impersonate-User: {user}\r\n"));
            groups.iter().for_each(|group| text.push_str(&format!("Impersonate-Group: {group}\r\n")));
        }
        if !headers.iter().any(|(name, _)| name == "Content-Type") {
            text.push_str("Content-Type: application/json\r\n");
        }
        headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        text.push_str("\r\n");
        text.push_str(&body);
        text.into_bytes()
    }
}

/// An answer of HTTP/1.1: of a length that is told, or in chunks.
fn read(stream: &mut impl BufRead) -> Said {
    let mut line = || {
        let mut line = String::new();
        assert!(stream.read_line(&mut line).unwrap() > 0, "the API server has hung up");
        line.trim_end().to_owned()
    };
    let status = line().split(' ').nth(1).unwrap().parse().unwrap();
    let (mut length, mut is_chunked) = (0, false);
    loop {
        let header = line().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        is_chunked |= header == "transfer-encoding: chunked";
    }
    let mut body = Vec::new();
    if is_chunked {
        loop {
            let mut size = String::new();
            stream.read_line(&mut size).unwrap();
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let start = body.len();
            body.resize(start + size, 0);
            stream.read_exact(&mut body[start..]).unwrap();
            stream.read_line(&mut String::new()).unwrap();
            if size == 0 {
                break;
            }
        }
    } else {
        body.resize(length, 0);
        stream.read_exact(&mut body).unwrap();
    }
    Said { status, body: String::from_utf8(body).unwrap() }
}
