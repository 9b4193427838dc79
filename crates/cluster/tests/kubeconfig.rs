//! Kubeconfigs in full: whatever lets kubectl in lets Seawall in, as the same user, and what keeps kubectl out keeps Seawall out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::thread;

use seawall_cluster::{Target, read};
use seawall_inventory::Snapshot;
use seawall_rig::{ApiServer, Tool, tool};
use serde_json::{Value, json};

const MASTERS: &[&str] = &["system:masters"];

/// Prints a credential if it has been told which cluster it is for.
const PLUGIN: &str = r#"
case "$KUBERNETES_EXEC_INFO" in *"\"server\":\"$SERVER\""*) ;; *) exit 1;; esac
printf '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}' "$1"
"#;

/// A kubeconfig with one context, in a folder of its own.
struct Kubeconfig {
    folder: tempfile::TempDir,
}

impl Kubeconfig {
    fn new(cluster: &Value, user: &Value) -> Kubeconfig {
        let kubeconfig = Kubeconfig { folder: tempfile::tempdir().unwrap() };
        let text = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        });
        kubeconfig.write("config", &text.to_string());
        kubeconfig
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }

    fn kubectl(&self, arguments: &[&str]) -> Option<String> {
        let mut kubectl = Command::new(tool(Tool::Kubectl).unwrap());
        kubectl.arg("--kubeconfig").arg(self.path()).args(arguments);
        let output = kubectl.env("HOME", self.folder.path()).env("KUBERC", "off").output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    fn read(&self) -> Snapshot {
        let target = Target { kubeconfig: Some(self.path()), ..Target::default() };
        read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap()
    }

    /// Both kubectl and Seawall are let in, as this user.
    fn lets_in_as(&self, user: &str, server: &ApiServer) {
        let whoami = self.kubectl(&["auth", "whoami", "--output=jsonpath={.status.userInfo.username}"]);
        assert_eq!(whoami.as_deref(), Some(user));
        let before = lists(server, user);
        let snapshot = self.read();
        assert!(snapshot.coverage.is_complete(), "{user}: {:?}", snapshot.problems);
        assert!(lists(server, user) > before, "{user}");
    }
}

/// How many lists the user has asked for.
fn lists(server: &ApiServer, user: &str) -> usize {
    server.audit().unwrap().iter().filter(|event| event.user == user && event.verb == "list").count()
}

fn cluster(server: &ApiServer) -> Value {
    json!({"server": server.url(), "certificate-authority": server.authority()})
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn every_way_to_say_who_one_is() {
    let users = ["token", "token-file", "plugin", "plugin-beside"].map(|name| (name, MASTERS));
    let server = ApiServer::start_for(&users).unwrap();
    let cluster = cluster(&server);
    let token = |user| server.token(user).unwrap();

    Kubeconfig::new(&cluster, &json!({"token": token("token")})).lets_in_as("token", &server);

    let file = Kubeconfig::new(&cluster, &json!({"tokenFile": "secret/token"}));
    fs::create_dir(file.folder.path().join("secret")).unwrap();
    file.write("secret/token", &format!("{}\n", token("token-file")));
    file.lets_in_as("token-file", &server);
    let both = Kubeconfig::new(&cluster, &json!({"tokenFile": "token", "token": token("token")}));
    both.write("token", token("token-file"));
    both.lets_in_as("token-file", &server);

    let of_files = server.client_certificate("certificate", "system:masters").unwrap();
    let user = json!({"client-certificate": "tls.crt", "client-key": "tls.key"});
    let certificate = Kubeconfig::new(&cluster, &user);
    certificate.write("tls.crt", &text(&of_files.certificate));
    certificate.write("tls.key", &text(&of_files.key));
    certificate.lets_in_as("certificate", &server);
    let embedded = certificate.kubectl(&["config", "view", "--flatten", "--raw", "--output=json"]).unwrap();
    assert!(embedded.contains("client-key-data") && embedded.contains("certificate-authority-data"));
    certificate.write("config", &embedded);
    certificate.lets_in_as("certificate", &server);

    let plugin = json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", PLUGIN, "sh", token("plugin")],
        "env": [{"name": "SERVER", "value": server.url()}],
        "interactiveMode": "Never",
        "provideClusterInfo": true,
    }});
    Kubeconfig::new(&cluster, &plugin).lets_in_as("plugin", &server);

    let user = json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "./bin/plugin",
        "interactiveMode": "Never",
    }});
    let beside = Kubeconfig::new(&cluster, &user);
    fs::create_dir(beside.folder.path().join("bin")).unwrap();
    let files = server.client_certificate("plugin-certificate", "system:masters").unwrap();
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {
            "clientCertificateData": text(&files.certificate),
            "clientKeyData": text(&files.key),
        },
    });
    beside.write("bin/plugin", &format!("#!/bin/sh\ncat <<'END'\n{credential}\nEND\n"));
    beside.lets_in_as("plugin-certificate", &server);
}

#[test]
fn contexts_and_impersonation() {
    let server = ApiServer::start_for(&[("first", MASTERS), ("second", MASTERS), ("guest", &[])]).unwrap();
    let user = |name| json!({"name": name, "user": {"token": server.token(name).unwrap()}});
    let kubeconfig = Kubeconfig::new(&json!({}), &json!({}));
    let contexts = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": cluster(&server)}],
        "users": [user("first"), user("second"), {"name": "as-guest", "user": {
            "token": server.token("first").unwrap(), "as": "guest",
        }}],
        "contexts": [
            {"name": "one", "context": {"cluster": "c", "user": "first"}},
            {"name": "two", "context": {"cluster": "c", "user": "second"}},
            {"name": "guest", "context": {"cluster": "c", "user": "as-guest"}},
        ],
        "current-context": "one",
    });
    kubeconfig.write("config", &contexts.to_string());
    kubeconfig.lets_in_as("first", &server);

    let target = Target { kubeconfig: Some(kubeconfig.path()), ..Target::default() };
    let read = |target: &Target| read(target, &AtomicBool::new(false), &|_, _| {}).unwrap();
    let second = Target { context: Some("two".to_owned()), ..target.clone() };
    assert_eq!(lists(&server, "second"), 0);
    assert!(read(&second).coverage.is_complete() && lists(&server, "second") > 0);

    let refused = |snapshot: &Snapshot| {
        let first = snapshot.problems.first().unwrap();
        !snapshot.coverage.is_complete() && first.help.contains("User \"guest\" cannot list resource")
    };
    let guest = read(&Target { context: Some("guest".to_owned()), ..target.clone() });
    assert!(refused(&guest), "{:?}", guest.problems);
    let guest = read(&Target { impersonate: Some("guest".to_owned()), ..target.clone() });
    assert!(refused(&guest), "{:?}", guest.problems);
    let impersonate_groups = vec!["nobody".to_owned(), "system:masters".to_owned()];
    let master = Target { impersonate: Some("guest".to_owned()), impersonate_groups, ..target };
    assert!(read(&master).coverage.is_complete());
}

#[test]
fn what_keeps_kubectl_out_keeps_seawall_out() {
    let server = ApiServer::start().unwrap();
    let (url, authority) = (server.url(), server.authority());
    let stranger = server.client_certificate("stranger", "strangers").unwrap().certificate;
    let token = server.token("admin").unwrap();
    let asked = |cluster: &Value, token: &str| {
        let kubeconfig = Kubeconfig::new(cluster, &json!({"token": token}));
        let snapshot = kubeconfig.read();
        let kubectl = kubeconfig.kubectl(&["get", "namespaces"]).is_some();
        assert_eq!(snapshot.coverage.is_complete(), kubectl, "{cluster}: {:?}", snapshot.problems);
        assert!(kubectl || snapshot.objects.is_empty());
        snapshot.problems.first().map(|problem| problem.code)
    };
    let named =
        |name: &str| json!({"server": url, "certificate-authority": authority, "tls-server-name": name});
    for (cluster, token, problem) in [
        (cluster(&server), token, None),
        (cluster(&server), "expired", Some("cluster-refused")),
        (named("kubernetes.default.svc"), token, None),
        (named("kubernetes.other.svc"), token, Some("cluster-silent")),
        (json!({"server": url, "certificate-authority": stranger}), token, Some("cluster-silent")),
        (json!({"server": url}), token, Some("cluster-silent")),
        (json!({"server": url, "insecure-skip-tls-verify": true}), token, None),
        (json!({"server": url.replace("https", "http")}), token, Some("cluster-silent")),
    ] {
        assert_eq!(asked(&cluster, token), problem, "{cluster}");
    }
}

#[test]
fn a_proxy_is_gone_through() {
    let server = ApiServer::start().unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let through = format!("http://{}", proxy.local_addr().unwrap());
    // It is asked for this name, of which only the proxy knows where it is.
    let to = server.url().strip_prefix("https://").unwrap().to_owned();
    thread::spawn(move || {
        for connection in proxy.incoming() {
            let to = to.clone();
            thread::spawn(move || carry(connection.unwrap(), "api.seawall.test:443", &to));
        }
    });
    let cluster = json!({
        "server": "https://api.seawall.test",
        "certificate-authority": server.authority(),
        "tls-server-name": "localhost",
        "proxy-url": through,
    });
    let kubeconfig = Kubeconfig::new(&cluster, &json!({"token": server.token("admin").unwrap()}));
    kubeconfig.lets_in_as("admin", &server);
}

/// Serves CONNECT (RFC 9110, 9.3.6) to `name` by a connection to `address`.
fn carry(client: TcpStream, name: &str, address: &str) -> io::Result<()> {
    let mut requested = BufReader::new(client.try_clone()?);
    let mut line = String::new();
    requested.read_line(&mut line)?;
    assert!(line.starts_with(&format!("CONNECT {name} HTTP/1.1")), "{line}");
    while line.trim_end() != "" {
        line.clear();
        requested.read_line(&mut line)?;
    }
    let server = TcpStream::connect(address)?;
    (&client).write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let back = thread::spawn({
        let (mut server, mut client) = (server.try_clone()?, client);
        move || io::copy(&mut server, &mut client).and_then(|_| client.shutdown(Shutdown::Write))
    });
    io::copy(&mut requested, &mut &server)?;
    server.shutdown(Shutdown::Write)?;
    back.join().unwrap()
}
