//! Percentiles, and what the process used.

use std::fs;

use anyhow::{Context as _, Result};
use serde::Serialize;

/// The kernel counts CPU time in hundredths of a second, whatever its own tick.
const TICKS_PER_SECOND: f64 = 100.0;

/// How late things were, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Lateness {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

impl Lateness {
    /// Of each, in seconds and in any order.
    pub(super) fn of(mut late: Vec<f64>) -> Self {
        late.sort_by(f64::total_cmp);
        let at = |per_cent: usize| {
            let place = (late.len() * per_cent).div_ceil(100).saturating_sub(1);
            late.get(place).copied().unwrap_or_default()
        };
        Self {
            p50: rounded(at(50)),
            p99: rounded(at(99)),
            max: rounded(at(100)),
        }
    }
}

/// To a thousandth: more is noise.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// What a process used, as Linux tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    /// Seconds of CPU since its start, of all threads.
    pub cpu: f64,
    /// Bytes of memory that are resident now.
    pub resident: u64,
}

impl Usage {
    /// Of this process.
    pub(super) fn now() -> Result<Self> {
        let stat = fs::read_to_string("/proc/self/stat").context("this needs Linux: /proc/self/stat")?;
        let status =
            fs::read_to_string("/proc/self/status").context("this needs Linux: /proc/self/status")?;
        Self::read(&stat, &status).context("/proc/self cannot be understood")
    }

    fn read(stat: &str, status: &str) -> Option<Self> {
        // The name before the last parenthesis may hold spaces; then the state and ten fields, and both times.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let user: f64 = fields.next()?.parse().ok()?;
        let system: f64 = fields.next()?.parse().ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(Self {
            cpu: (user + system) / TICKS_PER_SECOND,
            resident: kilobytes * 1_024,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let late = (1..=200).rev().map(f64::from).collect();
        assert_eq!(
            Lateness::of(late),
            Lateness {
                p50: 100.0,
                p99: 198.0,
                max: 200.0
            }
        );
        assert_eq!(Lateness::of(Vec::new()), Lateness::default());
        let one = Lateness::of(vec![0.25]);
        assert_eq!((one.p50, one.p99, one.max), (0.25, 0.25, 0.25));
    }

    #[test]
    fn a_process_name_with_spaces_and_parentheses_is_no_obstacle() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0";
        let usage = Usage::read(stat, "Name:\tx\nVmRSS:\t  2048 kB\n").unwrap();
        assert!((usage.cpu - 2.0).abs() < 1e-9);
        assert_eq!(usage.resident, 2_097_152);
    }
}
