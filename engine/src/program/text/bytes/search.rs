//! Where bytes stand within others. The crate's `memmem` chooses among several searches by the processor and by the text; this
//! takes the one of them that is never slow, which is a quarter of the code that a page loads.

use memchr::arch::all::twoway::{Finder, FinderRev};

/// The first place of `sub`.
pub(crate) fn find(bytes: &[u8], sub: &[u8]) -> Option<usize> {
    find_iter(bytes, sub).next()
}

/// The last place of `sub`.
pub(crate) fn rfind(bytes: &[u8], sub: &[u8]) -> Option<usize> {
    if sub.is_empty() {
        return Some(bytes.len());
    }
    FinderRev::new(sub).rfind(bytes, sub)
}

/// All places of `sub` from the first on, none within the one before; an empty `sub` stands everywhere.
pub(crate) fn find_iter<'a>(bytes: &'a [u8], sub: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let (finder, mut from) = (Finder::new(sub), 0);
    std::iter::from_fn(move || {
        let rest = bytes.get(from..)?;
        let found = if sub.is_empty() {
            Some(0)
        } else {
            finder.find(rest, sub)
        };
        let at = from + found?;
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
}
