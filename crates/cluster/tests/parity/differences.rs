//! Differences that are expected, as data: each with its reason, and none that does not occur.

/// The reviewed list.
pub struct Differences(Vec<Row>);

/// Which differences a reason explains.
struct Row {
    line: String,
    /// Of the columns of a difference, in their order.
    globs: Vec<String>,
}

impl Differences {
    /// One row on each line: where the finding is alone (`file`, `live`), or `refused`; the check, or the kind; the object; the
    /// field; and in how far the message says why. Then the reason. `*` stands for any text.
    pub fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let row = |line: &str| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [globs @ .., reason] = &columns[..] else { panic!("{line}") };
            assert!(globs.len() == 5 && !reason.is_empty(), "a row has five columns and a reason: {line}");
            Row { line: line.to_owned(), globs: globs.iter().map(|glob| (*glob).to_owned()).collect() }
        };
        Self(lines.map(row).collect())
    }

    /// What no row explains, and rows that explain nothing.
    pub fn explain(&self, found: &[String]) -> Vec<String> {
        let mut used = vec![false; self.0.len()];
        let mut surprises: Vec<String> = found
            .iter()
            .filter(|difference| {
                let columns: Vec<&str> = difference.split('\t').collect();
                let explains = |row: &Row| {
                    row.globs.len() == columns.len()
                        && row.globs.iter().zip(&columns).all(|(glob, text)| matches(glob, text))
                };
                let rows: Vec<usize> = self
                    .0
                    .iter()
                    .enumerate()
                    .filter(|(_, row)| explains(row))
                    .map(|(number, _)| number)
                    .collect();
                rows.iter().for_each(|number| used[*number] = true);
                rows.is_empty()
            })
            .cloned()
            .collect();
        surprises.sort();
        let idle = self.0.iter().zip(used).filter(|(_, used)| !used);
        surprises.extend(idle.map(|(row, _)| format!("explains nothing\t{}", row.line)));
        surprises
    }
}

/// Whether `text` is `glob`, in which `*` stands for any text.
fn matches(glob: &str, text: &str) -> bool {
    match glob.split_once('*') {
        None => glob == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let mut ends = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
            ends.any(|at| matches(rest, &text[at..]))
        }),
    }
}
