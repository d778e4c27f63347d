//! The Mersenne Twister MT19937, as `random.Random` uses it: equal seeds give CPython's numbers.
//!
//! Matsumoto and Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform Pseudo-Random Number Generator"
//! (1998); the seeding by an array is theirs of 2002.

/// Words of state.
pub const WORDS: usize = 624;
const SHIFT: usize = 397;

/// The generator.
#[derive(Clone)]
pub struct Mersenne {
    state: Box<[u32; WORDS]>,
    /// The next word to give out; [`WORDS`] when a new round is due.
    at: usize,
}

impl Mersenne {
    /// Seeded by the digits of a number in base 2^32, the least first.
    #[must_use]
    pub fn new(key: &[u32]) -> Self {
        let mut out = Self {
            state: Box::new([0; WORDS]),
            at: WORDS,
        };
        out.fill(19_650_218);
        let key = if key.is_empty() { &[0] } else { key };
        let state = &mut *out.state;
        let (mut i, mut j) = (1, 0);
        let before = |state: &[u32; WORDS], i: usize| state[i - 1] ^ state[i - 1] >> 30;
        for _ in 0..WORDS.max(key.len()) {
            let mixed = state[i] ^ before(state, i).wrapping_mul(1_664_525);
            state[i] = mixed.wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            if i == WORDS {
                state[0] = state[WORDS - 1];
                i = 1;
            }
        }
        for _ in 0..WORDS - 1 {
            let mixed = state[i] ^ before(state, i).wrapping_mul(1_566_083_941);
            state[i] = mixed.wrapping_sub(i as u32);
            i += 1;
            if i == WORDS {
                state[0] = state[WORDS - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        out
    }

    fn fill(&mut self, seed: u32) {
        self.state[0] = seed;
        for i in 1..WORDS {
            let last = self.state[i - 1];
            self.state[i] = (last ^ last >> 30)
                .wrapping_mul(1_812_433_253)
                .wrapping_add(i as u32);
        }
    }

    /// Takes up a saved state: the words, then the place.
    #[must_use]
    pub fn from_state(words: &[u32]) -> Option<Self> {
        let (place, state) = words.split_last()?;
        let state: [u32; WORDS] = state.try_into().ok()?;
        let at = *place as usize;
        (at <= WORDS).then(|| Self {
            state: Box::new(state),
            at,
        })
    }

    /// The state for [`Mersenne::from_state`].
    #[must_use]
    pub fn state(&self) -> Vec<u32> {
        let mut out = self.state.to_vec();
        out.push(self.at as u32);
        out
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.at >= WORDS {
            self.twist();
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C_5680;
        y ^= y << 15 & 0xEFC6_0000;
        y ^ y >> 18
    }

    fn twist(&mut self) {
        let state = &mut *self.state;
        for i in 0..WORDS {
            let y = state[i] & 0x8000_0000 | state[(i + 1) % WORDS] & 0x7FFF_FFFF;
            let odd = if y & 1 == 1 { 0x9908_B0DF } else { 0 };
            state[i] = state[(i + SHIFT) % WORDS] ^ y >> 1 ^ odd;
        }
        self.at = 0;
    }

    /// random(): 53 bits in [0, 1).
    pub fn next_f64(&mut self) -> f64 {
        let (a, b) = (self.next_u32() >> 5, self.next_u32() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }

    /// getrandbits(k): the words of a number of `bits` bits, the least first.
    pub fn bits(&mut self, bits: usize) -> Vec<u32> {
        let mut left = bits;
        let mut out = Vec::with_capacity(bits.div_ceil(32));
        while left > 0 {
            let word = self.next_u32();
            out.push(if left < 32 { word >> (32 - left) } else { word });
            left = left.saturating_sub(32);
        }
        out
    }
}
