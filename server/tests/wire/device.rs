//! The interfaces that hosts have, and who may make them: all tests run once more, on others and as another user.

use crate::common::*;

/// Which kind of interface hosts shall have (see `net/networks.rs`).
const DEVICE: &str = "WIRELAB_WIRE";

#[tokio::test]
async fn hosts_have_the_interfaces_that_are_wished_for() {
    let wish = std::env::var(DEVICE).unwrap_or_else(|_| "tun".to_owned());
    assert_eq!(networks().await.wire_device(), wish);
}

/// Where /dev/net/tun may not be opened: all tests run once more on veth interfaces, as an ordinary user too.
#[test]
fn veth_interfaces_do_all_of_this_too() {
    if std::env::var_os(BINARY).is_some() || std::env::var_os(DEVICE).is_some() {
        return;
    }
    let out = std::process::Command::new(std::env::current_exe().unwrap())
        .env(DEVICE, "veth")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert!(
        said.contains("hosts_have_the_interfaces_that_are_wished_for ... ok"),
        "{said}"
    );
}

/// As root nothing shows that an ordinary user can do the same: there all tests run once more, as a user made for the purpose.
#[test]
fn an_ordinary_user_can_do_all_of_this() {
    const NOBODY_ELSE: &str = "61432";
    if std::env::var_os(BINARY).is_some() || own_uid() != 0 {
        return;
    }
    // Copies that everybody may read, wherever this was built.
    let dir = tempfile::tempdir().unwrap();
    let open = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    let (binary, this) = (dir.path().join("wirelab"), dir.path().join("wire"));
    std::fs::copy(env!("CARGO_BIN_EXE_wirelab"), &binary).unwrap();
    std::fs::copy(std::env::current_exe().unwrap(), &this).unwrap();
    [dir.path(), &binary, &this].into_iter().for_each(open);
    let user = [format!("--reuid={NOBODY_ELSE}"), format!("--regid={NOBODY_ELSE}")];
    let out = std::process::Command::new("setpriv")
        .args(user)
        .args(["--clear-groups", "--inh-caps=-all", "--bounding-set=-all"])
        .arg(&this)
        .current_dir(dir.path())
        .env(BINARY, &binary)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert!(
        said.contains("a_handshake_goes_packet_by_packet ... ok"),
        "{said}"
    );
}

/// Who we are: the owner of our own process's files.
fn own_uid() -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").unwrap().uid()
}
