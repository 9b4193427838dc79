//! What folders hold that is no manifest, or a bad one: each is named, and the rest is read.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use seawall_inventory::Weight;
use seawall_source::Options;

use crate::folder::{POD, account, folder, is_complete, scan, the_problem, write};

const OTHER: &str = "no Kubernetes object in it";
const NOT_YAML: &str = "not YAML, and nothing in it looks like Kubernetes";

/// What becomes of one text under one name: what is read of it, then problems, then why it is left out.
#[test]
fn every_kind_of_text_ends_where_it_belongs() {
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(POD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let binary: Vec<u8> = (0..=255).cycle().take(4096).collect();
    let deep = format!("apiVersion: v1\nkind: ConfigMap\ndata: {}", "[".repeat(100_000));
    let bomb = {
        let mut text =
            String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x, x]\n");
        for level in 1..64 {
            text.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
        }
        text
    };
    let long = format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"a","annotations":{{"x":"{}"}}}}}}"#,
        "y".repeat(5 << 20)
    );
    let skipped = |reason: &str| format!("- {reason}");
    let table: Vec<(&str, Vec<u8>, Vec<String>)> = vec![
        ("pod.yaml", POD.into(), vec!["1 object".into()]),
        ("pod.yml", POD.into(), vec!["1 object".into()]),
        (".pod.yaml", POD.into(), vec!["1 object".into()]),
        ("pod", POD.into(), vec![skipped("neither .yaml, .yml nor .json")]),
        (
            "list.json",
            br#"{"apiVersion":"v1","kind":"List","items":[
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}},
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"b"}}]}"#
                .into(),
            vec!["2 objects".into()],
        ),
        ("bundle.yaml", format!("{POD}---\n{POD}---\n# nothing\n").into(), vec!["2 objects".into()]),
        ("package.json", br#"{"name": "x", "version": "1.0.0"}"#.into(), vec![skipped(OTHER)]),
        (".github/workflows/ci.yml", b"on: push\njobs:\n  a:\n    steps: []\n".into(), vec![skipped(OTHER)]),
        ("docker-compose.yml", b"services:\n  web:\n    image: x\n".into(), vec![skipped(OTHER)]),
        ("values.yaml", b"image:\n  kind: x\npodMetadata: {}\n".into(), vec![skipped(OTHER)]),
        ("Chart.yaml", b"apiVersion: v1\nkind: [a, b]\n".into(), vec![skipped(OTHER)]),
        ("empty.yaml", b"".into(), vec![skipped("empty")]),
        (
            "archive.tgz",
            b"".into(),
            vec![skipped("an archive; a packaged chart is read when it is named itself")],
        ),
        ("README.md", POD.into(), vec![skipped("neither .yaml, .yml nor .json")]),
        ("broken.yaml", b"a: [1\n\\".into(), vec![skipped(NOT_YAML)]),
        ("binary.yaml", binary, vec![skipped(NOT_YAML)]),
        ("jinja.yaml", b"name: {{ x }}\npath: C:\\\n".into(), vec![skipped(NOT_YAML)]),
        // Evasions: kubectl reads these.
        (
            "escaped.json",
            br#"{"api\u0056ersion":"v1","kind":"Pod","metadata":{"name":"a"}}"#.into(),
            vec!["1 object".into()],
        ),
        ("tagged.yaml", b"!!binary YXBpVmVyc2lvbg==: v1\nkind: Pod\n".into(), vec!["1 object".into()]),
        ("utf16.yaml", utf16, vec!["1 object".into()]),
        ("long.json", long.into(), vec!["1 object".into()]),
        // Kubernetes by its looks, but not readable as a whole.
        (
            "pod-broken.yaml",
            b"apiVersion: v1\nkind: Pod\nmetadata: [\n".into(),
            vec!["0 objects".into(), "[yaml-syntax]".into()],
        ),
        (
            "pod-broken.json",
            br#"{"kind":"Pod","apiVersion":"v1","metadata":[}"#.into(),
            vec!["0 objects".into(), "[json-syntax]".into()],
        ),
        (
            "template.yaml",
            b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n".into(),
            vec!["0 objects".into(), "[unrendered-template]".into()],
        ),
        (
            "kindless.yaml",
            b"apiVersion: v1\nmetadata:\n  name: a\n".into(),
            vec!["0 objects".into(), "[not-an-object]".into()],
        ),
        ("deep.yaml", deep.into(), vec!["0 objects".into(), "[depth-limit]".into()]),
        ("bomb.yaml", bomb.into(), vec!["0 objects".into(), "[alias-limit]".into()]),
        (
            "typed.yaml",
            format!("{POD}  labels: [a]\n").into(),
            vec!["1 object".into(), "[wrong-type]".into()],
        ),
        (
            "some.yaml",
            format!("{POD}---\na: [\n---\n{POD}").into(),
            vec!["2 objects".into(), "[yaml-syntax]".into()],
        ),
    ];
    let folder = folder(&[]);
    let mut expected = Vec::new();
    for (path, content, lines) in &table {
        write(folder.path(), path, content);
        expected.extend(lines.iter().map(|line| format!("{path}: {line}")));
    }
    expected.sort();
    let snapshot = scan(folder.path(), &Options::default());
    pretty_equal(&account(&snapshot), &expected);
}

fn pretty_equal(found: &[String], expected: &[String]) {
    let missing: Vec<_> = expected.iter().filter(|line| !found.contains(line)).collect();
    let surplus: Vec<_> = found.iter().filter(|line| !expected.contains(line)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:#?}\nsurplus: {surplus:#?}");
    assert_eq!(found.len(), expected.len());
}

/// A template among good documents: the good ones are read, the bad one is called what it is.
#[test]
fn only_the_document_that_is_a_template_is_called_one() {
    let documents = [
        POD,
        "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ x }}}\n",
        // Quoted, it is text: something else is wrong here.
        "apiVersion: v1\nkind: Rule\nsummary: \"{{ $labels.pod }} is gone\"\nspec: [\n",
    ];
    let text = documents.join("---\n");
    let folder = folder(&[("mixed.yaml", &text)]);
    let snapshot = scan(folder.path(), &Options::default());
    assert_eq!(
        account(&snapshot),
        ["mixed.yaml: 1 object", "mixed.yaml: [unrendered-template]", "mixed.yaml: [yaml-syntax]"]
    );
}

#[test]
fn what_is_no_regular_file_is_named_and_never_waited_for() {
    let folder = folder(&[("pod.yaml", POD), ("folder.yaml/inner.yaml", POD), ("target.txt", POD)]);
    let at = |name: &str| folder.path().join(name);
    let pipe = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe.yaml"), pipe, rustix::fs::Mode::RWXU, 0).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe.txt"), pipe, rustix::fs::Mode::RWXU, 0).unwrap();
    let _socket = UnixListener::bind(at("socket.yaml")).unwrap();
    symlink("/dev/zero", at("device.yaml")).unwrap();
    symlink("/proc/self/mem", at("failing.yaml")).unwrap();
    symlink("gone", at("dangling.yaml")).unwrap();
    symlink("gone", at("dangling.txt")).unwrap();
    symlink("itself.yaml", at("itself.yaml")).unwrap();
    symlink("target.txt", at("link.yaml")).unwrap();
    symlink("folder.yaml", at("link-to-folder")).unwrap();
    symlink("..", at("folder.yaml/up")).unwrap();
    let snapshot = scan(folder.path(), &Options::default());
    pretty_equal(
        &account(&snapshot),
        &[
            "dangling.txt: - a symbolic link that leads nowhere",
            "dangling.yaml: [unreadable]",
            "device.yaml: [not-a-file]",
            "failing.yaml: [unreadable]",
            "folder.yaml/inner.yaml: 1 object",
            "folder.yaml/up: [symlink-loop]",
            "itself.yaml: [unreadable]",
            "link-to-folder: - a symbolic link to a folder",
            "link.yaml: 1 object",
            "pipe.txt: - neither .yaml, .yml nor .json",
            "pipe.yaml: [not-a-file]",
            "pod.yaml: 1 object",
            "socket.yaml: [not-a-file]",
            "target.txt: - neither .yaml, .yml nor .json",
        ]
        .map(str::to_owned),
    );
    let messages: Vec<&str> = snapshot.problems.iter().map(|problem| problem.message.as_str()).collect();
    for expected in [
        "there is no such file or folder",
        "this is a device, not a file",
        "cannot be read: input/output error",
        "this symbolic link leads back to itself",
        "this is a named pipe, not a file",
        "this is a socket, not a file",
    ] {
        assert!(messages.contains(&expected), "{expected:?} in {messages:#?}");
    }
    // Following a link to a folder above would lose nothing.
    assert_eq!(the_problem(&snapshot, "symlink-loop").weight, Weight::Warning);
}

#[test]
fn a_gibibyte_is_refused_by_its_size() {
    let folder = folder(&[("pod.yaml", POD)]);
    File::create(folder.path().join("huge.yaml")).unwrap().set_len(1 << 30).unwrap();
    let snapshot = scan(folder.path(), &Options::default());
    assert_eq!(account(&snapshot), ["huge.yaml: [file-too-large]", "pod.yaml: 1 object"]);
    let problem = the_problem(&snapshot, "file-too-large");
    assert_eq!(problem.message, "larger than the limit of 512 MiB, and not read");
    assert!(!is_complete(&snapshot));
}

/// Files of /proc say that they are empty: the bound holds while reading, too.
#[test]
fn a_file_that_hides_its_size_is_bounded_all_the_same() {
    let mut options = Options::default();
    options.limits.max_bytes = 100;
    let folder = folder(&[]);
    symlink("/proc/self/status", folder.path().join("status.yaml")).unwrap();
    assert_eq!(account(&scan(folder.path(), &options)), ["status.yaml: [file-too-large]"]);
}

#[test]
fn names_need_not_be_utf_8() {
    let folder = folder(&[]);
    let name = OsStr::from_bytes(b"caf\xe9.yaml");
    fs::write(folder.path().join(name), POD).unwrap();
    let snapshot = scan(folder.path(), &Options::default());
    assert_eq!(snapshot.files[0].path, Path::new(name));
    assert_eq!(snapshot.objects.len(), 1);
}

#[test]
fn an_empty_folder_is_said_to_be_empty() {
    let folder = folder(&[(".gitignore", "*.yaml"), ("pod.yaml", POD)]);
    let snapshot = scan(folder.path(), &Options::default());
    assert_eq!(the_problem(&snapshot, "nothing-to-read").weight, Weight::Warning);
    assert!(snapshot.files.is_empty());
}

#[test]
fn thousands_of_files_and_levels_are_no_burden() {
    let folder = folder(&[]);
    for number in 0..5000 {
        write(folder.path(), &format!("many/{number}.yaml"), POD);
    }
    // As deep as paths can be: a walk that recurses would need a frame for each.
    let mut deep = folder.path().to_path_buf();
    for _ in 0..1500 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("deep.yaml"), POD).unwrap();
    let snapshot = scan(folder.path(), &Options::default());
    assert_eq!((snapshot.objects.len(), snapshot.problems.len()), (5001, 0));
}
