//! A clock that never goes back.

use crate::time::Millis;

/// The caller's instants, corrected: a clock that jumps back would make every wait longer.
#[derive(Debug, Default)]
pub struct Clock {
    /// The latest corrected instant.
    last: Millis,
    shift: Millis,
}

impl Clock {
    /// Reads the caller's clock.
    pub fn read(&mut self, now: Millis) -> Millis {
        let here = now + self.shift;
        if here > self.last && here < Millis::INFINITY {
            self.last = here;
        } else if here < self.last && here > Millis::NEG_INFINITY {
            self.shift += self.last - here;
        }
        self.last
    }

    /// The same without correcting it for later.
    pub fn peek(&self, now: Millis) -> Millis {
        self.last.max(now + self.shift)
    }

    /// What is added to the caller's instants.
    pub fn shift(&self) -> Millis {
        self.shift
    }
}
