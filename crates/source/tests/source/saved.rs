//! Snapshots that are saved and read again, and files that only look like them.

use std::path::Path;

use seawall_inventory::saved::{About, header};
use seawall_inventory::{Coverage, Snapshot, Weight};
use seawall_rig::corpus;
use seawall_source::saved;
use seawall_source::{Control, Input, Options, load};

use crate::folder::{POD, folder, scan, the_problem, write};
use crate::try_saved::try_saved;

fn save(snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    saved::write(snapshot, &About::default(), &mut bytes).unwrap();
    bytes
}

fn packed(text: &str) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
}

/// The file alone, as one that was named.
fn read(bytes: &[u8]) -> Snapshot {
    let folder = folder(&[]);
    write(folder.path(), "a.swz", bytes);
    load(vec![Input::Path(folder.path().join("a.swz"))], &Options::default(), Control::default())
}

/// What is known of each object and of what was not read.
fn known(snapshot: &Snapshot) -> Vec<String> {
    let mut known: Vec<String> = snapshot
        .objects
        .iter()
        .map(|object| {
            let path = &snapshot.file(object.origin.file).unwrap().path;
            let mut line = String::new();
            object.tree().write_json(&mut line);
            format!(
                "{} {} {} {:?} {line}",
                path.display(),
                object.origin.document,
                object.origin.path,
                object.ignores
            )
        })
        .collect();
    let problems = snapshot.problems.iter();
    known.extend(problems.map(|problem| format!("{} {:?} {}", problem.code, problem.place, problem.message)));
    known
}

#[test]
fn what_is_saved_comes_back() {
    let whole = scan(&corpus().unwrap().join("manifests"), &Options::default());
    assert!(whole.objects.len() > 1000 && !whole.problems.is_empty());
    let again = read(&save(&whole));
    assert_eq!(known(&again), known(&whole));
    assert_eq!(again.documents, whole.documents);
    assert_eq!(again.coverage, whole.coverage);
}

#[test]
fn it_is_read_from_a_stream_and_beside_other_inputs() {
    let one = folder(&[("a.yaml", POD)]);
    let bytes = save(&scan(one.path(), &Options::default()));
    let stream = |bytes: Vec<u8>| Input::Stream {
        shown_as: "-".into(),
        reader: Box::new(std::io::Cursor::new(bytes)),
    };
    let alone = load(vec![stream(bytes.clone())], &Options::default(), Control::default());
    assert_eq!(alone.objects.len(), 1, "{:?}", alone.problems);
    let inputs = vec![stream(bytes), Input::Path(one.path().join("a.yaml"))];
    let both = load(inputs, &Options::default(), Control::default());
    assert_eq!((both.objects.len(), both.coverage.is_complete()), (2, false));
}

#[test]
fn what_a_whole_cluster_was_is_still_whole() {
    let one = folder(&[("a.yaml", POD)]);
    let mut snapshot = scan(one.path(), &Options::default());
    snapshot.coverage = Coverage::live(Vec::new());
    assert!(read(&save(&snapshot)).coverage.is_complete());
}

/// In a folder nothing is taken for a Snapshot: what it says of values would be believed.
#[test]
fn only_a_file_that_is_named_is_taken_for_one() {
    let one = folder(&[("a.yaml", POD)]);
    let bytes = save(&scan(one.path(), &Options::default()));
    let hidden = folder(&[]);
    write(hidden.path(), "b.yaml", &bytes);
    assert!(scan(hidden.path(), &Options::default()).objects.is_empty());
}

#[test]
fn other_files_and_forms_are_named() {
    let one = folder(&[("a.yaml", POD)]);
    let snapshot = scan(one.path(), &Options::default());
    let first = header(&snapshot, &About { seawall: "9.9.9".into(), ..About::default() });
    let newer = read(&packed(&first.replace("\"format\":1", "\"format\":2")));
    assert!(the_problem(&newer, "snapshot-format").message.contains("9.9.9"));
    let fields = first.replace("\"fields\":", "\"fields\":1");
    let older = read(&packed(&fields.replace("\"objects\":1", "\"objects\":0")));
    assert_eq!(the_problem(&older, "snapshot-fields").weight, Weight::Incomplete);
    for other in ["", "a: b\n", "{\"$seawall\":{}}\n"] {
        let other = read(&packed(other));
        assert!(other.objects.is_empty() && !other.problems.is_empty(), "{:?}", other.problems);
    }
    the_problem(&read(&packed("a: b\n")), "not-a-snapshot");
}

#[test]
fn what_is_damaged_is_told_and_never_whole() {
    let files: Vec<(String, String)> =
        (0..20).map(|n| (format!("{n}.yaml"), POD.replace("name: a", &format!("name: a{n}")))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let mut snapshot = scan(folder.path(), &Options::default());
    snapshot.coverage = Coverage::live(Vec::new());
    let bytes = save(&snapshot);
    let whole = known(&snapshot);
    let told =
        |snapshot: &Snapshot| snapshot.problems.iter().any(|problem| problem.weight == Weight::Incomplete);
    let shown = Path::new("a");
    for end in 4..bytes.len() {
        match saved::read(shown, &bytes[..end]) {
            Ok(saved) => {
                let snapshot = saved.into_snapshot();
                assert!(told(&snapshot) && !snapshot.coverage.is_complete(), "the first {end} bytes");
            }
            Err(problem) => assert_eq!(problem.weight, Weight::Incomplete),
        }
    }
    for at in 4..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(saved) = saved::read(shown, &changed) {
            let snapshot = saved.into_snapshot();
            // A bit that means nothing (how much a frame wants to be kept) changes nothing.
            assert!(
                told(&snapshot) && !snapshot.coverage.is_complete() || known(&snapshot) == whole,
                "byte {at}"
            );
        }
    }
}

/// A block that repeats one byte 128 Ki times takes four (RFC 8878 §3.1.1.2).
#[test]
fn what_unpacks_to_more_than_may_be_is_not_unpacked() {
    let mut bomb = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58];
    for _ in 0..100_000 {
        let header: u32 = (128 << 10) << 3 | 1 << 1;
        bomb.extend(&header.to_le_bytes()[..3]);
        bomb.push(b'a');
    }
    let problem = saved::read(Path::new("bomb"), &bomb).unwrap_err();
    assert!(problem.message.contains("64 MiB"), "{}", problem.message);
}

/// The seeds of the fuzzer, as they are and changed: lines by themselves, which no checksum holds.
#[test]
fn seeds_of_the_fuzzer_pass() {
    let folder = seawall_rig::workspace_root().join("fuzz/seeds/saved");
    let read = |name| std::fs::read(folder.join(name)).unwrap();
    let lines = read("lines");
    try_saved(&read("kinds"));
    assert!(saved::read(Path::new("a"), &read("kinds")).unwrap().into_snapshot().problems.is_empty());
    try_saved(&lines);
    let mut random = crate::random::Random::new(0x5a7e_d5ed);
    for _ in 0..1_000 {
        let mut changed = lines.clone();
        for _ in 0..=random.below(3) {
            let (from, to) = (random.below(lines.len()), random.below(lines.len()));
            let length = random.below(20).min(lines.len() - from.max(to));
            let piece = lines[from..from + length].to_vec();
            changed.splice(to.min(changed.len())..to.min(changed.len()), piece);
        }
        try_saved(&changed);
    }
}
