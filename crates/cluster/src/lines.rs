//! An answer that comes line by line.

use std::time::Duration;

use http_body_util::BodyExt;
use kube::client::Body;
use tokio::time::timeout;

use crate::failure::Failure;

/// An answer that comes line by line, for as long as the API server has something to say.
pub(crate) struct Lines {
    body: Body,
    /// What has come and is not taken.
    text: Vec<u8>,
    /// How much of it has no line end in it.
    searched: usize,
}

impl Lines {
    pub(crate) fn of(body: Body) -> Self {
        Self { body, text: Vec::new(), searched: 0 }
    }

    /// The next line of at most `limit` bytes; `None` at the end. After `silence` without a byte, nothing is taken to come.
    ///
    /// What stands behind the last line end is half a line, and not told.
    pub(crate) async fn next(&mut self, limit: usize, silence: Duration) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            let unsearched = self.text.get(self.searched..).unwrap_or_default();
            if let Some(end) = unsearched.iter().position(|byte| *byte == b'\n') {
                let rest = self.text.split_off(self.searched + end + 1);
                let mut line = std::mem::replace(&mut self.text, rest);
                line.pop();
                self.searched = 0;
                return Ok(Some(line));
            }
            self.searched = self.text.len();
            if self.text.len() > limit {
                return Err(Failure::TooLong(limit));
            }
            let frame = timeout(silence, self.body.frame()).await.map_err(|_| Failure::Slow(silence))?;
            match frame {
                None => return Ok(None),
                Some(frame) => {
                    let frame = frame.map_err(Failure::Client)?;
                    self.text.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a body that comes at once, or why they end.
    fn lines(text: &str, limit: usize) -> Result<Vec<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut lines = Lines::of(Body::from(text.as_bytes().to_vec()));
            let mut taken = Vec::new();
            loop {
                match lines.next(limit, Duration::from_secs(60)).await {
                    Ok(Some(line)) => taken.push(String::from_utf8(line).unwrap()),
                    Ok(None) => return Ok(taken),
                    Err(failure) => return Err(format!("{failure:?}")),
                }
            }
        })
    }

    #[test]
    fn lines_end_where_they_end() {
        for (text, expected) in
            [("", &[][..]), ("a\nb\n", &["a", "b"]), ("a\n\nb\nhalf", &["a", "", "b"]), ("half", &[])]
        {
            assert_eq!(lines(text, 8).unwrap(), expected, "{text}");
        }
        assert_eq!(lines("a line without an end", 8).unwrap_err(), "TooLong(8)");
    }
}
