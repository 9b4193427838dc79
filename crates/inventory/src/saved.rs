//! Saved Snapshots: what was read, as text, to be judged later and elsewhere.
//!
//! A header and then one object a line, in JSON: exactly the fields that are read of it, under the names of the Kubernetes API,
//! and marks (see `mark`) in place of values that are not kept. What is not of Kubernetes (where an object stood,
//! suppressions beside it) stands below the reserved key `$seawall`. How the text is packed is the business of who writes it.

mod coverage;
mod header;
mod object;

pub use header::{About, Header, NotSaved, header, is_header};
pub use object::{Lines, object_line, objects};

use crate::mark::KEY;

/// The version of the form. Another one is not read.
const FORMAT: i64 = 1;

/// Counts what is read of objects: it rises with each field that is read in addition. A Snapshot that was saved with fewer does not
/// have what this version judges by. A test holds it against what is declared.
const FIELDS: i64 = 1;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::FIELDS;

    /// What was declared at each number of [`FIELDS`], as a digest of all names. The last row is of now: it is made anew until a
    /// version with its number is released, and from then on another is added.
    const DECLARED: &[(i64, u64)] = &[(1, 0xe042_ef7f_0590_d99d)];

    #[test]
    fn what_is_read_is_counted() {
        let declared = declared();
        assert!(
            declared.len() > 300 && declared.contains(&"pod_spec hostNetwork".to_owned()),
            "{declared:?}"
        );
        let digest = digest(&declared);
        let rises = DECLARED.windows(2).all(|rows| rows[0].0 < rows[1].0 && rows[0].1 != rows[1].1);
        assert!(rises, "{DECLARED:?}");
        assert_eq!(
            DECLARED.last(),
            Some(&(FIELDS, digest)),
            "other fields of objects are read: raise FIELDS, and add its row; without a release of FIELDS, mend the row"
        );
    }

    /// The names of fields in the declarations of kinds and of what embeds pods: strings that stand where fields are named, by
    /// `= "name"` in a `record!` and by `"name" =>` where decoding is written by hand, each with the file that it stands in.
    fn declared() -> Vec<String> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = vec![source.join("template.rs")];
        let kinds = std::fs::read_dir(source.join("kinds")).unwrap();
        files.extend(kinds.map(|entry| entry.unwrap().path()));
        let mut names = Vec::new();
        for file in files {
            let stem = file.file_stem().unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap();
            let lines = product.lines().map(str::trim).filter(|line| !line.starts_with("//"));
            for line in lines.filter(|line| line.contains(" = \"") || line.contains("\" =>")) {
                names.extend(line.split('"').skip(1).step_by(2).map(|name| format!("{stem} {name}")));
            }
        }
        names.sort();
        names
    }

    /// FNV-1a.
    fn digest(names: &[String]) -> u64 {
        let bytes = names.iter().flat_map(|name| name.bytes().chain([0]));
        bytes
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
