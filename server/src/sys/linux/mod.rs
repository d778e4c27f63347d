//! Linux's calls. See the folder above.

mod addr;
mod errno;
mod namespace;
mod pass;
mod process;
mod socket;
mod state;
mod tun;
mod veth;
mod wait;

pub(crate) use addr::RawAddr;
pub(crate) use errno::{Errno, Result};
pub(crate) use namespace::{
    bind_mount, enter_network, enter_user, has_all_capabilities, interface_index, set_host_name,
    unshare_mounts_and_name, unshare_network, unshare_user,
};
pub(crate) use pass::{receive_with_fds, send_with_fds, seqpacket_pair};
pub(crate) use process::{
    interface_addresses, keep_freed_memory, open_process, own_user, peer_user, raise_descriptor_limit,
    signal_process,
};
pub(crate) use socket::{
    accept, bind, blocking_socket, connect, get_option, listen, local_name, peer_name, receive, receive_from,
    send, send_to, set_option, shutdown, socket, socket_pair,
};
pub(crate) use state::{RawTcpInfo, bytes_to_read, bytes_unsent, tcp_info};
pub(crate) use tun::{WireEnd, open_tun};
pub(crate) use veth::{LINK_ADDRESS, packet_socket, without_offloads};
pub(crate) use wait::{Epoll, Ready, ended, poll_now};

/// Why there are not all AF_UNIX sockets: there are.
pub(crate) const NO_UNIX: Option<&str> = None;
/// connect(2) called once more on the same socket tells how the first one ended.
pub(crate) const CONNECTS_AGAIN: bool = true;
