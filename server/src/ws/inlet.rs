//! Reads ahead of the WebSocket's framing, but only while there is much to read.
//!
//! tungstenite reads in pieces of its read buffer's size and keeps that buffer. A small one costs an idle session little memory
//! and a bulk transfer one system call for every 4 KiB. So when a piece comes back full, the next read takes a large gulp into a
//! buffer that is given back with the first read that brings little.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is read at once while there is much.
const GULP: usize = 64 << 10;

/// A stream with that habit.
pub(crate) struct Inlet<S> {
    stream: S,
    /// Empty or [`GULP`] bytes long.
    gulp: Vec<u8>,
    /// What of it was read and not handed out yet.
    there: Range<usize>,
    /// The last read has filled all the room that it had.
    much: bool,
}

impl<S> Inlet<S> {
    pub(crate) const fn new(stream: S) -> Self {
        Self {
            stream,
            gulp: Vec::new(),
            there: 0..0,
            much: false,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Inlet<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.there.is_empty() {
            if !this.much {
                let (before, room) = (buf.filled().len(), buf.remaining());
                ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
                this.much = room > 0 && buf.filled().len() - before == room;
                if !this.much {
                    // Little is there: no buffer is needed, and none kept.
                    this.gulp = Vec::new();
                }
                return Poll::Ready(Ok(()));
            }
            this.gulp.resize(GULP, 0);
            let mut read = ReadBuf::new(&mut this.gulp);
            let polled = Pin::new(&mut this.stream).poll_read(cx, &mut read);
            let n = read.filled().len();
            if polled.is_pending() {
                // The buffer stays for the next message of a transfer; the first small one gives it back.
                this.much = false;
            }
            ready!(polled)?;
            this.there = 0..n;
            this.much = n == GULP;
        }
        let n = this.there.len().min(buf.remaining());
        buf.put_slice(&this.gulp[this.there.start..this.there.start + n]);
        this.there.start += n;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Inlet<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn every_byte_comes_once_and_in_order() {
        let (mut near, far) = tokio::io::duplex(100_000);
        let mut inlet = Inlet::new(far);
        let data: Vec<u8> = (0..1_000_000_u32).map(|i| (i % 251) as u8).collect();
        let sent = data.clone();
        let writer = tokio::spawn(async move {
            for piece in sent.chunks(77_777) {
                near.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut got = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match inlet.read(&mut piece).await.unwrap() {
                0 => break,
                n => got.extend_from_slice(&piece[..n]),
            }
        }
        writer.await.unwrap();
        assert!(got == data);
        assert_eq!(inlet.gulp.capacity(), 0, "nothing is kept");
    }
}
