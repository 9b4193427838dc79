//! A webhook that authorizes, on loopback.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A webhook that lets some, denies some, and has no opinion of others; it ends with the test.
pub struct Webhook {
    address: String,
    folder: PathBuf,
    /// Which webhook was asked about which uid.
    asked: Arc<Mutex<HashSet<(String, String)>>>,
}

impl Webhook {
    pub fn start() -> Webhook {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(HashSet::new()));
        let known = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = Arc::clone(&known);
                thread::spawn(move || answer(stream, &known));
            }
        });
        let folder = std::env::temp_dir().join(format!("seawall-webhook-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Webhook { address, folder, asked }
    }

    /// The folder with the files by which webhooks of these names are reached.
    pub fn kubeconfigs(&self, names: &[&str]) -> String {
        for name in names {
            fs::write(self.folder.join(name), self.kubeconfig(name)).unwrap();
        }
        self.folder.display().to_string()
    }

    fn kubeconfig(&self, name: &str) -> String {
        let server = format!("http://{}/{name}", self.address);
        json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "webhook", "users": [],
            "clusters": [{"name": "webhook", "cluster": {"server": server}}],
            "contexts": [{"name": "webhook", "context": {"cluster": "webhook", "user": ""}}],
        })
        .to_string()
    }

    /// Whether the webhook of this name was asked about this uid.
    pub fn was_asked(&self, name: &str, uid: &str) -> bool {
        self.asked.lock().unwrap().contains(&(name.to_owned(), uid.to_owned()))
    }
}

impl Drop for Webhook {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Answers reviews until the other side has no more.
fn answer(stream: TcpStream, asked: &Mutex<HashSet<(String, String)>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut start = String::new();
        if reader.read_line(&mut start).unwrap_or_default() == 0 {
            return;
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            let header = header.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let mut review: Value = serde_json::from_slice(&body).unwrap();
        let path = start.split(' ').nth(1).unwrap().split('?').next().unwrap();
        let name = path.trim_matches('/').to_owned();
        let uid = review["spec"]["uid"].as_str().unwrap_or_default().to_owned();
        review["status"] = match says(&review["spec"]["user"]) {
            Some(true) => json!({"allowed": true}),
            Some(false) => json!({"allowed": false, "denied": true}),
            None => json!({"allowed": false}),
        };
        asked.lock().unwrap().insert((name, uid));
        let body = review.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if reader.get_mut().write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

/// Whether somebody is let, or denied.
fn says(user: &Value) -> Option<bool> {
    match user.as_str().unwrap_or_default() {
        "jane" | "a:b" => Some(true),
        "john" | "system:kube-scheduler" => Some(false),
        _ => None,
    }
}
