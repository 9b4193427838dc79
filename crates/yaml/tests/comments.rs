//! Comments are what YAML takes for comments.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use seawall_yaml::{Limits, parse};

#[test]
fn only_real_comments_are_found() {
    let text = "# first\n\
                a: 'x # no' # second\n\
                b: x#no\n\
                c: | # third\n  # no\n  text # no\n\
                d: \"# no\n  # no\" #fourth\n\
                e: [a, # fifth\n  b]\n\
                \x20 # sixth\n\
                ---\n\
                f: plain\n  more # seventh\n\
                g: &x# 1\n";
    let text = text.replace("g: &x# 1\n", "g: 1 ## eighth\r\n");
    let stream = parse(text.as_bytes(), &Limits::default());
    assert_eq!(stream.problems, []);
    let found: Vec<(&str, bool)> =
        stream.comments().map(|comment| (comment.text, comment.own_line)).collect();
    assert_eq!(
        found,
        [
            ("first", true),
            ("second", false),
            ("third", false),
            ("fourth", false),
            ("fifth", false),
            ("sixth", true),
            ("seventh", false),
            ("eighth", false)
        ]
    );
    for comment in stream.comments() {
        let source = comment.span.slice(&text);
        assert!(source.starts_with('#') && source.ends_with(comment.text), "{source:?}");
    }
}

#[test]
fn json_has_none() {
    let stream = parse(b"{\"a\": \"# x\"}", &Limits::default());
    assert_eq!(stream.comments().count(), 0);
}
