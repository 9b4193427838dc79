//! Files that the program writes about itself.

use std::fs;
use std::process::Command;

use super::SEAWALL;

#[test]
fn every_subcommand_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new(SEAWALL).arg("man").arg(folder.path()).status().unwrap();
    assert!(status.success());
    let help = Command::new(SEAWALL).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let named = commands.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let names: Vec<&str> = named.map(|line| line.split_whitespace().next().unwrap()).collect();
    assert!(names.contains(&"explain"), "{help}");
    for name in names.into_iter().filter(|name| *name != "help") {
        let page = fs::read_to_string(folder.path().join(format!("seawall-{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
}

#[test]
fn every_check_has_a_page_in_every_index() {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new(SEAWALL).args(["internal", "generate"]).arg(folder.path()).status().unwrap();
    assert!(status.success());
    let docs = folder.path().join("docs");
    let index = fs::read_to_string(docs.join("checks/README.md")).unwrap();
    let severities = fs::read_to_string(docs.join("severity-table.md")).unwrap();
    let list = Command::new(SEAWALL).args(["list", "checks", "--color", "never"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let mut checks = 0;
    for row in list.lines().skip(1) {
        let mut cells = row.split_whitespace();
        let (id, name) = (cells.next().unwrap(), cells.nth(2).unwrap());
        let page = format!("{id}-{name}.md");
        assert!(docs.join("checks").join(&page).is_file(), "{page}");
        assert!(index.contains(&format!("]({page})")), "{page} in the index");
        assert!(severities.contains(&format!("](checks/{page})")), "{page} in the table of severities");
        checks += 1;
    }
    assert_eq!(fs::read_dir(docs.join("checks")).unwrap().count(), checks + 1);
}
