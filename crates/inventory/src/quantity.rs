//! `resource.Quantity`, as Kubernetes parses, compares and writes it.
//!
//! Source: k8s.io/apimachinery pkg/api/resource/{quantity,amount,suffix}.go v0.36.3. Kubernetes holds small values in an int64 and
//! others in a decimal of any precision; here all are decimals, and only what the first way accepts beyond the second is
//! kept: `Ki`, `.` and `+` are zero, `Pi` is an error.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A number with a suffix: `500m`, `1.5Gi`, `12e6`. Exact to a billionth, above which Kubernetes rounds up.
///
/// Two quantities are equal when their values are, whatever their suffixes.
#[derive(Clone, Debug)]
pub struct Quantity {
    negative: bool,
    /// Decimal digits, most significant first, no zero at either end; empty for zero.
    digits: Vec<u8>,
    /// The value is `digits` × 10^`exponent`.
    exponent: i64,
    format: Format,
}

/// The family of suffixes that a quantity is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// `12e6`
    DecimalExponent,
    /// `12Mi`
    BinarySi,
    /// `12M`
    DecimalSi,
}

/// Why a text is no quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAQuantity {
    /// It is not a number with a suffix.
    Format,
    /// What stands behind the number is not a suffix.
    Suffix,
    /// There is no number before the suffix.
    Number,
}

/// Exponent of the smallest unit: `n`.
const NANO: i64 = -9;

/// Digits up to which sums are worked out. The value of a suffix such as `e2000000000` is held, but adding a billionth to it
/// would take two gigabytes.
const MAX_SUM_DIGITS: i64 = 10_000;

impl Quantity {
    /// `true` for zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// `true` below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The sum, in the format of `self` unless that is zero. `None` when it has more digits than any resource could.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        if self.is_zero() {
            return Some(other.clone());
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        let low = self.exponent.min(other.exponent);
        if self.magnitude().max(other.magnitude()) - low > MAX_SUM_DIGITS {
            return None;
        }
        let (a, b) = (self.digits_down_to(low), other.digits_down_to(low));
        let (negative, digits) = if self.negative == other.negative {
            (self.negative, add(&a, &b))
        } else if compare(&a, &b) == Ordering::Less {
            (other.negative, subtract(&b, &a))
        } else {
            (self.negative, subtract(&a, &b))
        };
        Some(Self { negative, digits, exponent: low, format: self.format }.normalized())
    }

    /// The exponent just above the first digit.
    fn magnitude(&self) -> i64 {
        self.exponent + i64::try_from(self.digits.len()).unwrap_or(i64::MAX / 2)
    }

    /// The digits with zeros behind them, so that the last stands for 10^`low`.
    fn digits_down_to(&self, low: i64) -> Vec<u8> {
        let mut digits = self.digits.clone();
        let zeros = usize::try_from(self.exponent - low).unwrap_or(0);
        digits.resize(digits.len() + zeros, 0);
        digits
    }

    /// Takes zeros from both ends of the digits.
    fn normalized(mut self) -> Self {
        let leading = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..leading);
        while self.digits.last() == Some(&0) {
            self.digits.pop();
            self.exponent += 1;
        }
        if self.digits.is_empty() {
            self.exponent = 0;
            self.negative = false;
        }
        self
    }

    /// How many times 10^`exponent` it is, rounded away from zero: who asks for some gets some (`ScaledValue`). `None` beyond 64
    /// bits.
    pub fn in_units_of(&self, exponent: i64) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        let mut rounded = self.clone().rounded_up_to(exponent);
        rounded.exponent -= exponent;
        let value = i64::try_from(rounded.as_integer()?).ok()?;
        Some(if self.negative { -value } else { value })
    }

    /// Rounds away from zero to a multiple of 10^`exponent` (`RoundUp`).
    #[must_use]
    pub fn rounded_up_to(mut self, exponent: i64) -> Self {
        if self.is_zero() || self.exponent >= exponent {
            return self;
        }
        // Something is always cut off: the last digit is not zero.
        let keep = usize::try_from(self.magnitude() - exponent).unwrap_or(0);
        self.digits.truncate(keep);
        self.digits = add(&self.digits, &[1]);
        self.exponent = exponent;
        self.normalized()
    }

    /// The absolute value as an integer, when it is one and below 2^128.
    fn as_integer(&self) -> Option<u128> {
        if self.exponent < 0 || self.magnitude() > 39 {
            return None;
        }
        let value = self
            .digits
            .iter()
            .try_fold(0u128, |value, digit| value.checked_mul(10)?.checked_add(u128::from(*digit)))?;
        value.checked_mul(10u128.checked_pow(u32::try_from(self.exponent).ok()?)?)
    }
}

impl FromStr for Quantity {
    type Err = NotAQuantity;

    /// `ParseQuantity`. Kubernetes trims white space around a quantity when it decodes an object, not here.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        if text.is_empty() {
            return Err(NotAQuantity::Format);
        }
        let Parts { negative, whole, fraction, suffix } = split(text)?;
        let (scale, format) = interpret(suffix).ok_or(NotAQuantity::Suffix)?;
        let number = text.strip_suffix(suffix).unwrap_or(text);
        if !number.bytes().any(|byte| byte.is_ascii_digit()) && !fast(whole, fraction, &scale) {
            return Err(NotAQuantity::Number);
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX / 2);
        let quantity = Self { negative, digits, exponent: 0, format };
        Ok(match scale {
            Scale::Ten(exponent) => {
                // Kubernetes subtracts in 32 bits before it looks whether its fast way will do.
                let wrapped = exponent.wrapping_sub(i32::try_from(fraction.len()).unwrap_or(i32::MAX));
                let exponent = if fast(whole, fraction, &scale) {
                    i64::from(wrapped)
                } else {
                    i64::from(exponent) - places
                };
                Self { exponent, ..quantity }.normalized().rounded_up_to(NANO)
            }
            Scale::Two(exponent) => binary(Self { exponent: -places, ..quantity }, exponent),
        })
    }
}

/// Multiplies by 2^`power` and caps at the largest int64, as Kubernetes does for binary suffixes alone.
fn binary(mut quantity: Quantity, power: u32) -> Quantity {
    for _ in 0..power / 10 {
        quantity.digits = multiply(&quantity.digits, 1024);
    }
    let mut quantity = quantity.normalized().rounded_up_to(NANO);
    let largest = Quantity { digits: digits_of(i64::MAX.unsigned_abs().into()), ..zero(Format::BinarySi) };
    if compare_magnitudes(&quantity, &largest) == Ordering::Greater {
        quantity = Quantity { negative: quantity.negative, ..largest.normalized() };
    }
    // A value between -1 and 1 is written with a decimal suffix.
    if !quantity.is_zero() && quantity.magnitude() <= 0 {
        quantity.format = Format::DecimalSi;
    }
    quantity
}

fn zero(format: Format) -> Quantity {
    Quantity { negative: false, digits: Vec::new(), exponent: 0, format }
}

/// Whether Kubernetes takes its fast way, which does not notice that there is no digit at all.
fn fast(whole: &str, fraction: &str, scale: &Scale) -> bool {
    // `num` is "0" when it has no digits.
    let whole_len = whole.len().max(1);
    match scale {
        Scale::Ten(exponent) => {
            let places = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
            whole_len + fraction.len() <= 18 && i64::from(exponent.wrapping_sub(places)) >= NANO
        }
        Scale::Two(exponent) => {
            let width = usize::try_from(exponent * 3 / 10).unwrap_or(usize::MAX);
            fraction.is_empty() && whole_len.saturating_add(width) <= 14
        }
    }
}

/// The parts of a quantity as written, leading zeros of the whole number left out.
struct Parts<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
    suffix: &'t str,
}

fn split(text: &str) -> Result<Parts<'_>, NotAQuantity> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, rest) = digits(unsigned.trim_start_matches('0'));
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    let tail = suffix.trim_start_matches(|c: char| "eEinumkKMGTP".contains(c));
    let tail = tail.strip_prefix(['-', '+']).unwrap_or(tail);
    if !tail.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotAQuantity::Format);
    }
    Ok(Parts { negative, whole, fraction, suffix })
}

/// The digits that `text` starts with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What a suffix multiplies by.
#[derive(Clone, Copy)]
enum Scale {
    Ten(i32),
    Two(u32),
}

const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
const BINARY: [(&str, u32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

fn interpret(suffix: &str) -> Option<(Scale, Format)> {
    if let Some((_, exponent)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((Scale::Ten(*exponent), Format::DecimalSi));
    }
    if let Some((_, exponent)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Some((Scale::Two(*exponent), Format::BinarySi));
    }
    let exponent: i64 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    // Go's conversion keeps the lower 32 bits.
    Some((Scale::Ten(exponent as i32), Format::DecimalExponent))
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => compare_magnitudes(self, other),
            (true, true) => compare_magnitudes(other, self),
        }
    }
}

fn compare_magnitudes(a: &Quantity, b: &Quantity) -> Ordering {
    match (a.is_zero(), b.is_zero()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        // No zeros at the ends: a number that goes on behind an equal beginning is greater, as in the order of slices.
        (false, false) => a.magnitude().cmp(&b.magnitude()).then_with(|| a.digits.cmp(&b.digits)),
    }
}

impl fmt::Display for Quantity {
    /// The canonical form (`CanonicalizeBytes`): no fraction, the largest suffix that leaves none. Where the format has no
    /// suffix for it (`1000E`), an exponent is written; Kubernetes leaves the suffix out there and so writes another value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        let sign = if self.negative { "-" } else { "" };
        if self.format == Format::BinarySi
            && let Some(integer) = self.as_integer()
            && integer >= 1024
        {
            let times = (integer.trailing_zeros() / 10).min(6);
            let suffix = times.checked_sub(1).and_then(|index| BINARY.get(index as usize));
            return write!(f, "{sign}{}{}", integer >> (10 * times), suffix.map_or("", |(name, _)| name));
        }
        let exponent = self.exponent - self.exponent.rem_euclid(3);
        f.write_str(sign)?;
        for digit in &self.digits {
            write!(f, "{digit}")?;
        }
        for _ in exponent..self.exponent {
            f.write_str("0")?;
        }
        let suffix = DECIMAL.iter().find(|(_, scale)| i64::from(*scale) == exponent);
        match suffix {
            _ if exponent == 0 => Ok(()),
            Some((name, _)) if self.format != Format::DecimalExponent => f.write_str(name),
            _ => write!(f, "e{exponent}"),
        }
    }
}

impl fmt::Display for NotAQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => "not a number with a suffix, such as `500m` or `1.5Gi`",
            Self::Suffix => {
                "the suffix is none of n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3"
            }
            Self::Number => "there is no number before the suffix",
        })
    }
}

impl std::error::Error for NotAQuantity {}

// Arithmetic on decimal digits, most significant first.

fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn add(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut sum = Vec::with_capacity(a.len().max(b.len()) + 1);
    let (mut a, mut b) = (a.iter().rev(), b.iter().rev());
    let mut carry = 0;
    loop {
        let (x, y) = (a.next(), b.next());
        if x.is_none() && y.is_none() {
            break;
        }
        let digit = x.unwrap_or(&0) + y.unwrap_or(&0) + carry;
        sum.push(digit % 10);
        carry = digit / 10;
    }
    if carry > 0 {
        sum.push(carry);
    }
    sum.reverse();
    sum
}

/// `a - b` for `a >= b`.
fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut difference = Vec::with_capacity(a.len());
    let mut b = b.iter().rev();
    let mut borrow = 0;
    for digit in a.iter().rev() {
        let taken = b.next().unwrap_or(&0) + borrow;
        borrow = u8::from(taken > *digit);
        difference.push(digit + 10 * borrow - taken);
    }
    difference.reverse();
    difference
}

fn multiply(digits: &[u8], factor: u32) -> Vec<u8> {
    let mut product = Vec::with_capacity(digits.len() + 4);
    let mut carry = 0;
    for digit in digits.iter().rev() {
        let value = u32::from(*digit) * factor + carry;
        product.push((value % 10) as u8);
        carry = value / 10;
    }
    while carry > 0 {
        product.push((carry % 10) as u8);
        carry /= 10;
    }
    product.reverse();
    product
}

fn digits_of(mut value: u128) -> Vec<u8> {
    let mut digits = Vec::new();
    while value > 0 {
        digits.push((value % 10) as u8);
        value /= 10;
    }
    digits.reverse();
    digits
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn whole_units_are_rounded_away_from_zero() {
        for (text, exponent, expected) in [
            ("0", 0, Some(0)),
            ("0", -3, Some(0)),
            ("1", 0, Some(1)),
            ("1", -3, Some(1000)),
            ("0.5", 0, Some(1)),
            ("0.5", -3, Some(500)),
            ("0.5m", -3, Some(1)),
            ("-0.5m", -3, Some(-1)),
            ("1.0001", -3, Some(1001)),
            ("999.9999", 0, Some(1000)),
            ("1500", 3, Some(2)),
            ("8Ei", 0, Some(i64::MAX)),
            ("1e19", 0, None),
            ("1e16", -3, None),
            ("1e2000000000", 0, None),
        ] {
            let quantity: Quantity = text.parse().unwrap();
            assert_eq!(quantity.in_units_of(exponent), expected, "{text} in 10^{exponent}");
        }
    }
}
