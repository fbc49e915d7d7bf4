//! The same in English. A text that is missing here does not compile.

use super::{Clash, Dependent, Refusal, Standing, State, Step};

impl Refusal {
    /// What the refusal says, in English.
    pub fn in_english(&self) -> String {
        match self {
            Self::Step { state, step } => {
                format!(
                    "the session is {}: one cannot {}",
                    state_words(*state),
                    step_words(*step)
                )
            }
            Self::Registration { code, standing, .. } => {
                format!(
                    "registration {code} is {}: it cannot become that",
                    standing_words(*standing)
                )
            }
            Self::Clash(clash) => clash.in_english(),
            Self::Clashes(clashes) => format!(
                "{} meetings can no longer take place; the first: {}",
                clashes.len(),
                clashes.first().map(Clash::in_english).unwrap_or_default()
            ),
            Self::MeetingOver(_) => {
                "this meeting is over or cancelled: it can no longer be changed".to_owned()
            }
            Self::NotPublished => {
                "this timetable is not the published one: nothing can be noted on its meetings".to_owned()
            }
            Self::OutcomeWithoutMeeting => {
                "an outcome can be noted only on a meeting that was held".to_owned()
            }
            Self::TooEarly(date) => {
                format!("the session only takes place on {date}: nothing of that day can be noted before")
            }
            Self::TooLate => "nothing can be changed by this page any more: call the organiser".to_owned(),
            Self::NotByPage => "this is not done by this page: call the organiser".to_owned(),
            Self::NotBegun => "this meeting has not begun yet".to_owned(),
            Self::AlreadyRegistered => {
                "this person cannot be registered here: they take part already, or call the organiser"
                    .to_owned()
            }
            Self::LinkAlreadyMade => {
                "this link was made a moment ago: if it is lost, revoke it in the list and make another"
                    .to_owned()
            }
            Self::StageSettled => {
                "this import is finished: it can no longer be corrected or imported".to_owned()
            }
            Self::NotCommitted => "this import was not made: there is nothing to undo".to_owned(),
            Self::InUse(found) => {
                let words: Vec<String> = found.iter().map(dependent).collect();
                format!(
                    "the import can no longer be undone, this depends on it: {}",
                    words.join(", ")
                )
            }
            Self::TooManyStages(count) => {
                format!("{count} imports are already waiting in this session: finish or discard one of them")
            }
            Self::Undecided(count) => {
                format!("{count} possible duplicate(s) to decide first: the same person, or another one")
            }
            Self::NothingToPlan => {
                "no pair of candidate and employer is possible: import wishes first".to_owned()
            }
        }
    }
}

impl Clash {
    /// What stands in the way, in English.
    pub fn in_english(&self) -> String {
        match self {
            Self::NoSuchSlot { slot, slots } => {
                format!("there is no slot {slot}: the session has {slots}")
            }
            Self::NoSuchTable { table, tables } => {
                format!("there is no table {table}: the session has {tables}")
            }
            Self::CandidateBusy {
                candidate,
                employer,
                at,
            } => format!("candidate {candidate} already has a meeting at {at} with employer {employer}"),
            Self::EmployerBusy {
                employer,
                parallel,
                at,
                candidates,
            } => {
                format!("employer {employer} already receives {parallel} candidate(s) at {at}: {candidates}")
            }
            Self::TableTaken {
                table,
                at,
                employer,
                candidate,
            } => format!("table {table} is taken at {at} by employer {employer} and candidate {candidate}"),
            Self::NoTableLeft { at } => format!("all tables are taken at {at}"),
            Self::CandidateAway { code, at, from, to } => {
                format!("candidate {code} is not there at {at} (from {from} to {to})")
            }
            Self::EmployerAway { code, at, from, to } => {
                format!("employer {code} is not there at {at} (from {from} to {to})")
            }
            Self::CandidateFull { code, cap } => format!("candidate {code} already has all {cap} meetings"),
            Self::EmployerFull { code, cap } => format!("employer {code} already has all {cap} meetings"),
            Self::Forbidden { candidate, employer } => {
                format!("candidate {candidate} and employer {employer} must not meet")
            }
            Self::PairTwice {
                candidate,
                employer,
                at,
            } => format!("candidate {candidate} and employer {employer} already have a meeting at {at}"),
            Self::Elsewhere {
                code,
                title,
                date,
                from,
                to,
            } => format!(
                "candidate {code} is already expected at the session “{title}” on {date} from {from} to {to}: move or \
                 cancel their meetings in one of the two sessions, or withdraw them from one"
            ),
            Self::Withdrawn { code } => format!("{code} no longer takes part in the session"),
            Self::Absent { code } => format!("{code} is marked absent"),
            Self::Unregistered => "nobody is registered on this side under this id".to_owned(),
        }
    }
}

fn dependent(found: &Dependent) -> String {
    match found {
        Dependent::Timetable(number) => format!("timetable no. {number}"),
        Dependent::Registration(code) => format!("registration {code}, changed since"),
        Dependent::Wish(candidate, employer) => {
            format!("the wish of {candidate} for {employer}, changed since")
        }
        Dependent::Meeting(code) => format!("a meeting of {code}"),
        Dependent::Import(_) => "an import made since".to_owned(),
        Dependent::Forgotten => "the details of what it changed are no longer kept".to_owned(),
    }
}

fn state_words(state: State) -> &'static str {
    match state {
        State::Draft => "being prepared",
        State::RegistrationOpen => "open for registration",
        State::RegistrationClosed => "closed for registration",
        State::ScheduleDraft => "being scheduled",
        State::SchedulePublished => "published",
        State::Running => "under way",
        State::Closed => "over",
        State::FollowedUp => "followed up and closed",
        State::Cancelled => "cancelled",
    }
}

fn step_words(step: Step) -> &'static str {
    match step {
        Step::OpenRegistration => "open registration",
        Step::CloseRegistration => "close registration",
        Step::Import => "import registrations or change wishes",
        Step::MakeTimetable => "make a timetable",
        Step::Publish => "publish a timetable",
        Step::Correct => "change a meeting",
        Step::Register => "change a registration",
        Step::Move => "change the date, the hour or the place",
        Step::Start => "start the session",
        Step::Close => "end the session",
        Step::RecordOutcome => "note the outcome of a meeting",
        Step::NotePresence => "note who is present",
        Step::FollowUp => "close the follow-up",
        Step::Cancel => "cancel the session",
    }
}

fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Registered => "registered",
        Standing::Confirmed => "confirmed",
        Standing::Withdrawn => "withdrawn",
        Standing::CheckedIn => "present",
        Standing::Done => "done",
        Standing::Absent => "absent",
    }
}
