//! Who holds what, for all checks.

use std::fmt;
use std::sync::OnceLock;

use seawall_rbac::Rights;

/// Who holds what: worked out when the first check asks for it, and once for all.
#[derive(Clone, Copy)]
pub struct RightsSource<'s> {
    cell: &'s OnceLock<Rights>,
    make: &'s (dyn Fn() -> Rights + 's),
}

impl<'s> RightsSource<'s> {
    /// What `make` gives, unless `cell` holds it already.
    pub fn new(cell: &'s OnceLock<Rights>, make: &'s (dyn Fn() -> Rights + 's)) -> Self {
        Self { cell, make }
    }

    pub(crate) fn get(self) -> &'s Rights {
        self.cell.get_or_init(self.make)
    }
}

impl fmt::Debug for RightsSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RightsSource")
    }
}
