//! Ways in which answers go wrong.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use seawall_rig::{Asked, Fate, Response, Upstream};

/// A way in which lists go wrong, and what is told of it; nothing when it does no harm.
pub struct Case {
    pub name: &'static str,
    pub judge: fn(&Asked, &Upstream) -> Fate,
    pub problems: &'static [&'static str],
}

/// How often a list was asked for that ends in the storm of `a storm`.
pub static STORM: AtomicUsize = AtomicUsize::new(0);

pub fn if_secrets(asked: &Asked, fate: Fate) -> Fate {
    if asked.lists("secrets") { fate } else { Fate::Pass }
}

pub const CASES: &[Case] = &[
    Case { name: "nothing", judge: |_, _| Fate::Pass, problems: &[] },
    Case {
        name: "of what metadata is enough no more is asked",
        judge: |asked, _| match asked.accepts("as=PartialObjectMetadataList") {
            light if light == (asked.lists("namespaces") || asked.lists("nodes")) => Fate::Pass,
            _ => Fate::Replaced(Response::status(406, "as something else")),
        },
        problems: &[],
    },
    Case {
        name: "each answer breaks off once",
        judge: |asked, _| {
            if asked.before == 0 && asked.lists("serviceaccounts") { Fate::Broken } else { Fate::Pass }
        },
        problems: &[],
    },
    Case {
        name: "it has too much to do for a moment",
        judge: |asked, _| match asked.before {
            0 | 1 => Fate::Replaced(Response::status(429, "too many requests").retry_after(0)),
            _ => Fate::Pass,
        },
        problems: &[],
    },
    Case {
        name: "a storm",
        judge: |asked, _| {
            STORM.fetch_add(usize::from(asked.lists("secrets")), Ordering::Relaxed);
            if_secrets(asked, Fate::Replaced(Response::status(429, "too many requests").retry_after(0)))
        },
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: too many requests (it asks to wait for 0 s) (the API \
                     server has too much to do, or a flow schema gives this user too little; ask again later)",
        ],
    },
    Case {
        name: "it asks to wait for a day",
        judge: |asked, _| {
            if_secrets(asked, Fate::Replaced(Response::status(429, "too many").retry_after(86_400)))
        },
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: too many (it asks to wait for 86400 s) (the API",
        ],
    },
    Case {
        name: "an error of its own",
        judge: |asked, _| if_secrets(asked, Fate::Replaced(Response::status(500, "etcdserver: no leader"))),
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: etcdserver: no leader (ask again later; if it stays",
        ],
    },
    Case {
        name: "a proxy's error",
        judge: |asked, _| if_secrets(asked, Fate::Replaced(Response::page(403, "<html>no</html>"))),
        problems: &[
            "list-refused c/api/v1/secrets: secrets may not be listed (allow `list` on secrets, or say \
                     --allow-incomplete; what was refused: Forbidden)",
        ],
    },
    Case {
        name: "a token that expires meanwhile",
        judge: |asked, _| if_secrets(asked, Fate::Replaced(Response::status(401, "Unauthorized"))),
        problems: &[
            "list-refused c/api/v1/secrets: secrets cannot be listed: the API server no longer accepts the credentials: \
                     Unauthorized (log in again",
        ],
    },
    Case {
        name: "half of the JSON",
        judge: |asked, _| if_secrets(asked, Fate::Truncated),
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer cannot be read: the JSON ends too early (see \
                     what answers",
        ],
    },
    Case {
        name: "half of the rest",
        judge: |asked, _| match asked.field("continue") {
            Some(_) if asked.lists("serviceaccounts") => Fate::Truncated,
            _ => Fate::Pass,
        },
        problems: &[
            "list-failed c/api/v1/serviceaccounts: serviceaccounts cannot be listed beyond the first 500: the answer cannot \
                     be read: the JSON ends too early (see what",
        ],
    },
    Case {
        name: "a page to log in at",
        judge: |asked, _| {
            let page = Response::page(200, "<!doctype html><title>Log in</title>");
            if_secrets(asked, Fate::Replaced(page))
        },
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer cannot be read: it is not the JSON of a list \
                     (from byte 0 on) (see what",
        ],
    },
    Case {
        name: "an empty object",
        judge: |asked, _| if_secrets(asked, Fate::Replaced(Response::page(200, "{}"))),
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer cannot be read: it is not a list (see what",
        ],
    },
    Case {
        name: "an answer without end",
        judge: |asked, _| if_secrets(asked, Fate::Endless),
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer is longer than 32 MiB (see what",
        ],
    },
    Case {
        name: "an answer that is too long as long as much is asked for",
        judge: |asked, _| match asked.field("limit") {
            Some("500") if asked.lists("secrets") => Fate::Endless,
            _ => Fate::Pass,
        },
        problems: &[],
    },
    Case {
        name: "the same chunk again and again",
        judge: |asked, upstream| {
            let mut answer = upstream.ask(asked);
            if asked.lists("serviceaccounts") && asked.field("continue").is_some() {
                answer = Response {
                    status: 200,
                    body: br#"{"kind":"ServiceAccountList","metadata":{"continue":"same"},"items":[]}"#
                        .to_vec(),
                    ..answer
                };
            }
            Fate::Replaced(answer)
        },
        problems: &[
            "list-failed c/api/v1/serviceaccounts: serviceaccounts cannot be listed beyond the first 500: the list has no \
                     end: its chunks lead to ever more (see what",
        ],
    },
    Case {
        name: "a list that took too long, of which nothing leads to the rest",
        judge: |asked, _| match asked.field("continue") {
            Some(_) if asked.lists("serviceaccounts") && asked.before == 0 => {
                Fate::Replaced(Response::status(410, "The provided continue parameter is too old"))
            }
            _ => Fate::Pass,
        },
        problems: &[],
    },
    Case {
        name: "only the core group",
        judge: |asked, _| if asked.target == "/apis" { Fate::Truncated } else { Fate::Pass },
        problems: &[
            "cluster-silent c/apis: the API server cannot be asked: the answer cannot be read: the JSON ends too early",
        ],
    },
    Case {
        name: "no API server",
        judge: |_, _| Fate::Replaced(Response::page(200, "<!doctype html><title>Log in</title>")),
        problems: &[
            "cluster-silent c: the API server cannot be asked: the answer cannot be read: it is not JSON",
        ],
    },
    Case {
        name: "another place",
        judge: |_, _| {
            let headers = "Location: http://127.0.0.1:9/\r\n".to_owned();
            Fate::Replaced(Response { status: 302, headers, body: Vec::new() })
        },
        problems: &["cluster-silent c: the API server does not say what it serves: Found (ask again later"],
    },
    Case {
        name: "more to do than it can",
        judge: |_, _| Fate::Replaced(Response::status(429, "too many requests").retry_after(0)),
        problems: &[
            "cluster-silent c: the API server does not say what it serves: too many requests (it asks to wait for 0 s) (the API \
                     server has too much to do",
        ],
    },
    Case {
        name: "a gateway without an API server",
        judge: |_, _| Fate::Replaced(Response::page(502, "<h1>Bad Gateway</h1>").retry_after(0)),
        problems: &[
            "cluster-silent c: the API server does not say what it serves: Bad Gateway (it asks to wait for 0 s) (ask again",
        ],
    },
    Case {
        name: "a slow one",
        judge: |asked, _| {
            let slow = asked.path() == "/apis" || asked.lists("secrets") || asked.lists("roles");
            if slow { Fate::Slow(4, Duration::from_millis(20)) } else { Fate::Pass }
        },
        problems: &[],
    },
    Case { name: "an old one", judge: |asked, upstream| old(asked, upstream, |_| None), problems: &[] },
    Case {
        name: "an old one, which does not say what a version holds",
        judge: |asked, upstream| {
            old(asked, upstream, |path| match path {
                "/apis/apps/v1" => Some(Response::status(500, "etcdserver: no leader")),
                "/apis/batch/v1" => Some(Response::page(200, r#"{"kind":"APIResourceList","resources":["#)),
                "/apis/policy/v1" => Some(Response::page(200, r#"{"kind":"Status"}"#)),
                _ => None,
            })
        },
        problems: &[
            "extension-silent c/apps/v1: nobody says what apps/v1 holds: etcdserver: no leader (see why",
            "extension-silent c/batch/v1: nobody says what batch/v1 holds: the answer cannot be read: the JSON ends too early",
            "extension-silent c/policy/v1: nobody says what policy/v1 holds: the answer cannot be read: it is not an \
                     APIResourceList (see why",
        ],
    },
    Case {
        name: "an old one, which names what is no version",
        judge: |asked, upstream| {
            let groups = r#"{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"version":"../../api/v1/secrets"},
                {"version":"v1"}]},{"name":"../x","versions":[{"version":"v1"}]},{"name":"batch","versions":null}]}"#;
            old(asked, upstream, |path| (path == "/apis").then(|| Response::page(200, groups)))
        },
        problems: &[
            "extension-silent c/apps/../../api/v1/secrets: nobody says what apps/../../api/v1/secrets holds: the answer cannot be \
                     read: no version has such a name (see why",
        ],
    },
    Case {
        name: "an old one, whose core group is not described",
        judge: |asked, upstream| {
            old(asked, upstream, |path| (path == "/api/v1").then(|| Response::status(500, "no leader")))
        },
        problems: &["cluster-silent c: the API server does not say what it serves: no leader (ask again"],
    },
];

/// What an API server without aggregated discovery answers, but for paths that are answered by this.
fn old(asked: &Asked, upstream: &Upstream, other: impl Fn(&str) -> Option<Response>) -> Fate {
    let path = asked.path();
    Fate::Replaced(match other(path) {
        Some(response) => response,
        None if matches!(path, "/api" | "/apis") => upstream.ask_for("application/json", asked),
        None => return Fate::Pass,
    })
}
