//! What was not read.

use seawall_yaml::Node;
use smol_str::SmolStr;

use super::object::number;
use crate::coverage::{Coverage, Gap, Missing};
use crate::encode::Encode;
use crate::tree::{Tree, give};

pub(super) fn write(coverage: &Coverage) -> Option<Tree> {
    coverage.live.then(|| Tree::List(coverage.gaps.iter().map(write_gap).collect()))
}

fn write_gap(gap: &Gap) -> Tree {
    let mut fields = Vec::new();
    give(&mut fields, "group", gap.group.clone().map(Tree::Text));
    give(&mut fields, "kind", gap.kind.clone().map(Tree::Text));
    let names = |names: &[SmolStr]| Some(Tree::List(names.iter().cloned().map(Tree::Text).collect()));
    match &gap.missing {
        Missing::Everywhere => {}
        Missing::Within(namespaces) => give(&mut fields, "within", names(namespaces)),
        Missing::Outside(namespaces) => give(&mut fields, "outside", names(namespaces)),
    }
    give(&mut fields, "reason", gap.reason.field());
    give(
        &mut fields,
        "problem",
        gap.problem.map(|number| Tree::Int(i64::try_from(number).unwrap_or(i64::MAX))),
    );
    Tree::Map(fields)
}

/// The coverage of a header; that of files when it has none.
pub(super) fn read(node: Option<Node<'_>>) -> Coverage {
    match node {
        Some(node) => Coverage::live(node.items().map(read_gap).collect()),
        None => Coverage::default(),
    }
}

fn read_gap(node: Node<'_>) -> Gap {
    let text = |name: &str| node.get(name).and_then(Node::as_str).map(SmolStr::new);
    let names = |list: Node<'_>| list.items().filter_map(Node::as_str).map(SmolStr::new).collect();
    Gap {
        group: text("group"),
        kind: text("kind"),
        missing: match (node.get("within"), node.get("outside")) {
            (Some(list), _) => Missing::Within(names(list)),
            (None, Some(list)) => Missing::Outside(names(list)),
            (None, None) => Missing::Everywhere,
        },
        reason: text("reason").unwrap_or_default(),
        problem: node.get("problem").and_then(|_| number(node, "problem")).map(|number| number as usize),
    }
}

#[cfg(test)]
mod tests {
    use crate::coverage::{Coverage, Gap, Missing};
    use crate::saved::{About, Header, header};
    use crate::snapshot::Snapshot;

    #[test]
    fn what_was_not_read_is_kept() {
        let gap = |group: Option<&str>, kind: Option<&str>, missing, problem| Gap {
            group: group.map(Into::into),
            kind: kind.map(Into::into),
            missing,
            reason: "why".into(),
            problem,
        };
        let gaps = vec![
            gap(None, None, Missing::Outside(vec!["shop".into()]), None),
            gap(Some(""), Some("Pod"), Missing::Within(vec!["shop".into()]), Some(0)),
            gap(Some("apps"), None, Missing::Everywhere, Some(7)),
        ];
        for coverage in [Coverage::default(), Coverage::live(Vec::new()), Coverage::live(gaps)] {
            let snapshot = Snapshot { coverage: coverage.clone(), ..Snapshot::default() };
            let line = header(&snapshot, &About::default());
            assert_eq!(Header::read(&line).unwrap().coverage, coverage, "{line}");
        }
    }
}
