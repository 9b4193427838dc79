//! Programs of Debian packages, unpacked into the cache folder: nothing is installed.
//!
//! apt verifies each package by Debian's signature. Upstream versions are pinned, and are those of Debian 12 as long as it
//! lives; its own revisions (`-1+deb12u3`) are fixes of security, and are taken as they come.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::cache::{self, checksum, hex};
use crate::files::files_below;
use crate::go::last_lines;

/// Packages whose programs are run, and their versions.
const PROGRAMS: &[(&str, &str)] = &[
    ("containerd", "1.6.20"),
    ("containernetworking-plugins", "1.1.1"),
    ("ipset", "7.17"),
    ("iptables", "1.8.9"),
    ("nftables", "1.0.6"),
    ("runc", "1.1.5"),
];

/// Packages that these need, but for libc.
const LIBRARIES: &[&str] = &[
    "libbsd0",
    "libedit2",
    "libgmp10",
    "libip4tc2",
    "libip6tc2",
    "libipset13",
    "libjansson4",
    "libmd0",
    "libmnl0",
    "libnetfilter-conntrack3",
    "libnfnetlink0",
    "libnftables1",
    "libnftnl11",
    "libseccomp2",
    "libtinfo6",
    "libxtables12",
];

/// What nobody reads, and programs that nobody runs.
const LEFT_OUT: &[&str] = &[
    "usr/bin/containerd-shim",
    "usr/bin/containerd-shim-runc-v1",
    "usr/sbin/xtables-legacy-multi",
    "usr/share",
];

/// What Debian's scripts would make: `iptables` is that of nf_tables.
const LINKS: &[&str] =
    &["iptables", "iptables-restore", "iptables-save", "ip6tables", "ip6tables-restore", "ip6tables-save"];

/// Name of the file that holds the SHA-256 of all others.
const CHECKSUMS: &str = "sha256";
/// Name of the file that tells the versions.
const VERSIONS: &str = "versions";

/// The unpacked packages.
pub(crate) struct Packages {
    /// What is to be `/usr`.
    pub usr: PathBuf,
    /// Names and versions, such as `runc 1.1.5+ds1-1+deb12u1`.
    pub versions: Vec<String>,
}

impl Packages {
    /// What `nft` shows of the packet filter of this network.
    pub(crate) fn packet_filter(&self) -> Result<String> {
        let output =
            self.command("sbin/nft")?.args(["list", "ruleset"]).output().context("cannot run nft")?;
        ensure!(output.status.success(), "nft failed: {}", last_lines(&output.stderr, 5));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// A program of the packages, with their libraries, outside of a node.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let libraries = fs::read_dir(self.usr.join("lib"))?.flatten().map(|entry| entry.path());
        let mut command = Command::new(self.usr.join(program));
        command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries)?);
        Ok(command)
    }
}

/// The packages from the cache folder, downloaded when they are not there.
pub(crate) fn packages() -> Result<Packages> {
    cache::root().and_then(|root| obtain(&root)).context(
        "cannot provide containerd and its like, which are those of Debian 12: it takes its apt-get and dpkg-deb and, the \
         first time, its mirror",
    )
}

fn obtain(root: &Path) -> Result<Packages> {
    fs::create_dir_all(root).with_context(|| format!("cannot make the cache folder {}", root.display()))?;
    let wanted = format!("{PROGRAMS:?} {LIBRARIES:?} {LEFT_OUT:?} {LINKS:?} {}", std::env::consts::ARCH);
    let identity = hex(&Sha256::digest(wanted));
    let folder = root.join(format!("debian-12-{}", identity.get(..16).unwrap_or(&identity)));
    let lock_path = root.join("debian.lock");
    let lock = File::create(&lock_path).with_context(|| format!("cannot open {}", lock_path.display()))?;
    lock.lock().with_context(|| format!("cannot lock {}", lock_path.display()))?;
    if let Ok(packages) = verify(&folder) {
        return Ok(packages);
    }
    writeln!(io::stderr(), "downloading Debian packages, once for all later tests: containerd, runc, …")?;
    let unfinished = root.join("debian.unfinished");
    for old in [&unfinished, &folder] {
        cache::remove(old)?;
    }
    fs::create_dir(&unfinished).with_context(|| format!("cannot make {}", unfinished.display()))?;
    unpack(&unfinished)?;
    fs::rename(&unfinished, &folder).context("cannot move the packages into the cache")?;
    verify(&folder)
}

/// Trusts nothing that lies in the cache.
fn verify(folder: &Path) -> Result<Packages> {
    let stored = fs::read_to_string(folder.join(CHECKSUMS))?;
    ensure!(stored == checksums(folder)?, "{} has changed since it was made", folder.display());
    let versions = fs::read_to_string(folder.join(VERSIONS))?;
    Ok(Packages { usr: folder.join("usr"), versions: versions.lines().map(str::to_owned).collect() })
}

/// What lies below the folder: each file by the SHA-256 of its content, each link by where it leads.
fn checksums(folder: &Path) -> Result<String> {
    let mut lines = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            let kind = fs::symlink_metadata(&path)?.file_type();
            let name = path.strip_prefix(folder)?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                lines.push(format!("{} -> {}\n", name.display(), fs::read_link(&path)?.display()));
            } else if name != Path::new(CHECKSUMS) {
                lines.push(format!("{} {}\n", name.display(), checksum(&path)?));
            }
        }
    }
    lines.sort();
    Ok(lines.concat())
}

fn unpack(folder: &Path) -> Result<()> {
    let downloads = folder.join("downloads");
    fs::create_dir(&downloads)?;
    download(&downloads)?;
    let mut versions = Vec::new();
    for package in files_below(&downloads, &["deb"])? {
        let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut parts = name.split('_');
        let (name, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if let Some((_, pinned)) = PROGRAMS.iter().find(|(program, _)| *program == name) {
            let rest = version
                .strip_prefix(pinned)
                .filter(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()));
            ensure!(
                rest.is_some(),
                "{name} is of version {version} here, and not of {pinned}, that of Debian 12"
            );
        }
        run(Command::new("dpkg-deb").arg("--extract").arg(&package).arg(folder))?;
        versions.push(format!("{name} {version}\n"));
    }
    cache::remove(&downloads)?;
    for name in LEFT_OUT {
        let path = folder.join(name);
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    for name in LINKS {
        symlink("xtables-nft-multi", folder.join("usr/sbin").join(name))?;
    }
    fs::write(folder.join(VERSIONS), versions.concat())?;
    Ok(fs::write(folder.join(CHECKSUMS), checksums(folder)?)?)
}

/// With the lists of packages that the system has, or else with new ones, which the system does not get.
fn download(folder: &Path) -> Result<()> {
    let all = || PROGRAMS.iter().map(|(name, _)| name).chain(LIBRARIES);
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.args(["--quiet=2", "--option=APT::Sandbox::User=root"]).current_dir(folder);
        apt
    };
    if run(apt().arg("download").args(all())).is_ok() {
        return Ok(());
    }
    let own = |name: &str| format!("--option=Dir::{name}={}", folder.join("apt").display());
    let own = [own("State::Lists"), own("Cache")];
    run(apt().args(&own).arg("update"))?;
    run(apt().args(&own).arg("download").args(all()))
}

fn run(command: &mut Command) -> Result<()> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {shown}"))?;
    let words = last_lines(&output.stderr, 10);
    ensure!(output.status.success(), "{shown} failed ({}): {words}", output.status);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn what_is_unpacked_runs() {
        let packages = packages().unwrap();
        assert!(
            packages.versions.iter().any(|line| line.starts_with("runc 1.1.5")),
            "{:?}",
            packages.versions
        );
        for (program, answer) in [
            ("bin/containerd", "containerd github.com/containerd/containerd 1.6.20"),
            ("sbin/runc", "runc version 1.1.5"),
            ("sbin/iptables", "iptables v1.8.9 (nf_tables)"),
            ("sbin/nft", "nftables v1.0.6"),
            ("sbin/ipset", "ipset v7.17"),
        ] {
            let output = packages.command(program).unwrap().arg("--version").output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(said.starts_with(answer), "{program}: {said}");
        }
    }
}
