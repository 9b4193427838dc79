//! What the allocator is told.

/// Has freed memory kept for what is read next. A scan frees a text and its tree before it reads the next file, and glibc
/// would map, clear and unmap their pages each time: memory larger than a threshold gets a mapping of its own, and more than
/// twice as much at the end of a heap is given back. The threshold is the largest mapping that was freed so far (`__libc_free`
/// of malloc/malloc.c), so one is freed here, of which no page was touched: larger than most files, smaller than the tables of
/// a large cluster, which grow best in mappings of their own. Other allocators take no notice.
pub(crate) fn keep_freed() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(4 << 20)));
}
