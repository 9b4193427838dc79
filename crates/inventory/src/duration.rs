//! Durations as Go writes them: `3s`, `1h30m`, `0`.

use seawall_yaml::{Node, Value};

use crate::decode::{Decode, Decoding};

/// `metav1.Duration` of k8s.io/apimachinery: a string that `time.ParseDuration` of Go reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duration {
    /// `None` when the string is no duration: Kubernetes refuses it.
    pub nanoseconds: Option<i64>,
}

impl Decode for Duration {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => Self::default(),
            Value::Str(text) => Self { nanoseconds: nanoseconds(text) },
            _ => {
                cx.wrong_type(node, "string");
                Self::default()
            }
        }
    }
}

/// `1 << 63`: a negative duration may be that long, a positive one may not.
const LIMIT: u64 = 1 << 63;

/// The nanoseconds of a duration; `None` when it is none, or longer than Go can say (`time.ParseDuration`, Go 1.26).
pub fn nanoseconds(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (part, behind) = component(rest)?;
        total = total.checked_add(part).filter(|total| *total <= LIMIT)?;
        rest = behind;
    }
    match (negative, total) {
        (true, LIMIT) => Some(i64::MIN),
        (true, total) => i64::try_from(total).ok().map(|total| -total),
        (false, total) => i64::try_from(total).ok(),
    }
}

/// The first number with its unit, and what stands behind.
fn component(text: &str) -> Option<(u64, &str)> {
    let (whole, behind) = text.split_at(digits(text));
    let (fraction, behind) = match behind.strip_prefix('.') {
        Some(decimals) => decimals.split_at(digits(decimals)),
        None => ("", behind),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = behind.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(behind.len());
    let (name, behind) = behind.split_at(end);
    let unit = unit(name)?;
    let mut value = integer(whole)?.checked_mul(unit).filter(|value| *value <= LIMIT)?;
    let (number, scale) = decimals(fraction);
    if number > 0 {
        // As Go computes it, in this order.
        value += (number as f64 * (unit as f64 / scale)) as u64;
    }
    (value <= LIMIT).then_some((value, behind))
}

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// Nanoseconds in a unit.
fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

fn integer(digits: &str) -> Option<u64> {
    digits.bytes().try_fold(0_u64, |value, digit| {
        let value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        (value <= LIMIT).then_some(value)
    })
}

/// The digits behind the point, as a number and what it is divided by; those that are too many are left out.
fn decimals(digits: &str) -> (u64, f64) {
    let mut number: u64 = 0;
    let mut scale = 1.0;
    for digit in digits.bytes() {
        let more = number.checked_mul(10).and_then(|more| more.checked_add(u64::from(digit - b'0')));
        let Some(more) = more.filter(|more| number <= (LIMIT - 1) / 10 && *more <= LIMIT) else { break };
        number = more;
        scale *= 10.0;
    }
    (number, scale)
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;

    /// The tables of Go's src/time/time_test.go (parseDurationTests, parseDurationErrorTests), shortened.
    #[test]
    fn durations_are_those_of_go() {
        let second = 1_000_000_000;
        for (text, expected) in [
            ("0", Some(0)),
            ("5s", Some(5 * second)),
            ("1478s", Some(1478 * second)),
            ("-5s", Some(-5 * second)),
            ("+5s", Some(5 * second)),
            ("-0", Some(0)),
            ("+0", Some(0)),
            ("5.0s", Some(5 * second)),
            ("5.s", Some(5 * second)),
            (".5s", Some(second / 2)),
            ("1.004s", Some(1_004_000_000)),
            ("100.00100s", Some(100_001_000_000)),
            ("12µs", Some(12_000)),
            ("12μs", Some(12_000)),
            ("3h30m", Some(12_600 * second)),
            ("-1.5h", Some(-5_400 * second)),
            ("39h9m14.425s", Some(140_954_425_000_000)),
            ("52763797000ns", Some(52_763_797_000)),
            ("0.3333333333333333333h", Some(1_200 * second)),
            ("9007199254740993ns", Some(9_007_199_254_740_993)),
            ("9223372036854775807ns", Some(i64::MAX)),
            ("-9223372036854775808ns", Some(i64::MIN)),
            ("0.100000000000000000000h", Some(360 * second)),
            ("0.830103483285477580700h", Some(2_988_372_539_827)),
            ("", None),
            ("3", None),
            ("-", None),
            ("s", None),
            (".", None),
            ("-.", None),
            (".s", None),
            ("+.s", None),
            ("1d", None),
            ("3000000h", None),
            ("9223372036854775808ns", None),
            ("9223372036854ms775us808ns", None),
            ("-9223372036854775809ns", None),
            ("1s ", None),
            (" 1s", None),
            ("1e3s", None),
        ] {
            assert_eq!(nanoseconds(text), expected, "{text}");
        }
    }
}
