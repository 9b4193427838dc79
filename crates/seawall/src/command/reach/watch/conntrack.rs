//! Connections that the kernel of this host keeps track of, by its events.
//!
//! Sources: include/uapi/linux/netfilter/{nfnetlink.h,nfnetlink_conntrack.h,nf_conntrack_common.h} and include/uapi/linux/netlink.h of
//! Linux v6.12.

use std::net::IpAddr;

use seawall_netpol::{Direction, Flow, FlowEnd, Protocol};

/// `NFNL_SUBSYS_CTNETLINK`.
const CONNTRACK: u8 = 1;
/// `IPCTNL_MSG_CT_NEW`, of new connections and of those of which something changed.
const NEW: u8 = 0;
/// Lengths of the heads of messages: `nlmsghdr`, `nfgenmsg`, `nlattr`.
const HEAD: usize = 16;
const FAMILY_HEAD: usize = 4;
const ATTRIBUTE_HEAD: usize = 4;
/// Bits of the type of an attribute that are not its number: `NLA_F_NESTED`, `NLA_F_NET_BYTEORDER`.
const FLAGS: u16 = 0xC000;
/// `NLM_F_CREATE`: the connection is new, and not one of which something changed.
const CREATE: u16 = 0x400;
/// `IPS_SEEN_REPLY`, `IPS_ASSURED`.
const SEEN_REPLY: u32 = 1 << 1;
const ASSURED: u32 = 1 << 2;

/// Addresses, protocol and port of one direction.
#[derive(Clone, Debug, Default)]
struct Tuple {
    from: Option<IpAddr>,
    to: Option<IpAddr>,
    protocol: Option<u8>,
    port: Option<u16>,
    from_port: Option<u16>,
}

/// The flow of an event: where it goes is who answers, whichever address was asked for.
///
/// When it is new, only the policies of its sender are known to have let it pass: those of a receiver on another node may yet drop it.
/// Those have, once it is answered, which is told of when it happens; whatever else changes says nothing of policies.
fn flow(is_new: bool, attributes: &[u8]) -> Option<Flow> {
    let (mut original, mut reply, mut status) = (Tuple::default(), Tuple::default(), 0);
    for (kind, value) in Attributes(attributes) {
        match kind {
            // CTA_TUPLE_ORIG, CTA_TUPLE_REPLY, CTA_STATUS
            1 => original = Tuple::read(value),
            2 => reply = Tuple::read(value),
            3 => status = u32::from_be_bytes(value.try_into().ok()?),
            _ => {}
        }
    }
    if !is_new && status & (SEEN_REPLY | ASSURED) != SEEN_REPLY {
        return None;
    }
    let protocol = match original.protocol? {
        6 => Protocol::Tcp,
        17 => Protocol::Udp,
        132 => Protocol::Sctp,
        _ => return None,
    };
    let end = |address: Option<IpAddr>| FlowEnd { address, ..FlowEnd::default() };
    Some(Flow {
        from: end(Some(original.from?)),
        to: end(Some(reply.from.or(original.to)?)),
        protocol,
        port: reply.from_port.or(original.port).filter(|port| *port > 0)?,
        has_passed: true,
        seen_at: Some(if is_new { Direction::Egress } else { Direction::Ingress }),
    })
}

impl Tuple {
    fn read(attributes: &[u8]) -> Self {
        let mut tuple = Self::default();
        for (kind, value) in Attributes(attributes) {
            match kind {
                // CTA_TUPLE_IP: CTA_IP_V4_SRC, CTA_IP_V4_DST, CTA_IP_V6_SRC, CTA_IP_V6_DST
                1 => {
                    for (kind, value) in Attributes(value) {
                        match kind {
                            1 | 3 => tuple.from = address(value),
                            2 | 4 => tuple.to = address(value),
                            _ => {}
                        }
                    }
                }
                // CTA_TUPLE_PROTO: CTA_PROTO_NUM, CTA_PROTO_SRC_PORT, CTA_PROTO_DST_PORT
                2 => {
                    let port = |value: &[u8]| value.try_into().ok().map(u16::from_be_bytes);
                    for (kind, value) in Attributes(value) {
                        match kind {
                            1 => tuple.protocol = value.first().copied(),
                            2 => tuple.from_port = port(value),
                            3 => tuple.port = port(value),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        tuple
    }
}

fn address(value: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(value).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(value).ok().map(IpAddr::from))
}

/// Attributes that stand one after the other; ends where one is longer than what is left.
struct Attributes<'b>(&'b [u8]);

impl<'b> Iterator for Attributes<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, _) = self.0.split_at_checked(ATTRIBUTE_HEAD)?;
        let [length, kind] =
            [head.get(..2)?, head.get(2..)?].map(|two| two.try_into().map_or(0, u16::from_ne_bytes));
        let value = self.0.get(ATTRIBUTE_HEAD..usize::from(length))?;
        self.0 = self.0.get(aligned(usize::from(length))..).unwrap_or_default();
        Some((kind & !FLAGS, value))
    }
}

/// A length with what is left free behind it.
fn aligned(length: usize) -> usize {
    length.div_ceil(4) * 4
}

/// The flows of what was received at once.
fn flows(mut messages: &[u8]) -> Vec<Flow> {
    let mut found = Vec::new();
    while let Some((head, _)) = messages.split_at_checked(HEAD) {
        let length =
            head.get(..4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_ne_bytes) as usize;
        let Some(message) = messages.get(..length).filter(|_| length >= HEAD) else { break };
        let [kind, subsystem] = [head.get(4), head.get(5)].map(|byte| byte.copied().unwrap_or_default());
        let [kind, subsystem] =
            if cfg!(target_endian = "big") { [subsystem, kind] } else { [kind, subsystem] };
        if (subsystem, kind) == (CONNTRACK, NEW) {
            let flags = head.get(6..8).and_then(|two| two.try_into().ok()).map_or(0, u16::from_ne_bytes);
            let attributes = message.get(HEAD + FAMILY_HEAD..);
            found.extend(attributes.and_then(|attributes| flow(flags & CREATE != 0, attributes)));
        }
        messages = messages.get(aligned(length)..).unwrap_or_default();
    }
    found
}

#[cfg(target_os = "linux")]
pub(super) use self::linux::Conntrack;
#[cfg(not(target_os = "linux"))]
pub(super) use self::others::Conntrack;

#[cfg(target_os = "linux")]
mod linux {
    use std::os::fd::OwnedFd;
    use std::time::Duration;
    use std::{fs, io};

    use anyhow::{Context, Result, ensure};
    use rustix::io::Errno;
    use rustix::net::netlink::{NETFILTER, SocketAddrNetlink};
    use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with, sockopt};

    use seawall_netpol::Flow;

    use super::flows;

    /// `NF_NETLINK_CONNTRACK_NEW`, `NF_NETLINK_CONNTRACK_UPDATE` (linux/netfilter/nfnetlink_compat.h).
    const GROUPS: u32 = 1 | 2;
    /// How long Ctrl-C may take to be noticed.
    const PATIENCE: Duration = Duration::from_millis(100);
    /// Whether the kernel tells of connections at all (Documentation/networking/nf_conntrack-sysctl.rst).
    const EVENTS: &str = "/proc/sys/net/netfilter/nf_conntrack_events";
    /// What the kernel keeps for us, in bytes: some ten thousand events.
    const ROOM: usize = 8 << 20;

    /// Where the kernel tells of connections.
    pub(in super::super) struct Conntrack {
        socket: OwnedFd,
        buffer: Vec<u8>,
        /// How often the kernel had no room for more.
        pub lost: u64,
    }

    impl Conntrack {
        /// Listens from now on.
        ///
        /// # Errors
        /// The kernel does not tell whoever runs this.
        pub(in super::super) fn listen() -> Result<Self> {
            let open = || -> io::Result<OwnedFd> {
                let socket = socket_with(
                    AddressFamily::NETLINK,
                    SocketType::RAW,
                    SocketFlags::CLOEXEC,
                    Some(NETFILTER),
                )?;
                // Without CAP_NET_ADMIN the kernel gives what it gives to all.
                if sockopt::set_socket_recv_buffer_size_force(&socket, ROOM).is_err() {
                    sockopt::set_socket_recv_buffer_size(&socket, ROOM)?;
                }
                sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
                bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
                Ok(socket)
            };
            let socket = open().context("the kernel does not tell of its connections: that takes CAP_NET_ADMIN, and a kernel with nf_conntrack_netlink")?;
            // Where it cannot be read, there is nothing to say otherwise.
            let is_off = fs::read_to_string(EVENTS).is_ok_and(|value| value.trim() == "0");
            ensure!(
                !is_off,
                "the kernel does not tell of its connections: net.netfilter.nf_conntrack_events is 0"
            );
            Ok(Self { socket, buffer: vec![0; 1 << 16], lost: 0 })
        }

        /// What was told since; nothing when nothing was for a while.
        ///
        /// # Errors
        /// The kernel tells no more.
        pub(in super::super) fn next(&mut self) -> Result<Vec<Flow>> {
            match recv(&self.socket, &mut *self.buffer, RecvFlags::empty()) {
                Ok((length, _)) => Ok(flows(self.buffer.get(..length).unwrap_or_default())),
                Err(Errno::AGAIN | Errno::INTR) => Ok(Vec::new()),
                Err(Errno::NOBUFS) => {
                    self.lost += 1;
                    Ok(Vec::new())
                }
                Err(error) => Err(error).context("the kernel tells no more of its connections"),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod others {
    use anyhow::{Result, bail};
    use seawall_netpol::Flow;

    /// Where the kernel tells of connections: Linux alone has it.
    pub(in super::super) struct Conntrack {
        pub lost: u64,
    }

    impl Conntrack {
        pub(in super::super) fn listen() -> Result<Self> {
            bail!("--conntrack is for Linux alone")
        }

        pub(in super::super) fn next(&mut self) -> Result<Vec<Flow>> {
            Ok(Vec::new())
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]
mod tests {
    use super::{Attributes, Direction, Flow, flow, flows};

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let mut bytes = ((4 + value.len()) as u16).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(value);
        bytes.resize(bytes.len().div_ceil(4) * 4, 0);
        bytes
    }

    fn tuple(kind: u16, [from, to]: [[u8; 4]; 2], [from_port, port]: [u16; 2]) -> Vec<u8> {
        let ip = attribute(1 | 0x8000, &[attribute(1, &from), attribute(2, &to)].concat());
        let ports =
            [attribute(1, &[6]), attribute(2, &from_port.to_be_bytes()), attribute(3, &port.to_be_bytes())];
        attribute(kind | 0x8000, &[ip, attribute(2 | 0x8000, &ports.concat())].concat())
    }

    fn event(flags: u16, attributes: &[u8]) -> Vec<u8> {
        let mut bytes = ((20 + attributes.len()) as u32).to_ne_bytes().to_vec();
        bytes.extend((1_u16 << 8).to_ne_bytes());
        bytes.extend(flags.to_ne_bytes());
        bytes.extend([0; 12]);
        bytes.extend(attributes);
        bytes
    }

    /// A pod asks a Service, and another pod answers.
    fn service(status: u32) -> Vec<u8> {
        let (client, service, pod) = ([10, 0, 0, 1], [10, 96, 0, 1], [10, 0, 0, 2]);
        let tuples = [tuple(1, [client, service], [40000, 80]), tuple(2, [pod, client], [8080, 40000])];
        [tuples.concat(), attribute(3, &status.to_be_bytes())].concat()
    }

    #[test]
    fn a_flow_goes_to_who_answers() {
        // It is new, is answered, is assured, and ends.
        let events = [(0x600, 0x8), (0, 0xA), (0, 0xE), (0, 0x8)]
            .map(|(flags, status)| event(flags, &service(status)));
        let events = flows(&events.concat());
        let [one, answered] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(one.from.address, Some([10, 0, 0, 1].into()));
        assert_eq!((one.to.address, one.port), (Some([10, 0, 0, 2].into()), 8080));
        assert_eq!(one.seen_at, Some(Direction::Egress));
        assert_eq!(answered, &Flow { seen_at: Some(Direction::Ingress), ..one.clone() });
    }

    /// Whatever is missing, or too long, there is an end.
    #[test]
    fn no_bytes_are_too_odd() {
        let whole = event(0x600, &service(0xA));
        for length in 0..whole.len() {
            flows(&whole[..length]);
            flow(true, &whole[20..][..length.min(whole.len() - 20)]);
        }
        for at in 0..whole.len() {
            for value in [0, 1, 4, 0x7f, 0xff] {
                let mut odd = whole.clone();
                odd[at] = value;
                flows(&odd);
                let _ = Attributes(&odd).count();
            }
        }
    }
}
