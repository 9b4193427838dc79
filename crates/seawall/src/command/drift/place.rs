//! Where something stands in the files.

use seawall_inventory::{Object, Provenance, Snapshot};
use seawall_yaml::{Limits, LineIndex, Path};

/// `deploy/web.yaml:12` of the field at `path` of an object, or what it is missing from; the file alone where its lines are not
/// known.
pub(super) fn place(snapshot: &Snapshot, object: &Object, path: &Path) -> String {
    let Some(file) = snapshot.file(object.origin.file) else { return String::new() };
    let shown = file.path.display().to_string();
    let text = file.text.get();
    if file.provenance != Provenance::Verbatim || text.is_empty() {
        return shown;
    }
    let parsed;
    let document = match file.text.document(object.origin.document) {
        Some(document) => Some(document),
        None => {
            parsed = seawall_yaml::parse(text.as_bytes(), &Limits::default());
            parsed.documents.iter().find(|document| document.index == object.origin.document)
        }
    };
    let Some(document) = document else { return shown };
    let at = document.locate(&object.origin.path.join(path)).anchor();
    format!("{shown}:{}", LineIndex::new(&text).position(&text, at.start).line)
}
