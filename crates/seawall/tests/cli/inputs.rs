//! What tests give the program to read.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A pod that is privileged.
pub(crate) const PRIVILEGED: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
    image: registry.example/app:1.0
    securityContext:
      privileged: true
";

/// The same pod, not privileged.
pub(crate) const UNPRIVILEGED: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
    image: registry.example/app:1.0
    securityContext:
      privileged: false
";

/// A folder with files.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A folder with `files`: path and content.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, content) in files {
            folder.write(path, content);
        }
        folder
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A program in the folder, as a script of the shell.
    pub(crate) fn script(&self, path: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(path, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.at(path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}
