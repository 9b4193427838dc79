use seawall_finding::{Fix, Param, ParamDefault, Safety, Severity};

use super::projected_tokens::projected_tokens;

/// What the API server takes for the kubelet's own request, and lengthens (`WarnOnlyBoundTokenExpirationSeconds`).
const LENGTHENED: i64 = 3607;
/// What the API server accepts.
const SHORTEST: i64 = 600;
const LONGEST: i64 = 1 << 32;

crate::check::check! {
    /// Projected token that lives long
    ///
    /// ## What it finds
    /// `serviceAccountToken` sources of projected volumes that ask for more than a day (parameter `seconds`), or for 3607 seconds without an
    /// `audience`: by that number the API server knows its own request for `kube-api-access` volumes, and makes it a year. Lifetimes
    /// below 600 or above 2^32 seconds are refused, and the pods with them: medium. How far
    /// `--service-account-max-token-expiration` cuts lifetimes is not known here.
    ///
    /// ## Why it matters
    /// A token that was stolen, from a log or a proxy, works until it expires or its pod is deleted. The kubelet renews tokens long before
    /// that, so programs gain nothing by a longer life. It is in `strict`: it helps nobody but a thief, who needs another weakness first.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     volumeMounts:
    ///     - name: tokens
    ///       mountPath: /run/tokens
    ///   volumes:
    ///   - name: tokens
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: vault
    ///           audience: vault
    ///           expirationSeconds: 31536000   # <- finding
    ///       - serviceAccountToken:
    ///           path: api
    ///           expirationSeconds: 3607   # <- finding
    ///       - serviceAccountToken:
    ///           path: short
    ///           audience: vault
    ///           expirationSeconds: 60   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     volumeMounts:
    ///     - name: tokens
    ///       mountPath: /run/tokens
    ///   volumes:
    ///   - name: tokens
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: vault
    ///           audience: vault
    ///           expirationSeconds: 3607
    ///       - serviceAccountToken:
    ///           path: day
    ///           audience: vault
    ///           expirationSeconds: 86400
    ///       - serviceAccountToken:
    ///           path: least
    ///           expirationSeconds: 600
    ///       - serviceAccountToken:
    ///           path: api
    /// ```
    /// ```yaml good
    /// # with seconds: 4294967296
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///   volumes:
    ///   - name: kube-api-access-x7k2p
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: token
    ///           expirationSeconds: 3607
    ///   - name: tokens
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: longest
    ///           expirationSeconds: 4294967296
    /// ```
    /// ## How to fix
    /// Leave `expirationSeconds` out: the token lives an hour, and the kubelet writes a new one into the file in time. The program has to
    /// read the file again.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go: SetDefaults_ServiceAccountTokenProjection
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateProjectionSources
    /// - k8s.io/kubernetes v1.36.3 pkg/registry/core/serviceaccount/storage/token.go, pkg/serviceaccount/claims.go
    id: "SW4008",
    name: "long-lived-projected-token",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    params: [Param {
        name: "seconds",
        doc: "The longest life that is not found.",
        default: ParamDefault::Int(86_400),
    }],
    fn run(pod, out) {
        let mut any = false;
        let longest = out.param_int("seconds");
        for token in projected_tokens(pod) {
            any = true;
            // The API server's default is an hour.
            let Some(seconds) = token.source.expiration_seconds else { continue };
            let refused = !(SHORTEST..=LONGEST).contains(&seconds);
            let lengthened = seconds == LENGTHENED
                && token.source.audience.is_empty()
                && !token.volume.name.starts_with("kube-api-access-");
            if !refused && !lengthened && seconds <= longest {
                continue;
            }
            let path = token.path().field("expirationSeconds");
            let fix = Fix::remove(path.clone(), Safety::Safe);
            let volume = &token.volume.name;
            let (message, severity) = if refused {
                (format!("a token in volume `{volume}` asks for a life that the API server refuses"), Severity::Medium)
            } else if lengthened {
                (format!("a token in volume `{volume}` asks for 3607 seconds, of which the API server makes a year"), Severity::Low)
            } else {
                (format!("a token in volume `{volume}` lives for {}", life(seconds)), Severity::Low)
            };
            out.fail(path, message).value(seconds.to_string()).severity(severity).fix(fix).about(token.place());
        }
        if !any {
            out.not_applicable();
        }
    }
}

/// `90 days`, or seconds when it is less than two days.
fn life(seconds: i64) -> String {
    match seconds / 86_400 {
        0 | 1 => format!("{seconds} seconds"),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::life;

    #[test]
    fn long_lives_are_told_in_days() {
        for (seconds, told) in
            [(90_000, "90000 seconds"), (172_799, "172799 seconds"), (172_800, "2 days"), (31_536_000, "365 days")]
        {
            assert_eq!(life(seconds), told);
        }
    }
}
