//! Paths to a field: `spec.containers[0].image`.

mod pool;
mod text;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use smol_str::SmolStr;

pub use self::pool::PathPool;
pub use self::text::PathError;

/// A path from the root of a document to a node. Cloning it is free, and so is one more segment: paths that begin alike
/// share their beginning.
///
/// Written as `spec.containers[0].image`; a key that is not made of letters, digits, `_` and `-` stands quoted in
/// brackets: `metadata.annotations["a.b/c"]`. [`Display`](std::fmt::Display) and [`FromStr`](std::str::FromStr) are
/// inverse to each other. The root is the empty path.
#[derive(Clone, Debug, Default)]
pub struct Path(Option<Arc<Step>>);

/// The last step of a path, and the way there.
#[derive(Debug)]
struct Step {
    parent: Path,
    segment: Segment,
    /// Of the whole path, in segments.
    length: usize,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The value of a key in a mapping.
    Key(SmolStr),
    /// The item of a sequence, from 0.
    Index(usize),
}

impl Path {
    /// The path of the document itself.
    #[must_use]
    pub fn root() -> Path {
        Path::default()
    }

    /// This path and one more key.
    #[must_use]
    pub fn key(&self, key: impl Into<SmolStr>) -> Path {
        self.push(Segment::Key(key.into()))
    }

    /// This path and one more key that is known beforehand: it is not copied.
    #[must_use]
    pub fn field(&self, key: &'static str) -> Path {
        self.push(Segment::Key(SmolStr::new_static(key)))
    }

    /// This path and one more index.
    #[must_use]
    pub fn index(&self, index: usize) -> Path {
        self.push(Segment::Index(index))
    }

    /// This path and one more segment.
    #[must_use]
    pub fn push(&self, segment: Segment) -> Path {
        Path(Some(Arc::new(Step { parent: self.clone(), segment, length: self.len() + 1 })))
    }

    /// This path followed by `rest`.
    #[must_use]
    pub fn join(&self, rest: &Path) -> Path {
        // Most objects are their document: what is in them has the same path in both.
        if self.is_empty() {
            return rest.clone();
        }
        rest.segments().into_iter().fold(self.clone(), |path, segment| path.push(segment.clone()))
    }

    /// The segments from the root on.
    #[must_use]
    pub fn segments(&self) -> Vec<&Segment> {
        let mut segments: Vec<&Segment> = self.steps().map(|step| &step.segment).collect();
        segments.reverse();
        segments
    }

    /// The path without its last segment; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<&Path> {
        self.0.as_deref().map(|step| &step.parent)
    }

    /// This path, and all above it up to the root.
    pub fn ancestors(&self) -> impl Iterator<Item = &Path> {
        std::iter::successors(Some(self), |path| path.parent())
    }

    /// The last segment; `None` for the root.
    #[must_use]
    pub fn last(&self) -> Option<&Segment> {
        self.0.as_deref().map(|step| &step.segment)
    }

    /// The last `count` segments as a path of their own; all of them when there are fewer.
    #[must_use]
    pub fn tail(&self, count: usize) -> Path {
        let start = self.len().saturating_sub(count);
        self.segments().into_iter().skip(start).cloned().collect()
    }

    /// The number of segments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_deref().map_or(0, |step| step.length)
    }

    /// Whether this is the root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether `self` is `ancestor` or lies below it.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Path) -> bool {
        self.ancestors().find(|path| path.len() <= ancestor.len()).is_some_and(|path| path == ancestor)
    }

    /// Whether both are one in memory, not only equal.
    #[cfg(test)]
    fn is_same(&self, other: &Path) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// From the last step to the first.
    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.ancestors().filter_map(|path| path.0.as_deref())
    }
}

impl Drop for Step {
    /// Not step by step into one another: a path that someone wrote out has any length.
    fn drop(&mut self) {
        let mut parent = self.parent.0.take();
        while let Some(mut step) = parent.and_then(Arc::into_inner) {
            parent = step.parent.0.take();
        }
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Path) -> bool {
        if self.len() != other.len() {
            return false;
        }
        for (a, b) in self.steps().zip(other.steps()) {
            if std::ptr::eq(a, b) {
                return true;
            }
            if a.segment != b.segment {
                return false;
            }
        }
        true
    }
}

impl Eq for Path {}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Path) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Path {
    fn cmp(&self, other: &Path) -> Ordering {
        self.segments().cmp(&other.segments())
    }
}

impl Hash for Path {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.steps().for_each(|step| step.segment.hash(state));
    }
}

impl FromIterator<Segment> for Path {
    fn from_iter<Segments: IntoIterator<Item = Segment>>(segments: Segments) -> Path {
        segments.into_iter().fold(Path::root(), |path, segment| path.push(segment))
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Segment};

    #[test]
    fn equal_paths_are_equal_however_they_were_made() {
        let whole: Path = "spec.containers[1].image".parse().unwrap();
        let grown = Path::root().field("spec").key("containers").index(1).field("image");
        let joined = Path::root().key("spec").join(&"containers[1].image".parse().unwrap());
        assert_eq!(whole, grown);
        assert_eq!(whole, joined);
        assert_eq!(whole.cmp(&grown), std::cmp::Ordering::Equal);
        let hash = |path: &Path| {
            use std::hash::BuildHasher;
            std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(path)
        };
        assert_eq!(hash(&whole), hash(&joined));
    }

    #[test]
    fn order_is_that_of_the_segments_from_the_root() {
        let table = ["", "a", "a.b", "a[0]", "a[0].c", "a[2]", "a[10]", "b"];
        let paths: Vec<Path> = table.iter().map(|text| text.parse().unwrap()).collect();
        let mut sorted = paths.clone();
        sorted.reverse();
        sorted.sort();
        assert_eq!(sorted, paths);
    }

    #[test]
    fn ancestors_and_tails() {
        let path: Path = "a.b[3].c".parse().unwrap();
        let starts: Vec<String> = path.ancestors().map(Path::to_string).collect();
        assert_eq!(starts, ["a.b[3].c", "a.b[3]", "a.b", "a", ""]);
        for (ancestor, expected) in [
            ("", true),
            ("a.b", true),
            ("a.b[3].c", true),
            ("a.b[2]", false),
            ("b", false),
            ("a.b[3].c.d", false),
        ] {
            assert_eq!(path.starts_with(&ancestor.parse().unwrap()), expected, "{ancestor}");
        }
        for (count, tail) in [(0, ""), (1, "c"), (2, "[3].c"), (9, "a.b[3].c")] {
            assert_eq!(path.tail(count).to_string(), tail);
        }
    }

    #[test]
    fn a_path_of_any_length_is_dropped() {
        let long: Path = std::iter::repeat_n(Segment::Index(0), 1_000_000).collect();
        let start = long.parent().unwrap().clone();
        drop(long);
        assert_eq!(start.len(), 999_999);
    }
}
