//! Equal paths in one place.

use super::Path;
use foldhash::HashSet;

/// Paths that were met, so that equal ones share their memory: the same field is found wanting in a thousand objects.
#[derive(Debug, Default)]
pub struct PathPool(HashSet<Path>);

/// How many paths are remembered. Fields are few; names of annotations and of settings are not, and the pool begins anew.
const MOST: usize = 4096;

impl PathPool {
    /// Puts an equal path that was met before in the place of `path`, or remembers it and what lies above it.
    pub fn share(&mut self, path: &mut Path) {
        if let Some(known) = self.0.get(path) {
            *path = known.clone();
            return;
        }
        if path.len() > MOST {
            return;
        }
        if self.0.len() + path.len() > MOST {
            self.0.clear();
        }
        // The nearest known path above, on top of which those below it are made anew.
        let mut unknown = Vec::new();
        let mut shared = Path::root();
        for above in path.ancestors() {
            if let Some(known) = self.0.get(above) {
                shared = known.clone();
                break;
            }
            unknown.push(above);
        }
        for own in unknown.into_iter().rev() {
            if let Some(segment) = own.last() {
                shared = shared.push(segment.clone());
                self.0.insert(shared.clone());
            }
        }
        *path = shared;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_what_they_are_and_share_their_beginnings() {
        let mut pool = PathPool::default();
        let texts = [
            "spec.containers[0].securityContext.privileged",
            "spec.containers[0].securityContext",
            "spec.volumes[1]",
            "",
        ];
        let mut paths: Vec<Path> = texts.iter().cycle().take(60).map(|text| text.parse().unwrap()).collect();
        paths.iter_mut().for_each(|path| pool.share(path));
        for (path, text) in paths.iter().zip(texts.iter().cycle()) {
            assert_eq!(path.to_string(), *text);
        }
        assert!(paths[0].is_same(&paths[56]));
        assert!(paths[0].parent().unwrap().is_same(&paths[1]));
        assert!(paths[1].ancestors().nth(3).unwrap().is_same(paths[2].ancestors().nth(2).unwrap()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut pool = PathPool::default();
        for number in 0..3 * MOST {
            let mut path = Path::root().field("items").index(number);
            pool.share(&mut path);
            assert_eq!(path, Path::root().field("items").index(number));
            assert!(pool.0.len() <= MOST);
        }
        let mut long: Path = (0..2 * MOST).map(crate::Segment::Index).collect();
        pool.share(&mut long);
        assert!(long.len() == 2 * MOST && pool.0.len() <= MOST);
    }
}
