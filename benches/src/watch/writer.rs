//! Changes objects of an API server, one after the other over one connection.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use anyhow::{Context, ensure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use seawall_rig::ApiServer;

/// A connection of the admin.
pub struct Writer {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    head: String,
}

impl Writer {
    /// Connects.
    pub fn connect(server: &ApiServer) -> anyhow::Result<Self> {
        let address = server.url().strip_prefix("https://").context("no https")?;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&fs::read(server.authority())?)?)?;
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("127.0.0.1")?)?;
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let head = format!(
            "Host: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/merge-patch+json\r\n\
             Accept: application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1\r\n",
            server.token("admin")?
        );
        Ok(Self { stream: BufReader::new(StreamOwned::new(connection, stream)), head })
    }

    /// Merges `patch` into the object at `path`.
    pub fn patch(&mut self, path: &str, patch: &str) -> anyhow::Result<()> {
        let request =
            format!("PATCH {path} HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n{patch}", self.head, patch.len());
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut status = String::new();
        self.stream.read_line(&mut status)?;
        let mut length = None;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse::<usize>()?);
            }
        }
        let mut body = vec![0; length.context("an answer without its length")?];
        self.stream.read_exact(&mut body)?;
        ensure!(status.starts_with("HTTP/1.1 200 "), "{path}: {status}{}", String::from_utf8_lossy(&body));
        Ok(())
    }
}
