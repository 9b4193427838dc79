//! Equal paths in one place.

use super::Path;

/// Paths that were met, so that equal ones share their memory. It remembers the last of them: paths about one thing come one
/// after another, and looking for one stays cheap.
#[derive(Debug, Default)]
pub struct PathPool {
    recent: Vec<Path>,
    next: usize,
}

/// How many paths are remembered: a few containers, with their parts.
const NEAR: usize = 16;

impl PathPool {
    /// Puts equal paths that were met before in the place of `path` and of those above it.
    pub fn share(&mut self, path: &mut Path) {
        // From `path` upwards until one is known; those below it are made anew, on top of what is known.
        let mut new = Vec::new();
        let mut at: &Path = path;
        let mut shared = loop {
            if at.is_empty() {
                break Path::root();
            }
            if let Some(known) = self.recent.iter().find(|known| *known == at) {
                break known.clone();
            }
            new.push(at);
            match at.parent() {
                Some(parent) => at = parent,
                None => break Path::root(),
            }
        };
        for own in new.into_iter().rev() {
            shared = if own.parent().is_some_and(|parent| parent.is_same(&shared)) {
                own.clone()
            } else {
                own.last().map_or_else(Path::root, |segment| shared.push(segment.clone()))
            };
            self.remember(shared.clone());
        }
        *path = shared;
    }

    fn remember(&mut self, path: Path) {
        match self.recent.get_mut(self.next) {
            Some(oldest) => *oldest = path,
            None => self.recent.push(path),
        }
        self.next = (self.next + 1) % NEAR;
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
        ];
        let mut paths: Vec<Path> = texts.iter().cycle().take(60).map(|text| text.parse().unwrap()).collect();
        paths.iter_mut().for_each(|path| pool.share(path));
        for (path, text) in paths.iter().zip(texts.iter().cycle()) {
            assert_eq!(path.to_string(), *text);
        }
        assert!(paths[0].is_same(&paths[57]));
        assert!(paths[0].parent().unwrap().is_same(&paths[1]));
        assert!(paths.iter().all(|path| {
            path.ancestors().nth(path.len() - 1).unwrap().is_same(paths[2].ancestors().nth(2).unwrap())
        }));
        let mut root = Path::root();
        pool.share(&mut root);
        assert!(root.is_empty());
    }
}
