//! A log, a line at a time.

use std::io::{self, BufRead, Read};

use crate::event::{Event, Raw};

/// The longest line that is read, in bytes: many times what an API server takes as one object, answers and all.
pub const LONGEST_LINE: u64 = 64 << 20;

/// Envelopes in envelopes are followed so far.
const DEEPEST: usize = 4;

/// A line that is no event.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its number, from 1.
    pub line: u64,
    /// What is wrong.
    pub trouble: Trouble,
}

/// What is wrong with a line. Nothing of it is shown, as it may hold what was sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Not JSON.
    #[error("is not JSON, at column {0}: a log has one event on each line")]
    Syntax(usize),
    /// JSON, of another form than that of events.
    #[error("has a field of the wrong type, at column {0}")]
    Type(usize),
    /// JSON, and no event.
    #[error("is no event of audit.k8s.io")]
    NoEvent,
    /// Longer than [`LONGEST_LINE`].
    #[error("is longer than 64 MiB")]
    TooLong,
}

/// Reads a log: events in order, and lines that are none, each with the number of its line. A line of a list of events (`EventList`, as
/// webhooks get them) is all of them, and one of an envelope whose `message` or `log` is an event is that.
///
/// # Errors
/// The log cannot be read any further.
pub fn read(
    mut log: impl BufRead,
    mut on_event: impl FnMut(u64, Event),
    mut on_problem: impl FnMut(Problem),
) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        line += 1;
        if log.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        if bytes.len() as u64 == LONGEST_LINE && !bytes.ends_with(b"\n") {
            skip_line(&mut log)?;
            on_problem(Problem { line, trouble: Trouble::TooLong });
            continue;
        }
        let text = bytes.trim_ascii();
        if text.is_empty() {
            continue;
        }
        if let Err(trouble) = events(text, 0, &mut |event| on_event(line, event)) {
            on_problem(Problem { line, trouble });
        }
    }
}

fn skip_line(log: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = log.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        log.consume(length);
        if end.is_some() || length == 0 {
            return Ok(());
        }
    }
}

fn events(text: &[u8], depth: usize, on_event: &mut dyn FnMut(Event)) -> Result<(), Trouble> {
    let raw: Raw = serde_json::from_slice(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Trouble::Type(error.column()),
        _ => Trouble::Syntax(error.column()),
    })?;
    one(raw, depth, on_event)
}

fn one(raw: Raw, depth: usize, on_event: &mut dyn FnMut(Event)) -> Result<(), Trouble> {
    // v1alpha1 was of other fields; it went with v1.24.
    let is_audit = matches!(raw.api_version.as_str(), "audit.k8s.io/v1" | "audit.k8s.io/v1beta1");
    match raw.kind.as_str() {
        "Event" if is_audit => on_event(raw.event()),
        "EventList" if is_audit => {
            for mut item in raw.items {
                // In a list they may not say again what they are.
                if item.kind.is_empty() {
                    item.kind = "Event".into();
                    item.api_version.clone_from(&raw.api_version);
                }
                one(item, depth + 1, on_event)?;
            }
        }
        "" if depth < DEEPEST => {
            let inner = raw.message.or(raw.log).ok_or(Trouble::NoEvent)?;
            events(inner.as_bytes(), depth + 1, on_event)?;
        }
        _ => return Err(Trouble::NoEvent),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Problem, Trouble, read};

    fn lines(log: &[u8]) -> (Vec<(u64, String)>, Vec<Problem>) {
        let (mut events, mut problems) = (Vec::new(), Vec::new());
        read(log, |line, event| events.push((line, event.uri)), |problem| problems.push(problem)).unwrap();
        (events, problems)
    }

    fn event(uri: &str) -> String {
        format!(r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","requestURI":"{uri}"}}"#)
    }

    #[test]
    fn a_line_is_an_event_or_several_or_an_envelope_or_a_problem() {
        let (a, b) = (event("/a"), event("/b"));
        let envelope = serde_json::json!({"time": 1, "message": serde_json::json!({"log": a}).to_string()});
        let list = format!(
            r#"{{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{a},{{"requestURI":"/c"}}]}}"#
        );
        let log =
            format!("{a}\n\n{{oops\n{list}\n{{\"kind\":\"Pod\"}}\n{envelope}\r\n{{\"verb\":1}}\n[]\n{b}");
        let (events, problems) = lines(log.as_bytes());
        let expected = [(1, "/a"), (4, "/a"), (4, "/c"), (6, "/a"), (9, "/b")];
        assert_eq!(events, expected.map(|(line, uri)| (line, uri.to_owned())));
        let troubles: Vec<_> = problems.iter().map(|problem| (problem.line, &problem.trouble)).collect();
        let expected = [
            (3, &Trouble::Syntax(2)),
            (5, &Trouble::NoEvent),
            (7, &Trouble::Type(9)),
            (8, &Trouble::NoEvent),
        ];
        assert_eq!(troubles, expected);
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_a_problem_and_the_rest_is_read() {
        let mut log = vec![b' '; super::LONGEST_LINE as usize + 10];
        log.push(b'\n');
        log.extend(event("/a").as_bytes());
        let (events, problems) = lines(&log);
        assert_eq!(events, [(2, "/a".to_owned())]);
        assert_eq!(problems, [Problem { line: 1, trouble: Trouble::TooLong }]);

        let mut text = event("/a");
        for _ in 0..6 {
            text = serde_json::json!({ "log": text }).to_string();
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let (events, problems) = lines(format!("{text}\n{{\"items\":{deep}}}").as_bytes());
        assert!(events.is_empty());
        assert_eq!(problems.len(), 2);
    }
}
