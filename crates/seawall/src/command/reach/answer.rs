//! Whether one reaches the other, with what says so.

mod json;
mod mesh;
mod text;

use anyhow::{Result, bail};
use seawall_netpol::{
    Connection, Direction, Doubt, End, Entry, Family, Outside, Ports, Side, Verdict, World,
};

use super::place::{At, Port, Spot};
pub(super) use json::{of_ports, unknowns, word};
pub(super) use text::ranges;

/// Whether one reaches the other.
pub(super) struct Answer<'w, 's> {
    pub world: &'w World<'s>,
    pub from: Spot,
    pub to: Spot,
    pub verdict: Verdict,
    /// The ports that are meant, when some are, and what holds for each.
    pub meant: Vec<(Port, Verdict)>,
    pub way: Way<'w>,
}

/// How one comes to the other.
pub(super) enum Way<'w> {
    /// Through policies of both, or of one.
    Direct(Connection),
    /// To addresses outside of the cluster, of which those of the connection are some.
    Out(Vec<Outside>, Connection),
    /// By what leads into the cluster.
    In(Vec<&'w Entry>),
}

impl<'w, 's> Answer<'w, 's> {
    /// The answer; `port` is what is asked about when it is given, and what the receiver is known by otherwise.
    ///
    /// # Errors
    /// Nobody can say that: neither of them is known to policies or ways into the cluster.
    pub(super) fn of(
        world: &'w World<'s>,
        from: &Spot,
        to: &Spot,
        port: Option<&Port>,
        family: Family,
        entries: &'w [Entry],
    ) -> Result<Self> {
        let meant: Vec<Port> = port.map_or_else(|| to.ports.clone(), |port| vec![port.clone()]);
        let of_ports = |ports: &Ports| -> (Verdict, Vec<(Port, Verdict)>) {
            let meant = meant.iter().map(|port| (port.clone(), ports.at(port.protocol, port.number)));
            let meant: Vec<_> = meant.collect();
            let best = meant.iter().map(|(_, verdict)| *verdict).max();
            (best.unwrap_or_else(|| ports.best()), meant)
        };
        let (way, (verdict, meant)) = match (from.at, to.at) {
            (At::End(from), At::End(to)) => {
                let connection = world.connection(from, to, family);
                let verdict = of_ports(&connection.ports);
                (Way::Direct(connection), verdict)
            }
            (At::End(sender), At::Internet) => {
                let parts = match sender {
                    End::Pods(number) => world.internet(number, Direction::Egress, family, &[]),
                    _ => bail!("what {} reaches on the internet is said by no policy", from.name),
                };
                let best = parts.iter().max_by_key(|outside| of_ports(&outside.ports).0);
                let Some(best) = best else { bail!("there are no public addresses") };
                let verdict = of_ports(&best.ports);
                let address = best.ranges.first().map(|(first, _)| End::Address(*first));
                let connection = world.connection(sender, address.unwrap_or(End::OtherNode), family);
                (Way::Out(parts, connection), verdict)
            }
            (At::Internet, At::End(End::Pods(number))) => {
                let is_meant = |entry: &&Entry| {
                    let port = |port: &Port| port.protocol == entry.protocol && port.number == entry.port;
                    entry.endpoint == number && (meant.is_empty() || meant.iter().any(port))
                };
                let ways: Vec<&Entry> = entries.iter().filter(is_meant).collect();
                let verdict = ways.iter().map(|entry| entry.verdict).max().unwrap_or_default();
                (Way::In(ways), (verdict, Vec::new()))
            }
            (At::Internet, _) => bail!("from the internet only pods can be asked about, not {}", to.name),
        };
        Ok(Self { world, from: from.clone(), to: to.clone(), verdict, meant, way })
    }

    /// Why it is not known, when it is not.
    pub(super) fn doubts(&self) -> Vec<Doubt> {
        if matches!(self.verdict, Verdict::Allow | Verdict::Deny) {
            return Vec::new();
        }
        let mut found: Vec<Doubt> = match &self.way {
            Way::Direct(connection) | Way::Out(_, connection) => connection.doubts().collect(),
            Way::In(entries) => {
                let best = entries.iter().filter(|entry| entry.verdict == self.verdict);
                best.flat_map(|entry| entry.doubts.iter().copied()).collect()
            }
        };
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What passes: of ports that are meant these alone.
    pub(super) fn ports(&self) -> String {
        if !self.meant.is_empty() {
            let open = self.meant.iter().filter(|(_, verdict)| *verdict != Verdict::Deny);
            let mut shown: Vec<String> = open
                .map(|(port, verdict)| match verdict {
                    Verdict::Allow => format!("{} {}", port.protocol, port.number),
                    open => format!("{} {} ({open})", port.protocol, port.number),
                })
                .collect();
            shown.dedup();
            return if shown.is_empty() { "none".to_owned() } else { shown.join(", ") };
        }
        match &self.way {
            Way::Direct(connection) | Way::Out(_, connection) => connection.ports.to_string(),
            Way::In(entries) => {
                let open = entries.iter().filter(|entry| entry.verdict != Verdict::Deny);
                let mut shown: Vec<String> =
                    open.map(|entry| format!("{} {}", entry.protocol, entry.port)).collect();
                shown.sort_unstable();
                shown.dedup();
                if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
            }
        }
    }

    /// What policies of both say.
    fn sides(&self) -> [(Direction, &Spot, Option<&Side>); 2] {
        let (egress, ingress) = match &self.way {
            Way::Direct(connection) | Way::Out(_, connection) => {
                (connection.egress.as_ref(), connection.ingress.as_ref())
            }
            Way::In(_) => (None, None),
        };
        [(Direction::Egress, &self.from, egress), (Direction::Ingress, &self.to, ingress)]
    }
}
