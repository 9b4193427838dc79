//! What the allocator is told.

/// Has freed memory kept for what is read next. A scan frees a text and its tree before it reads the next file, and glibc
/// would map, clear and unmap their pages each time: memory larger than a threshold gets a mapping of its own, and more than
/// twice as much at the end of a heap is given back. The threshold is the largest mapping that was freed so far (`__libc_free`
/// of malloc/malloc.c), so one is freed here, of which no page was touched: larger than most files, smaller than the tables of
/// a large cluster, which grow best in mappings of their own. Other allocators take no notice.
pub(crate) fn keep_freed() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(4 << 20)));
}

/// Has what is freed overwritten: values of Secrets pass through buffers of TLS, HTTP and JSON that nobody else clears. glibc does so
/// when it is told before a program starts (`glibc.malloc.perturb` of its tunables; what lies in the caches of threads,
/// `tcache`, would be left out), and so this one starts again, as the same process. Other allocators take no notice.
///
/// It is told also to share its heaps between threads and to give back what is freed: of a cluster much is read at once and little
/// kept, and who follows it does so for months. Watching 10,000 Deployments holds 33 MiB, for which it would take 115.
///
/// # Errors
/// It cannot start again. It returns for no other reason but that it need not.
#[cfg(all(feature = "cluster", unix))]
pub(crate) fn overwrite_freed() -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;

    const VARIABLE: &str = "GLIBC_TUNABLES";
    const TUNABLES: &str = "glibc.malloc.arena_max=2:glibc.malloc.mmap_threshold=1048576:glibc.malloc.trim_threshold=1048576:\
                            glibc.malloc.perturb=165:glibc.malloc.tcache_count=0";
    let known = std::env::var(VARIABLE).unwrap_or_default();
    if !cfg!(target_env = "gnu") || known.ends_with(TUNABLES) {
        return Ok(());
    }
    let tunables = if known.is_empty() { TUNABLES.to_owned() } else { format!("{known}:{TUNABLES}") };
    let mut arguments = std::env::args_os();
    let mut again = std::process::Command::new(std::env::current_exe()?);
    // By its name it knows whether kubectl runs it.
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    Err(again.args(arguments).env(VARIABLE, tunables).exec())
}
