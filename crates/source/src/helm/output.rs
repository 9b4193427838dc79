//! What `helm template` prints, taken apart by template.

use std::collections::HashMap;
use std::path::PathBuf;

const SEPARATOR: &str = "---";
const SOURCE: &str = "# Source: ";

/// The rendered documents of one template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The template, as Helm calls it: name of the chart, then the path in it.
    pub source: PathBuf,
    /// Its documents, with separators.
    pub text: String,
}

/// Takes apart what `helm template` printed. Templates come in the order of their first document.
///
/// Helm splits what templates render at every `---` at the beginning of a line (`SplitManifests` of its
/// pkg/release/util), and writes `---` and `# Source:` before each part: so a part holds neither separator, and no
/// content can pass for another template's header unless a `# Source:` comment opens a document of its own, which then
/// stands below Helm's.
pub fn split(printed: &str) -> Vec<Rendered> {
    let mut templates: Vec<Rendered> = Vec::new();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut current: Option<usize> = None;
    let mut lines = printed.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let header = (line.trim_end() == SEPARATOR)
            .then(|| lines.next_if(|next| next.starts_with(SOURCE)))
            .flatten()
            .and_then(|next| next.trim_end().strip_prefix(SOURCE));
        match header {
            Some(source) => {
                let index = *numbers.entry(source).or_insert_with(|| {
                    templates.push(Rendered { source: PathBuf::from(source), text: String::new() });
                    templates.len() - 1
                });
                current = Some(index);
                if let Some(template) = templates.get_mut(index) {
                    template.text.push_str("---\n");
                }
            }
            None => {
                // Before the first header there is nothing but blank lines.
                if let Some(template) = current.and_then(|index| templates.get_mut(index)) {
                    template.text.push_str(line);
                }
            }
        }
    }
    templates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_go_to_their_template() {
        let printed = "---\n# Source: web/templates/a.yaml\na: 1\n---\n# Source: web/templates/b.yaml\nb: |\n  ---\n  # Source: x\n\n---\n# Source: web/templates/a.yaml\na: 2\n";
        let expected = [
            ("web/templates/a.yaml", "---\na: 1\n---\na: 2\n"),
            ("web/templates/b.yaml", "---\nb: |\n  ---\n  # Source: x\n\n"),
        ];
        let expected =
            expected.map(|(source, text)| Rendered { source: source.into(), text: text.to_owned() });
        assert_eq!(split(printed), expected);
    }

    #[test]
    fn nothing_rendered_is_nothing() {
        assert_eq!(split(""), []);
        assert_eq!(split("\n"), []);
    }
}
