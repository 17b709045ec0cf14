//! Times, as the platform supplies them.

/// A duration or an instant in milliseconds.
///
/// A float, as in JavaScript's timers and clocks: fractions are kept, and infinity means "no limit". A value from a
/// caller is never negative and never NaN: options and arguments are validated.
pub type Millis = f64;

/// The current time on both of the platform's clocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// Milliseconds since some fixed instant. Waits and deadlines are measured with it, since it never jumps.
    pub monotonic: Millis,
    /// Milliseconds since 1970 UTC. Needed to read an HTTP-date and to report an instant to the caller, both of which
    /// follow a response.
    pub wall: Millis,
}
