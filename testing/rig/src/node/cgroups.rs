//! The cgroups of a node: one of its own in each hierarchy, below that of this process.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// What the kubelet refuses to be without (`validateSystemRequirements` in
/// k8s.io/kubernetes/pkg/kubelet/cm/container_manager_linux.go, v1.36.3), and what runc sets for every container.
const NEEDED: &[&str] = &["cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids"];

/// How long the kernel may take to make an end of processes that have been killed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder in each hierarchy, which is removed with all below when this is dropped.
pub(super) struct Cgroups {
    hierarchies: Vec<Hierarchy>,
}

/// A hierarchy of cgroups, version 1.
struct Hierarchy {
    /// What it is mounted by, such as `cpu,cpuacct`, or `name=systemd` for one that counts processes alone.
    controllers: String,
    folder: PathBuf,
}

impl Cgroups {
    /// Makes folders of this name.
    pub(super) fn make(name: &str) -> Result<Cgroups> {
        let read = |path: &str| fs::read_to_string(path).with_context(|| format!("cannot read {path}"));
        let mut cgroups = Cgroups { hierarchies: Vec::new() };
        for (controllers, parent) in hierarchies(&read("/proc/self/cgroup")?, &read("/proc/self/mountinfo")?)
        {
            let folder = parent.join(name);
            fs::create_dir(&folder)
                .with_context(|| format!("cannot make the cgroup {}", folder.display()))?;
            cgroups.hierarchies.push(Hierarchy { controllers, folder });
        }
        let controllers = cgroups.controllers().replace(',', " ");
        let known: Vec<&str> = controllers.split(' ').collect();
        let missing: Vec<&str> = NEEDED.iter().filter(|needed| !known.contains(needed)).copied().collect();
        ensure!(
            missing.is_empty(),
            "the kernel has no hierarchy of cgroups, version 1, for {}: where version 2 has them, start it with \
             systemd.unified_cgroup_hierarchy=0",
            missing.join(", ")
        );
        for Hierarchy { folder, .. } in &cgroups.hierarchies {
            // Empty in a new one, which then takes no process (cpusets(7)).
            for setting in ["cpuset.cpus", "cpuset.mems"] {
                let (path, parent) = (folder.join(setting), folder.with_file_name(setting));
                if path.exists() {
                    let value =
                        fs::read(&parent).with_context(|| format!("cannot read {}", parent.display()))?;
                    fs::write(&path, value).with_context(|| format!("cannot write {}", path.display()))?;
                }
            }
        }
        Ok(cgroups)
    }

    /// The controllers of each hierarchy, with a blank between hierarchies.
    pub(super) fn controllers(&self) -> String {
        self.hierarchies.iter().map(|hierarchy| hierarchy.controllers.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.hierarchies.iter().map(|hierarchy| hierarchy.folder.as_path())
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        let started = Instant::now();
        for Hierarchy { folder, .. } in &self.hierarchies {
            // Busy while a process in it is not quite dead.
            while remove(folder).is_err() && started.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// Only folders can be removed here; the files in them are the kernel's.
fn remove(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove(&path)?;
        }
    }
    match fs::remove_dir(folder) {
        Err(error) if folder.exists() => bail!(error),
        _ => Ok(()),
    }
}

/// The hierarchies of version 1, and where each has the cgroup of this process (cgroups(7)).
fn hierarchies(cgroup: &str, mounts: &str) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for line in cgroup.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        // The hierarchy of version 2.
        if controllers.is_empty() {
            continue;
        }
        // Fields of proc_pid_mountinfo(5): the fourth is what of the hierarchy is mounted, the fifth where.
        let mounted = mounts.lines().find_map(|line| {
            let (place, kind) = line.split_once(" - cgroup ")?;
            let of = kind.split(' ').nth(1)?.split(',').collect::<Vec<_>>();
            if !controllers.split(',').all(|controller| of.contains(&controller)) {
                return None;
            }
            let mut place = place.split(' ').skip(3);
            let (root, at) = (place.next()?, place.next()?);
            let below = Path::new(path).strip_prefix(root).ok()?;
            Some(Path::new(at).join(below))
        });
        if let Some(folder) = mounted {
            found.push((controllers.to_owned(), folder));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::hierarchies;

    #[test]
    fn where_this_process_is_in_each_hierarchy() {
        let cgroup = "4:memory:/a/b\n3:cpu,cpuacct:/\n2:pids:/c/d\n1:name=systemd:/\n9:freezer:/\n0::/\n";
        let mounts = "\
            33 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
            36 31 0:33 /c /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n\
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n\
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
        let expected = [
            ("memory", "/sys/fs/cgroup/memory/a/b"),
            ("cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"),
            ("pids", "/sys/fs/cgroup/pids/d"),
            ("name=systemd", "/sys/fs/cgroup/systemd"),
        ];
        let expected = expected.map(|(controllers, folder)| (controllers.to_owned(), PathBuf::from(folder)));
        assert_eq!(hierarchies(cgroup, mounts), expected);
    }
}
