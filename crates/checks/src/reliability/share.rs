//! Numbers of pods that are written as a number or as a percentage.

use seawall_inventory::decode::IntOrString;

use crate::placeholder::is_placeholder;

/// How many pods an `IntOrString` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// So many.
    Number(i64),
    /// So many of a hundred; the caller decides how to round.
    Percent(u32),
    /// Neither: the API server refuses it.
    Refused,
    /// Filled in before the object is applied.
    Placeholder,
}

/// What is meant by `value` (k8s.io/kubernetes v1.36.3 pkg/apis/apps/validation/validation.go,
/// `ValidatePositiveIntOrPercent`; k8s.io/apimachinery v0.36.3 pkg/util/validation/validation.go, `IsValidPercent`).
pub(super) fn share(value: &IntOrString) -> Share {
    match value {
        IntOrString::Int(number) if (0..=i64::from(i32::MAX)).contains(number) => Share::Number(*number),
        IntOrString::Int(_) => Share::Refused,
        IntOrString::Str(text) if is_placeholder(text) => Share::Placeholder,
        IntOrString::Str(text) => {
            let digits = text.strip_suffix('%').filter(|digits| !digits.is_empty());
            match digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
                // What does not fit is more than a hundred in any case.
                Some(digits) => Share::Percent(digits.parse().unwrap_or(u32::MAX)),
                None => Share::Refused,
            }
        }
    }
}

impl Share {
    /// Of `pods`, rounded up; for a number that number (`GetScaledValueFromIntOrPercent`). `None` when refused or not known.
    pub(super) fn rounded_up(self, pods: i64) -> Option<i64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Percent(percent) => {
                let hundredths = i128::from(pods) * i128::from(percent);
                i64::try_from((hundredths + 99).div_euclid(100)).ok()
            }
            Self::Refused | Self::Placeholder => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_percentages_are_read_as_kubernetes_does() {
        for (text, expected) in [
            ("0%", Share::Percent(0)),
            ("007%", Share::Percent(7)),
            ("99999999999999999999%", Share::Percent(u32::MAX)),
            ("%", Share::Refused),
            ("-1%", Share::Refused),
            ("1.5%", Share::Refused),
            ("1", Share::Refused),
            ("", Share::Refused),
            (" 1%", Share::Refused),
            ("${SHARE}", Share::Placeholder),
        ] {
            assert_eq!(share(&IntOrString::Str(text.into())), expected, "{text}");
        }
        for (number, expected) in
            [(0, Share::Number(0)), (-1, Share::Refused), (i64::MAX, Share::Refused), (7, Share::Number(7))]
        {
            assert_eq!(share(&IntOrString::Int(number)), expected, "{number}");
        }
    }

    #[test]
    fn parts_of_a_pod_are_a_pod() {
        for (percent, pods, expected) in
            [(50, 1, 1), (1, 1, 1), (0, 5, 0), (100, 5, 5), (34, 3, 2), (33, 3, 1), (50, 0, 0)]
        {
            assert_eq!(Share::Percent(percent).rounded_up(pods), Some(expected), "{percent} % of {pods}");
        }
        assert_eq!(Share::Percent(u32::MAX).rounded_up(i64::MAX), None);
        assert_eq!(Share::Refused.rounded_up(3), None);
    }
}
