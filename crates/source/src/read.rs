//! Reading many texts at once.

use std::cmp::Reverse;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use seawall_inventory::{Problem, Provenance, Text, UnitId};

use crate::file;
use crate::load::{Meter, Outcome};
use crate::options::Options;
use crate::place::Located;
use crate::problem;
use crate::recognise::{self, Verdict};
use crate::rendered::RenderedText;
use crate::saved;

/// A file to read.
#[derive(Debug)]
pub(crate) struct File {
    pub located: Located,
    /// The user named it.
    pub asked_for: bool,
}

/// Room for texts as they are and their documents as they were parsed; what does not fit is packed, or parsed again when it is
/// looked into. Of a large repository a few lines are shown, and its texts would take as much memory as what they say.
#[derive(Default)]
pub(crate) struct Room {
    texts: AtomicUsize,
    documents: AtomicUsize,
}

/// Bytes of texts that are kept as they are.
const TEXTS: usize = 32 << 20;

/// Bytes of texts whose documents are kept as they were parsed, which takes as many again.
const DOCUMENTS: usize = 4 << 20;

impl Room {
    fn keep(&self, verdict: &mut Verdict) {
        let Verdict::Kubernetes(reading) = verdict else { return };
        let fits =
            |taken: &AtomicUsize, bytes, room| taken.fetch_add(bytes, Ordering::Relaxed) + bytes <= room;
        let text = std::mem::replace(&mut reading.file.text, Text::from(""));
        let parsed = text.documents().iter().map(|document| document.span.len()).sum();
        reading.file.text = if !fits(&self.texts, text.get().len(), TEXTS) {
            text.packed()
        } else if !fits(&self.documents, parsed, DOCUMENTS) {
            text.unparsed()
        } else {
            text
        };
    }
}

/// Reads files. As many are in memory at once as there are threads; of what is not for Kubernetes nothing is kept.
pub(crate) fn all(files: &[File], options: &Options, meter: &Meter<'_>) -> Outcome {
    let results: Vec<(&File, Option<Result<Verdict, Problem>>)> = largest_first(files)
        .into_iter()
        .par_bridge()
        .map(|file| {
            if meter.control.cancelled() {
                return (file, None);
            }
            let mut result = one(file, options);
            if let Ok(verdict) = &mut result {
                meter.room.keep(verdict);
            }
            meter.step();
            (file, Some(result))
        })
        .collect();
    let mut outcome = Outcome::default();
    let mut unread: Vec<&Path> = Vec::new();
    for (file, result) in results {
        let shown = &file.located.shown;
        match result {
            Some(Ok(verdict)) => outcome.verdict(shown, verdict),
            Some(Err(problem)) => outcome.problems.push(problem),
            None => unread.push(shown),
        }
    }
    unread.sort();
    if let Some(first) = unread.first() {
        outcome.problems.push(problem::interrupted(first, unread.len()));
    }
    for path in unread {
        outcome.skip(path, "the scan was stopped before it");
    }
    outcome
}

/// The order in which threads wait for each other least: files are of very different sizes, and a large one that is left to
/// the end holds up all. Memory for large ones serves the smaller ones after them.
fn largest_first(files: &[File]) -> Vec<&File> {
    let size = |file: &File| std::fs::metadata(&file.located.at).map_or(0, |metadata| metadata.len());
    let mut sized: Vec<(u64, &File)> = files.par_iter().map(|file| (size(file), file)).collect();
    sized.sort_by_key(|(size, _)| Reverse(*size));
    sized.into_iter().map(|(_, file)| file).collect()
}

fn one(file: &File, options: &Options) -> Result<Verdict, Problem> {
    let Located { shown, at } = &file.located;
    let bytes =
        file::read(at, options.max_file_size()).map_err(|cause| problem::unreadable(shown, &cause))?;
    if file.asked_for && saved::is_packed(&bytes) {
        return saved::read(shown, &bytes).map(|saved| Verdict::Saved(Box::new(saved)));
    }
    if !file.asked_for && !recognise::may_hold_objects(&bytes) {
        return Ok(Verdict::Other(if bytes.is_empty() { "empty" } else { "no Kubernetes object in it" }));
    }
    let reading = seawall_inventory::read(shown.clone(), &bytes, Provenance::Verbatim, &options.limits);
    Ok(recognise::judge(reading, file.asked_for))
}

/// Reads a stream to its end.
pub(crate) fn stream(
    shown_as: &Path,
    reader: Box<dyn Read + Send>,
    options: &Options,
    room: &Room,
) -> Outcome {
    let mut outcome = Outcome::default();
    match file::read_stream(reader, None, options.max_file_size()) {
        Ok(bytes) if saved::is_packed(&bytes) => match saved::read(shown_as, &bytes) {
            Ok(saved) => outcome.saved.push(saved),
            Err(problem) => outcome.problems.push(problem),
        },
        Ok(bytes) => {
            let path = shown_as.to_path_buf();
            let reading = seawall_inventory::read(path, &bytes, Provenance::Verbatim, &options.limits);
            let mut verdict = recognise::judge(reading, true);
            room.keep(&mut verdict);
            outcome.verdict(shown_as, verdict);
        }
        Err(cause) => outcome.problems.push(problem::unreadable(shown_as, &cause)),
    }
    outcome
}

/// Reads what charts and overlays rendered; all of it, even when the scan was stopped: it is there, and reading is quick.
pub(crate) fn rendered(texts: Vec<(UnitId, RenderedText)>, options: &Options, room: &Room) -> Outcome {
    let read = |(unit, text): (UnitId, RenderedText)| {
        let provenance = Provenance::Rendered { unit, template: text.template };
        let path = text.path.clone();
        let reading = seawall_inventory::read(text.path, text.text.as_bytes(), provenance, &options.limits);
        let mut verdict = recognise::judge(reading, true);
        room.keep(&mut verdict);
        (path, verdict)
    };
    let verdicts: Vec<(PathBuf, Verdict)> = texts.into_par_iter().map(read).collect();
    let mut outcome = Outcome::default();
    for (path, verdict) in verdicts {
        match verdict {
            // Comments are left of a template whose content is switched off.
            Verdict::Other(_) => outcome.skip(&path, "renders nothing with these values"),
            kubernetes => outcome.verdict(&path, kubernetes),
        }
    }
    outcome
}
