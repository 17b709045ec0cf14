//! Time as it comes in from outside.

/// A length of time in milliseconds.
///
/// A float, as JavaScript's timers and clocks speak it: fractions are kept, and infinity means "no limit".
/// Never negative and never NaN; [`crate::base_url`] refuses both at the edge.
pub type Millis = f64;

/// What the caller's clocks show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// Milliseconds since some fixed instant. Waits and deadlines are measured with it, since it never jumps.
    pub monotonic: Millis,
    /// Milliseconds since 1970 UTC. Needed to read an HTTP-date and to name an instant to people, both of which follow an answer.
    pub wall: Millis,
}
