//! What the API server would make of the objects of files.

use std::collections::BTreeMap;

use anyhow::Result;
use seawall_cluster::{DryRun, Target, Written};
use seawall_inventory::drift::applied;
use seawall_inventory::{FileId, Object, Snapshot, SourceFile};
use seawall_yaml::{Document, Limits, Node, Segment};
use serde_json::Value;

use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// Asks for the objects of these numbers, in order. `namespace` is that of objects without one.
///
/// # Errors
/// There is no way to the cluster.
pub(super) fn ask(
    target: &Target,
    written: &Snapshot,
    numbers: &[usize],
    namespace: &str,
    console: &Console,
    interrupt: &Interrupt,
) -> Result<DryRun> {
    let mut texts = Texts { written, parsed: None };
    let (mut asked, mut refused) = (Vec::new(), BTreeMap::new());
    for number in numbers {
        let Some(object) = written.objects.get(*number) else { continue };
        match texts.value(object) {
            Some(value) => {
                let namespace = applied(object, namespace).namespace.into();
                asked.push(Written { number: *number, namespace, object: value });
            }
            None => drop(refused.insert(*number, "its text is not kept".to_owned())),
        }
    }
    let progress = Progress::start(console);
    let update = |done, total| progress.update(done, total);
    let mut answers = seawall_cluster::dry_run(target, asked, interrupt.flag(), &update)?;
    answers.refused.append(&mut refused);
    Ok(answers)
}

/// The texts of files, of which one is parsed at a time: objects are asked for in the order of files.
struct Texts<'s> {
    written: &'s Snapshot,
    parsed: Option<(FileId, Vec<Document>)>,
}

impl Texts<'_> {
    /// The object as JSON, with all of its fields.
    fn value(&mut self, object: &Object) -> Option<Value> {
        let (id, number) = (object.origin.file, object.origin.document);
        let file: &SourceFile = self.written.file(id)?;
        let document = match file.text.document(number) {
            Some(document) => document,
            None => {
                if self.parsed.as_ref().is_none_or(|(parsed, _)| *parsed != id) {
                    let stream = seawall_yaml::parse(file.text.get().as_bytes(), &Limits::default());
                    self.parsed = Some((id, stream.documents));
                }
                let (_, documents) = self.parsed.as_ref()?;
                documents.iter().find(|document| document.index == number)?
            }
        };
        let mut node: Node<'_> = document.root();
        for segment in object.origin.path.segments() {
            node = match segment {
                Segment::Key(key) => node.get(key)?,
                Segment::Index(index) => node.item(*index)?,
            };
        }
        let mut value: Value = seawall_yaml::de::from_node(node).ok()?;
        // An item of a typed list carries no type of its own.
        if let Value::Object(fields) = &mut value {
            fields.insert("apiVersion".to_owned(), object.api_version.as_str().into());
            fields.insert("kind".to_owned(), object.kind.as_str().into());
        }
        value.is_object().then_some(value)
    }
}
