//! The items of a list, each as text, and the object of an event.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::failure::Failure;

/// Gives each item of a list in JSON to `take`, and returns what the list says of itself.
///
/// The list is walked through once, and no tree of it is made: items are as large as their API server lets them be.
pub(crate) fn items(list: &[u8], mut take: impl FnMut(&str)) -> Result<ListMeta, Failure> {
    let list = str::from_utf8(list).map_err(|_| Failure::Malformed("it is not UTF-8".to_owned()))?;
    let mut walk = Walk { text: list, at: 0 };
    let (mut is_list, mut has_items, mut meta) = (false, false, ListMeta::default());
    walk.expect('{')?;
    let mut first = true;
    while walk.goes_on('}', &mut first)? {
        let key: String = walk.parsed()?;
        walk.expect(':')?;
        match &*key {
            "kind" => is_list = walk.parsed::<String>()?.ends_with("List"),
            "metadata" => meta = walk.parsed::<Option<ListMeta>>()?.unwrap_or_default(),
            "items" => {
                has_items = true;
                walk.items(&mut take)?;
            }
            _ => drop(walk.value()?),
        }
    }
    // An answer without items is no list, and not an empty one: what it does not say is not known.
    if is_list && has_items { Ok(meta) } else { Err(Failure::Malformed("it is not a list".to_owned())) }
}

/// The type and the object of an event of a watch (`WatchEvent` of k8s.io/apimachinery pkg/apis/meta/v1/watch.go).
pub(crate) fn event(line: &[u8]) -> Result<(String, &str), Failure> {
    let line = str::from_utf8(line).map_err(|_| Failure::Malformed("it is not UTF-8".to_owned()))?;
    let mut walk = Walk { text: line, at: 0 };
    let (mut what, mut object) = (None, None);
    walk.expect('{')?;
    let mut first = true;
    while walk.goes_on('}', &mut first)? {
        let key: String = walk.parsed()?;
        walk.expect(':')?;
        match &*key {
            "type" => what = Some(walk.parsed::<String>()?),
            "object" => object = Some(walk.value()?),
            _ => drop(walk.value()?),
        }
    }
    what.zip(object).ok_or_else(|| Failure::Malformed("it is not an event".to_owned()))
}

/// `ListMeta` of k8s.io/apimachinery.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListMeta {
    /// The token of the next chunk; none at the end of the list.
    #[serde(rename = "continue")]
    pub token: Option<String>,
    /// The state of the cluster that it is of.
    pub resource_version: Option<String>,
}

/// A place in JSON.
struct Walk<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Walk<'t> {
    /// Items; `null` is what some extensions say for none.
    fn items(&mut self, take: &mut impl FnMut(&str)) -> Result<(), Failure> {
        if self.next() != Some('[') {
            return match self.value()? {
                "null" => Ok(()),
                _ => Err(self.wrong()),
            };
        }
        self.expect('[')?;
        let mut first = true;
        while self.goes_on(']', &mut first)? {
            take(self.value()?);
        }
        Ok(())
    }

    /// Whether another element comes, before which this stops, or `end`, behind which this stops.
    fn goes_on(&mut self, end: char, first: &mut bool) -> Result<bool, Failure> {
        if self.next() == Some(end) {
            self.expect(end)?;
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.expect(',')?;
        }
        Ok(true)
    }

    /// A value, whatever it is.
    fn value(&mut self) -> Result<&'t str, Failure> {
        self.next();
        let start = self.at;
        self.parsed::<IgnoredAny>()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn parsed<T: Deserialize<'t>>(&mut self) -> Result<T, Failure> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                Ok(value)
            }
            Some(Err(error)) if error.is_eof() => Err(too_early()),
            Some(Err(_)) => Err(self.wrong()),
            None => Err(too_early()),
        }
    }

    fn expect(&mut self, expected: char) -> Result<(), Failure> {
        match self.next() {
            Some(found) if found == expected => {
                self.at += expected.len_utf8();
                Ok(())
            }
            Some(_) => Err(self.wrong()),
            None => Err(too_early()),
        }
    }

    /// The next character, before which this stops.
    fn next(&mut self) -> Option<char> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.text.get(self.at..)?.chars().next()
    }

    /// Where, not what: it may be a value of a Secret.
    fn wrong(&self) -> Failure {
        Failure::Malformed(format!("it is not the JSON of a list (from byte {} on)", self.at))
    }
}

fn too_early() -> Failure {
    Failure::Malformed("the JSON ends too early".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_LIST: &str = "it is not a list";
    const EARLY: &str = "the JSON ends too early";

    /// The items and the token, or why there are none.
    fn taken(list: &str) -> Result<(Vec<String>, String), String> {
        let mut taken = Vec::new();
        match items(list.as_bytes(), |item| taken.push(item.to_owned())) {
            Ok(meta) => Ok((taken, meta.token.unwrap_or_default())),
            Err(Failure::Malformed(why)) => Err(why),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_item_is_given_as_it_stands() {
        for (list, expected, token) in [
            (r#"{"kind":"PodList","items":[]}"#, &[][..], ""),
            (r#"{"kind":"PodList","metadata":{"continue":null},"items":null}"#, &[], ""),
            (r#"{"kind":"PodList","metadata":null,"items":null}"#, &[], ""),
            (
                r#"{"items":[{"a":"b"},{}],"metadata":{"continue":"n\u0065xt"},"kind":"PodList"}"#,
                &[r#"{"a":"b"}"#, "{}"],
                "next",
            ),
            (
                " {\n\"kind\" : \"PodList\" , \"items\" : [ {\"a\": [1, \"]\"]} ,\n 5, null ] }\n",
                &[r#"{"a": [1, "]"]}"#, "5", "null"],
                "",
            ),
            (r#"{"kind":"PodList","more":{"items":[1]},"items":["\"}"]}"#, &[r#""\"}""#], ""),
        ] {
            let expected = expected.iter().map(|item| (*item).to_owned()).collect();
            assert_eq!(taken(list), Ok((expected, token.to_owned())), "{list}");
        }
    }

    #[test]
    fn what_is_no_list_is_no_empty_list() {
        for (list, expected) in [
            (r#"{"kind":"PodList"}"#, NO_LIST),
            (r#"{"items":[]}"#, NO_LIST),
            (r#"{"kind":"Status","items":[]}"#, NO_LIST),
            (r#"{"kind":"PodList","items":{}}"#, "it is not the JSON of a list (from byte 28 on)"),
            (r#"{"kind":"PodList","items":[{"a":"b"},{"#, EARLY),
            (r#"{"kind":"PodList","items":[{"a":"b"}"#, EARLY),
            (r#"{"kind":"PodList","items":[]"#, EARLY),
            (
                r#"{"kind":"PodList","items":[{"a":secret}]}"#,
                "it is not the JSON of a list (from byte 27 on)",
            ),
            (r#"{"kind":"PodList" "items":[]}"#, "it is not the JSON of a list (from byte 18 on)"),
            ("<html>", "it is not the JSON of a list (from byte 0 on)"),
            ("", EARLY),
        ] {
            assert_eq!(taken(list), Err(expected.to_owned()), "{list}");
        }
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let list = format!(r#"{{"kind":"PodList","items":[{deep}]}}"#);
        assert_eq!(taken(&list), Ok((vec![deep], String::new())));
    }
}
