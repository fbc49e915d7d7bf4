//! What a session is and what may be done to it. Decides; no I/O, no clock, no chance.

mod altered;
mod arrival;
mod board;
mod comparison;
mod correction;
mod day;
mod job;
mod milestone;
mod overlap;
mod participation;
mod partner;
mod plan;
mod quality;
mod refusal;
mod registration;
mod report;
mod roll;
mod session;
mod solving;
mod stage;
mod text;
mod timetable;
mod wish;
mod word;

pub use self::{
    altered::{Altered, Correction, CorrectionKind, Stand, UNDO_MOST},
    arrival::{Arrival, Presence},
    board::{Board, SlotSpots, Spot},
    comparison::{Difference, compare},
    correction::Change,
    job::{Job, JobState, Progress, Stop},
    milestone::{Content, Emitted, Fact, MilestoneKind, Party, Reason, Wanted, confirmation, participation},
    overlap::Part,
    participation::{Act, Deed, NOTE_MOST, Note, begun, changeable, changes_until, room},
    partner::{PartnerLink, WISHES_MOST, next_code, ranked, wish_flaws},
    plan::{Break, Plan, Room, Slot, Venue, clock, shifted},
    quality::{Quality, Unmet},
    refusal::{Clash, Flaw, Refusal},
    registration::{EndedBy, Registration, Side, Standing},
    report::{Attendance, EmployerLine, Report},
    roll::{Double, Roll, RollChange, Seen, doubles, merge_wishes},
    session::{Kind, Session, State, Step},
    solving::{Puzzle, Solution},
    stage::{Dependent, Present, STAGE_KEPT, STAGES_MOST, Stage, StageState, Tallied, Trace, Undoing},
    text::invisible,
    timetable::{Meeting, MeetingState, OUTCOMES, Placed, Timetable},
    wish::{Opinion, Pair, Weights, Wish},
    word::{Outcome, Word, Words},
};
