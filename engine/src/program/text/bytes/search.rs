//! Where bytes stand within others. The crate's `memmem` chooses among several searches by the processor and by the text; here
//! are the two that all texts need, a quarter of the code that a page loads: look for the first byte, which is quick where
//! that is rare, and the two-way search, which is never slow.

use memchr::arch::all::twoway::{Finder, FinderRev};
use memchr::{memchr, memrchr};

/// So many places that only begin like what is sought, and the two-way search goes on.
const TRIES: usize = 16;

/// The first place of `sub`.
pub(crate) fn find(bytes: &[u8], sub: &[u8]) -> Option<usize> {
    let Some(&first) = sub.first() else { return Some(0) };
    let mut from = 0;
    for _ in 0..TRIES {
        let at = from + memchr(first, &bytes[from..])?;
        if bytes[at..].starts_with(sub) {
            return Some(at);
        }
        from = at + 1;
    }
    let rest = &bytes[from..];
    Finder::new(sub).find(rest, sub).map(|at| from + at)
}

/// The last place of `sub`.
pub(crate) fn rfind(bytes: &[u8], sub: &[u8]) -> Option<usize> {
    let Some(&last) = sub.last() else {
        return Some(bytes.len());
    };
    let mut end = bytes.len();
    for _ in 0..TRIES {
        let at = memrchr(last, &bytes[..end])?;
        if bytes[..=at].ends_with(sub) {
            return Some(at + 1 - sub.len());
        }
        end = at;
    }
    FinderRev::new(sub).rfind(&bytes[..end], sub)
}

/// All places of `sub` from the first on, none within the one before; an empty `sub` stands everywhere.
pub(crate) fn find_iter<'a>(bytes: &'a [u8], sub: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + find(bytes.get(from..)?, sub)?;
        from = at + sub.len().max(1);
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use memchr::memmem;

    /// Every text of up to six bytes of two kinds, in every text of up to nine, as `memmem` says.
    #[test]
    fn all_small_texts() {
        let texts = |most: u32| {
            (0..=most).flat_map(|len| {
                (0..1u32 << len).map(move |bits| {
                    (0..len)
                        .map(|at| b'a' + (bits >> at & 1) as u8)
                        .collect::<Vec<u8>>()
                })
            })
        };
        for sub in texts(6) {
            for bytes in texts(9) {
                assert_eq!(find(&bytes, &sub), memmem::find(&bytes, &sub));
                assert_eq!(rfind(&bytes, &sub), memmem::rfind(&bytes, &sub));
                assert!(find_iter(&bytes, &sub).eq(memmem::find_iter(&bytes, &sub)));
            }
        }
    }

    /// More beginnings than are tried one by one: the other search goes on where they end.
    #[test]
    fn many_beginnings() {
        for tries in [TRIES - 1, TRIES, TRIES + 1, 5 * TRIES] {
            let (mut bytes, sub) = ([b"ab".repeat(tries), b"aab-baa".to_vec()].concat(), b"aab");
            assert_eq!(find(&bytes, sub), Some(2 * tries));
            bytes.reverse();
            assert_eq!(rfind(&bytes, b"baa"), Some(4));
            assert_eq!(find(&bytes, b"bab-"), None);
            assert_eq!(rfind(&bytes, b"-bab"), None);
        }
    }
}
