//! A chain of meetings that swap two slots.

use crate::breaks::model::{MeetingId, Model};

/// A swap of two slots for a connected set of meetings; nobody else is touched.
#[derive(Default)]
pub(in crate::breaks) struct Chain {
    pub(in crate::breaks) meetings: Vec<MeetingId>,
    /// Participants whose busy slots change.
    pub(super) ends: Vec<usize>,
    pub(super) slots: (usize, usize),
    /// Meetings that go from the first slot to the second, less those that come back.
    pub(in crate::breaks) shift: i64,
    seen: Vec<u32>,
    stamp: u32,
}

impl Chain {
    pub(super) fn start(&mut self, model: &Model, slots: (usize, usize)) {
        self.seen.resize(model.meetings.len(), 0);
        self.meetings.clear();
        self.ends.clear();
        self.stamp += 1;
        self.shift = 0;
        self.slots = slots;
    }

    pub(super) fn take(&mut self, meeting: MeetingId) {
        if self.seen[meeting] != self.stamp {
            self.seen[meeting] = self.stamp;
            self.meetings.push(meeting);
        }
    }

    /// What `undo` goes back to.
    pub(in crate::breaks) fn mark(&self) -> (usize, usize, i64) {
        (self.meetings.len(), self.ends.len(), self.shift)
    }

    /// Forgets what was taken since the mark.
    pub(in crate::breaks) fn undo(&mut self, (meetings, ends, shift): (usize, usize, i64)) {
        for meeting in self.meetings.drain(meetings..) {
            self.seen[meeting] = 0;
        }
        self.ends.truncate(ends);
        self.shift = shift;
    }

    pub(in crate::breaks) fn has(&self, meeting: MeetingId) -> bool {
        self.seen[meeting] == self.stamp
    }
}
