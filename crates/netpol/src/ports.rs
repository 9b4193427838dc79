//! What holds for each port of each protocol.

use std::fmt;
use std::ops::RangeInclusive;

use crate::verdict::Verdict;

/// Protocols with ports that policies know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// Transmission Control Protocol.
    Tcp,
    /// User Datagram Protocol.
    Udp,
    /// Stream Control Transmission Protocol.
    Sctp,
}

/// Every port. Nothing listens on port 0.
pub const EVERY_PORT: RangeInclusive<u16> = 1..=u16::MAX;

/// A verdict for each port of each protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ports([Lane; 3]);

/// Ports of one protocol: runs in order, of which each says another thing than the one before; the last ends with the last port.
type Lane = Vec<Run>;

/// Ports behind those of the run before, up to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Run {
    last: u16,
    verdict: Verdict,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// The one of this name in the API; TCP when it is empty.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "" | "TCP" => Some(Self::Tcp),
            "UDP" => Some(Self::Udp),
            "SCTP" => Some(Self::Sctp),
            _ => None,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        })
    }
}

impl Default for Ports {
    /// Nothing passes.
    fn default() -> Self {
        Self::all(Verdict::Deny)
    }
}

impl Ports {
    /// The same for all ports.
    pub fn all(verdict: Verdict) -> Self {
        Self([(); 3].map(|()| vec![Run { last: u16::MAX, verdict }]))
    }

    /// `verdict` for some ports of a protocol, and denial for all others.
    pub fn some(protocol: Protocol, ports: &RangeInclusive<u16>, verdict: Verdict) -> Self {
        let mut lane = Lane::new();
        let (first, last) = (*ports.start().max(EVERY_PORT.start()), *ports.end());
        if first > *EVERY_PORT.start() {
            push(&mut lane, Run { last: first - 1, verdict: Verdict::Deny });
        }
        if first <= last {
            push(&mut lane, Run { last, verdict });
        }
        if lane.last().is_none_or(|run| run.last < u16::MAX) {
            push(&mut lane, Run { last: u16::MAX, verdict: Verdict::Deny });
        }
        let mut found = Self::all(Verdict::Deny);
        *found.lane_mut(protocol) = lane;
        found
    }

    /// What holds for one port.
    pub fn at(&self, protocol: Protocol, port: u16) -> Verdict {
        let lane = self.lane(protocol);
        lane.get(lane.partition_point(|run| run.last < port)).map(|run| run.verdict).unwrap_or_default()
    }

    /// The verdict of all ports of all protocols, when it is one.
    pub fn uniform(&self) -> Option<Verdict> {
        let mut verdicts = self.0.iter().flatten().map(|run| run.verdict);
        let first = verdicts.next()?;
        verdicts.all(|other| other == first).then_some(first)
    }

    /// Whether one of two ways passes, port by port.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.with(other, Verdict::or)
    }

    /// Whether two doors are both open, port by port.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.with(other, Verdict::and)
    }

    /// The same, but for what `verdict` leaves of it.
    #[must_use]
    pub fn and_always(&self, verdict: Verdict) -> Self {
        self.map(|own| own.and(verdict))
    }

    /// `self` where `is` holds, and `other` where it does not, port by port: where it is not known whether it holds, neither is what
    /// follows, unless both are the same.
    #[must_use]
    pub fn otherwise(&self, is: &Self, other: &Self) -> Self {
        let (held, not_held) = (is.and(self), is.map(Verdict::negated).and(other));
        let either = held.or(&not_held);
        let same = self.with(other, |own, other| if own == other { own } else { Verdict::Deny });
        either.or(&same)
    }

    /// Whether what holds is something else, port by port.
    #[must_use]
    pub fn differ(&self, other: &Self) -> Self {
        self.with(other, |own, other| if own == other { Verdict::Deny } else { Verdict::Allow })
    }

    /// Another verdict for each.
    #[must_use]
    pub fn map(&self, to: impl Fn(Verdict) -> Verdict) -> Self {
        Self(self.0.each_ref().map(|lane| {
            let mut found = Lane::with_capacity(lane.len());
            lane.iter().for_each(|run| push(&mut found, Run { verdict: to(run.verdict), ..*run }));
            found
        }))
    }

    /// What holds where that is more than what holds by another, and denial elsewhere.
    #[must_use]
    pub fn where_more_than(&self, other: &Self) -> Self {
        self.with(other, |own, other| if own > other { own } else { Verdict::Deny })
    }

    /// The ports of a protocol in order, those of one verdict together.
    pub fn runs(&self, protocol: Protocol) -> impl Iterator<Item = (RangeInclusive<u16>, Verdict)> + '_ {
        let lane = self.lane(protocol);
        let firsts =
            [*EVERY_PORT.start()].into_iter().chain(lane.iter().map(|run| run.last.saturating_add(1)));
        firsts.zip(lane).map(|(first, run)| (first..=run.last, run.verdict))
    }

    /// The best that holds for any port.
    pub fn best(&self) -> Verdict {
        self.0.iter().flatten().map(|run| run.verdict).max().unwrap_or_default()
    }

    /// Whether something holds for any port.
    pub fn any(&self, is: impl Fn(Verdict) -> bool) -> bool {
        self.0.iter().flatten().any(|run| is(run.verdict))
    }

    fn with(&self, other: &Self, combine: impl Fn(Verdict, Verdict) -> Verdict) -> Self {
        let [tcp, udp, sctp] = &self.0;
        let [other_tcp, other_udp, other_sctp] = &other.0;
        Self([(tcp, other_tcp), (udp, other_udp), (sctp, other_sctp)].map(|(a, b)| zip(a, b, &combine)))
    }

    fn lane(&self, protocol: Protocol) -> &Lane {
        let [tcp, udp, sctp] = &self.0;
        match protocol {
            Protocol::Tcp => tcp,
            Protocol::Udp => udp,
            Protocol::Sctp => sctp,
        }
    }

    fn lane_mut(&mut self, protocol: Protocol) -> &mut Lane {
        let [tcp, udp, sctp] = &mut self.0;
        match protocol {
            Protocol::Tcp => tcp,
            Protocol::Udp => udp,
            Protocol::Sctp => sctp,
        }
    }
}

/// Adds a run, in one with that before where both say the same.
fn push(lane: &mut Lane, run: Run) {
    match lane.last_mut() {
        Some(before) if before.verdict == run.verdict => before.last = run.last,
        _ => lane.push(run),
    }
}

fn zip(a: &Lane, b: &Lane, combine: &impl Fn(Verdict, Verdict) -> Verdict) -> Lane {
    let mut found = Lane::with_capacity(a.len().max(b.len()));
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(one), Some(other)) = (a.peek().copied(), b.peek().copied()) {
        let last = one.last.min(other.last);
        push(&mut found, Run { last, verdict: combine(one.verdict, other.verdict) });
        a.next_if(|run| run.last == last);
        b.next_if(|run| run.last == last);
    }
    found
}

impl fmt::Display for Ports {
    /// The ports that are not denied: `TCP 80, 443-444; UDP all (unknown)`; `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.uniform() {
            Some(Verdict::Deny) => return f.write_str("none"),
            Some(Verdict::Allow) => return f.write_str("all"),
            Some(open) => return write!(f, "all ({open})"),
            None => {}
        }
        let mut is_first = true;
        for protocol in Protocol::ALL {
            let mut is_first_of_protocol = true;
            for (ports, verdict) in self.runs(protocol).filter(|(_, verdict)| *verdict != Verdict::Deny) {
                match (is_first, is_first_of_protocol) {
                    (true, _) => write!(f, "{protocol} ")?,
                    (false, true) => write!(f, "; {protocol} ")?,
                    (false, false) => f.write_str(", ")?,
                }
                (is_first, is_first_of_protocol) = (false, false);
                match (ports == EVERY_PORT, ports.start() == ports.end()) {
                    (true, _) => f.write_str("all")?,
                    (false, true) => write!(f, "{}", ports.start())?,
                    (false, false) => write!(f, "{}-{}", ports.start(), ports.end())?,
                }
                if verdict != Verdict::Allow {
                    write!(f, " ({verdict})")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Ports, Protocol};
    use crate::verdict::Verdict::{Allow, Deny, Unknown};

    #[test]
    fn ports_are_combined_one_by_one() {
        let web = Ports::some(Protocol::Tcp, &(80..=90), Allow);
        let more = Ports::some(Protocol::Tcp, &(85..=100), Unknown);
        let either = web.or(&more);
        for (port, verdict) in
            [(1, Deny), (79, Deny), (80, Allow), (90, Allow), (91, Unknown), (100, Unknown), (101, Deny)]
        {
            assert_eq!(either.at(Protocol::Tcp, port), verdict, "{port}");
        }
        assert_eq!(either.at(Protocol::Udp, 85), Deny);
        assert_eq!(either.to_string(), "TCP 80-90, 91-100 (unknown)");
        assert_eq!(web.and(&more).to_string(), "TCP 85-90 (unknown)");
        assert_eq!(either.map(super::Verdict::negated).map(super::Verdict::negated), either);
        assert_eq!(web.or(&Ports::all(Allow)), Ports::all(Allow));
        assert_eq!(web.and(&Ports::all(Deny)), Ports::all(Deny));
    }

    #[test]
    fn ends_are_ports_too() {
        let last = Ports::some(Protocol::Udp, &(65535..=65535), Allow);
        assert_eq!((last.at(Protocol::Udp, 65535), last.at(Protocol::Udp, 65534)), (Allow, Deny));
        let first = Ports::some(Protocol::Sctp, &(0..=1), Allow);
        assert_eq!((first.at(Protocol::Sctp, 1), first.at(Protocol::Sctp, 2)), (Allow, Deny));
        let every = Ports::some(Protocol::Tcp, &super::EVERY_PORT, Allow);
        assert_eq!(every.to_string(), "TCP all");
    }
}
