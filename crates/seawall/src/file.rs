//! Files that the user names: read whole, and never seen half written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

/// Reads a file that is text.
///
/// # Errors
/// Names the file (and that it is a `kind`), and why it cannot be read.
pub(crate) fn read_text(path: &Path, kind: &str) -> Result<String> {
    let text = fs::read_to_string(path).map_err(|error| anyhow!("{}", reason(&error)));
    text.with_context(|| format!("cannot read the {kind} {}", path.display()))
}

/// What an error of the system means, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".to_owned(),
        io::ErrorKind::InvalidData => "it is not text in UTF-8".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "no space is left".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}

/// Lets `write` write the file at `path`. A regular file is replaced in one step when all is written; a pipe or a device is
/// written to as it is.
///
/// # Errors
/// Names the file, and why it cannot be written. The old file is still there then.
pub(crate) fn write_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    // As for any new file: what the user's umask leaves of this.
    let written = replace(path, 0o666, write).map_err(|error| anyhow!("{}", reason(&error)));
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// The same for a file that nobody else is to read, whoever could read the one that it replaces.
///
/// # Errors
/// As of [`write_file`].
pub(crate) fn write_private(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let written = replace(path, PRIVATE, write).map_err(|error| anyhow!("{}", reason(&error)));
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// To be read and written by its owner alone.
const PRIVATE: u32 = 0o600;

fn replace(path: &Path, mode: u32, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // A symbolic link stays one; what it leads to is replaced.
    let target: PathBuf = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    match fs::metadata(&target) {
        Ok(metadata) if metadata.is_dir() => return Err(io::Error::other("it is a folder")),
        Ok(metadata) if !metadata.is_file() => {
            let mut out = BufWriter::new(File::options().write(true).open(&target)?);
            return write(&mut out).and_then(|()| out.flush());
        }
        Ok(metadata) if metadata.permissions().readonly() => {
            return Err(io::Error::other("it is write-protected"));
        }
        _ => {}
    }
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".seawall-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let mut file = builder.tempfile_in(folder)?;
    {
        let mut out = BufWriter::new(file.as_file_mut());
        write(&mut out).and_then(|()| out.flush())?;
    }
    if mode != PRIVATE
        && let Ok(metadata) = fs::metadata(&target)
    {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.persist(&target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::write_file;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write_file(&path, |out| out.write_all(b"old")).unwrap();
        let failed = write_file(&path, |out| {
            out.write_all(b"half")?;
            Err(std::io::Error::other("disk full"))
        });
        assert!(format!("{:#}", failed.unwrap_err()).ends_with("report.json: disk full"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_may_be_read_as_others_may() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write_file(&ours, |out| out.write_all(b"x")).unwrap();
        fs::write(&plain, b"x").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }

    #[test]
    fn a_private_file_is_read_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saved");
        fs::write(&path, b"old").unwrap();
        super::write_private(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_folder_or_a_missing_folder_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_file(folder.path(), |_| Ok(())).unwrap_err();
        assert!(format!("{error:#}").contains("it is a folder"), "{error:#}");
        let missing = folder.path().join("no/such/report.json");
        let error = write_file(&missing, |_| Ok(())).unwrap_err();
        assert!(
            format!("{error:#}").starts_with(&format!("cannot write {}", missing.display())),
            "{error:#}"
        );
    }

    #[test]
    fn devices_are_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        write_file("/dev/null".as_ref(), |out| out.write_all(b"x")).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
