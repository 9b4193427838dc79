//! "Did you mean": the nearest of the words that would have been right.

/// The candidate that `word` most likely was meant to be; `None` when none is near.
///
/// Near is an edit distance (Damerau-Levenshtein: insertions, deletions, substitutions, neighbours swapped) of at most a
/// third of the word's length, case ignored; or a word that the candidate is made of (`privileged` for
/// `privileged-container`).
pub fn suggest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // Words from outside can be of any length; nothing that long is a misspelt name, and the distance is quadratic.
    if word.is_empty() || word.len() > 80 {
        return None;
    }
    let word = word.to_lowercase();
    let near = word.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&word, &lower);
            let part = word.len() >= 4 && lower.split(['-', '=', ':']).any(|part| part == word);
            (distance <= near || part).then_some((!part as usize * distance, distance, candidate))
        })
        // The first of several equally near, so that the answer does not depend on anything but the candidates.
        .min_by_key(|(rank, distance, _)| (*rank, *distance))
        .map(|(_, _, candidate)| candidate)
}

/// The help for a word that is none of `candidates`: the nearest, else all of them when they are few, else `otherwise`.
pub(crate) fn did_you_mean(word: &str, candidates: &[&str], otherwise: &str) -> String {
    match suggest(word, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None if !candidates.is_empty() && candidates.len() <= 20 => {
            format!("use one of: {}", candidates.join(", "))
        }
        None => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] =
        ["privileged-container", "host-pid", "host-ipc", "host-network", "image-tag-latest"];

    #[test]
    fn the_nearest_word_is_suggested() {
        for (word, expected) in [
            ("priviliged-container", Some("privileged-container")),
            ("privileged-containers", Some("privileged-container")),
            ("Host-PID", Some("host-pid")),
            ("hots-pid", Some("host-pid")),
            ("privileged", Some("privileged-container")),
            ("latest", Some("image-tag-latest")),
            ("wildcard-verb", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(suggest(word, NAMES), expected, "{word}");
        }
        assert_eq!(suggest(&"x".repeat(1_000_000), NAMES), None);
    }
}
