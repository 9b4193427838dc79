//! The DNS of a cluster, where its pods are not among what was read.

use anyhow::{Result, bail};
use seawall_inventory::{Change, Provenance, Snapshot};
use seawall_yaml::Limits;

use crate::console::Console;

/// Pods as those of every cluster's DNS are labelled, CoreDNS too.
const PODS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {containers: [{name: dns, image: dns, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53}]}]}
";

/// Puts them beside what was read, unless there are some. It is said.
pub(super) fn assume(snapshot: &mut Snapshot, console: &Console) -> Result<()> {
    let is_dns = |label: Option<&str>| label == Some("kube-dns");
    let mut objects = snapshot.objects.iter();
    let has_some = objects.any(|object| {
        snapshot.identity(object.reference()).namespace == "kube-system"
            && object.pods.iter().any(|pod| is_dns(pod.labels.get("k8s-app")))
    });
    if has_some {
        return Ok(());
    }
    let reading =
        seawall_inventory::read("dns".into(), PODS.as_bytes(), Provenance::Verbatim, &Limits::default());
    let [pods] = <[_; 1]>::try_from(reading.objects).or_else(|_| bail!("the pods of DNS are not read"))?;
    snapshot.apply(vec![Change::Set(Box::new(pods))]);
    console.note(
        "pods of DNS are not among what was read: it is taken for those in kube-system with the label k8s-app: kube-dns",
    );
    Ok(())
}
