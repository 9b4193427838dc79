//! Hosts that a text names: a value of a variable, an argument of a program.
//!
//! Of a text nothing is kept but these, and nothing that stands before an `@`, where users and passwords do.

use core::net::IpAddr;

use seawall_credential::judge;
use smol_str::SmolStr;

/// A host that a text names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Mention {
    /// Its name or address, in small letters.
    pub host: SmolStr,
    pub port: Option<u16>,
    /// Whether nothing but a host can be meant: it has a scheme before it, or a port behind it.
    pub is_sure: bool,
}

/// The longest name of DNS.
const LONGEST: usize = 253;

/// The hosts of a value of this name, each once: none of what looks like a credential and is no URL with one in it.
pub(super) fn mentions_of(name: &str, value: &str) -> Vec<Mention> {
    let is_secret = judge(name, value).is_credential() && !value.contains("://");
    if is_secret { Vec::new() } else { mentions(value) }
}

/// The hosts of a text, each once.
fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    // `--db=HOST`: what is assigned is a text of its own.
    let whole = text.trim();
    let whole = match whole.strip_prefix('-').and_then(|flag| flag.split_once('=')) {
        Some((_, value)) => value,
        None => whole,
    };
    let is_one_word = !whole.contains(char::is_whitespace);
    for word in whole.split(|letter: char| letter.is_whitespace() || "\"'`<>{}|;".contains(letter)) {
        let word =
            word.strip_prefix('-').and_then(|flag| flag.split_once('=')).map_or(word, |(_, value)| value);
        if let Some((scheme, rest)) = word.split_once("://") {
            if scheme.ends_with("file") || scheme.ends_with("unix") {
                continue;
            }
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (authority, _) = rest.split_at_checked(end).unwrap_or((rest, ""));
            let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
            found.extend(hosts.split(',').filter_map(|host| mention(host, true)));
            continue;
        }
        let word = word.rsplit_once('@').map_or(word, |(_, rest)| rest);
        // What a variable says in the middle of it is not known.
        let word = word.split_once("$(").map_or(word, |(known, _)| known);
        for part in word.split([',', '(', ')']) {
            // Paths of files.
            if part.starts_with(['/', '.', '~', '$']) {
                continue;
            }
            let host = part.split_once('/').map_or(part, |(host, _)| host);
            let mention = mention(host, false);
            // A word among others is a host only when it looks like one.
            found.extend(mention.filter(|one| one.is_sure || is_one_word || one.host.contains('.')));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A host, with a port or without.
fn mention(text: &str, is_sure: bool) -> Option<Mention> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        // More than one colon are of an address of version 6.
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            _ => (text, None),
        },
    };
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse().ok().filter(|port| *port > 0)?),
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_address = host.parse::<IpAddr>().is_ok();
    if !is_address && !is_name(host) {
        return None;
    }
    Some(Mention { host: SmolStr::new(host.to_ascii_lowercase()), port, is_sure: is_sure || port.is_some() })
}

/// Whether a text can be a name of DNS.
fn is_name(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    // A name that ends in a number is none (RFC 3696 §2).
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= LONGEST
        && text.split('.').all(is_part)
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::{mentions, mentions_of};

    #[test]
    fn what_looks_like_a_credential_names_no_host() {
        assert_eq!(mentions_of("API_KEY", "Xk39vQ2nLw.Zr81mB:443"), []);
        assert_eq!(mentions_of("DATABASE_URL", "postgres://shop:Xk39vQ2nL@db.shop/orders").len(), 1);
        assert_eq!(mentions_of("HOST", "db.shop").len(), 1);
    }

    #[test]
    fn hosts_are_found_as_programs_take_them() {
        for (text, expected) in [
            ("db", "db"),
            ("db:5432", "db:5432!"),
            ("db.shop.svc.cluster.local.", "db.shop.svc.cluster.local"),
            ("postgres://shop:secret@db.shop:5432/orders?sslmode=off", "db.shop:5432!"),
            ("postgres://shop:s,ecret@db/orders", "db!"),
            ("jdbc:postgresql://db/orders", "db!"),
            ("mongodb://a:27017,b:27017/x", "a:27017! b:27017!"),
            ("kafka-0.kafka:9092,kafka-1.kafka:9092", "kafka-0.kafka:9092! kafka-1.kafka:9092!"),
            ("es-0, es-1", ""),
            ("es-0,es-1", "es-0 es-1"),
            ("shop:secret@tcp(db:3306)/orders", "db:3306! tcp"),
            ("--upstream=http://api:80/v1", "api:80!"),
            ("--db-host=db", "db"),
            ("exec nc -z db 5432 && wget http://api.shop/ready", "api.shop!"),
            ("https://[2001:db8::1]:8443/", "2001:db8::1:8443!"),
            ("10.0.0.5:9000", "10.0.0.5:9000!"),
            ("API.Example.com", "api.example.com"),
            ("/etc/config.yaml", ""),
            ("1.25", ""),
            ("true; false", ""),
            ("unix:///run/db.sock", ""),
            (":8080", ""),
            ("db:none", ""),
            ("$(DB_HOST):5432", ""),
            ("db:$(DB_PORT)", "db"),
            ("http://$(DB_HOST):5432/", ""),
            ("", ""),
        ] {
            let found = mentions(text).into_iter().map(|one| {
                let port = one.port.map(|port| format!(":{port}")).unwrap_or_default();
                format!("{}{port}{}", one.host, if one.is_sure { "!" } else { "" })
            });
            assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
