//! What those who follow lists have to say.

use seawall_inventory::{Change, Object, Problem};

use crate::discovery::Others;
use crate::failure::Failure;
use crate::list::Wanted;
use crate::problem;

/// The number of a list that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListId(pub usize);

/// What is said of a list.
pub(super) enum News {
    /// All of its objects, as of now.
    Listed { list: ListId, objects: Vec<Object> },
    /// What happened to one of them.
    Changed { list: ListId, change: Change },
    /// It cannot be followed.
    Troubled { list: ListId, problem: Box<Problem> },
    /// There is no connection for it, and why: then there is none for others either.
    Unreachable { list: ListId, why: String },
    /// It is followed again.
    Mended { list: ListId },
    /// A list is followed that was not served before.
    Served { list: ListId, wanted: Wanted },
    /// It is not served any more.
    Unserved { list: ListId },
    /// What else is served has changed.
    Others(Others),
}

impl News {
    pub(super) fn troubled(list: ListId, wanted: &Wanted, failure: &Failure) -> Self {
        match failure {
            Failure::Client(_) | Failure::Slow(_) => Self::Unreachable { list, why: problem::said(failure) },
            _ => Self::Troubled { list, problem: Box::new(problem::unlisted(wanted, failure, 0)) },
        }
    }

    /// Whether it is compared with what is known.
    pub(super) fn compares(&self) -> bool {
        matches!(self, Self::Listed { .. } | Self::Unserved { .. })
    }

    /// The list that it is about, if it is about one.
    pub(super) fn list(&self) -> Option<ListId> {
        match self {
            Self::Others(_) => None,
            Self::Listed { list, .. }
            | Self::Changed { list, .. }
            | Self::Troubled { list, .. }
            | Self::Unreachable { list, .. }
            | Self::Mended { list }
            | Self::Served { list, .. }
            | Self::Unserved { list } => Some(*list),
        }
    }
}
