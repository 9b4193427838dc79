//! One line per finding.

use std::io::{self, Write};

use seawall_engine::Report;
use seawall_inventory::Snapshot;
use seawall_yaml::{Limits, LineIndex, parse};

/// Writes one line per active finding.
pub(crate) fn write(snapshot: &Snapshot, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for reported in report.active() {
        let finding = &reported.finding;
        let Some(object) = snapshot.objects.get(finding.object) else { continue };
        let Some(file) = snapshot.file(object.origin.file) else { continue };
        let stream = parse(file.text.as_bytes(), &Limits::default());
        let span = stream.documents.get(object.origin.document).map(|document| {
            let steps = object.origin.path.segments().iter().chain(finding.path.segments());
            let path = steps.fold(seawall_yaml::Path::root(), |path, step| match step {
                seawall_yaml::Segment::Key(key) => path.key(key.clone()),
                seawall_yaml::Segment::Index(index) => path.index(*index),
            });
            document.locate(&path).node.span()
        });
        let at = LineIndex::new(&file.text).position(&file.text, span.unwrap_or_default().start);
        let (severity, check) = (finding.severity, finding.check);
        writeln!(
            out,
            "{}:{at}: {severity} {} {}: {}",
            file.path.display(),
            check.id,
            check.name,
            finding.message
        )?;
    }
    Ok(())
}
