//! Images of containers, made without a registry and without any program.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cache::hex;

/// An image of one layer.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// The name by which pods ask for it, with a tag: `seawall.test/web:1`.
    pub reference: &'a str,
    /// Files of this machine, and where they are in the image: `/bin/web`. All may be executed.
    pub files: &'a [(&'a Path, &'a str)],
    /// What is run, with its first arguments.
    pub entrypoint: &'a [&'a str],
}

impl Image<'_> {
    /// The image as a tar archive (OCI image layout 1.0), and the digest of its manifest (`sha256:…`).
    pub(crate) fn archive(&self) -> Result<(Vec<u8>, String)> {
        let mut layer = Tar::default();
        for (from, to) in self.files {
            let content = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
            layer.file(to.trim_start_matches('/'), &content)?;
        }
        let mut archive = Tar::default();
        archive.file("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        // Adds a blob, and gives its digest and its descriptor.
        let mut blob = |kind: &str, content: &[u8]| -> Result<(String, Value)> {
            let digest = hex(&Sha256::digest(content));
            archive.file(&format!("blobs/sha256/{digest}"), content)?;
            let digest = format!("sha256:{digest}");
            let descriptor = json!({
                "mediaType": format!("application/vnd.oci.image.{kind}"),
                "digest": digest,
                "size": content.len(),
            });
            Ok((digest, descriptor))
        };
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let (layer_digest, layer) = blob("layer.v1.tar", &layer.end())?;
        let config = json!({
            "architecture": architecture,
            "os": "linux",
            "config": {"Entrypoint": self.entrypoint},
            "rootfs": {"type": "layers", "diff_ids": [layer_digest]},
        });
        let (_, config) = blob("config.v1+json", config.to_string().as_bytes())?;
        let kind = "manifest.v1+json";
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": format!("application/vnd.oci.image.{kind}"),
            "config": config,
            "layers": [layer],
        });
        let (digest, manifest) = blob(kind, manifest.to_string().as_bytes())?;
        // By which names containerd is to know it (`AnnotationImageName` of containerd/images/annotations.go, v1.6): also by
        // its digest, as one that was pulled, so that the status of a pod tells which it is.
        let (name, _) = self.reference.rsplit_once(':').context("a reference without a tag")?;
        let named = [self.reference.to_owned(), format!("{name}@{digest}")].map(|name| {
            let mut named = manifest.as_object().cloned().unwrap_or_default();
            named.insert("annotations".to_owned(), json!({"io.containerd.image.name": name}));
            named
        });
        let index = json!({"schemaVersion": 2, "manifests": named});
        archive.file("index.json", index.to_string().as_bytes())?;
        Ok((archive.end(), digest))
    }
}

/// A tar archive (ustar of POSIX.1-1988), the same for the same files.
#[derive(Default)]
struct Tar(Vec<u8>);

const BLOCK: usize = 512;

impl Tar {
    fn file(&mut self, name: &str, content: &[u8]) -> Result<()> {
        ensure!(name.len() < 100, "too long a name for a simple archive: {name}");
        let mut header = Vec::with_capacity(BLOCK);
        let mut field = |text: &str, width: usize| {
            header.extend_from_slice(text.as_bytes());
            header.resize(header.len() + width - text.len(), 0);
        };
        field(name, 100);
        field("0000755", 8);
        field("0000000", 8);
        field("0000000", 8);
        field(&format!("{:011o}", content.len()), 12);
        field("00000000000", 12);
        // The sum of the header is counted with blanks in its own place.
        field("        ", 8);
        field("0", 101);
        field("ustar\x0000", 8);
        field("", 247);
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        self.0.extend_from_slice(header.get(..148).context("no header")?);
        self.0.extend_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend_from_slice(header.get(156..).context("no header")?);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        Ok(())
    }

    fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 2 * BLOCK, 0);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::Image;

    /// GNU tar and sha256sum are the judges of the archive; containerd is that of the image.
    #[test]
    fn tar_unpacks_it_and_every_blob_has_the_name_of_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, "x".repeat(1000)).unwrap();
        let files = [(program.as_path(), "/bin/program")];
        let image = Image { reference: "seawall.test/a:1", files: &files, entrypoint: &["/bin/program"] };
        let (archive, digest) = image.archive().unwrap();
        assert_eq!(image.archive().unwrap().1, digest);
        fs::write(folder.path().join("archive.tar"), archive).unwrap();
        let script = format!(
            "tar --extract --file archive.tar && cd blobs/sha256 && test -f {} && for blob in *; do \
             echo \"$blob  $blob\" | sha256sum --check --status || exit 1; \
             done && for blob in *; do tar --list --verbose --file \"$blob\" 2>/dev/null; done",
            digest.strip_prefix("sha256:").unwrap()
        );
        let output = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
        let listed = String::from_utf8(output.stdout).unwrap();
        assert!(
            listed.starts_with("-rwxr-xr-x 0/0") && listed.trim_end().ends_with("bin/program"),
            "{listed}"
        );
        let blobs = fs::read_dir(folder.path().join("blobs/sha256")).unwrap();
        assert_eq!(blobs.count(), 3, "layer, configuration, manifest");
    }
}
