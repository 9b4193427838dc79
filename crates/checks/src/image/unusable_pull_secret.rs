use seawall_finding::Severity;
use seawall_inventory::Object;
use seawall_inventory::kinds::{ImagePullSecret, Secret};
use seawall_yaml::Path;

use crate::Out;

/// The types that the kubelet pulls with, and the key that each must have.
const USABLE: [(&str, &str); 2] =
    [("kubernetes.io/dockerconfigjson", ".dockerconfigjson"), ("kubernetes.io/dockercfg", ".dockercfg")];

crate::check::check! {
    /// Pull secret that the kubelet cannot use
    ///
    /// ## What it finds
    /// `imagePullSecrets`, of pods and of service accounts, that name a Secret of another type than
    /// `kubernetes.io/dockerconfigjson` (or the older `kubernetes.io/dockercfg`), or one without the key of its type; and
    /// entries with an empty name. A Secret that is not among the objects read is unknown.
    ///
    /// ## Why it matters
    /// The kubelet passes over such a Secret without an error and asks the registry as nobody: images of private repositories are
    /// not pulled, and the pods stay in `ImagePullBackOff`.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: registry
    /// stringData:
    ///   .dockerconfigjson: "{}"
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   imagePullSecrets:
    ///   - name: registry   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    /// imagePullSecrets:
    /// - name: ""   # <- finding: low
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: registry
    /// type: kubernetes.io/dockerconfigjson
    /// stringData:
    ///   .dockerconfigjson: "{}"
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   imagePullSecrets:
    ///   - name: registry
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Make the Secret anew: `kubectl create secret docker-registry registry --docker-server=…`; the type of a Secret cannot be
    /// changed. In a template of an ExternalSecret or SealedSecret set `type: kubernetes.io/dockerconfigjson`.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/credentialprovider/secrets/secrets.go, pkg/api/pod/warnings.go
    /// - Kubernetes documentation: Pull an Image from a Private Registry
    id: "SW5011",
    name: "unusable-pull-secret",
    severity: Medium,
    scope: Object,
    subjects: ["pods", "ServiceAccount"],
    reads: ["Secret", "SealedSecret.bitnami.com", "ExternalSecret.external-secrets.io"],
    since: "0.1.0",
    profile: Default,
    peers: [
        popeye("POP-305", Narrower, "a Secret that is not among the objects read is unknown; one of the wrong type fails here only"),
    ],
    fn run(object, out) {
        let mut any = false;
        if let Some(account) = object.body.service_account() {
            any |= !account.image_pull_secrets.is_empty();
            judge(object, &account.image_pull_secrets, &|| Path::root().field("imagePullSecrets"), out);
        }
        for pod in out.snapshot().pods_of(object) {
            any |= !pod.spec().image_pull_secrets.is_empty();
            judge(object, &pod.spec().image_pull_secrets, &|| pod.path("imagePullSecrets"), out);
        }
        if !any {
            out.not_applicable();
        }
    }
}

/// Judges references of `object` that stand in a list at `place`.
fn judge(object: &Object, references: &[ImagePullSecret], place: &dyn Fn() -> Path, out: &mut Out<'_>) {
    for (index, reference) in references.iter().enumerate() {
        let name = reference.name.as_str();
        let path = || place().index(index).key("name");
        if name.is_empty() {
            out.fail(path(), "a pull secret without a name is none").value("").severity(Severity::Low);
            continue;
        }
        match usability(object, name, out) {
            Usability::Usable => {}
            Usability::Unknown(reason) => out.unknown(reason),
            Usability::Unusable(why) => {
                let message = format!("the kubelet does not pull images with Secret `{name}`: {why}");
                out.fail(path(), message).value(name).keyed(name);
            }
        }
    }
}

enum Usability {
    Usable,
    Unusable(String),
    Unknown(&'static str),
}

/// What the definitions of a Secret agree about; of what makes it when it is not read itself.
fn usability(object: &Object, name: &str, out: &Out<'_>) -> Usability {
    let snapshot = out.snapshot();
    let mut said: Option<Result<(), String>> = None;
    let secrets = snapshot.named(object, "", "Secret", name).filter_map(|found| found.body.secret());
    for judged in secrets.map(of_secret) {
        match &said {
            Some(before) if before.is_ok() != judged.is_ok() => {
                return Usability::Unknown("the Secret is defined twice, once with another type");
            }
            _ => said = Some(judged),
        }
    }
    match said {
        Some(Ok(())) => return Usability::Usable,
        Some(Err(why)) => return Usability::Unusable(why),
        None => {}
    }
    let sealed = snapshot.named(object, "bitnami.com", "SealedSecret", name);
    let external = snapshot.named(object, "external-secrets.io", "ExternalSecret", name);
    let sealed = sealed.filter_map(|found| Some(found.body.sealed_secret()?.template.type_.as_str()));
    let external = external.filter_map(|found| {
        let target = &found.body.external_secret()?.target;
        let makes_it = target.name.is_empty() || target.name == name;
        makes_it.then(|| target.template.as_deref().map_or("", |template| template.type_.as_str()))
    });
    // Keys of it may come from many places: the type alone is judged.
    let mut types = sealed.chain(external);
    match (types.next(), types.next()) {
        (Some(type_), None) if is_usable(type_) => Usability::Usable,
        (Some(type_), None) => Usability::Unusable(of_type(type_)),
        _ => Usability::Unknown("the Secret is not among the objects read"),
    }
}

fn of_secret(secret: &Secret) -> Result<(), String> {
    let Some((_, key)) = USABLE.iter().find(|(type_, _)| *type_ == secret.type_) else {
        return Err(of_type(&secret.type_));
    };
    let has_key = secret.data.get(key).is_some() || secret.string_data.get(key).is_some();
    if has_key { Ok(()) } else { Err(format!("it has no key `{key}`")) }
}

fn is_usable(type_: &str) -> bool {
    USABLE.iter().any(|(usable, _)| *usable == type_)
}

fn of_type(type_: &str) -> String {
    format!("its type is `{}`", if type_.is_empty() { "Opaque" } else { type_ })
}
