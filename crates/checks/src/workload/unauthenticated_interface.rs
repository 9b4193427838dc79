use seawall_inventory::ContainerView;
use seawall_inventory::image::ImageReference;

use crate::command_line::{Command, commands};

/// Repositories of products that have no authentication, or none as they are shipped, and what who reaches them does.
/// Sources: the manuals of the products, on security.
const PRODUCTS: &[(&str, &str)] = &[
    ("rayproject/ray", "runs jobs"),
    ("rayproject/ray-ml", "runs jobs"),
    ("mlflow/mlflow", "reads and changes models"),
    ("ollama/ollama", "pulls, reads and deletes models"),
    ("weaveworks/scope", "opens a shell in every container"),
    ("hjacobs/kube-ops-view", "sees all pods of the cluster"),
    ("cloudcmd", "opens a shell and edits files"),
    ("tsl0922/ttyd", "opens a shell"),
    ("wettyoss/wetty", "opens a shell"),
    ("portainer/agent", "controls all containers"),
    ("containrrr/watchtower", "updates containers"),
    ("selenium/standalone-chrome", "runs a browser in the cluster"),
    ("browserless/chrome", "runs a browser in the cluster"),
    ("apache/spark", "runs jobs"),
    ("apache/zeppelin", "runs code"),
];

/// A product whose authentication is switched off, or on, by an argument.
struct Switch {
    /// Last part of its repository, or its program; empty when the argument alone says which product it is.
    programs: &'static [&'static str],
    /// The argument, as `--name=value`; a value may also be a word of its own.
    argument: &'static str,
    product: &'static str,
    does: &'static str,
}

/// Arguments that switch authentication off. Sources: the manuals of the products.
const OFF: &[Switch] = &[
    Switch { programs: &["argocli", "argo"], argument: "--auth-mode=server", product: "Argo Workflows", does: "runs workflows" },
    Switch { programs: &["argocd", "argocd-server"], argument: "--disable-auth", product: "Argo CD", does: "deploys what he wants" },
    Switch { programs: &[], argument: "--NotebookApp.token=", product: "Jupyter", does: "runs code" },
    Switch { programs: &[], argument: "--ServerApp.token=", product: "Jupyter", does: "runs code" },
    Switch { programs: &[], argument: "--IdentityProvider.token=", product: "Jupyter", does: "runs code" },
    Switch { programs: &["code-server"], argument: "--auth=none", product: "code-server", does: "runs code" },
    Switch { programs: &["filebrowser"], argument: "--noauth", product: "File Browser", does: "changes files" },
];

/// Products that authenticate only when an argument, or a variable, gives them a key.
const ON: &[(&str, &str, &str, &str)] = &[("vllm-openai", "--api-key", "VLLM_API_KEY", "uses the model")];

crate::check::check! {
    /// Interface without authentication of its own
    ///
    /// ## What it finds
    /// Containers of products whose interface asks nobody who he is unless another program stands before it: consoles of
    /// machine learning and of the cluster that run what they are told; and those whose authentication an argument switches
    /// off (`argocd-server --disable-auth`, `--ServerApp.token=` of Jupyter) or does not switch on (`--api-key` of vLLM). Which ones
    /// is a table in the check.
    ///
    /// ## Why it matters
    /// Whoever reaches the port, from any pod when no NetworkPolicy says otherwise, runs code in the container with the
    /// rights of its service account, or reads what it manages. Such interfaces are searched for on the internet day and
    /// night.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: head
    ///     image: rayproject/ray:2.49.0   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: workflows
    ///     image: quay.io/argoproj/argocli:v3.7.0
    ///     args: [server, --auth-mode, server]   # <- finding
    ///   - name: notebook
    ///     image: registry.example/notebook:1.0
    ///     command: [sh, -c]
    ///     args:
    ///     - exec jupyter lab --ServerApp.token='' --ip 0.0.0.0   # <- finding
    ///   - name: model
    ///     image: vllm/vllm-openai:v0.11.0   # <- finding
    ///     args: [--model, example/model]
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   - name: workflows
    ///     image: quay.io/argoproj/argocli:v3.7.0
    ///     args: [server, --auth-mode, client]
    ///   - name: notebook
    ///     image: registry.example/notebook:1.0
    ///     command: [jupyter, lab, "--ServerApp.token=$(TOKEN)"]
    ///   - name: model
    ///     image: vllm/vllm-openai:v0.11.0
    ///     env:
    ///     - name: VLLM_API_KEY
    ///       valueFrom:
    ///         secretKeyRef:
    ///           name: model
    ///           key: api-key
    /// ```
    /// ## How to fix
    /// Put an authenticating proxy before it, let it listen on the loopback only, and let a NetworkPolicy admit nobody
    /// else. When that is done, suppress this finding with that reason.
    ///
    /// ## References
    /// - Microsoft Threat Matrix for Kubernetes: Exposed sensitive interfaces
    /// - CVE-2023-48022 (Ray: jobs API without authentication)
    id: "SW1056",
    name: "unauthenticated-interface",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0021", Narrower, "by image; whether it is reachable comes with the network checks"),
    ],
    fn run(container, out) {
        let image = ImageReference::parse(&container.container.image).ok();
        let is_product = |product: &str| image.as_ref().is_some_and(|image| image.is_of(product));
        let told = |product: &str, does: &str| {
            format!("container `{}` is `{product}`: who reaches it {does}, unasked", container.name())
        };
        if let Some((product, does)) = PRODUCTS.iter().find(|(product, _)| is_product(product)) {
            out.fail(container.path("image"), told(product, does)).value(&container.container.image);
            return;
        }
        if container.container.command.is_empty() && container.container.args.is_empty() && !ON.iter().any(|on| is_product(on.0)) {
            return;
        }
        let commands = commands(container);
        for command in &commands {
            let applies = |switch: &&Switch| {
                let programs = switch.programs;
                let is_one = programs.iter().any(|name| is_product(name) || command.program() == *name);
                (programs.is_empty() || is_one) && has_argument(command, switch.argument)
            };
            if let Some(switch) = OFF.iter().find(applies) {
                out.fail(command.path(container), told(switch.product, switch.does)).value(switch.argument);
                return;
            }
        }
        for (product, argument, variable, does) in ON {
            if !is_product(product) || is_switched_on(container, &commands, argument, variable) {
                continue;
            }
            if !container.container.env_from.is_empty() {
                out.unknown("whole objects are put into the environment, which may hold the key that is asked for");
                continue;
            }
            out.fail(container.path("image"), told(product, does)).missing("no key is asked for");
        }
    }
}

/// Whether a command has an argument, given as `--name`, or as `--name=value` in one word or two.
fn has_argument(command: &Command<'_>, argument: &str) -> bool {
    let Some((name, value)) = argument.split_once('=') else { return command.words.contains(&argument) };
    let unquoted = |text: &str| text.trim_matches(['\'', '"']) == value;
    let mut words = command.words.iter().peekable();
    while let Some(word) = words.next() {
        let own = word.strip_prefix(name);
        if own.and_then(|rest| rest.strip_prefix('=')).is_some_and(unquoted) {
            return true;
        }
        if own == Some("") && !value.is_empty() && words.peek().is_some_and(|next| unquoted(next)) {
            return true;
        }
    }
    false
}

/// Whether an argument, or a variable, switches the authentication of a product on.
fn is_switched_on(container: &ContainerView<'_>, commands: &[Command<'_>], argument: &str, variable: &str) -> bool {
    let given = |word: &&str| word.strip_prefix(argument).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
    commands.iter().flat_map(|command| &command.words).any(given)
        || container.container.env.iter().any(|own| own.name == variable)
}
