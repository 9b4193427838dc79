//! Reading many texts at once.

use std::io::Read;
use std::path::Path;
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

/// A file to read.
#[derive(Debug)]
pub(crate) struct File {
    pub located: Located,
    /// The user named it.
    pub asked_for: bool,
}

/// Room for texts as they are; what does not fit is packed. Of a large repository a few lines are shown, and its texts would
/// take as much memory as what they say.
#[derive(Default)]
pub(crate) struct Room {
    taken: AtomicUsize,
}

/// Bytes of texts that are kept as they are.
const ROOM: usize = 32 << 20;

impl Room {
    fn keep(&self, text: &mut Text) {
        let plain = text.get();
        if self.taken.fetch_add(plain.len(), Ordering::Relaxed) + plain.len() > ROOM {
            *text = Text::from(plain).packed();
        }
    }
}

/// Reads files. As many are in memory at once as there are threads; of what is not for Kubernetes nothing is kept.
pub(crate) fn all(files: &[File], options: &Options, meter: &Meter<'_>) -> Outcome {
    let results: Vec<Option<Result<Verdict, Problem>>> = files
        .par_iter()
        // Files are of very different sizes: one large one among a few that are handed out together holds up the end.
        .with_max_len(1)
        .map(|file| {
            if meter.control.cancelled() {
                return None;
            }
            let mut result = one(file, options);
            if let Ok(Verdict::Kubernetes(reading)) = &mut result {
                meter.room.keep(&mut reading.file.text);
            }
            meter.step();
            Some(result)
        })
        .collect();
    let mut outcome = Outcome::default();
    let mut unread: Vec<&Path> = Vec::new();
    for (file, result) in files.iter().zip(results) {
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

fn one(file: &File, options: &Options) -> Result<Verdict, Problem> {
    let Located { shown, at } = &file.located;
    let bytes =
        file::read(at, options.max_file_size()).map_err(|cause| problem::unreadable(shown, &cause))?;
    if !file.asked_for && !recognise::may_hold_objects(&bytes) {
        return Ok(Verdict::Other(if bytes.is_empty() { "empty" } else { "no Kubernetes object in it" }));
    }
    let reading = seawall_inventory::read(shown.clone(), &bytes, Provenance::Verbatim, &options.limits);
    Ok(recognise::judge(reading, file.asked_for))
}

/// Reads a stream to its end.
pub(crate) fn stream(shown_as: &Path, reader: Box<dyn Read + Send>, options: &Options) -> Outcome {
    let mut outcome = Outcome::default();
    match file::read_stream(reader, None, options.max_file_size()) {
        Ok(bytes) => {
            let path = shown_as.to_path_buf();
            let reading = seawall_inventory::read(path, &bytes, Provenance::Verbatim, &options.limits);
            outcome.verdict(shown_as, recognise::judge(reading, true));
        }
        Err(cause) => outcome.problems.push(problem::unreadable(shown_as, &cause)),
    }
    outcome
}

/// Reads what charts and overlays rendered; all of it, even when the scan was stopped: it is there, and reading is quick.
pub(crate) fn rendered(texts: Vec<(UnitId, RenderedText)>, options: &Options) -> Outcome {
    let read = |(unit, text): (UnitId, RenderedText)| {
        let provenance = Provenance::Rendered { unit, template: text.template };
        seawall_inventory::read(text.path, text.text.as_bytes(), provenance, &options.limits)
    };
    let readings: Vec<_> = texts.into_par_iter().map(read).collect();
    let mut outcome = Outcome::default();
    for reading in readings {
        let path = reading.file.path.clone();
        match recognise::judge(reading, true) {
            // Comments are left of a template whose content is switched off.
            Verdict::Other(_) => outcome.skip(&path, "renders nothing with these values"),
            kubernetes => outcome.verdict(&path, kubernetes),
        }
    }
    outcome
}
