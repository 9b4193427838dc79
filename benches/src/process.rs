//! What a process that runs has taken so far, as Linux counts it.

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// Clock ticks in a second (`USER_HZ`), in which Linux gives times of processes to programs, whatever it counts in itself.
const TICKS: u64 = 100;

/// Bytes of memory that it holds now.
pub fn memory(process: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: u64 = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?.parse()?;
    Ok(kilobytes * 1024)
}

/// Processor time of all its threads, those that have ended too.
pub fn processor_time(process: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Its name, which may hold anything, ends with the last bracket; utime and stime are the fields 14 and 15 (proc(5)).
    let fields = stat.rsplit_once(')').context("no name")?.1;
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<_, _>>()?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS))
}
