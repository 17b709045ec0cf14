//! Times, as the platform supplies them: durations, instants of a clock that never jumps, and dates.
//!
//! All of them are milliseconds in a float, as in JavaScript's timers and clocks: fractions are kept, and infinity means
//! "no limit". A value from a caller is never NaN: options and arguments are validated.

use core::ops::{Add, AddAssign, Div, Mul, Sub};

/// A length of time. It is negative where an instant has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Duration(f64);

/// An instant of the monotonic clock, which never jumps. Waits and deadlines are measured with it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Instant(f64);

/// A date of the wall clock, which may be wrong and may jump. Needed to read an HTTP-date and to report an instant to the
/// caller.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Timestamp(f64);

/// The current time on both of the platform's clocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// For waits and deadlines.
    pub monotonic: Instant,
    /// For dates.
    pub wall: Timestamp,
}

macro_rules! millis {
    ($($type:ident: $what:literal;)*) => {$(
        impl $type {
            #[doc = concat!("From milliseconds", $what, ".")]
            pub const fn from_millis(millis: f64) -> Self {
                Self(millis)
            }

            #[doc = concat!("In milliseconds", $what, ".")]
            pub const fn as_millis(self) -> f64 {
                self.0
            }

            /// The smaller of two values.
            pub const fn min(self, other: Self) -> Self {
                Self(self.0.min(other.0))
            }

            /// The larger of two values.
            pub const fn max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }
        }
    )*};
}

macro_rules! points {
    ($($type:ident)*) => {$(
        impl Add<Duration> for $type {
            type Output = Self;
            fn add(self, other: Duration) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl Sub<Duration> for $type {
            type Output = Self;
            fn sub(self, other: Duration) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl Sub for $type {
            type Output = Duration;
            fn sub(self, other: Self) -> Duration {
                Duration(self.0 - other.0)
            }
        }

        impl AddAssign<Duration> for $type {
            fn add_assign(&mut self, other: Duration) {
                self.0 += other.0;
            }
        }
    )*};
}

millis! {
    Duration: "";
    Instant: " since some fixed instant";
    Timestamp: " since 1970 UTC";
}
points! { Instant Timestamp }

impl Duration {
    /// No time.
    pub const ZERO: Self = Self(0.0);
    /// No limit.
    pub const INFINITE: Self = Self(f64::INFINITY);

    /// The value within these limits.
    pub const fn clamp(self, min: Self, max: Self) -> Self {
        self.max(min).min(max)
    }

    /// From seconds.
    pub const fn from_secs(seconds: f64) -> Self {
        Self(seconds * 1_000.0)
    }

    /// In seconds.
    pub const fn as_secs(self) -> f64 {
        self.0 / 1_000.0
    }
}

impl Instant {
    /// Before every instant of the clock: it has never happened.
    pub const NEVER: Self = Self(f64::NEG_INFINITY);
    /// After every instant of the clock: there is no limit.
    pub const FAR_FUTURE: Self = Self(f64::INFINITY);
}

impl Add for Duration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Duration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Mul<f64> for Duration {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

impl Div<f64> for Duration {
    type Output = Self;
    fn div(self, divisor: f64) -> Self {
        Self(self.0 / divisor)
    }
}

impl Div for Duration {
    type Output = f64;
    fn div(self, other: Self) -> f64 {
        self.0 / other.0
    }
}
