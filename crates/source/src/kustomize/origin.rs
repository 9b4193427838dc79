//! What Kustomize prints, taken apart by the file that each object came from.
//!
//! With `buildMetadata: [originAnnotations]` every object says its origin in an annotation, which is no part of the object
//! that is deployed and is taken out here. Kustomize prints maps in block style with an indentation of two, so the
//! annotation is found by its lines: no scalar's own lines stand as little indented as the keys around it.

use std::collections::HashMap;
use std::path::PathBuf;

use seawall_yaml::Limits;

const SEPARATOR: &str = "---";
const ANNOTATION: &str = "config.kubernetes.io/origin";

/// The objects that came from one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The file as Kustomize calls it, seen from the folder that was built; `None` when Kustomize does not say.
    pub origin: Option<PathBuf>,
    /// Its documents, with separators, without the annotation.
    pub text: String,
}

/// Takes apart what `kustomize build` printed. Files come in the order of their first object.
pub fn split(printed: &str) -> Vec<Built> {
    let mut files: Vec<Built> = Vec::new();
    let mut numbers: HashMap<Option<PathBuf>, usize> = HashMap::new();
    let mut document: Vec<&str> = Vec::new();
    let mut finish = |document: &mut Vec<&str>| {
        let lines = std::mem::take(document);
        if lines.iter().all(|line| line.trim().is_empty()) {
            return;
        }
        let (origin, lines) = take_origin(lines);
        let index = *numbers.entry(origin.clone()).or_insert_with(|| {
            files.push(Built { origin, text: String::new() });
            files.len() - 1
        });
        if let Some(file) = files.get_mut(index) {
            file.text.push_str("---\n");
            file.text.extend(lines);
        }
    };
    for line in printed.split_inclusive('\n') {
        if line.trim_end() == SEPARATOR {
            finish(&mut document);
        } else {
            document.push(line);
        }
    }
    finish(&mut document);
    files
}

/// The origin that a document names, and the document without it.
fn take_origin(lines: Vec<&str>) -> (Option<PathBuf>, Vec<&str>) {
    let Some(found) = find(&lines) else { return (None, lines) };
    let Annotation { annotations, start, end } = found;
    let value: String =
        lines.iter().skip(start).take(end - start).map(|line| line.get(4..).unwrap_or("\n")).collect();
    let Some(origin) = parse(&value) else { return (None, lines) };
    // A map of annotations that is left empty goes too.
    let alone = start == annotations + 1 && lines.get(end).is_none_or(|line| indentation(line) < 4);
    let from = if alone { annotations } else { start };
    let kept = lines.iter().enumerate().filter(|(number, _)| !(from..end).contains(number));
    (origin, kept.map(|(_, line)| *line).collect())
}

/// Lines of a document.
struct Annotation {
    /// `  annotations:`
    annotations: usize,
    /// The first line of the annotation.
    start: usize,
    /// The line after its last.
    end: usize,
}

fn find(lines: &[&str]) -> Option<Annotation> {
    let metadata = lines.iter().position(|line| line.trim_end() == "metadata:")?;
    let annotations = below(lines, metadata, 2, "annotations:")?;
    let start = below(lines, annotations, 4, ANNOTATION)?;
    let more =
        lines.iter().skip(start + 1).take_while(|line| line.trim().is_empty() || indentation(line) > 4);
    Some(Annotation { annotations, start, end: start + 1 + more.count() })
}

/// The line, indented by exactly `indent`, that begins with `key`, in the block that line `parent` opens.
fn below(lines: &[&str], parent: usize, indent: usize, key: &str) -> Option<usize> {
    let block = lines.iter().enumerate().skip(parent + 1);
    let mut block = block.take_while(|(_, line)| line.trim().is_empty() || indentation(line) >= indent);
    let found = block.find(|(_, line)| indentation(line) == indent && line.trim_start().starts_with(key));
    found.map(|(number, _)| number)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Reads the annotation's own YAML (`resource.Origin` of sigs.k8s.io/kustomize/api): `path` of a resource, `configuredIn`
/// of what was generated. Something from a repository has a path there, which is none here.
fn parse(annotation: &str) -> Option<Option<PathBuf>> {
    let limits = Limits::default();
    let stream = seawall_yaml::parse(annotation.as_bytes(), &limits);
    let value = stream.documents.first()?.root().get(ANNOTATION)?.as_str()?;
    let stream = seawall_yaml::parse(value.as_bytes(), &limits);
    let root = stream.documents.first()?.root();
    if root.get("repo").is_some() {
        return Some(None);
    }
    let path = root.get("path").or_else(|| root.get("configuredIn"))?.as_str()?;
    Some(Some(PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_go_to_their_file_without_the_annotation() {
        let printed = "\
apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    config.kubernetes.io/origin: |
      configuredIn: ../base/kustomization.yaml
      configuredBy:
        apiVersion: builtin
        kind: ConfigMapGenerator
  name: a
---
apiVersion: v1
data:
  text: |
    ---
    metadata:
      annotations:
        config.kubernetes.io/origin: |
          path: forged.yaml
kind: ConfigMap
metadata:
  annotations:
    b: kept
    config.kubernetes.io/origin: |
      path: ../base/b.yaml
    d: kept too
  name: b
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: c
";
        let expected = [
            (
                Some("../base/kustomization.yaml"),
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
            ),
            (
                Some("../base/b.yaml"),
                "---\napiVersion: v1\ndata:\n  text: |\n    ---\n    metadata:\n      annotations:\n        \
                 config.kubernetes.io/origin: |\n          path: forged.yaml\nkind: ConfigMap\nmetadata:\n  \
                 annotations:\n    b: kept\n    d: kept too\n  name: b\n",
            ),
            (None, "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n"),
        ];
        let expected =
            expected.map(|(origin, text)| Built { origin: origin.map(PathBuf::from), text: text.to_owned() });
        assert_eq!(split(printed), expected);
    }
}
