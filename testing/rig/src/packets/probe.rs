//! One packet each, and who answers.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, Protocol, SendFlags, SocketFlags, SocketType, ipproto, sockopt};

use super::Network;

/// How long all answers together may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many sockets at once: a process may have 1,024 files.
const AT_ONCE: usize = 400;

/// A first packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    /// The host that sends it.
    pub from: usize,
    /// Where it goes.
    pub to: IpAddr,
    /// By which protocol.
    pub transport: Transport,
    /// To which port.
    pub port: u16,
}

/// Protocols with ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// A request for a connection.
    Tcp,
    /// A datagram.
    Udp,
    /// An INIT chunk, as raw bytes.
    Sctp,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It arrives: the host there says that nothing listens.
    Arrived,
    /// The router rejects it.
    Rejected,
}

/// Sends all, each from its host, into whose namespace `enter` moves this thread.
pub(super) fn all(probes: &[Probe], enter: impl Fn(usize) -> Result<()>) -> Result<Vec<Answer>> {
    let mut answers: Vec<Option<Answer>> = vec![None; probes.len()];
    for batch in batches(probes) {
        let mut open = Vec::with_capacity(batch.len());
        let mut host = None;
        for (number, probe) in batch {
            if host != Some(probe.from) {
                enter(probe.from)?;
                host = Some(probe.from);
            }
            let sent = send(&probe).with_context(|| format!("cannot send {probe:?}"))?;
            match sent {
                Sent::Answered(errno) => put(&mut answers, number, answer(errno, &probe)?),
                Sent::Waiting(socket) => open.push((number, probe, socket)),
            }
        }
        wait(open, &mut answers)?;
    }
    answers.into_iter().collect::<Option<_>>().context("a probe was not sent")
}

/// Probes with their numbers, by host. Of raw sockets between the same two addresses one at a time is in a batch: an answer is told to
/// all, and one takes what comes from where it sends to.
fn batches(probes: &[Probe]) -> Vec<Vec<(usize, Probe)>> {
    let mut left: Vec<(usize, Probe)> = probes.iter().copied().enumerate().collect();
    left.sort_by_key(|(_, probe)| *probe);
    let mut found = Vec::new();
    while !left.is_empty() {
        let (mut batch, mut later, mut raw) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (number, probe) in left {
            let is_alone = probe.transport != Transport::Sctp || raw.insert(between(&probe));
            let is_now = batch.len() < AT_ONCE && is_alone;
            if is_now { &mut batch } else { &mut later }.push((number, probe));
        }
        found.push(batch);
        left = later;
    }
    found
}

/// The addresses of a probe, the same both ways.
fn between(probe: &Probe) -> [IpAddr; 2] {
    let [v4, v6] = Network::addresses(probe.from);
    let mut found = [if probe.to.is_ipv4() { v4 } else { v6 }, probe.to];
    found.sort();
    found
}

enum Sent {
    Answered(Errno),
    Waiting(OwnedFd),
}

fn send(probe: &Probe) -> Result<Sent> {
    let family = if probe.to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let (kind, protocol): (SocketType, Protocol) = match probe.transport {
        Transport::Tcp => (SocketType::STREAM, ipproto::TCP),
        Transport::Udp => (SocketType::DGRAM, ipproto::UDP),
        Transport::Sctp => (SocketType::RAW, ipproto::SCTP),
    };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = rustix::net::socket_with(family, kind, flags, Some(protocol))?;
    let port = if probe.transport == Transport::Sctp { 0 } else { probe.port };
    match rustix::net::connect(&socket, &SocketAddr::new(probe.to, port)) {
        Ok(()) | Err(Errno::INPROGRESS) => {}
        Err(errno) => return Ok(Sent::Answered(errno)),
    }
    // What is answered while the kernel is still at the call makes no socket ready: it would send again after a second.
    if let Err(errno) = sockopt::socket_error(&socket)? {
        return Ok(Sent::Answered(errno));
    }
    let packet = match probe.transport {
        Transport::Tcp => None,
        Transport::Udp => Some(vec![0]),
        Transport::Sctp => Some(init(probe.port)),
    };
    if let Some(packet) = packet {
        match rustix::net::send(&socket, &packet, SendFlags::empty()) {
            Ok(_) => {}
            Err(errno) => return Ok(Sent::Answered(errno)),
        }
    }
    Ok(Sent::Waiting(socket))
}

/// A packet that asks for an association (RFC 9260, sections 3.1 and 3.3.2).
fn init(port: u16) -> Vec<u8> {
    let mut packet = Vec::with_capacity(32);
    packet.extend(40_000_u16.to_be_bytes());
    packet.extend(port.to_be_bytes());
    packet.extend([0; 8]);
    // INIT, of 20 bytes: tag, window, streams out and in, first number.
    packet.extend([1, 0, 0, 20]);
    packet.extend(1_u32.to_be_bytes());
    packet.extend(65_536_u32.to_be_bytes());
    packet.extend([0, 1, 0, 1]);
    packet.extend(1_u32.to_be_bytes());
    // The router follows connections by packets with the right checksum alone.
    let checksum = crc32c(&packet).to_le_bytes();
    packet.splice(8..12, checksum);
    packet
}

/// The checksum of SCTP (RFC 9260, appendix A).
fn crc32c(bytes: &[u8]) -> u32 {
    let shifted = |sum: u32| if sum & 1 == 1 { (sum >> 1) ^ 0x82F6_3B78 } else { sum >> 1 };
    let of_byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| shifted(sum));
    !bytes.iter().fold(!0, of_byte)
}

fn wait(mut open: Vec<(usize, Probe, OwnedFd)>, answers: &mut [Option<Answer>]) -> Result<()> {
    let started = Instant::now();
    while !open.is_empty() {
        let left = PATIENCE.checked_sub(started.elapsed()).with_context(|| {
            let some: Vec<&Probe> = open.iter().map(|(_, probe, _)| probe).take(3).collect();
            format!("{} probes have no answer, such as {some:?}", open.len())
        })?;
        // A datagram socket can always be written to: of it only the error counts.
        let awaited = |probe: &Probe| match probe.transport {
            Transport::Tcp => PollFlags::OUT | PollFlags::ERR,
            Transport::Udp | Transport::Sctp => PollFlags::ERR,
        };
        let mut files: Vec<PollFd<'_>> =
            open.iter().map(|(_, probe, socket)| PollFd::new(socket, awaited(probe))).collect();
        let timeout =
            Timespec { tv_sec: left.as_secs().try_into().unwrap_or(1), tv_nsec: left.subsec_nanos().into() };
        poll(&mut files, Some(&timeout)).context("cannot wait for sockets")?;
        let ready: Vec<bool> = files.iter().map(|file| !file.revents().is_empty()).collect();
        drop(files);
        let mut silent = Vec::new();
        for ((number, probe, socket), ready) in open.into_iter().zip(ready) {
            match ready {
                true => {
                    let errno = sockopt::socket_error(&socket).context("cannot ask a socket")?;
                    let errno =
                        errno.err().with_context(|| format!("{probe:?} has found somebody who listens"))?;
                    put(answers, number, answer(errno, &probe)?);
                }
                false => silent.push((number, probe, socket)),
            }
        }
        open = silent;
    }
    Ok(())
}

fn put(answers: &mut [Option<Answer>], number: usize, answer: Answer) {
    if let Some(place) = answers.get_mut(number) {
        *place = Some(answer);
    }
}

/// Who has answered: nothing listens at a host, which has no SCTP either; a router rejects as an administrator has said.
fn answer(errno: Errno, probe: &Probe) -> Result<Answer> {
    match errno {
        Errno::CONNREFUSED | Errno::NOPROTOOPT | Errno::PROTO => Ok(Answer::Arrived),
        Errno::HOSTUNREACH | Errno::ACCESS => Ok(Answer::Rejected),
        other => bail!("{probe:?}: {other}"),
    }
}

#[cfg(test)]
mod tests {
    /// Examples of RFC 3720, appendix B.4.
    #[test]
    fn checksums_are_those_of_the_standard() {
        assert_eq!(super::crc32c(&[0; 32]), 0x8A91_36AA);
        assert_eq!(super::crc32c(&[0xFF; 32]), 0x62A8_AB43);
    }
}
