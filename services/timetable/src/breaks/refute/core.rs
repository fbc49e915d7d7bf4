//! The smallest set of demands found that cannot hold together: each is left out once, and stays out when the rest still
//! contradicts itself.

use super::{Demands, Model, Problem, list, propagate};

/// One demand that can be left out.
#[derive(Clone, Copy)]
enum Demand {
    Tables,
    Order(usize),
    Forbidden(usize),
    Fixed(usize),
    Clash(usize),
}

/// Says the demands left, in words. All of `demands` together must contradict themselves.
pub(super) fn words(problem: &Problem, model: &Model, mut demands: Demands) -> Vec<String> {
    let all = every(&demands);
    // Many at a time first: most demands have nothing to do with the contradiction.
    let mut width = all.len().div_ceil(8).max(1);
    loop {
        for part in all.chunks(width) {
            let mut fewer = demands.clone();
            let held = part
                .iter()
                .filter(|demand| leave_out(&mut fewer, **demand))
                .count();
            if held > 0 && propagate(problem, model, &fewer).is_none() {
                demands = fewer;
            }
        }
        if width == 1 {
            break;
        }
        width = (width / 4).max(1);
    }
    let left = every(&demands)
        .into_iter()
        .filter(|&demand| holds(&demands, demand));
    left.map(|demand| say(problem, model, demand)).collect()
}

/// In the order in which they are tried: what a coordinator can change least comes last and is blamed last.
fn every(demands: &Demands) -> Vec<Demand> {
    let mut all: Vec<Demand> = (0..demands.clash.len()).map(Demand::Clash).collect();
    all.push(Demand::Tables);
    all.extend((0..demands.order.len()).map(Demand::Order));
    all.extend((0..demands.fixed.len()).map(Demand::Fixed));
    all.extend((0..demands.forbidden.len()).map(Demand::Forbidden));
    all
}

fn holds(demands: &Demands, demand: Demand) -> bool {
    match demand {
        Demand::Tables => demands.tables,
        Demand::Order(index) => demands.order[index],
        Demand::Forbidden(participant) => demands.forbidden[participant],
        Demand::Fixed(meeting) => demands.fixed[meeting],
        Demand::Clash(participant) => demands.clash[participant],
    }
}

/// False when it was out already.
fn leave_out(demands: &mut Demands, demand: Demand) -> bool {
    let held = match demand {
        Demand::Tables => &mut demands.tables,
        Demand::Order(index) => &mut demands.order[index],
        Demand::Forbidden(participant) => &mut demands.forbidden[participant],
        Demand::Fixed(meeting) => &mut demands.fixed[meeting],
        Demand::Clash(participant) => &mut demands.clash[participant],
    };
    std::mem::take(held)
}

fn say(problem: &Problem, model: &Model, demand: Demand) -> String {
    let meeting = |id: usize| format!("meeting {id} ({})", problem.meetings[id].session);
    match demand {
        Demand::Tables => format!("there are {} tables", problem.tables),
        Demand::Order(index) => {
            let (before, after) = problem.precedences[index];
            format!("{} must come before {}", meeting(before), meeting(after))
        }
        Demand::Forbidden(participant) => {
            let slots = list(model.participants[participant].forbidden);
            format!("participant {participant} takes no meeting in slots {slots}")
        }
        Demand::Fixed(id) => {
            let (a, b) = (problem.meetings[id].a, problem.meetings[id].b);
            let slot = problem.meetings[id].fixed_slot.unwrap_or_default();
            format!("meeting {id} of participants {a} and {b} is fixed at slot {slot}")
        }
        Demand::Clash(participant) => {
            let meetings = &model.participants[participant].meetings;
            let names: Vec<String> = meetings.iter().map(ToString::to_string).collect();
            format!(
                "participant {participant} has {} meetings ({}), one at a time",
                meetings.len(),
                names.join(", ")
            )
        }
    }
}
