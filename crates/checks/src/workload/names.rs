//! Names of containers in messages.

use seawall_inventory::ContainerView;

/// `container `a``, or `containers `a`, `b`` for several; long lists are cut short.
pub(super) fn of_containers(containers: &[ContainerView<'_>]) -> String {
    /// More would not fit on a line.
    const SHOWN: usize = 4;
    let names: Vec<String> =
        containers.iter().take(SHOWN).map(|container| format!("`{}`", container.name())).collect();
    let plural = if containers.len() > 1 { "s" } else { "" };
    let more = match containers.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("container{plural} {}{more}", names.join(", "))
}
