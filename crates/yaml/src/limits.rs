//! How much of an input is read.

/// Bounds of one input. Exceeding one is a [`Problem`](crate::Problem) that names it; nothing is cut in silence.
///
/// The defaults let everything pass that a cluster would take and stop what only an attack or an accident produces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of the input in bytes, at most 2³²−1. Default 512 MiB: a dump of a whole large cluster
    /// (`kubectl get -A -o json`) stays below it, and the tree needs up to three times as much memory.
    pub max_bytes: usize,
    /// The nesting of mappings and sequences, counted through aliases. Default 500: etcd's object size and the depth of
    /// real schemas (below 60) leave ample room, while code that walks a tree recursively stays within a 2 MiB stack.
    /// kubectl itself stops at 10,000.
    pub max_depth: usize,
    /// The nodes that aliases add to one document when each is replaced by what it stands for. Default 400,000, about
    /// what kubectl allows in a document of ordinary size; kubectl's own, relative rule is applied besides.
    pub max_alias_expansion: usize,
    /// The documents of one input. Default 1,000,000: ten times the objects of the largest supported cluster's one kind.
    pub max_documents: usize,
    /// The problems kept for one input. Default 10,000. One last problem says how many more there were.
    pub max_problems: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_bytes: 512 << 20,
            max_depth: 500,
            max_alias_expansion: 400_000,
            max_documents: 1_000_000,
            max_problems: 10_000,
        }
    }
}
