//! The API server behind a proxy.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{Asked, Response};
use crate::api_server::ApiServer;

/// The API server behind a [`super::Proxy`].
pub struct Upstream {
    address: String,
    tls: Arc<ClientConfig>,
}

impl Upstream {
    pub(super) fn of(server: &ApiServer) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(server.authority())?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { address: server.url().trim_start_matches("https://").to_owned(), tls: Arc::new(tls) })
    }

    /// What the API server answers to this request, again if need be.
    pub fn ask(&self, asked: &Asked) -> Response {
        let headers = asked.head.lines().skip(1).filter(|line| !line.is_empty() && !names("host", line));
        self.get(asked, headers)
    }

    /// Like [`Self::ask`], as if it were asked for in these media types.
    pub fn ask_for(&self, accept: &str, asked: &Asked) -> Response {
        let headers = asked.head.lines().skip(1).filter(|line| !line.is_empty());
        let others = headers.filter(|line| !names("host", line) && !names("accept", line));
        let accept = format!("Accept: {accept}");
        self.get(asked, others.chain([&*accept]))
    }

    fn get<'h>(&self, asked: &Asked, headers: impl Iterator<Item = &'h str>) -> Response {
        self.speak(asked, headers).unwrap_or_else(|error| Response::status(502, &format!("{error:#}")))
    }

    fn speak<'h>(&self, asked: &Asked, headers: impl Iterator<Item = &'h str>) -> Result<Response> {
        // Of HTTP/1.0: the answer comes in one piece, and ends with the connection.
        let Asked { target, head, body, .. } = asked;
        let method = head.split(' ').next().context("a request without a method")?;
        let mut request = format!("{method} {target} HTTP/1.0\r\nHost: {}\r\n", self.address);
        for line in headers {
            write!(request, "{line}\r\n")?;
        }
        request.push_str("\r\n");
        let tcp = TcpStream::connect(&self.address)?;
        let session = ClientConnection::new(Arc::clone(&self.tls), ServerName::try_from("localhost")?)?;
        let mut stream = StreamOwned::new(session, tcp);
        stream.write_all(request.as_bytes())?;
        stream.write_all(body)?;
        let mut said = Vec::new();
        stream.read_to_end(&mut said)?;
        let end =
            said.windows(4).position(|window| window == b"\r\n\r\n").context("an answer without an end")?;
        let body = said.split_off(end + 4);
        let head = String::from_utf8(said)?;
        let kept = ["content-type", "date", "retry-after"];
        let kept = head.lines().filter(|line| kept.iter().any(|name| names(name, line)));
        let status = head.split(' ').nth(1).context("an answer without a status")?;
        let headers = kept.map(|line| format!("{line}\r\n")).collect();
        Ok(Response { status: status.parse()?, headers, body })
    }
}

/// Whether a line is the header of this name, which is in lower case.
pub(super) fn names(name: &str, line: &str) -> bool {
    line.split_once(':').is_some_and(|(known, _)| known.eq_ignore_ascii_case(name))
}
