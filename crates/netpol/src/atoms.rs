//! The addresses of the world, cut wherever a block of a policy begins or ends.

use core::net::IpAddr;
use std::ops::Range;

use ipnet::IpNet;

use crate::matching::Family;

/// Ranges of addresses that no policy tells apart.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    family: Family,
    /// The first address of each, in order.
    firsts: Vec<u128>,
}

impl Atoms {
    /// Those that blocks make of all addresses.
    pub fn new<'b>(family: Family, blocks: impl Iterator<Item = &'b IpNet>) -> Self {
        let mut firsts = vec![0];
        for (first, last) in blocks.filter_map(|block| ends(block, family)) {
            firsts.push(first);
            firsts.extend(last.checked_add(1).filter(|next| *next <= greatest(family)));
        }
        firsts.sort_unstable();
        firsts.dedup();
        Self { family, firsts }
    }

    pub fn count(&self) -> usize {
        self.firsts.len()
    }

    /// The one that an address is in, if it is of this version.
    pub fn of(&self, address: &IpAddr) -> Option<usize> {
        let number = match (self.family, address) {
            (Family::V4, IpAddr::V4(address)) => u128::from(u32::from(*address)),
            (Family::V6, IpAddr::V6(address)) => u128::from(*address),
            _ => return None,
        };
        self.at(number)
    }

    /// Those that a block is made of.
    pub fn range(&self, block: &IpNet) -> Range<usize> {
        let ends = ends(block, self.family);
        let found = ends.and_then(|(first, last)| Some(self.at(first)?..self.at(last)? + 1));
        found.unwrap_or_default()
    }

    /// The first and the last address of one.
    pub fn addresses(&self, atom: usize) -> Option<(IpAddr, IpAddr)> {
        let first = *self.firsts.get(atom)?;
        let last = self.firsts.get(atom + 1).map_or(greatest(self.family), |next| next - 1);
        Some((address(self.family, first), address(self.family, last)))
    }

    fn at(&self, number: u128) -> Option<usize> {
        self.firsts.partition_point(|first| *first <= number).checked_sub(1)
    }
}

fn address(family: Family, number: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(u32::try_from(number).unwrap_or(u32::MAX).into()),
        Family::V6 => IpAddr::V6(number.into()),
    }
}

fn greatest(family: Family) -> u128 {
    match family {
        Family::V4 => u128::from(u32::MAX),
        Family::V6 => u128::MAX,
    }
}

/// The first and the last address of a block of this version.
fn ends(block: &IpNet, family: Family) -> Option<(u128, u128)> {
    match (family, block) {
        (Family::V4, IpNet::V4(block)) => {
            Some((u32::from(block.network()).into(), u32::from(block.broadcast()).into()))
        }
        (Family::V6, IpNet::V6(block)) => Some((block.network().into(), block.broadcast().into())),
        _ => None,
    }
}
