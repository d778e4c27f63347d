//! MD5 (RFC 1321), SHA-1 and the SHA-2 family (FIPS 180-4), for `hashlib` and for seeding `random` with text. Plain and
//! short: nothing secret depends on their speed or on their timing.

/// MD5.
#[must_use]
pub fn md5(data: &[u8]) -> [u8; 16] {
    const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut state: [u32; 4] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];
    for block in padded(data, 64, false).chunks_exact(64) {
        let words: Vec<u32> = block
            .chunks_exact(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        let [mut a, mut b, mut c, mut d] = state;
        for i in 0..64 {
            let (mix, word) = match i / 16 {
                0 => (b & c | !b & d, i),
                1 => (d & b | !d & c, 5 * i + 1),
                2 => (b ^ c ^ d, 3 * i + 5),
                _ => (c ^ (b | !d), 7 * i),
            };
            // The constants are the digits of |sin|, RFC 1321 section 3.4.
            let constant = (((i + 1) as f64).sin().abs() * 4_294_967_296.0) as u32;
            let sum = a
                .wrapping_add(mix)
                .wrapping_add(constant)
                .wrapping_add(words[word % 16]);
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(TURNS[i / 16][i % 4])));
        }
        for (sum, word) in state.iter_mut().zip([a, b, c, d]) {
            *sum = sum.wrapping_add(word);
        }
    }
    collect(state.iter().flat_map(|word| word.to_le_bytes()))
}

/// SHA-1.
#[must_use]
pub fn sha1(data: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    for block in padded(data, 64, true).chunks_exact(64) {
        let mut words = words32(block);
        for i in 16..80 {
            words.push((words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (i, word) in words.iter().enumerate() {
            let (mix, constant) = match i / 20 {
                0 => (b & c | !b & d, 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => (b & c | b & d | c & d, 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let sum = a
                .rotate_left(5)
                .wrapping_add(mix)
                .wrapping_add(e)
                .wrapping_add(constant)
                .wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
        for (sum, word) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(word);
        }
    }
    collect(state.iter().flat_map(|word| word.to_be_bytes()))
}

/// SHA-224 and SHA-256: the first bytes of the state that begins so.
fn sha2_32(data: &[u8], mut state: [u32; 8]) -> Vec<u8> {
    let constants: Vec<u32> = primes(64).map(|p| (root_fraction(p, 3) >> 32) as u32).collect();
    for block in padded(data, 64, true).chunks_exact(64) {
        let mut words = words32(block);
        for i in 16..64 {
            let (a, b): (u32, u32) = (words[i - 15], words[i - 2]);
            let low = a.rotate_right(7) ^ a.rotate_right(18) ^ a >> 3;
            let high = b.rotate_right(17) ^ b.rotate_right(19) ^ b >> 10;
            words.push(
                words[i - 16]
                    .wrapping_add(low)
                    .wrapping_add(words[i - 7])
                    .wrapping_add(high),
            );
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (word, constant) in words.iter().zip(&constants) {
            let turn = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let first = h
                .wrapping_add(turn)
                .wrapping_add(e & f ^ !e & g)
                .wrapping_add(*constant)
                .wrapping_add(*word);
            let turn = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let second = turn.wrapping_add(a & b ^ a & c ^ b & c);
            (h, g, f, e, d, c, b, a) = (
                g,
                f,
                e,
                d.wrapping_add(first),
                c,
                b,
                a,
                first.wrapping_add(second),
            );
        }
        for (sum, word) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *sum = sum.wrapping_add(word);
        }
    }
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// SHA-384 and SHA-512.
fn sha2_64(data: &[u8], mut state: [u64; 8]) -> Vec<u8> {
    let constants: Vec<u64> = primes(80).map(|p| root_fraction(p, 3)).collect();
    for block in padded(data, 128, true).chunks_exact(128) {
        let mut words: Vec<u64> = block
            .chunks_exact(8)
            .map(|b| b.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
            .collect();
        for i in 16..80 {
            let (a, b): (u64, u64) = (words[i - 15], words[i - 2]);
            let low = a.rotate_right(1) ^ a.rotate_right(8) ^ a >> 7;
            let high = b.rotate_right(19) ^ b.rotate_right(61) ^ b >> 6;
            words.push(
                words[i - 16]
                    .wrapping_add(low)
                    .wrapping_add(words[i - 7])
                    .wrapping_add(high),
            );
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (word, constant) in words.iter().zip(&constants) {
            let turn = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
            let first = h
                .wrapping_add(turn)
                .wrapping_add(e & f ^ !e & g)
                .wrapping_add(*constant)
                .wrapping_add(*word);
            let turn = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
            let second = turn.wrapping_add(a & b ^ a & c ^ b & c);
            (h, g, f, e, d, c, b, a) = (
                g,
                f,
                e,
                d.wrapping_add(first),
                c,
                b,
                a,
                first.wrapping_add(second),
            );
        }
        for (sum, word) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *sum = sum.wrapping_add(word);
        }
    }
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// SHA-256.
#[must_use]
pub fn sha256(data: &[u8]) -> Vec<u8> {
    sha2_32(
        data,
        collect_words(primes(8).map(|p| (root_fraction(p, 2) >> 32) as u32)),
    )
}

/// SHA-224.
#[must_use]
pub fn sha224(data: &[u8]) -> Vec<u8> {
    let mut out = sha2_32(
        data,
        collect_words(primes(16).skip(8).map(|p| root_fraction(p, 2) as u32)),
    );
    out.truncate(28);
    out
}

/// SHA-512.
#[must_use]
pub fn sha512(data: &[u8]) -> Vec<u8> {
    sha2_64(data, collect_words(primes(8).map(|p| root_fraction(p, 2))))
}

/// SHA-384.
#[must_use]
pub fn sha384(data: &[u8]) -> Vec<u8> {
    let mut out = sha2_64(
        data,
        collect_words(primes(16).skip(8).map(|p| root_fraction(p, 2))),
    );
    out.truncate(48);
    out
}

/// The CRC-32 of zlib and Ethernet, begun with an earlier one.
#[must_use]
pub fn crc32(data: &[u8], before: u32) -> u32 {
    let mut crc = !before;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    !crc
}

fn words32(block: &[u8]) -> Vec<u32> {
    block
        .chunks_exact(4)
        .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
        .collect()
}

/// The data, a one bit, zeros, and the length in bits at the end of a block.
fn padded(data: &[u8], block: usize, big_endian: bool) -> Vec<u8> {
    let length_bytes = block / 8;
    let mut out = data.to_vec();
    out.push(0x80);
    while out.len() % block != block - length_bytes {
        out.push(0);
    }
    let bits = (data.len() as u128) * 8;
    if big_endian {
        out.extend(&bits.to_be_bytes()[16 - length_bytes..]);
    } else {
        out.extend(&bits.to_le_bytes()[..length_bytes]);
    }
    out
}

fn primes(count: usize) -> impl Iterator<Item = u64> {
    (2_u64..)
        .filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0))
        .take(count)
}

/// The first 64 bits after the point of the square or cube root of a small prime: where SHA-2's constants come from.
fn root_fraction(prime: u64, degree: u32) -> u64 {
    let wanted = num_bigint::BigUint::from(prime) << (64 * degree as usize);
    let root = wanted.nth_root(degree);
    root.iter_u64_digits().next().unwrap_or(0)
}

fn collect<const N: usize>(bytes: impl Iterator<Item = u8>) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    out
}

fn collect_words<T: Default + Copy, const N: usize>(words: impl Iterator<Item = T>) -> [T; N] {
    let mut out = [T::default(); N];
    out.iter_mut().zip(words).for_each(|(place, word)| *place = word);
    out
}
