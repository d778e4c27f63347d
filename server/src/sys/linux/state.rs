//! What the kernel says about a socket.

use super::errno::{Result, check};
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd};

/// The fields of `struct tcp_info` that a lab shows, as the kernel has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawTcpInfo {
    /// TCP_ESTABLISHED is 1, ... (include/net/tcp_states.h).
    pub(crate) state: u8,
    /// Retransmission timeout, microseconds.
    pub(crate) rto: u32,
    /// Segments in flight; of a listening socket: connections that wait for accept().
    pub(crate) unacked: u32,
    /// Segments acknowledged selectively; of a listening socket: its backlog.
    pub(crate) sacked: u32,
    /// Segments sent again, in all.
    pub(crate) total_retrans: u32,
    /// Smoothed round-trip time, microseconds.
    pub(crate) rtt: u32,
    /// Its variation, microseconds.
    pub(crate) rttvar: u32,
    /// Congestion window, segments.
    pub(crate) snd_cwnd: u32,
    /// Bytes that wait to be sent for the first time (Linux 4.6 and later; else none).
    pub(crate) notsent: Option<u32>,
    /// Maximum segment size for sending, bytes.
    pub(crate) snd_mss: u32,
    /// Slow start's threshold, segments.
    pub(crate) snd_ssthresh: u32,
    /// The window that the peer offered last, bytes (Linux 5.18 and later; else 0).
    pub(crate) snd_wnd: u32,
    /// The window that was offered to the peer last, bytes (Linux 6.2 and later; else 0).
    pub(crate) rcv_wnd: u32,
}

/// getsockopt(TCP_INFO).
pub(crate) fn tcp_info(fd: BorrowedFd<'_>) -> Result<RawTcpInfo> {
    // Longer than any kernel's struct tcp_info today (libc's own lacks the last fields).
    let mut words = [0_u32; 80];
    let mut len = size_of::<[u32; 80]>() as libc::socklen_t;
    let ptr = words.as_mut_ptr().cast();
    // SAFETY: `words` has `len` writable bytes; both live through the call.
    check(unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            ptr,
            &raw mut len,
        )
    })?;
    let mut info = RawTcpInfo::from_words(&words);
    // tcpi_notsent_bytes.
    info.notsent = (len as usize >= 37 * size_of::<u32>()).then_some(words[36]);
    Ok(info)
}

impl RawTcpInfo {
    /// Reads the fields at their places in include/uapi/linux/tcp.h; what an older kernel does not fill stays 0.
    pub(crate) fn from_words(words: &[u32; 80]) -> Self {
        Self {
            state: words[0].to_ne_bytes()[0],
            rto: words[2],
            notsent: None,
            snd_mss: words[4],
            unacked: words[6],
            sacked: words[7],
            rtt: words[17],
            rttvar: words[18],
            snd_ssthresh: words[19],
            snd_cwnd: words[20],
            total_retrans: words[25],
            snd_wnd: words[57],
            // tcpi_rcv_wnd follows tcpi_snd_wnd at byte 228.
            rcv_wnd: words[58],
        }
    }
}

/// SIOCINQ: bytes that have arrived and were not read; for datagrams, those of the first one.
pub(crate) fn bytes_to_read(fd: BorrowedFd<'_>) -> Result<u32> {
    let mut n: libc::c_int = 0;
    // SAFETY: the kernel writes one int.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD, &raw mut n) })?;
    Ok(u32::try_from(n).unwrap_or(0))
}

/// SIOCOUTQ: bytes that were sent and are not acknowledged yet.
pub(crate) fn bytes_unsent(fd: BorrowedFd<'_>) -> Result<u32> {
    let mut n: libc::c_int = 0;
    // SAFETY: the kernel writes one int.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCOUTQ, &raw mut n) })?;
    Ok(u32::try_from(n).unwrap_or(0))
}
