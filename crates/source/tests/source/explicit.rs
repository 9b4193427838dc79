//! Files and streams that are named.

use std::io::{self, Read};
use std::path::PathBuf;

use seawall_inventory::Snapshot;
use seawall_source::{Control, Exclude, Input, Options, load};

use crate::folder::{POD, account, folder, scan, the_problem};

fn stream(reader: impl Read + Send + 'static, options: &Options) -> Snapshot {
    let input = Input::Stream { shown_as: PathBuf::from("-"), reader: Box::new(reader) };
    load(vec![input], options, Control::default())
}

#[test]
fn a_stream_is_read_to_its_end() {
    let text = format!("{POD}---\n{POD}");
    assert_eq!(account(&stream(io::Cursor::new(text), &Options::default())), ["-: 2 objects"]);
}

#[test]
fn a_stream_is_bounded_and_may_fail() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let mut options = Options::default();
    options.limits.max_bytes = 1000;
    assert_eq!(account(&stream(io::repeat(b'a'), &options)), ["-: [file-too-large]"]);
    let snapshot = stream(Failing, &options);
    assert_eq!(the_problem(&snapshot, "unreadable").message, "cannot be read: the disk is on fire");
}

/// Who names a text takes it for Kubernetes: when it cannot be read, that is a problem.
#[test]
fn a_named_text_is_taken_for_kubernetes_when_in_doubt() {
    assert_eq!(
        account(&stream(io::Cursor::new("a: [1"), &Options::default())),
        ["-: 0 objects", "-: [yaml-syntax]"]
    );
    assert_eq!(
        account(&stream(io::Cursor::new("a: 1"), &Options::default())),
        ["-: - no Kubernetes object in it"]
    );
    assert_eq!(account(&stream(io::Cursor::new(""), &Options::default())), ["-: - empty"]);
}

#[test]
fn a_named_file_is_read_whatever_its_name_and_whoever_ignores_it() {
    let folder = folder(&[(".gitignore", "*\n"), ("pod.txt", POD), ("broken.txt", "a: [1")]);
    let path = |name: &str| Input::Folder { at: folder.path().join(name), shown_as: name.into() };
    let options = Options { exclude: Exclude::new(["pod.txt"]).unwrap(), ..Options::default() };
    let inputs = vec![path("pod.txt"), path("broken.txt"), path("pod.txt"), path("gone.yaml"), path("")];
    let snapshot = load(inputs, &options, Control::default());
    assert_eq!(
        account(&snapshot),
        [
            ".: [nothing-to-read]",
            ".gitignore: - ignored by .gitignore",
            "broken.txt: 0 objects",
            "broken.txt: [yaml-syntax]",
            "gone.yaml: [unreadable]",
            "pod.txt: 1 object",
        ]
    );
}

#[test]
fn overlapping_inputs_are_read_once() {
    let folder = folder(&[("a/pod.yaml", POD), ("b/pod.yaml", POD)]);
    let at = |name: &str| Input::Folder { at: folder.path().join(name), shown_as: name.into() };
    let snapshot =
        load(vec![at("a/pod.yaml"), at(""), at("a"), at("b/../a")], &Options::default(), Control::default());
    assert_eq!(account(&snapshot), ["a/pod.yaml: 1 object", "b/pod.yaml: 1 object"]);
}

#[test]
fn excluded_is_what_a_pattern_says() {
    let files = [
        ("a/pod.yaml", POD),
        ("a/test/pod.yaml", POD),
        ("b/pod.yaml", POD),
        ("b/pod-test.yaml", POD),
        ("test/pod.yaml", POD),
    ];
    let folder = folder(&files);
    let table: [(&[&str], &[&str]); 6] = [
        (&["test/"], &["a/pod.yaml", "b/pod-test.yaml", "b/pod.yaml"]),
        (&["/test/"], &["a/pod.yaml", "a/test/pod.yaml", "b/pod-test.yaml", "b/pod.yaml"]),
        (&["*-test.yaml", "a"], &["b/pod.yaml", "test/pod.yaml"]),
        (&["a/**"], &["b/pod-test.yaml", "b/pod.yaml", "test/pod.yaml"]),
        (&["pod*.yaml", "!b/pod.yaml"], &["b/pod.yaml"]),
        (&[], &["a/pod.yaml", "a/test/pod.yaml", "b/pod-test.yaml", "b/pod.yaml", "test/pod.yaml"]),
    ];
    for (patterns, expected) in table {
        let options = Options { exclude: Exclude::new(patterns).unwrap(), ..Options::default() };
        let snapshot = scan(folder.path(), &options);
        let read: Vec<_> = snapshot.files.iter().map(|file| file.path.to_str().unwrap()).collect();
        assert_eq!(read, expected, "{patterns:?}");
    }
}

#[test]
fn a_pattern_that_is_none_is_refused() {
    let error = Exclude::new(["fine", "a{b"]).unwrap_err();
    assert_eq!(error.pattern, "a{b");
    assert!(error.to_string().starts_with("`a{b` is not a pattern: "), "{error}");
}

/// The API server's own files are objects without metadata.
#[test]
fn files_of_configuration_are_read() {
    let kinds = [
        ("apiserver.config.k8s.io/v1", "EncryptionConfiguration", "resources: []"),
        ("v1", "EncryptionConfig", "resources: []"),
        ("apiserver.config.k8s.io/v1", "AdmissionConfiguration", "plugins: []"),
        ("pod-security.admission.config.k8s.io/v1", "PodSecurityConfiguration", "exemptions: {}"),
    ];
    for (api_version, kind, rest) in kinds {
        let text = format!("apiVersion: {api_version}\nkind: {kind}\n{rest}\n");
        let folder = folder(&[("etc/a.yaml", &text)]);
        let snapshot = scan(folder.path(), &Options::default());
        assert_eq!(account(&snapshot), ["etc/a.yaml: 1 object"], "{kind}");
        assert_eq!(snapshot.objects[0].reference().to_string(), kind);
    }
}
