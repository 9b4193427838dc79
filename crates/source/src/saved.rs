//! Snapshots in files: what was read, packed with Zstandard, to be judged later and elsewhere.
//!
//! The text is that of [`seawall_inventory::saved`]; `zstdcat FILE | jq` shows it. A file that comes from elsewhere is hostile like
//! any other: what it unpacks to is bounded, and what is wrong with it is a problem.

mod pack;
mod unpack;

use std::io::{self, Write};
use std::path::Path;

use rayon::prelude::*;
use seawall_inventory::saved::{About, Header, NotSaved, header, object_line, objects};
use seawall_inventory::{Gap, Missing, Problem, Provenance, Reading, Snapshot, Unit};

use crate::problem;
use unpack::{Chunks, Damage};

pub(crate) use unpack::is_packed;

/// What a file holds.
#[derive(Debug)]
pub struct Saved {
    /// What its first line says; the files in it have their objects.
    pub header: Header,
}

/// Writes a Snapshot.
///
/// # Errors
/// What it is written to cannot take it.
pub fn write(snapshot: &Snapshot, about: &About, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&pack::frame(header(snapshot, about).as_bytes()))?;
    // Enough at once for all threads, and little beside the Snapshot.
    for objects in snapshot.objects.chunks(AT_ONCE) {
        let frames: Vec<Vec<u8>> = objects
            .par_chunks(A_FRAME)
            .map(|objects| {
                let there = objects.iter().filter(|object| !object.is_vacant());
                pack::frame(there.map(object_line).collect::<String>().as_bytes())
            })
            .collect();
        for frame in frames {
            out.write_all(&frame)?;
        }
    }
    Ok(())
}

/// Objects in a frame of Zstandard.
const A_FRAME: usize = 1_000;

/// Objects that are packed before they are written.
const AT_ONCE: usize = 32 * A_FRAME;

/// Reads what `bytes` hold, which are called `shown`.
///
/// # Errors
/// They are no Snapshot that this version reads, or damaged so that nothing of it is known.
pub fn read(shown: &Path, bytes: &[u8]) -> Result<Saved, Problem> {
    let mut chunks = Chunks::of(bytes);
    let damaged = |damage: &Damage| problem::damaged(shown, &damage.to_string());
    let first = chunks.first_line().map_err(|damage| damaged(&damage))?;
    let mut header = Header::read(&first).map_err(|why| match why {
        NotSaved::Other => problem::not_saved(shown),
        NotSaved::Format(by) => problem::other_format(shown, &by),
        NotSaved::Corrupt(what) => problem::damaged(shown, what),
    })?;
    drop(first);
    if header.objects > MOST_OBJECTS {
        return Err(damaged(&Damage::TooMany(MOST_OBJECTS)));
    }
    let mut decoded: Vec<_> =
        chunks.by_ref().enumerate().par_bridge().map(|(index, text)| (index, objects(&text))).collect();
    decoded.sort_unstable_by_key(|(index, _)| *index);
    let mut damage = chunks.damage().map(ToString::to_string);
    let mut seen = 0;
    for (_, lines) in decoded {
        damage = damage.or(lines.corrupt.map(str::to_owned));
        seen += lines.objects.len();
        for object in lines.objects {
            match header.readings.get_mut(object.origin.file.0 as usize) {
                Some(reading) => reading.objects.push(object),
                None => damage = damage.or_else(|| Some("an object is of no file".to_owned())),
            }
        }
    }
    if seen != header.objects {
        damage = damage.or_else(|| Some(format!("{seen} of {} objects are in it", header.objects)));
    }
    if let Some(damage) = damage {
        header.coverage.gaps.push(Gap {
            group: None,
            kind: None,
            missing: Missing::Everywhere,
            reason: "the saved Snapshot is damaged".into(),
            problem: Some(header.problems.len()),
        });
        header.problems.push(problem::damaged(shown, &damage));
    }
    if header.older {
        header.problems.push(problem::saved_by_another(shown, &header.about.seawall));
    }
    Ok(Saved { header })
}

/// More than the objects of the largest cluster: 150,000 pods with all that belongs to them.
const MOST_OBJECTS: usize = 4_000_000;

impl Saved {
    /// Its files and units, those numbered from `units` on.
    pub(crate) fn into_parts(self, units: usize) -> (Vec<Reading>, Vec<Unit>, Vec<Problem>) {
        let Header { mut readings, units: own, problems, .. } = self.header;
        for reading in &mut readings {
            if let Provenance::Rendered { unit, .. } = &mut reading.file.provenance {
                unit.0 = unit.0.saturating_add(u32::try_from(units).unwrap_or(u32::MAX));
            }
        }
        (readings, own, problems)
    }

    /// The Snapshot that was saved.
    pub fn into_snapshot(self) -> Snapshot {
        let (coverage, namespace) = (self.header.coverage.clone(), self.header.namespace.clone());
        let (readings, units, problems) = self.into_parts(0);
        let mut snapshot = Snapshot::assemble(readings, units, problems, Vec::new());
        (snapshot.coverage, snapshot.namespace) = (coverage, namespace);
        snapshot
    }
}
