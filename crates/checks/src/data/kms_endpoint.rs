//! The endpoint of a KMS plugin: what Go makes of it as a URL.
//!
//! `url.Parse` of Go 1.26 (net/url), which k8s.io/apiserver v0.36.3 judges the endpoint by, and k8s.io/kms v0.36.3
//! pkg/util, which takes the socket's path out of it; google.golang.org/grpc v1.79.3 then parses that path as a URL again.

use core::net::Ipv6Addr;
use std::borrow::Cow;

/// What is wrong with an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WrongEndpoint {
    /// It is no URL.
    NotAUrl,
    /// It is a URL of something else than a socket of Unix.
    OtherScheme,
    /// No connection can be made of its path.
    Unconnectable,
}

/// Whether the API server connects to `endpoint`.
pub(super) fn judge(endpoint: &str) -> Result<(), WrongEndpoint> {
    let (url, fragment) = endpoint.split_once('#').unwrap_or((endpoint, ""));
    if url.bytes().any(is_control) {
        return Err(WrongEndpoint::NotAUrl);
    }
    let (scheme, rest) = scheme(url).ok_or(WrongEndpoint::NotAUrl)?;
    let (rest, _query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path(scheme, rest).ok_or(WrongEndpoint::NotAUrl)?;
    let path = unescape(path.as_bytes(), |_| true).ok_or(WrongEndpoint::NotAUrl)?;
    unescape(fragment.as_bytes(), |_| true).ok_or(WrongEndpoint::NotAUrl)?;
    if !scheme.eq_ignore_ascii_case("unix") {
        return Err(WrongEndpoint::OtherScheme);
    }
    if connects(&path) { Ok(()) } else { Err(WrongEndpoint::Unconnectable) }
}

/// The scheme, empty when there is none, and what stands behind it. `None` for a colon without one.
fn scheme(url: &str) -> Option<(&str, &str)> {
    let end =
        url.bytes().position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'-' | b'.'));
    match end.and_then(|end| url.split_at_checked(end)) {
        Some(("", rest)) if rest.starts_with(':') => None,
        Some((scheme, rest))
            if rest.starts_with(':') && scheme.starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            Some((scheme, rest.strip_prefix(':')?))
        }
        _ => Some(("", url)),
    }
}

/// The path of what stands behind a scheme; `None` when the host before it is none.
fn path<'u>(scheme: &str, rest: &'u str) -> Option<&'u str> {
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Some("");
        }
        // `*` is a URL of its own; a colon in the first segment looks like a scheme that is none.
        let segment = rest.split('/').next().unwrap_or_default();
        return (rest == "*" || !segment.contains(':')).then_some(rest);
    }
    match rest.strip_prefix("//") {
        Some(behind) if !scheme.is_empty() || !rest.starts_with("///") => {
            let end = behind.find('/').unwrap_or(behind.len());
            let (authority, path) = behind.split_at_checked(end)?;
            is_authority(authority).then_some(path)
        }
        _ => Some(rest),
    }
}

fn is_authority(authority: &str) -> bool {
    let Some((user, host)) = authority.rsplit_once('@') else { return is_host(authority) };
    let of_user = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    is_host(host) && user.bytes().all(of_user) && unescape(user.as_bytes(), |_| true).is_some()
}

fn is_host(host: &str) -> bool {
    match host.rfind('[') {
        Some(0) => {
            let Some((address, port)) = host.strip_prefix('[').and_then(|host| host.rsplit_once(']')) else {
                return false;
            };
            is_port(port) && is_ip_literal(address)
        }
        Some(_) => false,
        // All colons but the last may stand in a host.
        None => {
            host.rfind(':').and_then(|at| host.get(at..)).is_none_or(is_port) && host_bytes(host).is_some()
        }
    }
}

fn is_port(port: &str) -> bool {
    port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// An address of IPv6, with a zone behind `%25`.
fn is_ip_literal(literal: &str) -> bool {
    let (address, zone) = match literal.find("%25").and_then(|at| literal.split_at_checked(at)) {
        Some((address, zone)) => (host_bytes(address), unescape_zone(zone)),
        None => (host_bytes(literal), Some(Cow::Borrowed(&b""[..]))),
    };
    let (Some(address), Some(zone)) = (address, zone) else { return false };
    let whole = [&*address, &*zone].concat();
    let Ok(whole) = str::from_utf8(&whole) else { return false };
    // `netip.ParseAddr`: a zone that is written is not empty.
    let (address, zone) =
        whole.split_once('%').map_or((whole, None), |(address, zone)| (address, Some(zone)));
    address.parse::<Ipv6Addr>().is_ok() && zone != Some("")
}

/// In a host, only what is not ASCII may be escaped, and the percent sign.
fn host_bytes(host: &str) -> Option<Cow<'_, [u8]>> {
    let bytes = host.as_bytes();
    bytes.iter().all(|byte| *byte == b'%' || of_host(*byte)).then_some(())?;
    unescape(bytes, |byte| byte >= 0x80 || byte == b'%')
}

fn unescape_zone(zone: &str) -> Option<Cow<'_, [u8]>> {
    let bytes = zone.as_bytes();
    bytes.iter().all(|byte| *byte == b'%' || of_host(*byte)).then_some(())?;
    unescape(bytes, |byte| matches!(byte, b'%' | b' ') || (byte < 0x80 && of_host(byte)))
}

/// What `table` of net/url/encoding_table.go lets stand in a host.
fn of_host(byte: u8) -> bool {
    byte >= 0x80 || byte.is_ascii_alphanumeric() || b"!\"$&'()*+,-.:;<=>[]_~".contains(&byte)
}

/// Takes away the escapes; `None` when one of them is none, or of a byte that may not be escaped.
fn unescape(bytes: &[u8], may_be_escaped: impl Fn(u8) -> bool) -> Option<Cow<'_, [u8]>> {
    if !bytes.contains(&b'%') {
        return Some(Cow::Borrowed(bytes));
    }
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut whole = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'%' {
            whole.push(*byte);
            continue;
        }
        let ([high, low], behind) = rest.split_first_chunk()?;
        let escaped = hex(*high)? << 4 | hex(*low)?;
        may_be_escaped(escaped).then_some(())?;
        whole.push(escaped);
        rest = behind;
    }
    Some(Cow::Owned(whole))
}

/// Whether `passthrough:///` before the path makes a URL. An empty path does: the connection then never comes.
fn connects(path: &[u8]) -> bool {
    // A name in the abstract namespace, `/@name`, stands without its slash: that changes nothing here.
    let mut parts = path.splitn(2, |byte| *byte == b'#');
    let url = parts.next().unwrap_or_default();
    let fragment = parts.next().unwrap_or_default();
    let before_query = url.split(|byte| *byte == b'?').next().unwrap_or_default();
    !url.iter().any(|byte| is_control(*byte))
        && unescape(before_query, |_| true).is_some()
        && unescape(fragment, |_| true).is_some()
}

fn is_control(byte: u8) -> bool {
    byte < b' ' || byte == 0x7f
}
