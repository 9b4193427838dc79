//! The table, as a text.

use seawall_inventory::kinds::{PolicyRule, RbacSubject, RoleRef};
use seawall_inventory::{KubernetesVersion, VersionRange};
use smol_str::SmolStr;

use super::{BootstrapObject, Part, When};
use crate::validity::GROUP;

const TABLE: &str = include_str!("defaults.txt");

/// The first minor version of the table. Older API servers are taken for it.
pub(super) const OLDEST: u16 = 26;

/// A line of the table.
enum Line {
    Object(BootstrapObject),
    Part(Part, Option<When>),
}

/// All objects of the table.
pub(super) fn objects() -> Vec<BootstrapObject> {
    let mut objects: Vec<BootstrapObject> = Vec::new();
    for line in TABLE.lines().filter_map(line) {
        match (line, objects.last_mut()) {
            (Line::Object(object), _) => objects.push(object),
            (Line::Part(part, when), Some(object)) => {
                let when = when.unwrap_or_else(|| object.when.clone());
                object.parts.push((part, when));
            }
            (Line::Part(..), None) => {}
        }
    }
    objects
}

/// `None` for what is no line of the table.
fn line(text: &str) -> Option<Line> {
    let is_part = text.starts_with("  ");
    let (words, ranges): (Vec<&str>, Vec<&str>) =
        text.split_whitespace().partition(|word| !word.starts_with(['@', '?']));
    let when = if ranges.is_empty() { None } else { Some(when(&ranges)?) };
    if is_part {
        return Some(Line::Part(part(&words)?, when));
    }
    let [kind @ ("ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding"), place] = *words else {
        return None;
    };
    let (namespace, name) = within(place);
    let place = (kind.into(), namespace.into(), name.into());
    let always = || When { by_default: vec![VersionRange::ALWAYS], gated: Vec::new() };
    Some(Line::Object(BootstrapObject { place, when: when.unwrap_or_else(always), parts: Vec::new() }))
}

fn part(words: &[&str]) -> Option<Part> {
    let label =
        |text: &str| text.split_once('=').map(|(key, value)| (SmolStr::new(key), SmolStr::new(value)));
    Some(match *words {
        ["label", text] => label(text).map(|(key, value)| Part::Label(key, value))?,
        ["gathers", text] => label(text).map(|(key, value)| Part::Gathers(key, value))?,
        ["visit", verbs, paths] => Part::Rule(PolicyRule {
            verbs: list(verbs),
            non_resource_urls: list(paths),
            ..PolicyRule::default()
        }),
        ["allow", verbs, groups, resources, ref names @ ..] if names.len() < 2 => Part::Rule(PolicyRule {
            verbs: list(verbs),
            api_groups: list(groups),
            resources: list(resources),
            resource_names: names.iter().flat_map(|names| list(names)).collect(),
            ..PolicyRule::default()
        }),
        ["of", kind, name] => {
            Part::Of(RoleRef { api_group: GROUP.into(), kind: kind.into(), name: name.into() })
        }
        ["to", kind, place] => {
            let (namespace, name) = within(place);
            let api_group = if kind == "ServiceAccount" { "" } else { GROUP };
            Part::To(RbacSubject {
                kind: kind.into(),
                api_group: api_group.into(),
                name: name.into(),
                namespace: namespace.into(),
            })
        }
        _ => return None,
    })
}

/// `NAMESPACE/NAME`, or a name alone.
fn within(place: &str) -> (&str, &str) {
    place.split_once('/').unwrap_or(("", place))
}

/// Words between commas; `""` is the empty one.
fn list(words: &str) -> Box<[SmolStr]> {
    words.split(',').map(|word| SmolStr::new(if word == "\"\"" { "" } else { word })).collect()
}

fn when(ranges: &[&str]) -> Option<When> {
    let mut when = When::default();
    for range in ranges {
        let (list, range) = match range.strip_prefix('@') {
            Some(range) => (&mut when.by_default, range),
            None => (&mut when.gated, range.strip_prefix('?')?),
        };
        let (first, last) = range.split_once('-')?;
        let since: u16 = first.parse().ok()?;
        // What the oldest API server of the table makes is taken for what was made before.
        let since = if since == OLDEST { 0 } else { since };
        let until: Option<u16> = if last.is_empty() { None } else { Some(last.parse::<u16>().ok()? + 1) };
        list.push(VersionRange {
            since: KubernetesVersion::minor(since),
            until: until.map(KubernetesVersion::minor),
        });
    }
    Some(when)
}

#[cfg(test)]
mod tests {
    use seawall_inventory::KubernetesVersion;

    use super::{Line, TABLE, line, objects};
    use crate::Bootstrap;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        let unread: Vec<&&str> = lines.iter().filter(|text| line(text).is_none()).collect();
        assert!(unread.is_empty(), "{unread:?}");
        let objects = objects();
        let parts: usize = objects.iter().map(|object| object.parts.len()).sum();
        assert_eq!(objects.len() + parts, lines.len());
        let newest = KubernetesVersion::LATEST;
        assert!(TABLE.lines().take(4).any(|line| line.contains(&format!(" {}.", &newest.to_string()[1..]))));
        assert_eq!(Bootstrap::versions().last(), Some(newest), "the table is of the newest version");
    }

    #[test]
    fn what_is_no_line_is_not_read() {
        for text in
            ["", "Pod a", "ClusterRole", "  allow get", "  allow get a b c d", "  to", "ClusterRole a @x-"]
        {
            assert!(line(text).is_none(), "{text}");
        }
        let object = match line("Role kube-system/x ?26-28 @29-31") {
            Some(Line::Object(object)) => object,
            _ => panic!("it is one"),
        };
        let minors = [25, 26, 28, 29, 31, 32].map(KubernetesVersion::minor);
        assert_eq!(minors.map(|minor| object.is_made_by(minor)), [false, false, false, true, true, false]);
        assert_eq!(minors.map(|minor| object.may_be_made_by(minor)), [true, true, true, true, true, false]);
    }
}
