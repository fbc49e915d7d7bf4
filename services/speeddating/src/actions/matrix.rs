//! The matrix of wishes in windows, and what wishes weigh.

use std::collections::BTreeSet;

use platform::auth::Actor;
use uuid::Uuid;

use super::{Context, View, held_at, readable, save, sessions::view};
use crate::{
    domain::{Registration, Side, Step, Weights, Wish},
    error::Error,
    store,
};

/// Cells of a matrix that is shown whole.
const CELLS_MOST: usize = 12_000;
/// Rows and columns of a window of a larger one.
const WINDOW: (usize, usize) = (50, 25);
/// Rows and columns that may be asked for.
const WINDOW_MOST: usize = 500;

/// Rows or columns to show.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The first one, counted from 0.
    pub first: usize,
    /// At most so many; 0 leaves it to the size of the matrix.
    pub most: usize,
    /// Only these; empty: all.
    pub only: BTreeSet<Uuid>,
}

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Rows.
    pub candidates: Lines,
    /// Columns.
    pub employers: Lines,
    /// Candidates without any wish.
    pub without_wish: bool,
    /// Who withdrew too.
    pub withdrawn: bool,
}

/// A window of the matrix.
pub struct Matrix {
    /// The session with its counts.
    pub view: View,
    /// Rows, with how many wishes each candidate made.
    pub candidates: Strip,
    /// Columns, with how many wishes were made for each.
    pub employers: Strip,
    /// What stands at their crossings.
    pub wishes: Vec<Wish>,
    /// Candidates without any wish in the whole session.
    pub without_wish: usize,
}

/// Rows or columns of a window.
pub struct Strip {
    /// In the order of codes.
    pub lines: Vec<(Registration, i64)>,
    /// The first one.
    pub first: usize,
    /// How many there are with these filters.
    pub total: usize,
}

/// Rows and columns of the matrix with the wishes at their crossings.
pub async fn read_matrix(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    asked: &Asked,
) -> Result<Matrix, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    let tallies = store::wishes::tallies(&mut tx, session.id).await?;
    let (mut candidates, mut employers) = (Vec::new(), Vec::new());
    let mut without_wish = 0;
    for person in people
        .into_iter()
        .filter(|person| asked.withdrawn || person.takes_part())
    {
        let wishes = tallies.get(&person.id).copied().unwrap_or_default();
        if person.side == Side::Employer {
            if asked.employers.holds(person.id) {
                employers.push((person, wishes));
            }
            continue;
        }
        without_wish += usize::from(wishes == 0);
        if asked.candidates.holds(person.id) && !(asked.without_wish && wishes > 0) {
            candidates.push((person, wishes));
        }
    }
    let whole = candidates.len() * employers.len() <= CELLS_MOST;
    let candidates = asked.candidates.cut(candidates, whole, WINDOW.0);
    let employers = asked.employers.cut(employers, whole, WINDOW.1);
    let wishes = store::wishes::within(&mut tx, session.id, &candidates.ids(), &employers.ids()).await?;
    Ok(Matrix {
        view: view(&mut tx, session).await?,
        candidates,
        employers,
        wishes,
        without_wish,
    })
}

/// What wishes weigh from now on: timetables made before are outdated.
pub async fn set_weights(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    version: i64,
    weights: Weights,
) -> Result<View, Error> {
    let flaws = weights.flaws();
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    let mut tx = context.db.begin().await?;
    let mut session = held_at(&mut tx, actor, session, version).await?;
    session.state.after(Step::Import)?;
    store::sessions::set_weights(&mut tx, session.id, &weights).await?;
    session.plan.weights = weights;
    session.inputs += 1;
    save(&mut tx, &mut session).await?;
    let view = view(&mut tx, session).await?;
    tx.commit().await?;
    Ok(view)
}

impl Lines {
    fn holds(&self, id: Uuid) -> bool {
        self.only.is_empty() || self.only.contains(&id)
    }

    fn cut(&self, lines: Vec<(Registration, i64)>, whole: bool, window: usize) -> Strip {
        let total = lines.len();
        let most = match self.most {
            0 if whole => total,
            0 => window,
            most => most.min(WINDOW_MOST),
        };
        // A filter may have left fewer than there were: the last window rather than an empty one.
        let first = if self.first < total {
            self.first
        } else {
            total.saturating_sub(most)
        };
        Strip {
            lines: lines.into_iter().skip(first).take(most).collect(),
            first,
            total,
        }
    }
}

impl Strip {
    fn ids(&self) -> Vec<Uuid> {
        self.lines.iter().map(|(person, _)| person.id).collect()
    }
}
