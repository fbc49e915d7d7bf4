//! What can go wrong, and what a client is told of it.

use jiff::Timestamp;
use platform::{
    Said,
    auth::Denied,
    db,
    error::{Failure, Kind, Violation},
    idempotency::Reused,
};

use crate::{
    domain::{Correction, Flaw, Meeting, MeetingState, Refusal},
    import::Problem,
};

/// Violations shown of a faulty import: the status travels in headers, which are bounded; the preview has them all.
const SHOWN: usize = 15;

/// A failed action.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Not for this actor.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The key came with another request.
    #[error(transparent)]
    Reused(#[from] Reused),
    /// No such thing.
    #[error("{0} introuvable")]
    Unknown(&'static str),
    /// Somebody changed it first.
    #[error("quelqu'un l'a modifié entre-temps : relisez, puis recommencez")]
    Stale,
    /// Somebody changed the meeting first.
    #[error("ce rendez-vous a été modifié entre-temps : relisez, puis recommencez")]
    Overtaken(Box<Overtaken>),
    /// The timetable was changed after it was previewed.
    #[error("le planning a changé depuis l'aperçu ({} modification(s)) : relisez l'aperçu, puis publiez", .0.corrections.len())]
    Moved(Box<Moved>),
    /// A correction that cannot be taken back any more.
    #[error("cette correction ne peut plus être annulée : ses rendez-vous ont changé depuis")]
    NotUndoable,
    /// No correction to take back.
    #[error("aucune correction à annuler")]
    NothingToUndo,
    /// Fields are wrong.
    #[error("des champs sont faux")]
    Invalid(Vec<Flaw>),
    /// Not in this state, or somebody would be in two places.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Rows of an import are faulty.
    #[error("l'import est refusé : {} erreur(s) ; l'aperçu les montre toutes", .0.iter().filter(|problem| !problem.notice).count())]
    Faulty(Vec<Problem>),
    /// The files are not those that were previewed.
    #[error("les fichiers ne sont pas ceux de l'aperçu : refaites l'aperçu")]
    OtherFiles,
    /// Registrations or wishes changed during the computation.
    #[error("des inscriptions ou des souhaits ont changé pendant le calcul : relancez-le")]
    InputsChanged,
    /// Too many computations at once.
    #[error("deux plannings sont déjà en calcul : réessayez dans un instant")]
    Busy,
    /// The directory said no, or nothing.
    #[error("annuaire : {message}")]
    Directory {
        /// Whether trying again may help.
        away: bool,
        /// Its words for clients.
        message: String,
    },
    /// What should not happen.
    #[error("internal: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// A meeting as somebody else left it.
#[derive(Debug)]
pub struct Overtaken {
    /// As it stands now.
    pub meeting: Meeting,
    /// Subject of who changed it; empty when that was not kept.
    pub by: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// What happened to a timetable since it was previewed.
#[derive(Debug)]
pub struct Moved {
    /// Its version now.
    pub version: i64,
    /// Newest first.
    pub corrections: Vec<Correction>,
}

impl Overtaken {
    fn told(&self, failure: Failure) -> Failure {
        let (meeting, place) = (&self.meeting, self.meeting.place);
        let cancelled = meeting.state == MeetingState::Cancelled;
        failure
            .with("changed_by", &self.by)
            .with("changed_at", self.at.map(|at| at.to_string()).unwrap_or_default())
            .with("meeting_id", meeting.id.to_string())
            .with("version", meeting.version.to_string())
            .with("slot", place.slot.to_string())
            .with("table", place.table.to_string())
            .with("cancelled", cancelled.to_string())
    }
}

impl Moved {
    fn told(&self, failure: Failure) -> Failure {
        let newest = self.corrections.first();
        failure
            .with("timetable_version", self.version.to_string())
            .with(
                "changed_by",
                newest.map(|one| one.by.as_str()).unwrap_or_default(),
            )
            .with(
                "changed_at",
                newest.map(|one| one.at.to_string()).unwrap_or_default(),
            )
    }
}

impl Error {
    /// What a client is told, in English too where a page may show it.
    fn said(&self) -> Said {
        let english = match self {
            Self::Refused(refusal) => refusal.in_english(),
            _ => String::new(),
        };
        Said::new(self.to_string(), english)
    }

    /// Something that our own rules exclude.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<Vec<Flaw>> for Error {
    fn from(flaws: Vec<Flaw>) -> Self {
        Self::Invalid(flaws)
    }
}

impl From<Flaw> for Error {
    fn from(flaw: Flaw) -> Self {
        Self::Invalid(vec![flaw])
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let failure = |kind, reason| Self::new(kind, reason, error.said());
        match error {
            Error::Db(cause) => Self::database(cause),
            Error::Denied(denied) => Self::from(*denied),
            Error::Reused(reused) => Self::from(*reused),
            Error::Unknown(_) => failure(Kind::NotFound, "NOT_FOUND"),
            Error::Stale => failure(Kind::Conflict, "STALE_VERSION"),
            Error::Overtaken(overtaken) => overtaken.told(failure(Kind::Conflict, "STALE_VERSION")),
            Error::Moved(moved) => moved.told(failure(Kind::Conflict, "TIMETABLE_CHANGED")),
            Error::NotUndoable => failure(Kind::Conflict, "NOT_UNDOABLE"),
            Error::NothingToUndo => failure(Kind::Precondition, "NOTHING_TO_UNDO"),
            Error::Invalid(flaws) => Self::invalid(
                flaws
                    .iter()
                    .map(|flaw| Violation::new(&flaw.field, flaw.message.clone()))
                    .collect(),
            ),
            Error::Refused(Refusal::TooLate) => failure(Kind::Precondition, "TOO_LATE"),
            Error::Refused(Refusal::NotBegun) => failure(Kind::Precondition, "NOT_BEGUN"),
            Error::Refused(Refusal::AlreadyRegistered) => failure(Kind::Precondition, "ALREADY_REGISTERED"),
            Error::Refused(Refusal::LinkAlreadyMade) => failure(Kind::Precondition, "LINK_ALREADY_MADE"),
            Error::Refused(refusal) => {
                let reason = match refusal {
                    Refusal::Clash(_) | Refusal::Clashes(_) => "CLASH",
                    Refusal::InUse(_) => "IMPORT_IN_USE",
                    Refusal::Undecided(_) => "DUPLICATES_UNDECIDED",
                    _ => "NOT_IN_THIS_STATE",
                };
                failure(Kind::Precondition, reason)
            }
            Error::Faulty(problems) => {
                let errors = problems.iter().filter(|problem| !problem.notice);
                failure(
                    Kind::Invalid(errors.take(SHOWN).map(violation).collect()),
                    "FAULTY_ROWS",
                )
            }
            Error::OtherFiles => failure(Kind::Precondition, "OTHER_FILES"),
            Error::InputsChanged => failure(Kind::Conflict, "INPUTS_CHANGED"),
            Error::Busy => failure(Kind::Exhausted, "SOLVER_BUSY"),
            Error::Directory { away: true, .. } => failure(Kind::Unavailable, "DIRECTORY_AWAY"),
            Error::Directory { away: false, .. } => failure(Kind::Precondition, "DIRECTORY_REFUSED"),
            Error::Internal(cause) => Self::internal(cause.as_ref()),
        }
    }
}

/// `candidats:4:mobile`. The value stays in the preview: a status may be logged.
fn violation(problem: &Problem) -> Violation {
    let field = format!("{}:{}:{}", problem.table.name(), problem.line, problem.column);
    Violation::new(field, problem.message.then(&problem.cure))
}
