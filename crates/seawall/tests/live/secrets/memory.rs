//! The memory of the program as a core dump has it.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;

use super::planted::{MANIFESTS, Planted};
use crate::server;

/// How long threads that have read may take to end, with what they had.
const DEADLINE: Duration = Duration::from_secs(60);

/// The program, and what it writes.
struct Watching {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    /// Follows the cluster until it has read all.
    fn start(kubeconfig: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_seawall"))
            .args(["watch", "--cluster", "--no-config", "--profile", "all", "-o", "jsonl", "--initial"])
            .env("KUBECONFIG", kubeconfig)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let began = lines.next().unwrap().unwrap();
        assert!(began.contains("\"began\""), "{began}");
        Self { child, lines }
    }

    /// Waits until the word is in its memory.
    fn until_found(&self, word: &str) {
        let started = Instant::now();
        while self.finds(&[word.to_owned()]).is_empty() {
            assert!(started.elapsed() < DEADLINE, "{word} is not in memory");
        }
    }

    /// Waits until none of the words is.
    fn until_gone(&self, words: &[String]) {
        let started = Instant::now();
        loop {
            let found = self.finds(words);
            if found.is_empty() {
                return;
            }
            assert!(started.elapsed() < DEADLINE, "{} are in memory: {found:#?}", found.len());
        }
    }

    fn interrupt(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    /// How often each of `words` is in its memory, and in which part of it.
    fn finds(&self, words: &[String]) -> BTreeMap<String, usize> {
        let searched = AhoCorasick::new(words).unwrap();
        let id = self.child.id();
        let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).unwrap();
        let mut memory = File::open(format!("/proc/{id}/mem")).unwrap();
        let mut found = BTreeMap::new();
        for line in maps.lines() {
            let mut columns = line.split_whitespace();
            let (range, rights) = (columns.next().unwrap(), columns.next().unwrap());
            // What can be written to: all else is what stands in files.
            if !rights.starts_with("rw") {
                continue;
            }
            let name = columns.nth(3).unwrap_or("anonymous");
            let (from, to) = range.split_once('-').unwrap();
            let [from, to] = [from, to].map(|at| u64::from_str_radix(at, 16).unwrap());
            memory.seek(SeekFrom::Start(from)).unwrap();
            let mut bytes = Vec::new();
            // It may be gone since.
            let _ = (&mut memory).take(to - from).read_to_end(&mut bytes);
            for hit in searched.find_iter(&bytes) {
                let word = &words[hit.pattern().as_usize()];
                let around = String::from_utf8_lossy(
                    &bytes[hit.start().saturating_sub(48)..(hit.end() + 48).min(bytes.len())],
                )
                .into_owned();
                *found.entry(format!("{word} in {name}: {around:?}")).or_default() += 1;
            }
        }
        found
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn values_of_secrets_are_not_in_memory_once_they_are_read() {
    let (server, kubeconfig) = server();
    let planted = Planted::new();
    server.kubectl(&["apply", "-f", "-"], planted.fill(MANIFESTS)).unwrap();
    let mut watching = Watching::start(&kubeconfig);
    // What is kept is found: names of keys are.
    for key in ["planted-short-key", "planted-long-key", "planted-data-key"] {
        watching.until_found(key);
    }
    watching.until_gone(&planted.of_secrets());

    // What comes while it is followed goes as well.
    let later = Planted::new();
    let patch = format!(r#"{{"stringData":{{"planted-later-key":"{}"}}}}"#, later.fill("SECRET-0"));
    server.kubectl(&["patch", "secret", "planted-opaque", "-p", &patch], "").unwrap();
    watching.until_found("planted-later-key");
    watching.until_gone(&[planted.of_secrets(), later.of_secrets()].concat());

    // Nor is anything of it told.
    watching.interrupt();
    let told: Vec<String> = watching.lines.by_ref().map(Result::unwrap).collect();
    assert!(told.iter().any(|line| line.contains("planted-pod")), "{told:?}");
    for value in [planted.all(), later.all()].concat() {
        assert!(told.iter().all(|line| !line.contains(&value)), "{value}: {told:?}");
    }
}
