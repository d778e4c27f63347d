//! Going into a lab's host: namespaces, the host's name and the names of the others. Runs in the command's only thread, in which
//! the program is executed afterwards.

use super::talk::Answer;
use crate::sys::{self, Errno};
use protocol::wire::Host;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

/// A call that failed, and why.
pub(super) type Failed = (&'static str, Errno);

/// Enters the network namespace of a host, and the user namespace before it if there is one.
pub(super) fn enter(network: &OwnedFd, user: Option<&OwnedFd>) -> Result<(), Failed> {
    if let Some(user) = user {
        sys::enter_user(user.as_fd()).map_err(|errno| ("setns(CLONE_NEWUSER)", errno))?;
    }
    sys::enter_network(network.as_fd()).map_err(|errno| ("setns(CLONE_NEWNET)", errno))
}

/// Makes the hosts' names resolve, and gethostname() say this host's, for this process and its children.
///
/// The resolver of the C library reads files: others are laid over them where only we see it. `scratch` is a directory of
/// the user's; nothing is left there.
pub(super) fn know_names(hosts: &[Host], place: usize, scratch: &Path) -> Result<(), Failed> {
    const HOSTS: &str = "/etc/hosts";
    const SWITCH: &str = "/etc/nsswitch.conf";
    sys::unshare_mounts_and_name().map_err(|errno| ("unshare(CLONE_NEWNS | CLONE_NEWUTS)", errno))?;
    if let Some(host) = hosts.get(place) {
        sys::set_host_name(&host.name).map_err(|errno| ("sethostname", errno))?;
    }
    lay_over(HOSTS, &hosts_file(hosts), scratch)?;
    if let Ok(switch) = fs::read_to_string(SWITCH) {
        lay_over(SWITCH, &files_only(&switch), scratch)?;
    }
    Ok(())
}

/// Lays a file with this text over another one.
fn lay_over(over: &str, text: &str, scratch: &Path) -> Result<(), Failed> {
    let name = over.rsplit('/').next().unwrap_or(over);
    let file: PathBuf = scratch.join(format!("{name}-{}", std::process::id()));
    let laid = fs::write(&file, text).map_err(|error| ("write", Errno::from(error)));
    let laid = laid.and_then(|()| {
        let over = Path::new(over);
        sys::bind_mount(&file, over).map_err(|errno| ("mount(MS_BIND)", errno))
    });
    // It stays where it is mounted.
    let _ = fs::remove_file(&file);
    laid
}

/// What the lab's own programs know by name (see `net/names.rs`), as hosts(5).
fn hosts_file(hosts: &[Host]) -> String {
    let alone = match hosts {
        [host] => format!(" {}", host.name),
        _ => String::new(),
    };
    let mut text = format!("127.0.0.1 localhost{alone}\n::1 localhost ip6-localhost ip6-loopback{alone}\n");
    for host in hosts.iter().filter(|_| hosts.len() > 1) {
        for address in &host.addresses {
            text.push_str(&format!("{address} {}\n", host.name));
        }
    }
    text
}

/// nsswitch.conf(5) with hosts looked up in the file only: a lab has no name server, and to ask the machine's would put packets
/// on the wire that no program has sent.
fn files_only(switch: &str) -> String {
    let mut text = String::new();
    for line in switch.lines() {
        let is_hosts = line.trim_start().starts_with("hosts:");
        text.push_str(if is_hosts { "hosts: files" } else { line });
        text.push('\n');
    }
    text
}

/// The hosts with their addresses, in words: `client is 10.0.0.1, server is 10.0.0.2`.
pub(super) fn addresses_in_words(hosts: &[Host]) -> String {
    let of = |host: &Host| format!("{} is {}", host.name, host.addresses.join(" and "));
    hosts.iter().map(of).collect::<Vec<_>>().join(", ")
}

/// An entrance, if that is what the answer is.
pub(super) fn entrance(answer: Answer) -> Result<(Vec<Host>, usize), String> {
    match answer {
        Answer::Entrance { hosts, place } => Ok((hosts, place)),
        Answer::No(why) => Err(why),
        Answer::Labs(_) | Answer::Go => Err(super::command::OTHER_VERSION.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, addresses: &[&str]) -> Host {
        Host {
            name: name.to_owned(),
            addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
        }
    }

    #[test]
    fn one_host_is_localhost_and_several_have_addresses() {
        assert_eq!(
            hosts_file(&[host("wirelab", &["10.0.0.1"])]),
            "127.0.0.1 localhost wirelab\n::1 localhost ip6-localhost ip6-loopback wirelab\n"
        );
        let several = [
            host("client", &["10.0.0.1", "fd00::1"]),
            host("server", &["10.0.0.2"]),
        ];
        assert_eq!(
            hosts_file(&several),
            "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n10.0.0.1 client\nfd00::1 client\n10.0.0.2 server\n"
        );
        assert_eq!(
            addresses_in_words(&several),
            "client is 10.0.0.1 and fd00::1, server is 10.0.0.2"
        );
    }

    #[test]
    fn name_servers_are_not_asked() {
        assert_eq!(
            files_only("passwd: files\nhosts:  files mdns4 dns\n"),
            "passwd: files\nhosts: files\n"
        );
    }
}
