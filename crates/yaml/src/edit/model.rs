//! What an edit makes of an object, apart from any text.

use smol_str::SmolStr;

use super::value::Model;
use super::{Edit, EditError, EditValue};
use crate::path::{Path, Segment};
use crate::tree::{Document, Format};

/// The object that the edited text must mean.
pub(super) fn expected(document: &Document, edit: &Edit) -> Result<Model, EditError> {
    let yaml = document.format == Format::Yaml;
    let mut root = Model::of(document.root(), yaml);
    match edit {
        Edit::Set { path, value } => {
            check_numbers(value, path)?;
            *reach(&mut root, path)? = Model::new(value, yaml);
        }
        Edit::Remove { path } => remove(&mut root, path)?,
        Edit::Insert { path, index, value } => {
            check_numbers(value, path)?;
            let list = reach(&mut root, path)?;
            if matches!(list, Model::Null) {
                *list = Model::Seq(Vec::new());
            }
            match list {
                Model::Seq(items) if *index <= items.len() => items.insert(*index, Model::new(value, yaml)),
                Model::Seq(_) => return Err(EditError::Missing(path.index(*index))),
                other => return Err(EditError::Type { path: path.clone(), found: other.type_name() }),
            }
        }
    }
    Ok(root)
}

fn check_numbers(value: &EditValue, path: &Path) -> Result<(), EditError> {
    match value {
        EditValue::Float(number) if !number.is_finite() => Err(EditError::Number(path.clone())),
        EditValue::Seq(items) => items.iter().try_for_each(|item| check_numbers(item, path)),
        EditValue::Map(entries) => entries.iter().try_for_each(|(_, value)| check_numbers(value, path)),
        _ => Ok(()),
    }
}

/// The value at `path`, created as null with all above it when it is missing.
fn reach<'m>(root: &'m mut Model, path: &Path) -> Result<&'m mut Model, EditError> {
    let mut node = root;
    let mut reached = Path::root();
    for segment in path.segments() {
        if matches!(node, Model::Null) {
            *node = match segment {
                Segment::Key(_) => Model::Map(std::collections::BTreeMap::new()),
                Segment::Index(_) => Model::Seq(Vec::new()),
            };
        }
        node = match (node, segment) {
            (Model::Map(entries), Segment::Key(key)) => entries.entry(key.clone()).or_insert(Model::Null),
            (Model::Seq(items), Segment::Index(index)) => {
                if *index == items.len() {
                    items.push(Model::Null);
                }
                items.get_mut(*index).ok_or_else(|| EditError::Missing(path.clone()))?
            }
            (other, _) => return Err(EditError::Type { path: reached, found: other.type_name() }),
        };
        reached = reached.push(segment.clone());
    }
    Ok(node)
}

fn remove(root: &mut Model, path: &Path) -> Result<(), EditError> {
    let missing = || EditError::Missing(path.clone());
    let (last, above) = path.last().zip(path.parent()).ok_or_else(missing)?;
    let mut node = root;
    for segment in above.segments() {
        node = match (node, segment) {
            (Model::Map(entries), Segment::Key(key)) => entries.get_mut(key),
            (Model::Seq(items), Segment::Index(index)) => items.get_mut(*index),
            _ => None,
        }
        .ok_or_else(missing)?;
    }
    match (node, last) {
        (Model::Map(entries), Segment::Key(key)) => {
            let key: &SmolStr = key;
            entries.remove(key).map(|_| ()).ok_or_else(missing)
        }
        (Model::Seq(items), Segment::Index(index)) if *index < items.len() => {
            items.remove(*index);
            Ok(())
        }
        _ => Err(missing()),
    }
}

impl Model {
    fn type_name(&self) -> &'static str {
        match self {
            Model::Null => "null",
            Model::Bool(_) => "boolean",
            Model::Int(_) => "integer",
            Model::Float(_) => "number",
            Model::Str(_) => "string",
            Model::Seq(_) => "sequence",
            Model::Map(_) => "mapping",
        }
    }
}
