//! Six-digit one-time codes.

use rand::CryptoRng;
use serde::Deserialize;

/// A code as generated or as typed: exactly six ASCII digits, leading zeros kept. A secret like
/// any other: it does not print.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Code([u8; Code::DIGITS]);

impl Code {
    /// How many digits a code has.
    pub const DIGITS: usize = 6;
    const COUNT: u32 = 1_000_000;

    /// Uniform over 000000 to 999999: draws beyond the last whole multiple of a million are
    /// thrown away, so that no code is likelier than another.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        const END: u32 = u32::MAX - u32::MAX % Code::COUNT;
        loop {
            let draw = rng.next_u32();
            if draw < END {
                return Self::from_number(draw % Self::COUNT);
            }
        }
    }

    fn from_number(mut number: u32) -> Self {
        let mut digits = [b'0'; Self::DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        Self(digits)
    }

    /// `None` for anything but six ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; Self::DIGITS] = text.as_bytes().try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The digits, for the email and for hashing.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("exactly six digits")
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// The two digits that the agent reads out and the customer compares with the consent page (00 to 99).
pub fn verification_number(rng: &mut impl CryptoRng) -> String {
    // 256 draws into 100 would favour the first 56: throw away what is over 199.
    loop {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        if byte[0] < 200 {
            return format!("{:02}", byte[0] % 100);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rand_core::{TryCryptoRng, TryRng};
    use std::convert::Infallible;

    /// Gives these and no others.
    struct Draws(std::vec::IntoIter<u32>);

    impl Draws {
        fn of(draws: impl IntoIterator<Item = u32>) -> Self {
            Self(draws.into_iter().collect::<Vec<_>>().into_iter())
        }

        fn are_used_up(&self) -> bool {
            self.0.len() == 0
        }
    }

    impl TryRng for Draws {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(self.0.next().unwrap())
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            unreachable!("drawn as 32 bits or as bytes")
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            for byte in bytes {
                *byte = self.try_next_u32()?.try_into().unwrap();
            }
            Ok(())
        }
    }

    impl TryCryptoRng for Draws {}

    #[test] // P6
    fn a_draw_that_would_favour_some_codes_is_thrown_away() {
        // 4294 whole millions fit; what is beyond would come out as 000000 to 967295.
        let mut draws = Draws::of([4_294_000_000, u32::MAX, 4_293_999_999]);
        assert_eq!(Code::generate(&mut draws).expose(), "999999");
        assert!(draws.are_used_up());
        for (draw, code) in [(0, "000000"), (999_999, "999999"), (1_000_000, "000000")] {
            assert_eq!(Code::generate(&mut Draws::of([draw])).expose(), code);
        }
    }

    #[test] // P6
    fn match_numbers_are_every_two_digits_alike() {
        let numbers = |bytes: std::ops::Range<u32>| {
            let mut draws = Draws::of(bytes);
            let mut found = Vec::new();
            while !draws.are_used_up() {
                found.push(verification_number(&mut draws));
            }
            found
        };
        let all: Vec<String> = (0..100).map(|number| format!("{number:02}")).collect();
        assert_eq!((numbers(0..100), numbers(100..200)), (all.clone(), all));
        let mut draws = Draws::of([200, 255, 199]);
        assert_eq!(verification_number(&mut draws), "99");
    }

    #[test] // P6
    fn codes_are_uniform_over_every_digit_and_every_bucket() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(6);
        let draws = 200_000;
        let mut digits = [[0_u32; 10]; Code::DIGITS];
        let mut buckets = [0_u32; 100];
        for _ in 0..draws {
            let code = Code::generate(&mut rng);
            for (place, digit) in code.expose().bytes().enumerate() {
                digits[place][usize::from(digit - b'0')] += 1;
            }
            buckets[code.expose().parse::<usize>().unwrap() / 10_000] += 1;
        }
        // Chi-square at one in a million: 47.0 for 9 degrees of freedom, 180.8 for 99.
        for place in digits {
            assert!(chi_square(&place, draws) < 47.0, "{place:?}");
        }
        assert!(chi_square(&buckets, draws) < 180.8);
    }

    fn chi_square(counts: &[u32], draws: u32) -> f64 {
        let expected = f64::from(draws) / f64::from(u32::try_from(counts.len()).unwrap());
        counts.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum()
    }

    #[test] // P6
    fn leading_zeros_are_kept_and_both_ends_reached() {
        assert_eq!(Code::from_number(0).expose(), "000000");
        assert_eq!(Code::from_number(42).expose(), "000042");
        assert_eq!(Code::from_number(999_999).expose(), "999999");
    }

    #[test] // P24
    fn only_six_ascii_digits_are_a_code() {
        assert_eq!(Code::parse("012345").unwrap().expose(), "012345");
        for text in ["", "12345", "1234567", "12345a", "١٢٣", "12 456", "-12345", "１２３４５６"]
        {
            assert_eq!(Code::parse(text), None, "{text:?}");
        }
    }

    #[test] // P7
    fn a_code_does_not_print() {
        assert_eq!(format!("{:?}", Code::parse("123456").unwrap()), "Code(…)");
    }
}
