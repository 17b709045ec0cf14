//! The exponential backoff before a retry.

use crate::time::Duration;

/// Default maximum of the first wait in milliseconds: a second, as in the vendor's samples.
pub const DEFAULT_BASE: Duration = Duration::from_millis(1_000.0);
/// Default maximum of every wait in milliseconds: more than half a minute does not help the server, and annoys every
/// caller.
pub const DEFAULT_MAX: Duration = Duration::from_millis(30_000.0);
/// Minimum wait in milliseconds: at least a round trip, whatever the random sample.
const FLOOR: Duration = Duration::from_millis(50.0);

/// Exponential backoff with full jitter, capped before the jitter so that capped waits stay spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// Maximum of the first wait.
    pub base: Duration,
    /// Maximum of every wait.
    pub max: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: DEFAULT_BASE, max: DEFAULT_MAX }
    }
}

impl Backoff {
    /// The wait before retry `n` (1, 2, …) for a random sample `random` in [0, 1).
    pub fn full_jitter(&self, n: u32, random: f64) -> Duration {
        let mut hi = self.base.min(self.max);
        for _ in 1..n {
            if hi >= self.max || hi <= Duration::ZERO {
                break;
            }
            hi = (hi * 2.0).min(self.max);
        }
        let lo = FLOOR.min(hi);
        lo + (hi - lo) * random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: f64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn doubles_up_to_the_cap() {
        let backoff = Backoff::default();
        for (n, hi) in [(1, 1e3), (2, 2e3), (3, 4e3), (4, 8e3), (5, 16e3), (6, 30e3), (1_000, 30e3)] {
            assert_eq!(backoff.full_jitter(n, 1.0), ms(hi), "retry {n}");
            assert_eq!(backoff.full_jitter(n, 0.0), ms(50.0), "retry {n}");
        }
        assert_eq!(backoff.full_jitter(1, 0.5), ms(525.0));
    }

    #[test]
    fn the_floor_never_exceeds_the_ceiling() {
        let backoff = Backoff { base: ms(10.0), max: ms(20.0) };
        assert_eq!(backoff.full_jitter(1, 0.0), ms(10.0));
        assert_eq!(backoff.full_jitter(5, 0.0), ms(20.0));
        assert_eq!(Backoff { base: ms(1e3), max: ms(5.0) }.full_jitter(1, 0.9), ms(5.0));
    }

    #[test]
    fn a_base_of_zero_means_no_wait() {
        assert_eq!(Backoff { base: ms(0.0), max: ms(30e3) }.full_jitter(u32::MAX, 0.9), Duration::ZERO);
    }
}
