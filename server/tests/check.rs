//! `wirelab check` says what works, and which call failed where namespaces are forbidden.
#![allow(clippy::unwrap_used)]

use std::process::Command;

/// Runs `wirelab check` by a shell that has taken something away first.
fn check(before: &str) -> (String, bool) {
    let script = format!("{before} {} check", env!("CARGO_BIN_EXE_wirelab"));
    let out = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
        .output()
        .unwrap();
    (String::from_utf8(out.stdout).unwrap(), out.status.success())
}

#[test]
fn namespaces_work_for_ordinary_users() {
    let (text, works) = check("exec");
    assert!(works);
    assert!(
        text.contains("loopback: Each lab has a network of its own"),
        "{text}"
    );
    assert!(text.contains("kernel: Each lab has hosts of its own"), "{text}");
    assert!(
        text.contains("simulated: Sockets and packets without a kernel"),
        "{text}"
    );
    assert!(text.contains("wire: hosts have tun interfaces."), "{text}");
    assert!(text.contains("IPv4: a connection inside a lab works."), "{text}");
}

#[test]
fn without_user_namespaces_labs_share_the_loopback_and_the_failed_call_is_named() {
    let (text, works) = check(
        "echo 0 > /proc/sys/user/max_user_namespaces; \
         exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all",
    );
    assert!(works, "sockets work nevertheless");
    assert!(text.contains("Labs share this machine's loopback"), "{text}");
    assert!(text.contains("unshare(CLONE_NEWUSER) failed: ENOSPC"), "{text}");
}

#[test]
fn without_network_namespaces_too() {
    let (text, works) = check("echo 0 > /proc/sys/user/max_net_namespaces; exec");
    assert!(works);
    assert!(text.contains("unshare(CLONE_NEWNET) failed: ENOSPC"), "{text}");
    assert!(text.contains("kernel: not here, because"), "{text}");
}

#[test]
fn without_a_tun_device_hosts_have_veth_interfaces_and_the_failed_call_is_named() {
    let (text, works) = check("mount --bind /dev/null /dev/net/tun && exec");
    assert!(works);
    assert!(text.contains("kernel: Each lab has hosts of its own"), "{text}");
    assert!(
        text.contains("wire: hosts have veth interfaces, because ioctl(TUNSETIFF) failed: ENOTTY"),
        "{text}"
    );
    assert!(text.contains("IPv4: a connection inside a lab works."), "{text}");
}

#[test]
fn a_device_that_is_demanded_is_not_replaced() {
    let (text, works) = check("WIRELAB_WIRE=veth exec");
    assert!(works);
    assert!(text.contains("wire: hosts have veth interfaces."), "{text}");
    let (text, works) = check("mount --bind /dev/null /dev/net/tun && WIRELAB_WIRE=tun exec");
    assert!(works);
    assert!(
        text.contains("kernel: not here, because ioctl(TUNSETIFF) failed: ENOTTY"),
        "{text}"
    );
    assert!(
        text.contains("loopback: Each lab has a network of its own"),
        "{text}"
    );
}

#[test]
fn settings_that_are_read_only_do_not_matter() {
    let (text, works) =
        check("mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec");
    assert!(works);
    assert!(text.contains("kernel: Each lab has hosts of its own"), "{text}");
    assert!(text.contains("IPv4: a connection inside a lab works."), "{text}");
}
