//! Any bytes, as a saved Snapshot; the fuzzer calls it too.

use std::path::Path;

use seawall_inventory::saved::objects;
use seawall_source::saved;

/// Whatever the bytes are, reading them ends, and says what was read or why not.
pub fn try_saved(input: &[u8]) {
    match saved::read(Path::new("x"), input) {
        Ok(read) => {
            let snapshot = read.into_snapshot();
            // What was read can be saved again, and is then the same.
            let mut again = Vec::new();
            saved::write(&snapshot, &Default::default(), &mut again).unwrap();
            let read = saved::read(Path::new("x"), &again).unwrap().into_snapshot();
            assert_eq!(read.objects.len(), snapshot.objects.len());
            for (one, other) in read.objects.iter().zip(&snapshot.objects) {
                assert_eq!(one.tree(), other.tree());
            }
        }
        Err(problem) => assert!(!problem.message.is_empty() && !problem.help.is_empty()),
    }
    // Most changes of a packed text are told by its checksum; what stands in it is tried by itself.
    if let Ok(text) = str::from_utf8(input) {
        let lines = objects(text);
        assert!(lines.corrupt.is_some() || !lines.objects.is_empty() || text.is_empty());
    }
}
