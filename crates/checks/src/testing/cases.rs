//! Cases that are too many for the documentation of a check: `tests/cases/ID.yaml`.
//!
//! A line `# case VERDICT: WHY` begins each; its text is judged like an example, with findings on the marked lines alone. A case
//! that is about its kind of workload or list of containers, `# case VERDICT here: WHY`, is not tried in others.

use std::fs;
use std::path::{Path, PathBuf};

/// What begins the first line of a case.
const BEGIN: &str = "# case ";

/// An example that no documentation shows.
pub(super) struct Case {
    /// `pass`, `fail`, `unknown` or `n/a`.
    pub verdict: String,
    /// Whether it is tried in workloads of other kinds and in other lists of containers, too.
    pub elsewhere: bool,
    pub text: String,
}

/// The cases of the check `id`.
pub(super) fn cases(id: &str) -> Vec<Case> {
    let file = folder().join(format!("{id}.yaml"));
    if !file.exists() {
        return Vec::new();
    }
    let text = fs::read_to_string(&file).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix(BEGIN) {
            let (verdict, why) = head.split_once(": ").unwrap();
            assert!(!why.is_empty(), "{id}: why is `{line}` a case?");
            let here = verdict.strip_suffix(" here");
            let verdict = here.unwrap_or(verdict).to_owned();
            cases.push(Case { verdict, elsewhere: here.is_none(), text: String::new() });
            continue;
        }
        let case = cases
            .last_mut()
            .unwrap_or_else(|| panic!("{}: `{line}` is before the first case", file.display()));
        case.text.push_str(line);
        case.text.push('\n');
    }
    assert!(!cases.is_empty(), "{} holds no case", file.display());
    cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

#[test]
fn every_file_of_cases_belongs_to_a_check() {
    let ids: Vec<&str> = crate::all().iter().map(|check| check.meta.id).collect();
    for file in fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let id = path.file_stem().unwrap().to_str().unwrap();
        assert!(ids.contains(&id) && path.extension().unwrap() == "yaml", "{}", path.display());
    }
}
