//! Whether a text looks as if a machine had drawn it.

/// Whether it is made of enough different characters: not `xxxxxxxx`, not `ababab`.
pub(crate) fn is_varied(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    distinct >= 4
}

/// Whether it looks drawn: long enough, of many different characters, and not made of words.
pub(crate) fn looks_random(text: &str) -> bool {
    // The first part tells.
    let bytes = text.as_bytes();
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    let is_number = bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_'));
    bytes.len() >= 8
        && bytes.iter().all(u8::is_ascii_graphic)
        && !is_number
        && entropy(bytes) >= if bytes.len() >= 16 { 3.0 } else { 2.5 }
        && !is_words(bytes)
}

const LONGEST: usize = 512;

/// Bits for each character (Shannon).
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let share = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total);
    share.map(|share| -share * share.log2()).sum()
}

/// Whether it is made of words, as names of resources, classes, hosts and paths are: `shop-db-credentials`, `kubernetes.io/tls`,
/// `PlainLoginModule`.
pub(crate) fn is_words(bytes: &[u8]) -> bool {
    let mut pieces = 0_usize;
    let mut letters = 0_usize;
    let separator = |byte: &u8| !byte.is_ascii_alphanumeric();
    // Passwords have them, names have not.
    if bytes.iter().any(|byte| matches!(byte, b'!' | b'%' | b'^' | b'&' | b'*' | b'+' | b'~' | b'|' | b'?')) {
        return false;
    }
    for run in bytes.split(separator).filter(|run| !run.is_empty()) {
        let mut rest = run;
        while !rest.is_empty() {
            let (word, after) = rest.split_at(word_end(rest));
            if !is_word(word) {
                return false;
            }
            pieces += 1;
            letters += word.len();
            rest = after;
        }
    }
    // Characters at random fall into pieces of two or three.
    pieces > 0 && letters * 2 >= pieces * 7
}

/// Where the first word ends: before an upper-case letter behind a lower-case one.
fn word_end(bytes: &[u8]) -> usize {
    let turn = |pair: &[u8]| matches!(pair, [before, after] if before.is_ascii_lowercase() && after.is_ascii_uppercase());
    bytes.windows(2).position(turn).map_or(bytes.len(), |at| at + 1)
}

/// Letters as a language has them, with a short number behind; or a short number.
fn is_word(bytes: &[u8]) -> bool {
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let letters = bytes.get(..bytes.len() - digits).unwrap_or_default();
    if letters.is_empty() {
        return digits <= 4;
    }
    if letters.iter().any(u8::is_ascii_digit) {
        // `k8s`, `i18n`, `v1beta1`
        return bytes.len() <= 4 || letters.starts_with(b"v1") || letters.starts_with(b"v2");
    }
    let one_case =
        letters.iter().skip(1).all(u8::is_ascii_lowercase) || letters.iter().all(u8::is_ascii_uppercase);
    let is_vowel = |byte: &u8| matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let longest = letters.split(is_vowel).map(<[u8]>::len).max().unwrap_or(0);
    one_case && digits <= 3 && letters.len() <= 16 && (longest <= 4 || letters.len() <= 4)
}

#[cfg(test)]
mod tests {
    use super::looks_random;

    #[test]
    fn words_are_not_random() {
        for text in [
            "shop-db-credentials",
            "kubernetes.io/tls",
            "PlainLoginModule",
            "12345678901",
            "aaaaaaaaaaaa",
            "short",
        ] {
            assert!(!looks_random(text), "{text}");
        }
        for text in [
            "Xk39vQ2nL",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzKEYxq",
            "9f86d081884c7d65",
            "correct!Horse7battery",
        ] {
            assert!(looks_random(text), "{text}");
        }
    }
}
