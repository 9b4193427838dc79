use seawall_inventory::image::ImageReference;

use crate::command_line::base_name;

/// Programs, which images are named after.
const MINERS: &[&str] = &[
    "xmrig", "xmr-stak", "xmrig-cuda", "minerd", "cpuminer", "cpuminer-multi", "ccminer", "ethminer", "cgminer", "bfgminer",
    "t-rex", "nbminer", "phoenixminer", "srbminer-multi", "randomx-miner",
];
/// Schemes of the protocol between miners and pools.
const POOLS: [&str; 5] = ["stratum+tcp://", "stratum+ssl://", "stratum+tls://", "stratum1+tcp://", "stratum2+tcp://"];

crate::check::check! {
    /// Cryptocurrency miner
    ///
    /// ## What it finds
    /// Containers of known mining programs by their image or program, and arguments that name a mining pool
    /// (`stratum+tcp://` and its kin).
    ///
    /// ## Why it matters
    /// Mining is what most attackers of clusters do first. Where it is found, someone had the rights to start pods.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: cache
    ///     image: registry.example/cache:1.0
    ///     args:
    ///     - -o
    ///     - stratum+tcp://pool.example:3333   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: cache
    ///     image: registry.example/cache:1.0
    /// ```
    /// ## How to fix
    /// Treat it as an incident: find out by whose rights the workload was created (audit log), take these rights away, and
    /// remove it.
    ///
    /// ## References
    /// - MITRE ATT&CK for Containers T1496
    id: "SW1058",
    name: "cryptocurrency-miner",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let own = container.container;
        let message = || format!("container `{}` mines for a cryptocurrency", container.name());
        if ImageReference::parse(&own.image).is_ok_and(|image| MINERS.contains(&image.base_name())) {
            out.fail(container.path("image"), message()).value(&own.image);
            return;
        }
        for (field, list) in [("command", &own.command), ("args", &own.args)] {
            for (index, argument) in list.iter().enumerate() {
                let mut words = argument.split([' ', '=', '"', '\'', ';']);
                // The address of a pool names the account that gets the money; it is left out with what stands around it.
                let sign = words.find_map(|word| {
                    let pool = POOLS.iter().find(|scheme| word.starts_with(**scheme));
                    let program = base_name(word);
                    pool.copied().or_else(|| MINERS.iter().find(|name| program == **name).copied())
                });
                if let Some(sign) = sign {
                    out.fail(container.path(field).index(index), message()).value(sign);
                    return;
                }
            }
        }
    }
}
