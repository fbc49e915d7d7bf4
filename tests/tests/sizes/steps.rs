//! How long a run took, for people.

use std::time::Instant;

use tests::crowd::Size;

/// How long each step took.
pub(crate) struct Steps {
    parts: Vec<String>,
    since: Instant,
}

impl Steps {
    pub(crate) fn new(size: Size) -> Self {
        Self {
            parts: vec![format!("{} x {}", size.employers, size.candidates)],
            since: Instant::now(),
        }
    }

    pub(crate) fn done(&mut self, step: &str) {
        let seconds = self.since.elapsed().as_secs_f64();
        self.parts.push(format!("{step} {seconds:.2} s"));
        self.again();
    }

    pub(crate) fn again(&mut self) {
        self.since = Instant::now();
    }
}

impl std::fmt::Display for Steps {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.parts.join("; "))
    }
}
