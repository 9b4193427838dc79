//! Changes that come at the rate that is asked for, though the API server of a small machine cannot make them: all that is read comes
//! from a real API server, but for the watch of Deployments, which tells changes of the objects that the server has.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;
use seawall_rig::{ApiServer, Asked, Events, Fate, Proxy};
use serde::Deserialize;
use serde_json::{Value, json};

use super::turns::{Made, deployment, in_time, opens};

/// What tells changes.
pub struct Replay {
    proxy: Proxy,
    asked: Sender<Range<usize>>,
    made: Receiver<io::Result<Vec<Made>>>,
}

impl Replay {
    /// Stands before `server`.
    pub fn start(server: &ApiServer) -> anyhow::Result<Self> {
        let (asked, to_make) = channel();
        let (tell, made) = channel();
        // For one watch: another one would be an error, and is told as one by what is not told then.
        let source = Source { objects: objects(server)?, to_make, tell };
        let source = Arc::new(Mutex::new(Some(source)));
        let proxy = Proxy::start(server, move |asked, _| {
            if asked.field("watch").is_none() {
                return Fate::Pass;
            }
            let source =
                is_followed(asked).then(|| source.lock().unwrap_or_else(PoisonError::into_inner).take());
            match source.flatten() {
                Some(source) => Fate::Events(Box::new(move |out| source.run(out))),
                None => Fate::Events(nothing()),
            }
        })?;
        Ok(Self { proxy, asked, made })
    }

    /// Where it is to be asked.
    pub fn url(&self) -> String {
        self.proxy.url()
    }

    /// Tells the changes of these numbers.
    pub fn change(&self, numbers: Range<usize>) -> anyhow::Result<Vec<Made>> {
        self.asked.send(numbers).ok().context("nobody watches any more")?;
        Ok(self.made.recv().context("nobody watches any more")??)
    }
}

fn is_followed(asked: &Asked) -> bool {
    asked.path() == "/apis/apps/v1/deployments"
}

fn nothing() -> Events {
    Box::new(|_| Ok(()))
}

struct Source {
    objects: Vec<Value>,
    to_make: Receiver<Range<usize>>,
    tell: Sender<io::Result<Vec<Made>>>,
}

impl Source {
    /// Tells what is asked for, until nobody asks or nobody listens.
    fn run(mut self, out: &mut dyn Write) -> io::Result<()> {
        while let Ok(numbers) = self.to_make.recv() {
            let made = in_time(Instant::now(), numbers, (0, 1), |number| {
                let object = self.objects.get_mut(deployment(number));
                let object = object.ok_or_else(|| io::Error::other("a Deployment is not there"))?;
                turn(object, number);
                let mut line = serde_json::to_vec(&json!({ "type": "MODIFIED", "object": object }))?;
                line.push(b'\n');
                out.write_all(&line)
            });
            if self.tell.send(made).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Each change says something new, and is newer than all before it.
fn turn(object: &mut Value, number: usize) {
    let version = (NEW + number).to_string();
    put(object, "/metadata", "annotations", json!({ "round": number.to_string() }));
    put(object, "/metadata", "resourceVersion", json!(version));
    if let Some(on) = opens(number) {
        put(object, "/spec/template/spec", "hostPID", json!(on));
    }
}

fn put(object: &mut Value, parent: &str, name: &str, value: Value) {
    if let Some(parent) = object.pointer_mut(parent).and_then(Value::as_object_mut) {
        parent.insert(name.to_owned(), value);
    }
}

/// Versions that the API server does not come to meanwhile.
const NEW: usize = 1_000_000_000;

#[derive(Deserialize)]
struct List {
    items: Vec<Value>,
}

/// The Deployments as the API server tells them, `app-0` first.
fn objects(server: &ApiServer) -> anyhow::Result<Vec<Value>> {
    let list = server.kubectl(&["get", "--raw", "/apis/apps/v1/deployments"], "")?;
    let mut list: List = serde_json::from_str(&list)?;
    let number = |object: &Value| {
        let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        name.trim_start_matches("app-").parse::<usize>().unwrap_or(usize::MAX)
    };
    list.items.sort_by_key(number);
    for object in list.items.iter_mut().filter_map(Value::as_object_mut) {
        object.insert("apiVersion".to_owned(), json!("apps/v1"));
        object.insert("kind".to_owned(), json!("Deployment"));
    }
    Ok(list.items)
}
