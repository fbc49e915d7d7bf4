use contracts::speeddating::v1::SessionKind;

/// How the two sides of a session are called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides {
    pub(crate) employer: &'static str,
    pub(crate) employers: &'static str,
    pub(crate) candidate: &'static str,
    pub(crate) candidates: &'static str,
    /// The kind of session.
    pub(crate) session: &'static str,
}

impl Sides {
    pub(crate) fn of(kind: SessionKind) -> Self {
        match kind {
            SessionKind::B2b => Self {
                employer: "acheteur",
                employers: "acheteurs",
                candidate: "entreprise d’insertion",
                candidates: "entreprises d’insertion",
                session: "Speed dating entre professionnels",
            },
            SessionKind::EmployerCandidate | SessionKind::Unspecified => Self {
                employer: "employeur",
                employers: "employeurs",
                candidate: "candidat·e",
                candidates: "candidat·es",
                session: "Speed dating employeurs",
            },
        }
    }
}
