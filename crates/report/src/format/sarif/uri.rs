//! Places of files as SARIF has them.

use std::fmt::Write;

use serde::Serialize;

use crate::locate::{Location, Region};

/// The folder that relative paths start from.
pub(super) const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<SarifRegion>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl PhysicalLocation {
    pub(super) fn of(location: &Location) -> Self {
        let (uri, uri_base_id) = uri(&location.path);
        let region = |Region { start, end }| SarifRegion {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        };
        Self { artifact_location: ArtifactLocation { uri, uri_base_id }, region: location.region.map(region) }
    }
}

/// The URI reference of a path, and what it is relative to.
fn uri(path: &str) -> (String, Option<&'static str>) {
    if path == "-" {
        return ("stdin".to_owned(), Some(ROOT));
    }
    if let Some(absolute) = path.strip_prefix('/') {
        return (format!("file:///{}", encoded(absolute)), None);
    }
    let drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && path.get(1..3) == Some(":/");
    if drive {
        let (drive, rest) = path.split_at(2);
        return (format!("file:///{drive}{}", encoded(rest)), None);
    }
    let mut relative = path;
    while let Some(rest) = relative.strip_prefix("./") {
        relative = rest.trim_start_matches('/');
    }
    (encoded(relative), Some(ROOT))
}

/// `path` with everything percent-encoded but what may stand in every segment of a URI (RFC 3986, unreserved), and `/`.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{ROOT, uri};

    #[test]
    fn paths_as_uris() {
        let table = [
            ("deploy/web.yaml", "deploy/web.yaml", Some(ROOT)),
            ("./web.yaml", "web.yaml", Some(ROOT)),
            (".//./web.yaml", "web.yaml", Some(ROOT)),
            ("../web.yaml", "../web.yaml", Some(ROOT)),
            ("a b/größe#1?.yaml", "a%20b/gr%C3%B6%C3%9Fe%231%3F.yaml", Some(ROOT)),
            ("a:b.yaml", "a%3Ab.yaml", Some(ROOT)),
            ("100%.yaml", "100%25.yaml", Some(ROOT)),
            ("/srv/a b.yaml", "file:///srv/a%20b.yaml", None),
            ("C:/srv/a.yaml", "file:///C:/srv/a.yaml", None),
            ("-", "stdin", Some(ROOT)),
            ("a\u{1b}\n.yaml", "a%1B%0A.yaml", Some(ROOT)),
        ];
        for (path, expected, base) in table {
            assert_eq!(uri(path), (expected.to_owned(), base), "{path}");
        }
    }
}
