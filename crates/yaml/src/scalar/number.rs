//! Numbers as Go's `strconv` reads and writes them.

use super::Scalar;

/// `strconv.ParseInt(text, 0, 64)`, then `ParseUint`; without underscores, which go-yaml removes before.
pub(super) fn parse_integer(text: &str) -> Option<Scalar> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, unsigned.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, unsigned.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, unsigned.get(2..)?),
        [b'0', _, ..] => (8, unsigned.get(1..)?),
        _ => (10, unsigned),
    };
    let magnitude = parse_digits(digits, radix)?;
    signed(magnitude, negative).or_else(|| {
        // ParseUint takes no sign.
        (unsigned.len() == text.len()).then_some(Scalar::Uint(magnitude))
    })
}

/// Go's `0b` numbers again, by go-yaml's own rule: the part after the prefix may have a sign.
pub(super) fn parse_binary(text: &str) -> Option<Scalar> {
    if let Some(rest) = text.strip_prefix("0b") {
        let (negative, digits) = match rest.as_bytes().first()? {
            b'-' => (true, rest.get(1..)?),
            b'+' => (false, rest.get(1..)?),
            _ => (false, rest),
        };
        let magnitude = parse_digits(digits, 2)?;
        return signed(magnitude, negative)
            .or_else(|| (digits.len() == rest.len()).then_some(Scalar::Uint(magnitude)));
    }
    signed(parse_digits(text.strip_prefix("-0b")?, 2)?, true)
}

fn parse_digits(digits: &str, radix: u32) -> Option<u64> {
    // from_str_radix would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

fn signed(magnitude: u64, negative: bool) -> Option<Scalar> {
    let value = i128::from(magnitude);
    i64::try_from(if negative { -value } else { value }).ok().map(Scalar::Int)
}

/// A float in the form go-yaml allows (`yamlStyleFloat`):
/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
pub(super) fn parse_yaml_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (unsigned.get(..at)?, unsigned.get(at + 1..)),
        None => (unsigned, None),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => !mantissa.is_empty() && is_digits(mantissa),
    };
    let exponent_well_formed = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    if well_formed && exponent_well_formed { finite(text) } else { None }
}

/// `strconv.ParseFloat` of a text that starts with `.`: digits, perhaps an exponent, and underscores between digits.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    if !text.contains('_') {
        return parse_yaml_float(text);
    }
    let bytes = text.as_bytes();
    let between_digits = bytes.iter().enumerate().all(|(at, byte)| {
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        *byte != b'_' || at > 0 && is_digit(at - 1) && is_digit(at + 1)
    });
    if between_digits { parse_yaml_float(&text.replace('_', "")) } else { None }
}

/// An overflow is an error to Go, so the text is no number; an underflow is 0.
fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// What a float becomes when it is written to JSON by Go and read back by Kubernetes: an integer if its text is one.
///
/// encoding/json writes the shortest digits that identify the float, without exponent from 1e-6 up to 1e21.
pub(crate) fn json_number(value: f64) -> Scalar {
    if value.fract() == 0.0
        && value.abs() < 1e21
        && let Ok(integer) = format!("{value}").parse()
    {
        return Scalar::Int(integer);
    }
    Scalar::Float(value)
}

/// What a float becomes as a key: `strconv.FormatFloat(value, 'g', -1, 32)` (sigs.k8s.io/yaml, convertToJSONableObject).
pub(crate) fn float_key(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "the key is formatted as a 32-bit float")]
    let value = value as f32;
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Go: `%e is used if the exponent from the conversion is less than -4 or greater than or equal to the precision`,
    // which is 6 for the shortest digits.
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    format!("{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_go_writes_32_bit_floats() {
        // Printed by strconv.FormatFloat(v, 'g', -1, 32).
        let cases = [
            (1.5, "1.5"),
            (0.1, "0.1"),
            (2.125_125_125, "2.1251252"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e21, "1e+21"),
            (1e300, ".inf"),
            (-0.0, "-0"),
            (0.0, "0"),
            (-2.25, "-2.25"),
        ];
        for (value, expected) in cases {
            assert_eq!(float_key(value), expected);
        }
    }

    #[test]
    fn floats_become_what_their_json_text_says() {
        assert_eq!(json_number(1.0), Scalar::Int(1));
        assert_eq!(json_number(-0.0), Scalar::Int(0));
        assert_eq!(json_number(1e15), Scalar::Int(1_000_000_000_000_000));
        // The shortest digits of 2⁶⁰ are 1152921504606847, filled up with zeros.
        assert_eq!(json_number(1_152_921_504_606_846_976.0), Scalar::Int(1_152_921_504_606_847_000));
        assert_eq!(json_number(1e19), Scalar::Float(1e19));
        assert_eq!(json_number(1e21), Scalar::Float(1e21));
        assert_eq!(json_number(0.5), Scalar::Float(0.5));
    }
}
