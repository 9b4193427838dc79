//! Names that look like others.
//!
//! A reader takes letters of other scripts, full-width letters and letters of another case for those that he knows, and does not see
//! what has no shape. The letters are those that the names at stake are made of (confusables.txt of Unicode Technical Standard 39).

/// Names that mean something to Kubernetes.
const KNOWN: [&str; 14] = [
    "system:masters",
    "system:authenticated",
    "system:unauthenticated",
    "system:serviceaccounts",
    "system:nodes",
    "system:bootstrappers",
    "system:anonymous",
    "system:kube-controller-manager",
    "system:kube-scheduler",
    "system:kube-proxy",
    "system:apiserver",
    "system:monitoring",
    "system:admin",
    "kubernetes-admin",
];

/// How names begin that Kubernetes gives.
const BEGINNINGS: [&str; 5] =
    ["system:serviceaccounts:", "system:serviceaccount:", "system:bootstrappers:", "system:node:", "system:"];

/// The name that another one looks like, or what it begins like; `None` when it looks like itself alone.
pub(super) fn looks_like(name: &str) -> Option<&'static str> {
    let seen = as_seen(name);
    if seen == name {
        return None;
    }
    let whole = KNOWN.into_iter().find(|known| *known == seen && *known != name);
    whole.or_else(|| {
        BEGINNINGS.into_iter().find(|beginning| seen.starts_with(beginning) && !name.starts_with(beginning))
    })
}

/// Whether a name has characters that nobody sees: blanks around it, or some without a shape.
pub(super) fn has_unseen(name: &str) -> bool {
    name.trim() != name || name.chars().any(is_unseen)
}

/// A name as a reader takes it.
fn as_seen(name: &str) -> String {
    name.trim().chars().filter(|letter| !is_unseen(*letter)).map(letter).collect()
}

/// Characters without a shape: controls, joiners, marks of direction, variation selectors, fillers, tags.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// A letter as a reader takes it: of the Latin alphabet, in lower case.
fn letter(letter: char) -> char {
    let narrow = match letter {
        // The full-width forms of ASCII, in its order.
        '\u{ff01}'..='\u{ff5e}' => {
            u32::from(letter).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(letter)
        }
        _ => letter,
    };
    let lower = narrow.to_lowercase().next().unwrap_or(narrow);
    match lower {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'ҽ' => 'e',
        'һ' | 'հ' | 'н' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | 'ⅼ' => 'l',
        'м' | 'μ' | 'ⅿ' => 'm',
        'п' | 'η' | 'ո' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'г' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' => 'y',
        '꞉' | '∶' | 'ː' | '։' | '׃' | '˸' => ':',
        '\u{2010}'..='\u{2015}' | '−' | '﹣' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{has_unseen, looks_like};

    #[test]
    fn names_that_look_like_others() {
        for (name, like) in [
            ("system:masters", None),
            ("system:mаsters", Some("system:masters")),
            ("ѕуѕтем:маѕтегѕ", Some("system:masters")),
            ("ｓｙｓｔｅｍ：ｍａｓｔｅｒｓ", Some("system:masters")),
            ("System:Masters", Some("system:masters")),
            ("system:masters ", Some("system:masters")),
            ("sys\u{200b}tem:masters", Some("system:masters")),
            ("system\u{a789}anonymous", Some("system:anonymous")),
            ("system:kube\u{2011}proxy", Some("system:kube-proxy")),
            ("SYSTEM:serviceaccounts:shop", Some("system:serviceaccounts:")),
            ("System:node:a", Some("system:node:")),
            ("Kubernetes-Admin", Some("kubernetes-admin")),
            ("system:nodes:a", None),
            ("Jane", None),
            ("Müller", None),
            ("админ", None),
        ] {
            assert_eq!(looks_like(name), like, "{name:?}");
        }
        for (name, unseen) in
            [("jane", false), ("jane ", true), ("ja\u{200d}ne", true), ("Anna Maria", false)]
        {
            assert_eq!(has_unseen(name), unseen, "{name:?}");
        }
    }
}
