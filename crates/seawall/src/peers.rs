//! Other scanners: finding a check by the id that another one gives it.

use seawall_finding::{Meta, Peer, Tool, UNCOVERED};

/// The checks that another scanner knows as `written`, with what it is there.
pub(crate) fn find(written: &str) -> Vec<(&'static Meta, &'static Peer)> {
    let wanted = normal(written);
    let metas = seawall_checks::all().into_iter().map(|check| &check.meta);
    metas
        .flat_map(|meta| meta.peers.iter().map(move |peer| (meta, peer)))
        .filter(|(_, peer)| normal(peer.id) == wanted)
        .collect()
}

/// Why no check stands for what another scanner knows as `written`: the scanner, its id and the reason.
pub(crate) fn uncovered(written: &str) -> Option<(Tool, &'static str, &'static str)> {
    let wanted = normal(written);
    UNCOVERED.iter().find_map(|uncovered| {
        let id = uncovered.ids.iter().find(|id| normal(id) == wanted)?;
        Some((uncovered.tool, *id, uncovered.why))
    })
}

/// The ids of all checks of other scanners.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    seawall_checks::all().into_iter().flat_map(|check| check.meta.peers).map(|peer| peer.id)
}

/// An id in the one form that all its spellings share: Trivy has called one check `KSV-0017`, `KSV017` and `AVD-KSV-0017`.
fn normal(id: &str) -> String {
    let lower = id.trim().to_ascii_lowercase();
    let mut normal = String::new();
    for character in lower.strip_prefix("avd-").unwrap_or(&lower).chars() {
        match character {
            '-' | '_' | ' ' => {}
            _ => normal.push(character),
        }
    }
    let digits = normal.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (name, number) = normal.split_at_checked(digits).unwrap_or((&normal, ""));
    let number = match number.trim_start_matches('0') {
        "" if !number.is_empty() => "0",
        number => number,
    };
    format!("{name}{number}")
}

#[cfg(test)]
mod tests {
    use super::{UNCOVERED, find, normal};

    #[test]
    fn spellings_of_one_id() {
        for (one, other, same) in [
            ("KSV-0017", "ksv017", true),
            ("AVD-KSV-0017", "KSV-0017", true),
            ("C-0057", "c0057", true),
            ("CKV_K8S_16", "ckv-k8s-16", true),
            ("CKV_K8S_16", "CKV_K8S_160", false),
            ("KSV-0010", "KSV-0001", false),
            ("privileged-container", "Privileged Container", true),
        ] {
            assert_eq!(normal(one) == normal(other), same, "{one} {other}");
        }
    }

    #[test]
    fn a_check_is_found_by_the_id_of_another_scanner() {
        let names: Vec<&str> = find("AVD-KSV-0017").iter().map(|(meta, _)| meta.name).collect();
        assert_eq!(names, ["privileged-container"]);
        assert!(find("KSV-9999").is_empty());
    }

    #[test]
    fn an_id_is_covered_or_said_not_to_be() {
        for uncovered in UNCOVERED {
            for id in uncovered.ids {
                let covered = find(id).into_iter().any(|(_, peer)| peer.tool == uncovered.tool);
                assert!(!covered, "{} {id}", uncovered.tool);
            }
        }
    }
}
