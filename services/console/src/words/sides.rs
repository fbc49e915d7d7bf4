use contracts::speeddating::v1::SessionKind;

use crate::texts::Texts;

/// How the two sides of a session are called.
#[derive(Clone, Debug)]
pub(crate) struct Sides {
    pub(crate) employer: String,
    pub(crate) employers: String,
    pub(crate) candidate: String,
    pub(crate) candidates: String,
    /// The kind of session.
    pub(crate) session: String,
    b2b: bool,
    t: Texts,
}

impl Sides {
    pub(crate) fn of(t: Texts, kind: SessionKind) -> Self {
        let b2b = kind == SessionKind::B2b;
        let say = |plain: &str, other: &str| t.say(if b2b { other } else { plain });
        Self {
            employer: say("side-employer", "side-buyer"),
            employers: say("side-employers", "side-buyers"),
            candidate: say("side-candidate", "side-enterprise"),
            candidates: say("side-candidates", "side-enterprises"),
            session: say("side-session", "side-session-b2b"),
            b2b,
            t,
        }
    }

    /// "24 employeurs".
    pub(crate) fn employers_counted(&self, n: i32) -> String {
        let key = if self.b2b {
            "side-buyers-many"
        } else {
            "side-employers-many"
        };
        self.t.with(key, "n", n).to_string()
    }

    /// "180 candidat·es".
    pub(crate) fn candidates_counted(&self, n: i32) -> String {
        let key = if self.b2b {
            "side-enterprises-many"
        } else {
            "side-candidates-many"
        };
        self.t.with(key, "n", n).to_string()
    }
}
