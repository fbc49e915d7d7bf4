//! The seeded generator. Our own few lines, so that an upgrade of a dependency never changes a published timetable.

/// xorshift64* seeded through SplitMix64, so that seeds 0, 1, 2 … give unrelated sequences.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((z ^ (z >> 31)) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The high 32 bits scaled: no division, and the bias is far below what a search could notice.
        usize::try_from(((self.next() >> 32) * bound as u64) >> 32).unwrap_or(0)
    }

    /// A number in `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// One of the set bits of `mask`, which must not be 0.
    pub(crate) fn bit(&mut self, mask: u128) -> usize {
        let mut rest = mask;
        for _ in 0..self.below(mask.count_ones() as usize) {
            rest &= rest - 1;
        }
        rest.trailing_zeros() as usize
    }
}

/// `part / whole` as a real number.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    let halved = |n: u64| {
        f64::from(u32::try_from(n >> 16).unwrap_or(u32::MAX)) * 65536.0
            + f64::from(u16::try_from(n & 0xFFFF).unwrap_or(0))
    };
    halved(part) / halved(whole.max(1))
}

/// A small whole number as a real one; beyond 32 bits it is cut.
pub(crate) fn real(n: i64) -> f64 {
    f64::from(i32::try_from(n).unwrap_or(if n < 0 { i32::MIN } else { i32::MAX }))
}
