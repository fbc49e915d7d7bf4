use std::time::Duration;

/// How many deliveries to claim at once: few while providers are slow, so that what was asked of directory and
/// scheduler is still fresh when the last of a batch goes out; many while they are fast.
#[derive(Debug)]
pub(super) struct Pace {
    size: i64,
}

/// What `Release` takes at most.
const LARGEST: i64 = 200;
const SMALLEST: i64 = 10;
const SLOW: Duration = Duration::from_secs(2);
const FAST: Duration = Duration::from_millis(500);

impl Default for Pace {
    fn default() -> Self {
        Self { size: 50 }
    }
}

impl Pace {
    pub(super) const fn size(&self) -> i64 {
        self.size
    }

    /// A batch took so long.
    pub(super) fn took(&mut self, elapsed: Duration) {
        if elapsed > SLOW {
            self.size = (self.size / 2).max(SMALLEST);
        } else if elapsed < FAST {
            self.size = (self.size * 2).min(LARGEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_shrink_when_slow_and_grow_when_fast() {
        let mut pace = Pace::default();
        for _ in 0..10 {
            pace.took(Duration::from_millis(10));
        }
        assert_eq!(pace.size(), 200);
        pace.took(Duration::from_secs(1));
        assert_eq!(pace.size(), 200);
        for _ in 0..10 {
            pace.took(Duration::from_mins(1));
        }
        assert_eq!(pace.size(), 10);
    }
}
