//! Lines on a stream, none longer than a limit.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde::Serialize;

/// Why there is no further line.
#[derive(Debug)]
pub(super) enum Broken {
    /// The other side has closed.
    End,
    /// The line is longer than the limit.
    TooLong,
    /// The stream failed, or nothing came in time.
    Failed(io::Error),
}

/// The lines of a stream.
#[derive(Debug)]
pub(super) struct Lines {
    from: BufReader<UnixStream>,
    limit: u64,
}

impl Lines {
    /// Reads a stream, of which no line may have more than `limit` bytes.
    pub(super) fn new(stream: UnixStream, limit: usize) -> Self {
        Self {
            from: BufReader::new(stream),
            limit: limit as u64,
        }
    }

    /// Waits for the first bytes of the next line, and for the rest of it `rest` after each byte.
    pub(super) fn next(
        &mut self,
        first: Option<Duration>,
        rest: Option<Duration>,
    ) -> Result<Vec<u8>, Broken> {
        self.patience(first)?;
        if self.from.fill_buf().map_err(Broken::Failed)?.is_empty() {
            return Err(Broken::End);
        }
        self.patience(rest)?;
        let mut line = Vec::new();
        let mut bounded = (&mut self.from).take(self.limit.saturating_add(1));
        let read = bounded.read_until(b'\n', &mut line);
        let _n_bytes = read.map_err(Broken::Failed)?;
        if line.pop() == Some(b'\n') {
            return Ok(line);
        }
        Err(if line.len() as u64 >= self.limit {
            Broken::TooLong
        } else {
            Broken::End
        })
    }

    /// Whether the other side has neither hung up nor said anything that was not asked.
    pub(super) fn is_quiet(&self) -> bool {
        let stream = self.from.get_ref();
        let mut byte = [0];
        let is_quiet = self.from.buffer().is_empty()
            && stream.set_nonblocking(true).is_ok()
            && (&mut &*stream)
                .read(&mut byte)
                .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        is_quiet && stream.set_nonblocking(false).is_ok()
    }

    /// Reads on and throws away, for so many bytes at most: to close over what is unread would
    /// take the answer from the other side as well.
    pub(super) fn drain(&mut self, max: u64, patience: Duration) {
        let all_said = self.patience(Some(patience)).is_ok();
        if all_said {
            drop(io::copy(&mut (&mut self.from).take(max), &mut io::sink()));
        }
    }

    fn patience(&self, limit: Option<Duration>) -> Result<(), Broken> {
        let stream = self.from.get_ref();
        stream.set_read_timeout(limit).map_err(Broken::Failed)
    }
}

/// Writes a message as a line, in one piece.
pub(super) fn send(mut stream: &UnixStream, message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    stream.write_all(&line)
}
