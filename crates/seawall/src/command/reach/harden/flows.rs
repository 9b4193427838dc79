//! Logs of flows.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use seawall_netpol::{Declared, Flow, Seen, World};
use seawall_report::plain;
use smol_str::{SmolStr, format_smolstr};

use super::super::log::Log;
use crate::console::Console;

/// So many different connections are kept.
const MOST: usize = 1_000_000;
/// So many lines that are no flows are told one by one, and so many ends that are not known.
const TOLD: usize = 5;

/// What is told of logs.
#[derive(Default)]
struct Told {
    flows: usize,
    denied: usize,
    /// Flows of which no end is pods that are known.
    beside: usize,
    /// Lines that are no flows.
    problems: usize,
    /// Pods that are not among what was read, with the first line that has them.
    strangers: BTreeSet<SmolStr>,
}

/// Reads logs, and says what in them is no flow. Whether all of it is known.
///
/// # Errors
/// A log cannot be read; they have more different connections than are kept.
pub(super) fn read(
    logs: &[PathBuf],
    world: &World<'_>,
    declared: &mut Declared,
    console: &Console,
) -> Result<bool> {
    if logs.is_empty() {
        return Ok(true);
    }
    let mut seen = Seen::new(world);
    let mut told = Told::default();
    for path in logs {
        let called = plain(&path.to_string_lossy()).into_owned();
        let mut log = Log::open(path, io::stdin).with_context(|| format!("cannot read {called}"))?;
        while log.next().with_context(|| format!("cannot read {called} any further"))? {
            let place = format_smolstr!("{called}:{}", log.number);
            take(&log.line(), &place, &mut seen, &mut told, console);
            if seen.wanted.len() > MOST {
                bail!("the logs have more than {MOST} different connections: give a part of them");
            }
        }
    }
    told.say(console);
    // Of files no pod has an address.
    let is_nothing = told.flows > 0 && seen.wanted.is_empty() && told.denied < told.flows;
    if is_nothing {
        console.problem("no flow is of pods that were read: flows that tell addresses alone need --cluster, or a saved Snapshot");
    }
    declared.wanted.append(&mut seen.wanted);
    Ok(told.problems == 0 && told.strangers.is_empty() && !is_nothing)
}

fn take(line: &str, place: &SmolStr, seen: &mut Seen<'_, '_>, told: &mut Told, console: &Console) {
    let flow = match Flow::read(line) {
        Ok(flow) => flow,
        Err(no_flow) if no_flow.is_harmless() => return,
        Err(no_flow) => {
            told.problems += 1;
            if told.problems <= TOLD {
                console.problem(format_args!("{place}: the line {no_flow}"));
            }
            return;
        }
    };
    told.flows += 1;
    if !flow.has_passed {
        told.denied += 1;
        return;
    }
    match seen.take(&flow, place) {
        Ok(true) => {}
        Ok(false) => told.beside += 1,
        Err(stranger) => {
            let name = stranger.0;
            if told.strangers.insert(name.clone()) && told.strangers.len() <= TOLD {
                console.problem(format_args!("{place}: {} is not among what was read", plain(&name)));
            }
        }
    }
}

impl Told {
    fn say(&self, console: &Console) {
        if let Some(more) = self.problems.checked_sub(TOLD).filter(|more| *more > 0) {
            console.problem(format_args!("and {more} more lines that are no flows"));
        }
        if let Some(more) = self.strangers.len().checked_sub(TOLD).filter(|more| *more > 0) {
            console.problem(format_args!("and {more} more ends that are not among what was read"));
        }
        let Self { flows, denied, beside, .. } = self;
        console.note(format_args!(
            "{flows} flows were seen; left out are {denied} that were denied and {beside} between addresses that are none of the pods'"
        ));
    }
}
