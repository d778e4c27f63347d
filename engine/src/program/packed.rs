//! Bytes for compiled code: how [`super::compiled`] writes numbers, texts and lists, and reads them back. Whole numbers are
//! LEB128, so that most instructions take two bytes.
//!
//! Reading never trusts a length: what is not there makes it `None`.

use std::rc::Rc;

use super::value::Name;

/// Something that can be written as bytes and read back.
pub trait Packed: Sized {
    /// Appends the bytes.
    fn put(&self, out: &mut Vec<u8>);
    /// Takes it from the front; `None` when the bytes are not what [`Packed::put`] writes.
    fn take(bytes: &mut &[u8]) -> Option<Self>;
}

/// So many bytes from the front.
pub fn cut<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(front)
}

impl Packed for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut left = *self;
        while left >= 0x80 {
            out.push(left as u8 | 0x80);
            left >>= 7;
        }
        out.push(left as u8);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let mut all = 0;
        for place in 0..10 {
            let [byte] = cut(bytes, 1)? else { return None };
            all |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(all);
            }
        }
        None
    }
}

macro_rules! smaller {
    ($($t:ty)*) => {
        $(impl Packed for $t {
            fn put(&self, out: &mut Vec<u8>) {
                u64::from(*self).put(out);
            }

            fn take(bytes: &mut &[u8]) -> Option<Self> {
                u64::take(bytes)?.try_into().ok()
            }
        })*
    };
}

smaller! { u8 u16 u32 }

impl Packed for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push((*self).into());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(u8::take(bytes)? != 0)
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?))
    }
}

impl<T: Packed> Packed for Box<[T]> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let len = u64::take(bytes)?;
        // Every item takes a byte at least: a length that cannot be ends the loop early.
        (0..len).map(|_| T::take(bytes)).collect()
    }
}

impl Packed for Rc<str> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        out.extend(self.bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let len = u64::take(bytes)?.try_into().ok()?;
        Some(str::from_utf8(cut(bytes, len)?).ok()?.into())
    }
}

impl Packed for Name {
    fn put(&self, out: &mut Vec<u8>) {
        Rc::<str>::from(self.as_str()).put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self::new(&Rc::<str>::take(bytes)?))
    }
}
