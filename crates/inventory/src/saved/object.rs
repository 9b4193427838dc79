//! One object, as a line.

use seawall_yaml::{Limits, Node, Path, Span, Value};
use smol_str::{SmolStr, ToSmolStr};

use super::KEY;
use crate::decode::Decoding;
use crate::encode::Encode;
use crate::object::Object;
use crate::origin::{FileId, Ignore, IgnoreForm, Origin};
use crate::read::{decode, type_meta};
use crate::tree::{Entries, Tree, give};

/// Objects of some lines. Their files are numbered as in the header.
#[derive(Debug, Default)]
pub struct Lines {
    /// The objects, in the order of lines.
    pub objects: Vec<Object>,
    /// Why the first line that could not be read could not.
    pub corrupt: Option<&'static str>,
}

/// The line of an object.
pub fn object_line(object: &Object) -> String {
    let Object { origin, ignores, malformed, .. } = object;
    let Origin { file, document, span: _, path } = origin;
    let mut tree = object.tree();
    if let Some(own) = tree.at(&Path::root().field(KEY)) {
        give(own, "file", i64::from(file.0).field());
        give(own, "document", i64::try_from(*document).unwrap_or_default().field());
        give(own, "path", path.to_smolstr().field());
        give(own, "malformed", malformed.field());
        let ignores = Tree::List(ignores.iter().map(write_ignore).collect());
        give(own, "ignores", Some(ignores).filter(|list| !list.is_nothing()));
    }
    let mut line = String::new();
    tree.write_json(&mut line);
    line.push('\n');
    line
}

fn write_ignore(ignore: &Ignore) -> Tree {
    let Ignore { path, checks, reason, expires, span, form } = ignore;
    let mut fields: Entries = Vec::new();
    give(&mut fields, "path", path.to_smolstr().field());
    give(&mut fields, "checks", Some(Tree::List(checks.iter().map(Encode::encode).collect())));
    give(&mut fields, "reason", SmolStr::new(reason).field());
    give(&mut fields, "expires", expires.field());
    give(&mut fields, "start", i64::from(span.start).field());
    give(&mut fields, "end", i64::from(span.end).field());
    give(&mut fields, "comment", (*form == IgnoreForm::Comment).field());
    Tree::Map(fields)
}

/// The objects of `text`, which is whole lines of a saved Snapshot.
pub fn objects(text: &str) -> Lines {
    let mut lines = Lines::default();
    // What is not written as it is here was not written here.
    if !text.starts_with('{') {
        lines.corrupt = Some("a line is no object");
        return lines;
    }
    let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
    for document in &stream.documents {
        match object(document.root()) {
            Ok(object) => lines.objects.push(object),
            Err(why) => lines.corrupt = lines.corrupt.or(Some(why)),
        }
    }
    if !stream.problems.is_empty() {
        lines.corrupt = lines.corrupt.or(Some("a line is no JSON"));
    }
    lines
}

fn object(root: Node<'_>) -> Result<Object, &'static str> {
    let meta = type_meta(root).ok().flatten().ok_or("an object has no type")?;
    let own = root.get(KEY).filter(|own| own.is_map()).ok_or("an object does not say where it stood")?;
    let mut decoding = Decoding { saved: true, ..Decoding::default() };
    let origin = Origin {
        file: FileId(number(own, "file").ok_or("a file has no number")?),
        document: number(own, "document").ok_or("a document has no number")? as usize,
        span: Span::default(),
        path: path(own)?,
    };
    let mut object = decode(root, meta, origin, &mut decoding);
    let ignores = own.get("ignores").into_iter().flat_map(Node::items);
    object.ignores = ignores.map(ignore).collect::<Result<_, _>>()?;
    object.malformed = own.get("malformed").and_then(Node::as_bool).unwrap_or_default();
    if !decoding.wrong_types.is_empty() {
        // What it would say if it were right is not known.
        object.malformed = true;
        return Err("a field has a type that Kubernetes refuses");
    }
    Ok(object)
}

fn ignore(node: Node<'_>) -> Result<Ignore, &'static str> {
    let text = |name| node.get(name).and_then(Node::as_str);
    let comment = node.get("comment").and_then(Node::as_bool).unwrap_or_default();
    let place = "a suppression has no place";
    Ok(Ignore {
        path: path(node)?,
        checks: node
            .get("checks")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::as_str)
            .map(SmolStr::new)
            .collect(),
        reason: text("reason").unwrap_or_default().to_owned(),
        expires: text("expires").map(SmolStr::new),
        span: Span::new(number(node, "start").ok_or(place)?, number(node, "end").ok_or(place)?),
        form: if comment { IgnoreForm::Comment } else { IgnoreForm::Annotation },
    })
}

fn path(node: Node<'_>) -> Result<Path, &'static str> {
    let text = node.get("path").and_then(Node::as_str).unwrap_or_default();
    text.parse().map_err(|_| "a path is none")
}

/// The number of a field; 0 when it is not given.
pub(super) fn number(node: Node<'_>, name: &str) -> Option<u32> {
    match node.get(name).map(Node::value) {
        None => Some(0),
        Some(Value::Int(number)) => u32::try_from(number).ok(),
        Some(_) => None,
    }
}
