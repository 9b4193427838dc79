//! The checks: one file each, in one folder per domain.
//!
//! A check is one file and one line in its folder's list. From the file come the check itself, its documentation
//! (`seawall explain`, docs/checks), its tests (the examples in the doc comment), its rule in SARIF and its row in every
//! table. See CONTRIBUTING.md for how to add one.

pub mod access;
mod check;
mod command_line;
pub mod data;
pub mod governance;
pub mod image;
mod needs;
pub mod network;
mod out;
mod placeholder;
mod pss;
pub mod reliability;
mod rights;
pub mod workload;

#[cfg(test)]
mod testing;

pub use check::{Check, Outcome, Run, Subject};
pub use needs::{KindWord, kinds};
pub use out::{Draft, Out, ParamValue, Settings};
pub use pss::Standard;
pub use rights::RightsSource;

/// Every check, in the order of ids.
pub fn all() -> Vec<&'static Check> {
    let domains = [
        workload::LIST,
        access::LIST,
        network::LIST,
        data::LIST,
        image::LIST,
        reliability::LIST,
        governance::LIST,
    ];
    let mut checks: Vec<&Check> = domains.into_iter().flatten().copied().collect();
    checks.sort_by_key(|check| check.meta.id);
    checks
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use seawall_finding::{Domain, Relation};

    use super::all;

    #[test]
    fn ids_and_names_are_unique_and_well_formed() {
        let mut seen = BTreeSet::new();
        for check in all() {
            let meta = &check.meta;
            assert!(seen.insert(meta.id), "{} is used twice", meta.id);
            assert!(seen.insert(meta.name), "{} is used twice", meta.name);
            assert!(meta.id.len() == 6 && Domain::of(meta.id).is_some(), "{}: SW and four digits", meta.id);
            let kebab = meta
                .name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            assert!(kebab, "{}: kebab-case", meta.name);
        }
    }

    #[test]
    fn every_check_is_documented() {
        for check in all() {
            let meta = &check.meta;
            let title = meta.title();
            assert!(
                !title.is_empty() && !title.ends_with('.') && title.len() <= 80,
                "{}: title `{title}`",
                meta.id
            );
            for heading in ["What it finds", "Why it matters", "Bad", "Good", "How to fix", "References"] {
                assert!(!meta.section(heading).is_empty(), "{}: section `{heading}`", meta.id);
            }
        }
    }

    #[test]
    fn what_a_check_subsumes_exists() {
        let ids: BTreeSet<&str> = all().iter().map(|check| check.meta.id).collect();
        for check in all() {
            for id in check.meta.subsumes {
                assert!(ids.contains(id), "{} subsumes {id}, which does not exist", check.meta.id);
            }
        }
    }

    #[test]
    fn peers_are_told_once_and_differences_have_a_reason() {
        for check in all() {
            let mut seen = BTreeSet::new();
            for peer in check.meta.peers {
                assert!(
                    !peer.id.is_empty() && seen.insert((peer.tool, peer.id)),
                    "{}: {} {}",
                    check.meta.id,
                    peer.tool,
                    peer.id
                );
                assert!(
                    !peer.why.is_empty() || peer.relation == Relation::Same,
                    "{}: why is it {} than {} of {}?",
                    check.meta.id,
                    peer.relation,
                    peer.id,
                    peer.tool
                );
            }
        }
    }

    #[test]
    fn every_check_stands_in_the_list_of_its_domain() {
        let domains = [
            (Domain::Workload, crate::workload::LIST),
            (Domain::Access, crate::access::LIST),
            (Domain::Network, crate::network::LIST),
            (Domain::Data, crate::data::LIST),
            (Domain::Image, crate::image::LIST),
            (Domain::Reliability, crate::reliability::LIST),
            (Domain::Governance, crate::governance::LIST),
        ];
        for (domain, list) in domains {
            for check in list {
                assert_eq!(check.meta.domain(), domain, "{}", check.meta.id);
            }
        }
        assert_eq!(domains.iter().map(|(_, list)| list.len()).sum::<usize>(), all().len());
    }
}
