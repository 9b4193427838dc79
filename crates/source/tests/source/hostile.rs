//! Folders that try to break the reader: the parts of it that run no program, on any bytes.
//!
//! [`try_tree`] is the body of the fuzz target, too; what it once found is replayed here.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use seawall_inventory::Provenance;
use seawall_source::recognise::{Verdict, judge, looks_like_kubernetes, may_hold_objects};
use seawall_source::{Exclude, outline, split_printed_by_helm, split_printed_by_kustomize};
use seawall_yaml::Limits;

/// Takes bytes for a folder, written as `-- path --` lines with the content of each file behind them, and holds what must
/// hold for every folder.
pub fn try_tree(bytes: &[u8]) {
    let files = tree(bytes);
    every_file_has_one_role(&files);
    for (path, content) in &files {
        what_is_not_parsed_holds_nothing(content);
        let Ok(text) = std::str::from_utf8(content) else { continue };
        looks_like_kubernetes(text);
        what_is_split_stays_whole(text);
        if path.ends_with(".seawallignore") {
            // Patterns or an error, never a crash.
            let _ = Exclude::new(text.lines());
            text.lines().take(5).for_each(|line| drop(Exclude::new([line])));
        }
    }
}

fn tree(bytes: &[u8]) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let mut current = PathBuf::from("/file.yaml");
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let header = line.strip_prefix(b"-- ").and_then(|rest| rest.trim_ascii_end().strip_suffix(b" --"));
        match header {
            Some(path) => {
                let path = String::from_utf8_lossy(path).replace('\0', "");
                let parts = Path::new(&path).components().filter(|part| matches!(part, Component::Normal(_)));
                current = Path::new("/").join(parts.collect::<PathBuf>());
                files.entry(current.clone()).or_default();
            }
            None => files.entry(current.clone()).or_default().extend(line),
        }
    }
    files
}

fn every_file_has_one_role(files: &BTreeMap<PathBuf, Vec<u8>>) {
    let outline = outline(files);
    let mut seen: Vec<&PathBuf> = outline.files.iter().chain(&outline.templates).collect();
    seen.extend(outline.parts.iter().map(|(path, _)| path));
    seen.sort();
    assert_eq!(seen, files.keys().collect::<Vec<_>>());
}

fn what_is_not_parsed_holds_nothing(content: &[u8]) {
    let reading = seawall_inventory::read("x".into(), content, Provenance::Verbatim, &Limits::default());
    if !may_hold_objects(content) {
        assert!(reading.objects.is_empty(), "an object was overlooked");
        assert!(!reading.problems.iter().any(|problem| problem.code == "not-an-object"));
    }
    let found = reading.objects.len();
    if let Verdict::Other(_) = judge(reading, false) {
        assert_eq!(found, 0, "objects were left out");
    }
}

fn what_is_split_stays_whole(text: &str) {
    let letters =
        |text: &str| text.lines().filter(|line| line.trim_end() != "---").map(str::len).sum::<usize>();
    let built: usize = split_printed_by_kustomize(text).iter().map(|built| letters(&built.text)).sum();
    assert!(built <= letters(text));
    let rendered = split_printed_by_helm(text);
    let kept: usize = rendered.iter().map(|template| letters(&template.text)).sum();
    assert!(kept <= letters(text));
    // What Helm would print of it comes apart the same way.
    let printed: String = rendered
        .iter()
        .map(|template| {
            let header = format!("---\n# Source: {}\n", template.source.display());
            let text = template.text.strip_prefix("---\n").unwrap_or_default();
            header + text
        })
        .collect();
    if rendered
        .iter()
        .all(|template| template.text.matches("---").count() == 1 && template.text.ends_with('\n'))
    {
        assert_eq!(split_printed_by_helm(&printed), rendered);
    }
}

#[test]
fn seeds_of_the_fuzzer_pass() {
    let folder = seawall_rig::workspace_root().join("fuzz/seeds/source");
    let mut seeds = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        try_tree(&std::fs::read(entry.unwrap().path()).unwrap());
        seeds += 1;
    }
    assert!(seeds >= 8, "{seeds} seeds in {}", folder.display());
}

/// The seeds, torn and mixed: a small fuzzer that every test run affords.
#[test]
fn mutated_seeds_pass() {
    let folder = seawall_rig::workspace_root().join("fuzz/seeds/source");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut random = crate::random::Random::new(0x0005_eed5);
    for _ in 0..3000 {
        let mut bytes = random.of(&seeds).clone();
        for _ in 0..=random.below(4) {
            let other = random.of(&seeds);
            let (from, to) = (random.below(other.len()), random.below(other.len()));
            let piece = other[from.min(to)..from.max(to)].to_vec();
            let at = random.below(bytes.len().max(1));
            let end = (at + random.below(40)).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        try_tree(&bytes);
    }
}
