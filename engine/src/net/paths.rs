//! AF_UNIX names of a lab: which of them mean the same. Paths are names inside the lab, never opened in a file system.

/// Where relative paths begin: os.getcwd() of every program.
const HOME: &[u8] = b"/home/learner";

/// Does a name belong to the abstract namespace?
pub fn is_abstract(name: &[u8]) -> bool {
    name.first() == Some(&0)
}

/// The form of a name that is the same for all that mean the same: `sock`, `./sock` and `/home/learner/sock`.
pub fn key(name: &[u8]) -> Vec<u8> {
    if name.is_empty() || is_abstract(name) {
        return name.to_vec();
    }
    let home = if name.starts_with(b"/") { b"" } else { HOME };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in home.split(|b| *b == b'/').chain(name.split(|b| *b == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let mut key = Vec::with_capacity(name.len() + HOME.len() + 1);
    for part in parts {
        key.push(b'/');
        key.extend_from_slice(part);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_the_same_are_one() {
        for same in [
            "sock",
            "./sock",
            "x/../sock",
            "/home/learner/sock",
            "/home//learner/./sock",
        ] {
            assert_eq!(key(same.as_bytes()), b"/home/learner/sock", "{same}");
        }
        assert_eq!(key(b"/tmp/sock"), b"/tmp/sock");
        assert_eq!(key(b"/../../tmp"), b"/tmp");
        assert_eq!(key(b"\0a/../b"), b"\0a/../b");
    }
}
