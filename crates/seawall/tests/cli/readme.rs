//! What the README shows is what the program prints.

use std::path::Path;

use super::seawall;

#[test]
fn the_readme_shows_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let blocks: Vec<&str> = readme.split("```console\n$ seawall ").skip(1).collect();
    assert!(!blocks.is_empty(), "README.md shows no command");
    for block in blocks {
        let (arguments, rest) = block.split_once('\n').unwrap();
        let (shown, _) = rest.split_once("```").unwrap();
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = seawall(&arguments).current_dir(&root).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), shown, "{arguments:?}");
    }
}
