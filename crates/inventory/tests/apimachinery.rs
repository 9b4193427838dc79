//! Quantities, label selectors and image references mean what Kubernetes' own packages make of them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::cmp::Ordering;

use seawall_inventory::decode::StringMap;
use seawall_inventory::image::ImageReference;
use seawall_inventory::quantity::Quantity;
use seawall_inventory::selector::{LabelSelector, LabelSelectorRequirement, Selector};
use seawall_rig::{Random, apimachinery};
use serde_json::{Value, json};

/// What cases are drawn from.
struct Draw(Random);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Mostly one of the first `good`, so that most cases hold.
    fn mostly<'a>(&mut self, good: usize, from: &[&'a str]) -> &'a str {
        if self.below(25) == 0 { self.pick(from) } else { self.pick(&from[..good]) }
    }

    fn digits(&mut self, most: usize) -> String {
        (0..self.below(most + 1)).map(|_| char::from(b"0001234567899"[self.below(13)])).collect()
    }

    /// A character changed, added or taken away, now and then.
    fn mutate(&mut self, text: &str, alphabet: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let alphabet: Vec<char> = alphabet.chars().collect();
        let at = self.below(characters.len() + 1);
        let other = alphabet[self.below(alphabet.len())];
        match self.below(12) {
            0 => characters.insert(at, other),
            1 if at < characters.len() => characters[at] = other,
            2 if at < characters.len() => drop(characters.remove(at)),
            _ => {}
        }
        characters.into_iter().collect()
    }
}

const QUANTITIES: &[&str] = &[
    "",
    "0",
    "-0",
    "+0",
    "00",
    "+",
    "-",
    ".",
    "-.",
    "+.",
    "..",
    "1.",
    ".1",
    "-.5",
    "1.5",
    "1.50",
    "1.500",
    "1.2.3",
    " 1",
    "1 ",
    "1,5",
    "0x10",
    "1_000",
    "n",
    "u",
    "m",
    "k",
    "M",
    "G",
    "T",
    "P",
    "E",
    "Ki",
    "Mi",
    "Gi",
    "Ti",
    "Pi",
    "Ei",
    ".Pi",
    "0Pi",
    "0.0Ei",
    "-Ei",
    "e",
    "e5",
    "E5",
    "e-9",
    "e-10",
    "+e-10",
    ".e-10",
    "0e-10",
    "0.e-10",
    "1n",
    "1u",
    "1m",
    "1k",
    "1K",
    "1M",
    "1G",
    "1T",
    "1P",
    "1E",
    "1Ki",
    "1ki",
    "1Mi",
    "1Gi",
    "1Ti",
    "1Pi",
    "1Ei",
    "7Ei",
    "8Ei",
    "9Ei",
    "-8Ei",
    "-9Ei",
    "1.5Gi",
    "0.5Ki",
    "0.1Ki",
    "1.1Ki",
    "0.0001Ki",
    "0.00000001Ki",
    "1e3",
    "1E3",
    "1e+3",
    "1e-3",
    "1e",
    "1E",
    "1e+",
    "1Ee3",
    "1EE",
    "1e3Ki",
    "1Ki3",
    "12e6",
    "1e18",
    "1e19",
    "1e100",
    "-1e100",
    "1.5e-9",
    "1.5e-10",
    "1e-9",
    "1e-10",
    "1e-100",
    "-1e-100",
    "0.1n",
    "-0.1n",
    "1.0000000001",
    "-1.0000000001",
    "0.999999999",
    "0.9999999999",
    "999999999n",
    "1000000000n",
    "1000m",
    "1500m",
    "1001m",
    "0.001",
    "1000",
    "1000000",
    "1024",
    "1048576",
    "1023",
    "1024Ki",
    "2048Mi",
    "1000Ki",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "9007199254740993",
    "9223372036854775807Ki",
    "9223372036854775.807k",
    "99999999999999999999999999",
    "0.00000000000000000000000001",
    "123456789012345678",
    "1234567890123456789",
    "12345678901234567.8",
    "1e4294967296",
    "1e4294967299",
    "1.5e4294967296",
    "1e9223372036854775808",
    "1000E",
    "999E",
    "1000Ei",
    "100m",
    "250M",
    "0.25Gi",
    "3.14159",
    "1i",
    "1Mii",
    "1KiB",
    "1KB",
    "1b",
    "\u{661}",
    "1\u{a0}",
    "१",
    "NaN",
    "Inf",
];

fn random_quantity(random: &mut Draw) -> String {
    let sign = random.pick(&["", "", "", "-", "+"]);
    let most = [3, 3, 8, 20, 40][random.below(5)];
    let (whole, fraction) = (random.digits(most), random.digits(most));
    let point = if fraction.is_empty() { random.pick(&["", "", "."]) } else { "." };
    let suffix = match random.below(4) {
        0 => format!("{}{}{}", random.pick(&["e", "E"]), random.pick(&["", "-", "+"]), random.digits(2)),
        1 => random.pick(&["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]).to_owned(),
        _ => random.pick(&["", "n", "u", "m", "k", "M", "G", "T", "P", "E"]).to_owned(),
    };
    let text = random.mutate(&format!("{sign}{whole}{point}{fraction}{suffix}"), "0159.eEinumkKMGTP+-x ");
    // Kubernetes writes such a value out when it rounds or compares: millions of digits.
    let huge = text.split_once(['e', 'E']).is_some_and(|(_, exponent)| exponent.len() > 4);
    if huge { random_quantity(random) } else { text }
}

#[test]
fn quantities_are_what_kubernetes_makes_of_them() {
    let mut random = Draw(Random::seeded(1));
    let mut pairs: Vec<[String; 2]> = Vec::new();
    for (index, first) in QUANTITIES.iter().enumerate() {
        for second in ["1", "0", QUANTITIES[(index * 7 + 3) % QUANTITIES.len()]] {
            pairs.push([(*first).to_owned(), second.to_owned()]);
        }
    }
    pairs.extend((0..20_000).map(|_| [random_quantity(&mut random), random_quantity(&mut random)]));
    // Near each other, so that rounding and the order of equal values matter.
    for _ in 0..5_000 {
        let first = random_quantity(&mut random);
        let second = random.mutate(&first, "0.159kKmM");
        pairs.push([first, second]);
    }
    let questions: Vec<Value> = pairs.iter().map(|pair| json!({ "quantities": pair })).collect();
    let (mut valid, mut compared) = (0, 0);
    for (pair, answer) in pairs.iter().zip(apimachinery(&questions).unwrap()) {
        let [first, second] = pair;
        let (Ok(a), b) = (first.parse::<Quantity>(), second.parse::<Quantity>()) else {
            assert!(answer["error"].is_string(), "`{first}` is refused, Kubernetes says {answer}");
            continue;
        };
        valid += 1;
        assert_eq!(answer["error"], Value::Null, "`{first}` is read as {a}");
        if let Some(canonical) = answer["canonical"].as_str() {
            assert_eq!(a.to_string(), canonical, "`{first}`");
        }
        assert_eq!(a.to_string().parse::<Quantity>().unwrap(), a, "`{first}` written as {a} and read again");
        let Ok(b) = b else { continue };
        compared += 1;
        let compare = match a.cmp(&b) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        };
        assert_eq!(answer["compare"], compare, "`{first}` and `{second}`");
        if let Some(sum) = answer["sum"].as_str() {
            assert_eq!(a.checked_add(&b).unwrap().to_string(), sum, "`{first}` + `{second}`");
        }
    }
    assert!(valid > 10_000 && compared > 8_000, "{valid} valid, {compared} compared of {}", pairs.len());
}

/// To compare or to add such values, Kubernetes would write out two billion digits.
#[test]
fn quantities_of_absurd_size_cost_nothing() {
    let huge: Quantity = "1e2147483647".parse().unwrap();
    let tiny: Quantity = "1n".parse().unwrap();
    assert!(huge > tiny);
    assert_eq!(huge.checked_add(&tiny), None);
    assert_eq!(huge.to_string(), "10e2147483646");
    assert_eq!("1e-2147483647".parse::<Quantity>().unwrap(), tiny);
    let long = format!("{}Ei", "9".repeat(100_000));
    assert_eq!(long.parse::<Quantity>().unwrap(), i64::MAX.to_string().parse().unwrap());
}

const KEYS: &[&str] = &[
    "a",
    "b",
    "app",
    "in",
    "notin",
    "app.kubernetes.io/name",
    "A_b-c.d",
    "",
    "-a",
    "a-",
    "a/b/c",
    "/a",
    "a/",
    "Ex.com/a",
    "a..b/c",
    "a b",
    "exists",
    "x.y/z",
];
const VALUES: &[&str] = &[
    "",
    "a",
    "b",
    "web",
    "1",
    "2",
    "3",
    "007",
    "9223372036854775807",
    "9223372036854775808",
    "a.b_c-d",
    "-1",
    "-x",
    "x y",
    "é",
];

type Labels = Vec<(String, String)>;

fn random_labels(random: &mut Draw) -> Labels {
    let mut labels: Labels = (0..random.below(4))
        .map(|_| (random.pick(&KEYS[..7]).to_owned(), random.pick(&VALUES[..12]).to_owned()))
        .collect();
    labels.sort();
    labels.dedup_by(|a, b| a.0 == b.0);
    labels
}

fn object(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<serde_json::Map<_, _>>().into()
}

fn random_selector(random: &mut Draw) -> LabelSelector {
    let labels = (0..random.below(2)).map(|_| (random.mostly(7, KEYS), random.mostly(11, VALUES)));
    let match_labels: StringMap = labels.collect();
    let match_expressions = (0..random.below(3)).map(|_| {
        let operator = random.mostly(4, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "in", "", "Equals"]);
        let wanted = if operator.ends_with("In") { 1 + random.below(3) } else { 0 };
        let wanted = if random.below(30) == 0 { random.below(3) } else { wanted };
        LabelSelectorRequirement {
            key: random.mostly(7, KEYS).into(),
            operator: operator.into(),
            values: (0..wanted).map(|_| random.mostly(11, VALUES).into()).collect(),
        }
    });
    LabelSelector { match_labels, match_expressions: match_expressions.collect() }
}

fn selector_json(selector: &LabelSelector) -> Value {
    let labels: Labels =
        selector.match_labels.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let expressions = selector.match_expressions.iter().map(|one| {
        let values: Vec<&str> = one.values.iter().map(|value| value.as_str()).collect();
        json!({"key": one.key.as_str(), "operator": one.operator.as_str(), "values": values})
    });
    json!({"matchLabels": object(&labels), "matchExpressions": expressions.collect::<Vec<_>>()})
}

#[test]
fn label_selectors_select_what_kubernetes_selects() {
    let mut random = Draw(Random::seeded(2));
    let mut cases: Vec<(Option<LabelSelector>, Labels)> =
        vec![(None, vec![]), (Some(LabelSelector::default()), vec![])];
    for _ in 0..12_000 {
        cases.push((Some(random_selector(&mut random)), random_labels(&mut random)));
    }
    let question = |(selector, labels): &(Option<LabelSelector>, Labels)| json!({"selector": selector.as_ref().map(selector_json), "labels": object(labels)});
    let questions: Vec<Value> = cases.iter().map(question).collect();
    let mut matching = 0;
    for ((selector, labels), answer) in cases.iter().zip(apimachinery(&questions).unwrap()) {
        let labels: StringMap = labels.iter().cloned().collect();
        let found = Selector::of(selector.as_ref()).ok().map(|selector| selector.matches(&labels));
        let expected = answer["error"].is_null().then(|| answer["matches"].as_bool().unwrap());
        assert_eq!(found, expected, "{selector:?} on {labels:?}: Kubernetes says {answer}");
        matching += usize::from(found == Some(true));
    }
    assert!(matching > 1_000, "{matching}");
}

const SELECTORS: &[&str] = &[
    "",
    " ",
    ",",
    "a",
    "!a",
    "! a",
    "!!a",
    "!",
    "a,",
    "a,,b",
    "a b",
    "a=b",
    "a==b",
    "a===b",
    "a!=b",
    "a=!b",
    "!a=b",
    "a=",
    "a!=",
    "a=,b",
    "a= b",
    "a =b,c= d",
    "a>1",
    "a<1",
    "a>x",
    "a>",
    "a>=1",
    "a in (b)",
    "a in b",
    "a in()",
    "a in (,)",
    "a in (b,)",
    "a in (,b)",
    "a in (b,,c)",
    "a in (b c)",
    "a in (b",
    "a in (",
    "a in",
    "a notin (b,c)",
    "a NotIn (b)",
    "in in (in)",
    "notin notin (notin,in)",
    "in",
    "a in (in)",
    "a=in",
    "a=notin",
    "a,b in (c),!d,e!=f",
    "a\t\n=\r b",
    "a\0b",
    "a=\0b",
    "a\0=b",
    "\0a",
    "a=b\0",
    "é=b",
    "a=é",
    "a in ((b))",
    "(a)",
    "a)",
    "a=b=c",
    "a==",
    "==",
    "=b",
    "x.y/z=1",
    "x.y/=1",
    "a in (b),",
    "a in (!b)",
];

#[test]
fn selector_strings_are_what_kubernetes_makes_of_them() {
    let mut random = Draw(Random::seeded(3));
    let mut texts: Vec<String> = SELECTORS.iter().map(|text| (*text).to_owned()).collect();
    for _ in 0..12_000 {
        let mut parts = Vec::new();
        for _ in 0..1 + random.below(3) {
            let key = random.mostly(7, KEYS).to_owned();
            let (value, other) = (random.mostly(11, VALUES), random.mostly(11, VALUES));
            parts.push(match random.below(6) {
                0 => key,
                1 => format!("!{key}"),
                2 => format!("{key} {} ({value},{other})", random.pick(&["in", "notin"])),
                _ => format!("{key}{}{value}", random.pick(&["=", "==", "!=", " = ", ">", "<"])),
            });
        }
        let text = parts.join(random.pick(&[",", ", ", " ,"]));
        texts.push(random.mutate(&text, "abn=!(),<> \t\0-/"));
    }
    let cases: Vec<(String, Labels)> =
        texts.into_iter().map(|text| (text, random_labels(&mut random))).collect();
    let questions: Vec<Value> =
        cases.iter().map(|(text, labels)| json!({"text": text, "labels": object(labels)})).collect();
    let mut matching = 0;
    for ((text, labels), answer) in cases.iter().zip(apimachinery(&questions).unwrap()) {
        let labels: StringMap = labels.iter().cloned().collect();
        let found = Selector::parse(text).ok().map(|selector| selector.matches(&labels));
        let expected = answer["error"].is_null().then(|| answer["matches"].as_bool().unwrap());
        assert_eq!(found, expected, "{text:?} on {labels:?}: Kubernetes says {answer}");
        matching += usize::from(found == Some(true));
    }
    assert!(matching > 1_000, "{matching}");
}

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const IMAGES: &[&str] = &[
    "",
    "nginx",
    "nginx:1.27",
    "nginx:",
    "nginx:latest",
    "library/nginx",
    "docker.io/nginx",
    "index.docker.io/nginx",
    "docker.io/library/nginx",
    "docker.io/a/b/c",
    "user/app",
    "localhost/app",
    "localhost:5000/app",
    "localhost:5000",
    "registry.example/app",
    "registry.example:5000/team/app:1.0",
    "registry.example:/app",
    "registry.example:x/app",
    "Registry/app",
    "Registry/App",
    "registry/App",
    "REGISTRY.example/app",
    "foo_bar.example/app",
    "foo_bar/app",
    "foo_bar:80/app",
    "-a.example/app",
    "a-.example/app",
    "a..example/app",
    ".example/app",
    "10.0.0.1/app",
    "10.0.0.1:80/app",
    "[::1]/app",
    "[::1]:5000/app:1",
    "[::1/app",
    "[]/app",
    "[fe80::1%eth0]/app",
    "a__b",
    "a___b",
    "a._b",
    "a--b",
    "a-_b",
    "a.b",
    "a..b",
    "a-",
    "_a",
    "a//b",
    "/a",
    "a/",
    "a:tag:tag",
    "a@tag",
    "a:1@",
    "a:b/c",
    "a:-b",
    "a:.b",
    "a:_b",
    "a:B.c-D_e",
    "https://registry.example/app",
    "a b",
    " a",
    "a ",
    "${IMAGE}",
    "{{ .Values.image }}",
    "a:${TAG}",
    "é/a",
    "a:é",
    "É/a",
];

#[test]
fn image_references_are_what_kubernetes_makes_of_them() {
    let mut random = Draw(Random::seeded(4));
    let mut texts: Vec<String> = IMAGES.iter().map(|text| (*text).to_owned()).collect();
    for digest in
        [HEX, &HEX[1..], &HEX.to_uppercase(), &HEX.repeat(2), &HEX[..32], &format!("{HEX}{}", &HEX[..32])]
    {
        for algorithm in ["sha256", "sha384", "sha512", "SHA256", "md5", "sha256+b64", ""] {
            texts.push(format!("registry.example/app:1@{algorithm}:{digest}"));
            texts.push(format!("app@{algorithm}:{digest}"));
        }
        texts.extend([digest.to_owned(), format!("app:{digest}"), format!("app/{digest}")]);
    }
    for length in [127, 128, 129, 240, 247, 248, 249, 254, 255, 256] {
        texts.push(format!("app:{}", "t".repeat(length)));
        texts.push("a".repeat(length));
        texts.push(format!("r.example/{}", "a".repeat(length)));
    }
    let registries =
        ["", "", "docker.io/", "r.example/", "r.example:5000/", "localhost/", "[::1]:5000/", "R/"];
    for _ in 0..15_000 {
        let registry = random.pick(&registries);
        let path: Vec<&str> = (0..1 + random.below(3))
            .map(|_| random.pick(&["a", "team", "a_b", "a__b", "a.b", "a-b", "0"]))
            .collect();
        let tag = random.pick(&["", "", ":1", ":latest", ":v1.2-rc_3"]);
        let digest = if random.below(3) == 0 { format!("@sha256:{HEX}") } else { String::new() };
        texts.push(random.mutate(&format!("{registry}{}{tag}{digest}", path.join("/")), "aA0._-/:@[]"));
    }
    let questions: Vec<Value> = texts.iter().map(|text| json!({ "image": text })).collect();
    let mut valid = 0;
    for (text, answer) in texts.iter().zip(apimachinery(&questions).unwrap()) {
        let Ok(image) = ImageReference::parse(text) else {
            assert!(answer["error"].is_string(), "{text:?} is refused, Kubernetes says {answer}");
            continue;
        };
        valid += 1;
        let part = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let expected = (part("registry"), part("repository"), part("tag"), part("digest"));
        let found = (
            image.registry.to_owned(),
            image.repository.to_string(),
            image.tag.unwrap_or_default().to_owned(),
            image.digest.unwrap_or_default().to_owned(),
        );
        assert!(answer["error"].is_null(), "{text:?} is read as {found:?}, Kubernetes says {answer}");
        assert_eq!(found, expected, "{text:?}: Kubernetes says {answer}");
    }
    assert!(valid > 8_000, "{valid}");
}
