//! Workloads as people write them, from a seed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use seawall_rig::Random;

/// Workloads in one file, as in a rendered chart.
const PER_FILE: usize = 20;

/// Writes `count` workloads below `folder`. The same count gives the same bytes.
pub fn write(count: usize, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let mut random = Random::seeded(0x5EA3_A11D);
    for (number, start) in (0..count).step_by(PER_FILE).enumerate() {
        let mut text = String::new();
        for index in start..(start + PER_FILE).min(count) {
            workload(&mut text, index, &mut random)?;
        }
        // A folder holds a thousand files at most, as in a large GitOps repository.
        let below = folder.join(format!("team-{:03}", number / 1000));
        fs::create_dir_all(&below)?;
        fs::write(below.join(format!("app-{number:06}.yaml")), text)?;
    }
    Ok(())
}

/// `count` workloads, each as a text of its own.
pub fn texts(count: usize) -> anyhow::Result<Vec<String>> {
    let mut random = Random::seeded(0x5EA3_A11D);
    let text = |index| {
        let mut text = String::new();
        workload(&mut text, index, &mut random)?;
        Ok(text)
    };
    (0..count).map(text).collect()
}

fn workload(text: &mut String, index: usize, random: &mut Random) -> std::fmt::Result {
    let kind = ["Deployment", "StatefulSet", "DaemonSet"][..].get(random.below(3)).unwrap_or(&"Deployment");
    let namespace = random.below(200);
    write!(
        text,
        "---\napiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: app-{index}\n  namespace: team-{namespace}\n  labels:\n    \
         app.kubernetes.io/name: app-{index}\n    app.kubernetes.io/part-of: suite-{}\nspec:\n  replicas: {}\n  selector:\n    \
         matchLabels:\n      app.kubernetes.io/name: app-{index}\n  template:\n    metadata:\n      labels:\n        \
         app.kubernetes.io/name: app-{index}\n    spec:\n      serviceAccountName: app-{index}\n",
        random.below(40),
        1 + random.below(5),
    )?;
    if random.chance(60) {
        text.push_str("      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n");
    }
    if random.chance(3) {
        text.push_str("      hostNetwork: true\n");
    }
    text.push_str("      containers:\n");
    for container in 0..1 + random.below(3) {
        write!(
            text,
            "      - name: c{container}\n        image: registry.example/team-{namespace}/app-{index}:1.{}.{}\n        ports:\n        \
             - name: http-{container}\n          containerPort: {}\n        env:\n",
            random.below(20),
            random.below(30),
            8000 + random.below(1000),
        )?;
        for variable in 0..random.below(8) {
            writeln!(
                text,
                "        - name: SETTING_{variable}\n          value: \"{}\"",
                random.below(1_000_000)
            )?;
        }
        if random.chance(70) {
            text.push_str(
                "        resources:\n          requests:\n            cpu: 100m\n            memory: 128Mi\n          limits:\n            \
                 memory: 256Mi\n",
            );
        }
        if random.chance(60) {
            text.push_str(
                "        securityContext:\n          allowPrivilegeEscalation: false\n          readOnlyRootFilesystem: true\n          \
                 capabilities:\n            drop: [ALL]\n",
            );
        }
        if random.chance(2) {
            text.push_str("        # Needs the host's devices.\n        volumeMounts:\n        - name: host\n          mountPath: /host\n");
        }
        if random.chance(60) {
            writeln!(
                text,
                "        livenessProbe:\n          httpGet:\n            path: /healthz\n            port: http-{container}"
            )?;
        }
    }
    if random.chance(5) {
        text.push_str("      volumes:\n      - name: host\n        hostPath:\n          path: /var/log\n");
    }
    Ok(())
}
