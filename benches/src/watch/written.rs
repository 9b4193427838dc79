//! Changes that are written to a real API server: as many as it takes.

use std::io;
use std::ops::Range;
use std::thread;
use std::time::Instant;

use anyhow::Context;
use seawall_rig::ApiServer;

use super::turns::{Made, deployment, in_time, opens};
use super::writer::Writer;

/// Who changes objects at once: an API server confirms a change in a few milliseconds.
const WRITERS: usize = 8;

/// Makes the changes of these numbers.
pub fn change(server: &ApiServer, numbers: Range<usize>) -> anyhow::Result<Vec<Made>> {
    let started = Instant::now();
    let write = |part: usize| -> anyhow::Result<Vec<Made>> {
        let mut writer = Writer::connect(server)?;
        let patched = in_time(started, numbers.clone(), (part, WRITERS), |number| {
            writer.patch(&path(number), &patch(number)).map_err(io::Error::other)
        });
        Ok(patched?)
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|part| scope.spawn(move || write(part))).collect();
        let mut all = Vec::new();
        for writer in writers {
            all.extend(writer.join().ok().context("a writer panicked")??);
        }
        Ok(all)
    })
}

fn path(number: usize) -> String {
    format!("/apis/apps/v1/namespaces/default/deployments/app-{}", deployment(number))
}

/// Each change says something new.
fn patch(number: usize) -> String {
    let annotations = format!(r#""metadata":{{"annotations":{{"round":"{number}"}}}}"#);
    match opens(number) {
        Some(on) => format!(r#"{{{annotations},"spec":{{"template":{{"spec":{{"hostPID":{on}}}}}}}}}"#),
        None => format!("{{{annotations}}}"),
    }
}
