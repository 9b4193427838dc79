//! Ctrl-C: the first ends the scan with what it has, the second ends the program.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What a shell reports for a program that was ended by SIGINT.
const ENDED_BY_INTERRUPT: i32 = 130;

/// Whether the user has pressed Ctrl-C.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. Whoever listens hears the same: a process has one handler, and a second one is refused.
    pub(crate) fn listen() -> Self {
        static HEARD: OnceLock<Interrupt> = OnceLock::new();
        let listen = || {
            let interrupt = Self::default();
            let pressed = Arc::clone(&interrupt.0);
            // Without a handler Ctrl-C ends the program at once, as it does for most programs: nothing to stop for.
            let _ = ctrlc::set_handler(move || {
                if pressed.swap(true, Ordering::Relaxed) {
                    end_now();
                }
            });
            interrupt
        };
        HEARD.get_or_init(listen).clone()
    }

    /// The flag itself, for those who look at it now and then.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn pressed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[expect(
    clippy::exit,
    reason = "the user has asked twice; whatever still runs is what he wants to be rid of"
)]
fn end_now() -> ! {
    std::process::exit(ENDED_BY_INTERRUPT)
}

/// Standard input, with reads that end on Ctrl-C. The system's reads do not: they are taken up again after a signal.
pub(crate) struct Stdin {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    interrupt: Interrupt,
}

impl Stdin {
    /// How long Ctrl-C may take to be noticed.
    const PATIENCE: Duration = Duration::from_millis(50);
    const CHUNK: usize = 1 << 16;

    /// Begins to read.
    pub(crate) fn new(interrupt: Interrupt) -> Self {
        // Two chunks in flight: reading and parsing overlap, and memory stays bounded by who consumes.
        let (sender, chunks) = mpsc::sync_channel(2);
        std::thread::spawn(move || {
            let mut stdin = io::stdin().lock();
            loop {
                let mut chunk = vec![0; Self::CHUNK];
                let result = stdin.read(&mut chunk).map(|length| {
                    chunk.truncate(length);
                    chunk
                });
                let last = result.as_ref().map_or(true, Vec::is_empty);
                if sender.send(result).is_err() || last {
                    return;
                }
            }
        });
        Self { chunks, chunk: io::Cursor::default(), interrupt }
    }
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.chunk.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            if self.interrupt.pressed() {
                return Err(io::Error::other("it was interrupted"));
            }
            match self.chunks.recv_timeout(Self::PATIENCE) {
                Ok(chunk) => {
                    let chunk = chunk?;
                    if chunk.is_empty() {
                        return Ok(0);
                    }
                    self.chunk = io::Cursor::new(chunk);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
    }
}
