//! Rows tried on the published timetable before the directory hears of them: what our own transaction would refuse
//! must have changed nobody there.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::resolved;
use crate::{
    actions::{Context, Whole, timetable},
    domain::{Board, Clash, Meeting, Pair, Refusal, Registration, Roll, Session, Wish, merge_wishes},
    error::Error,
    import::{Known, Problem, Reading},
};

/// What came of a trial.
#[derive(Default)]
pub(in crate::actions) struct Tried {
    /// Of the published meetings with all rows.
    clashes: Vec<Clash>,
    /// Rows to blame for them: the reading is without them now.
    left: Vec<Problem>,
    /// What clashes without these rows all the same.
    pub(in crate::actions) rest: Vec<Clash>,
}

impl Tried {
    /// The rows that are left aside. Refuses what the transaction would refuse, in the same words.
    pub(in crate::actions) fn permit(&self, leave_faulty_rows: bool) -> Result<Vec<Problem>, Error> {
        none(if leave_faulty_rows {
            &self.rest
        } else {
            &self.clashes
        })?;
        Ok(self.left.clone())
    }
}

/// Takes back the rows with which meetings of the published timetable could not stand. Whoever writes tries it again:
/// meetings may have moved since.
pub(in crate::actions) async fn try_rows(
    context: &Context,
    session: &Session,
    reading: &mut Reading,
    known: &Known,
) -> Result<Tried, Error> {
    let Some(trial) = Trial::load(context, session).await? else {
        return Ok(Tried::default());
    };
    let mut tried = Tried {
        clashes: trial.clashes(reading),
        ..Tried::default()
    };
    tried.rest.clone_from(&tried.clashes);
    // Each round leaves rows out, so that it ends.
    while !tried.rest.is_empty() {
        let rows = reading.blamed(&tried.rest);
        if rows.is_empty() {
            break;
        }
        reading.refuse(rows.clone(), known);
        tried.left.extend(rows);
        tried.rest = trial.clashes(reading);
    }
    Ok(tried)
}

/// Refuses a form with which meetings of the published timetable could not stand.
pub(in crate::actions) async fn nothing_clashes(
    context: &Context,
    session: &Session,
    reading: &Reading,
) -> Result<(), Error> {
    match Trial::load(context, session).await? {
        Some(trial) => none(&trial.clashes(reading)),
        None => Ok(()),
    }
}

fn none(clashes: &[Clash]) -> Result<(), Error> {
    if clashes.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Clashes(clashes.to_vec()).into())
    }
}

/// A published timetable with all that decides about it.
struct Trial {
    whole: Whole,
    meetings: Vec<Meeting>,
}

impl Trial {
    /// None before publication: nothing stands in the way then.
    async fn load(context: &Context, session: &Session) -> Result<Option<Self>, Error> {
        if session.published_timetable == 0 {
            return Ok(None);
        }
        let mut tx = context.db.read().await?;
        let shown = timetable(&mut tx, session.id, session.published_timetable).await?;
        let whole = Whole::load(&mut tx, session.clone()).await?;
        Ok(Some(Self {
            whole,
            meetings: shown.meetings,
        }))
    }

    /// What could not stand if the rows were written. Who they are about does not matter: a code keeps its person.
    fn clashes(&self, reading: &Reading) -> Vec<Clash> {
        let nobody = (Uuid::nil(), None);
        let employers = reading.employers.iter().map(|row| row.roll(nobody));
        let candidates = reading.candidates.iter().map(|row| row.roll(nobody));
        // Ids that nothing outside this board ever sees.
        let mut made = 0;
        let id = || {
            made += 1;
            Uuid::from_u128(made)
        };
        let rolls = employers.chain(candidates).collect();
        let (session, registered) = (&self.whole.session, &self.whole.people);
        let change = Roll::merge(rolls, session.id, registered, id);
        let mut people: BTreeMap<Uuid, Registration> = registered
            .iter()
            .map(|person| (person.id, person.clone()))
            .collect();
        let written = change.added.into_iter().chain(change.changed);
        people.extend(written.map(|person| (person.id, person)));
        let people: Vec<Registration> = people.into_values().collect();
        let (written, dropped) = merge_wishes(&self.whole.wishes, resolved(&reading.wishes, &people));
        let mut wishes: BTreeMap<Pair, Wish> =
            self.whole.wishes.iter().map(|wish| (wish.pair, *wish)).collect();
        for pair in &dropped {
            wishes.remove(pair);
        }
        wishes.extend(written.into_iter().map(|wish| (wish.pair, wish)));
        let wishes: Vec<Wish> = wishes.into_values().collect();
        Board::new(session, people, &wishes, self.meetings.clone()).clashes()
    }
}
