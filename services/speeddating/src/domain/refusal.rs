//! Why something is refused, in French, because coordinators read it; in English by `english`.

mod english;

use platform::Said;

use super::{Dependent, Standing, State, Step};

/// A field that is wrong, whatever the state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Flaw {
    /// Path within the request.
    pub field: String,
    /// What is wrong.
    pub message: Said,
}

impl Flaw {
    /// A field and what is wrong with it.
    pub fn new(field: impl Into<String>, message: impl Into<Said>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Not in this state.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The session stands elsewhere.
    #[error("la session est {}, on ne peut pas {}", state_words(*.state), step_words(*.step))]
    Step {
        /// Where the session stands.
        state: State,
        /// What was asked.
        step: Step,
    },
    /// The registration stands elsewhere.
    #[error("l'inscription {code} est {}, elle ne peut pas être {wanted}", standing_words(*.standing))]
    Registration {
        /// Code of the registration.
        code: String,
        /// Where it stands.
        standing: Standing,
        /// What was asked.
        wanted: &'static str,
    },
    /// A correction would put somebody in two places, or where they cannot be.
    #[error(transparent)]
    Clash(#[from] Clash),
    /// Several meetings cannot stand.
    #[error("{} rendez-vous ne peuvent plus se tenir ; le premier : {}", .0.len(), first(.0))]
    Clashes(Vec<Clash>),
    /// The meeting is over or cancelled.
    #[error("ce rendez-vous est {0}, il ne peut plus être modifié")]
    MeetingOver(&'static str),
    /// An outcome for a meeting that was not published.
    #[error("ce planning n'est pas celui qui est publié : rien ne peut être noté sur ses rendez-vous")]
    NotPublished,
    /// An outcome that contradicts the state.
    #[error("un résultat ne peut être noté que sur un rendez-vous tenu")]
    OutcomeWithoutMeeting,
    /// The day has not come.
    #[error("la séance n'a lieu que le {0} : rien de ce jour ne peut être noté avant")]
    TooEarly(jiff::civil::Date),
    /// After the hour until which people change their part by themselves.
    #[error("cette page ne permet plus de changer quelque chose : appelez l'organisateur")]
    TooLate,
    /// Not what this side does by its page.
    #[error("cela ne se fait pas par cette page : appelez l'organisateur")]
    NotByPage,
    /// Something was said of a meeting that is still to come.
    #[error("ce rendez-vous n'a pas encore commencé")]
    NotBegun,
    /// Somebody takes part already.
    #[error("cette personne ne peut pas être inscrite ici : elle participe déjà, ou appelez l'organisateur")]
    AlreadyRegistered,
    /// The same request has made its link before.
    #[error("ce lien vient d'être créé : s'il est perdu, révoquez-le dans la liste et créez-en un autre")]
    LinkAlreadyMade,
    /// An import that was committed or undone.
    #[error("cet import est terminé : il ne peut plus être corrigé ni importé")]
    StageSettled,
    /// An import that was not committed.
    #[error("cet import n'a pas été fait : il n'y a rien à annuler")]
    NotCommitted,
    /// Something rests on an import.
    #[error("l'import ne peut plus être annulé, ceci en dépend : {}", dependents(.0))]
    InUse(Vec<Dependent>),
    /// Too many imports under way.
    #[error("il y a déjà {0} imports en attente dans cette session : terminez-en un, ou abandonnez-le")]
    TooManyStages(i64),
    /// Possible duplicates that nobody has looked at.
    #[error("{0} doublon(s) possible(s) à trancher d'abord : même personne, ou une autre")]
    Undecided(usize),
    /// A timetable without any possible pair.
    #[error("aucun couple candidat et employeur n'est possible : importez des souhaits d'abord")]
    NothingToPlan,
}

/// What stands in the way of a meeting. Times are wall clock, tables count from 1.
#[expect(missing_docs, reason = "the texts say what each field is")]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Clash {
    #[error("le créneau {slot} n'existe pas, la séance en a {slots}")]
    NoSuchSlot { slot: i64, slots: usize },
    #[error("la table {table} n'existe pas, il y en a {tables}")]
    NoSuchTable { table: i64, tables: i64 },
    #[error("le candidat {candidate} a déjà un rendez-vous à {at} avec l'employeur {employer}")]
    CandidateBusy {
        candidate: String,
        employer: String,
        at: String,
    },
    #[error("l'employeur {employer} reçoit déjà {parallel} candidat(s) à {at} : {candidates}")]
    EmployerBusy {
        employer: String,
        parallel: i64,
        at: String,
        candidates: String,
    },
    #[error("la table {table} est prise à {at} par l'employeur {employer} et le candidat {candidate}")]
    TableTaken {
        table: i64,
        at: String,
        employer: String,
        candidate: String,
    },
    #[error("toutes les tables sont prises à {at}")]
    NoTableLeft { at: String },
    #[error("le candidat {code} n'est pas présent à {at} (de {from} à {to})")]
    CandidateAway {
        code: String,
        at: String,
        from: String,
        to: String,
    },
    #[error("l'employeur {code} n'est pas présent à {at} (de {from} à {to})")]
    EmployerAway {
        code: String,
        at: String,
        from: String,
        to: String,
    },
    #[error("le candidat {code} a déjà ses {cap} rendez-vous")]
    CandidateFull { code: String, cap: i64 },
    #[error("l'employeur {code} a déjà ses {cap} rendez-vous")]
    EmployerFull { code: String, cap: i64 },
    #[error("le candidat {candidate} et l'employeur {employer} ne doivent pas se rencontrer")]
    Forbidden { candidate: String, employer: String },
    #[error("le candidat {candidate} et l'employeur {employer} ont déjà un rendez-vous à {at}")]
    PairTwice {
        candidate: String,
        employer: String,
        at: String,
    },
    #[error(
        "le candidat {code} est déjà attendu à la session « {title} » le {date} de {from} à {to} : déplacez ou annulez ses \
         rendez-vous de l'une des deux sessions, ou retirez-le de l'une d'elles"
    )]
    Elsewhere {
        code: String,
        title: String,
        date: String,
        from: String,
        to: String,
    },
    #[error("{code} ne participe plus à la session")]
    Withdrawn { code: String },
    #[error("{code} est noté absent")]
    Absent { code: String },
    #[error("il n'y a pas d'inscription de ce côté avec cet identifiant")]
    Unregistered,
}

fn dependents(found: &[Dependent]) -> String {
    let words: Vec<String> = found.iter().map(dependent).collect();
    words.join(", ")
}

fn dependent(found: &Dependent) -> String {
    match found {
        Dependent::Timetable(number) => format!("le planning n° {number}"),
        Dependent::Registration(code) => format!("l'inscription {code}, modifiée depuis"),
        Dependent::Wish(candidate, employer) => {
            format!("le souhait {candidate} pour {employer}, modifié depuis")
        }
        Dependent::Meeting(code) => format!("un rendez-vous de {code}"),
        Dependent::Import(_) => "un import fait depuis".to_owned(),
        Dependent::Forgotten => "le détail de ce qu'il a changé n'est plus gardé".to_owned(),
    }
}

fn first(clashes: &[Clash]) -> String {
    clashes.first().map(ToString::to_string).unwrap_or_default()
}

fn state_words(state: State) -> &'static str {
    match state {
        State::Draft => "en préparation",
        State::RegistrationOpen => "ouverte aux inscriptions",
        State::RegistrationClosed => "fermée aux inscriptions",
        State::ScheduleDraft => "en cours de planification",
        State::SchedulePublished => "publiée",
        State::Running => "en cours",
        State::Closed => "terminée",
        State::FollowedUp => "suivie et close",
        State::Cancelled => "annulée",
    }
}

fn step_words(step: Step) -> &'static str {
    match step {
        Step::OpenRegistration => "ouvrir les inscriptions",
        Step::CloseRegistration => "fermer les inscriptions",
        Step::Import => "importer des inscriptions ou changer des souhaits",
        Step::MakeTimetable => "calculer un planning",
        Step::Publish => "publier un planning",
        Step::Correct => "modifier un rendez-vous",
        Step::Register => "modifier une inscription",
        Step::Move => "changer la date, l'heure ou le lieu",
        Step::Start => "démarrer la séance",
        Step::Close => "terminer la séance",
        Step::RecordOutcome => "noter le résultat d'un rendez-vous",
        Step::NotePresence => "noter une présence",
        Step::FollowUp => "clore le suivi",
        Step::Cancel => "annuler la session",
    }
}

fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Registered => "enregistrée",
        Standing::Confirmed => "confirmée",
        Standing::Withdrawn => "retirée",
        Standing::CheckedIn => "présente",
        Standing::Done => "terminée",
        Standing::Absent => "absente",
    }
}
