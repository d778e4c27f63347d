//! Where a lab's sockets can live, in the page's words: one entry for each network. The toolbar, the dialog and the diagram
//! read it here.

use protocol::{Network, NetworkInfo};

/// What there is to say about a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// `kernel lab`.
    pub title: &'static str,
    /// What the toolbar says: `kernel: real packets`.
    pub short: &'static str,
    /// One sentence: what it is, and whether packets are seen.
    pub about: &'static str,
    /// What stands between the two ends of the diagram.
    pub between: &'static str,
}

/// What there is to say about a network; `private`: the lab has it for itself.
pub const fn words(network: Network, private: bool) -> Words {
    match (network, private) {
        (Network::Kernel, _) => Words {
            title: "Kernel lab",
            short: "kernel: real packets",
            about: "Hosts of the server's Linux kernel, joined by a wire: real sockets and real packets, each of which can be held.",
            between: "wire: the kernel's real packets",
        },
        (Network::Loopback, true) => Words {
            title: "Loopback",
            short: "loopback: no packets",
            about: "Real sockets of the server's kernel, on a loopback of this lab's own. Calls, bytes and states are seen; packets are not.",
            between: "calls and bytes, no packets",
        },
        (Network::Loopback, false) => Words {
            title: "Shared loopback",
            short: "shared loopback: no packets",
            about: "Real sockets on the server machine's own loopback, shared with other labs: a port can be taken. Packets are not seen.",
            between: "calls and bytes, no packets",
        },
        (Network::Simulated, _) => Words {
            title: "Simulated",
            short: "simulated: packets",
            about: "Hosts in your browser, without a server: simulated sockets and packets that are held to the Linux kernel's truth, on a clock of their own. Each packet can be held.",
            between: "wire: simulated packets",
        },
        (Network::Live, _) => Words {
            title: "Live",
            short: "live: no packets",
            about: "Real addresses that the server's owner has allowed. Calls, bytes and states are seen; packets are not.",
            between: "live: calls and bytes, no packets",
        },
    }
}

/// The networks that need no server.
const IN_BROWSER: [Network; 1] = [Network::Simulated];

/// The networks that this page can choose: those of the server, its default first, then those of the browser itself.
pub fn offers(server: &[NetworkInfo]) -> Vec<(Network, bool)> {
    let of_server = server.iter().map(|n| (n.network, n.private));
    of_server.chain(IN_BROWSER.map(|n| (n, true))).collect()
}

/// Can several hosts be told apart on it?
pub const fn has_hosts(network: Network) -> bool {
    network.has_wire()
}
