//! Pairs under caps alone: a b-matching, solved exactly by a min-cost flow. Its value is an upper bound of every timetable,
//! its dual prices say what a seat of each person is worth.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::model::{Model, PairId};

pub(super) struct Flow {
    /// An upper bound, whether or not the flow was finished.
    pub(super) bound: i64,
    /// The best pairs under the caps; not all of them need to find a slot.
    pub(super) chosen: Vec<PairId>,
    pub(super) prices: Prices,
}

/// Dual prices, none negative: `Σ cap·price + most·meeting + Σ max(0, worth − prices)` bounds every timetable.
#[derive(Clone, Default)]
pub(super) struct Prices {
    pub(super) employers: Vec<i64>,
    pub(super) candidates: Vec<i64>,
    pub(super) meeting: i64,
}

impl Prices {
    /// What the pair is worth beyond the seats it takes.
    pub(super) fn reduced(&self, model: &Model, pair: PairId) -> i64 {
        let pair = &model.pairs[pair];
        pair.best() - self.employers[pair.e] - self.candidates[pair.c] - self.meeting
    }

    fn bound(&self, model: &Model, most: usize) -> i64 {
        let seats = |people: &[super::model::Person], prices: &[i64]| -> i64 {
            people
                .iter()
                .zip(prices)
                .map(|(person, price)| whole(person.cap) * price)
                .sum()
        };
        let pairs = (0..model.pairs.len())
            .map(|pair| self.reduced(model, pair).max(0))
            .sum::<i64>();
        whole(most) * self.meeting
            + seats(&model.employers, &self.employers)
            + seats(&model.candidates, &self.candidates)
            + pairs
    }
}

/// Finds the best pairs; `go` false breaks off with a weaker bound.
pub(super) fn pairs(model: &Model, go: &mut dyn FnMut() -> bool) -> Flow {
    let employers = model.employers.len();
    let (source, sink) = (0, 1);
    let e_node = |e: usize| 2 + e;
    let c_node = |c: usize| 2 + employers + c;
    let mut net = Net::new(2 + employers + model.candidates.len());
    for (e, person) in model.employers.iter().enumerate() {
        net.arc(source, e_node(e), person.cap, 0);
    }
    let first_pair = net.arcs.len();
    for pair in &model.pairs {
        net.arc(e_node(pair.e), c_node(pair.c), 1, -pair.best());
    }
    for (c, person) in model.candidates.iter().enumerate() {
        net.arc(c_node(c), sink, person.cap, 0);
    }
    let most = model.most_meetings();
    net.start_heights(source, sink);
    net.maximise(source, sink, most, go);
    let prices = Prices {
        employers: (0..employers).map(|e| net.height[e_node(e)].max(0)).collect(),
        candidates: (0..model.candidates.len())
            .map(|c| (net.height[sink] - net.height[c_node(c)]).max(0))
            .collect(),
        meeting: (-net.height[sink]).max(0),
    };
    let chosen = (0..model.pairs.len())
        .filter(|p| net.arcs[first_pair + 2 * p].left == 0)
        .collect();
    Flow {
        bound: prices.bound(model, most),
        chosen,
        prices,
    }
}

/// A flow network with potentials (`height`): reduced costs of arcs with capacity left stay ≥ 0.
struct Net {
    arcs: Vec<Arc>,
    /// Arcs that leave each node; arc `a` and its reverse `a ^ 1` are neighbours.
    leaving: Vec<Vec<usize>>,
    height: Vec<i64>,
}

struct Arc {
    to: usize,
    left: usize,
    cost: i64,
}

impl Net {
    fn new(nodes: usize) -> Self {
        Self {
            arcs: Vec::new(),
            leaving: vec![Vec::new(); nodes],
            height: vec![0; nodes],
        }
    }

    fn arc(&mut self, from: usize, to: usize, capacity: usize, cost: i64) {
        self.leaving[from].push(self.arcs.len());
        self.arcs.push(Arc {
            to,
            left: capacity,
            cost,
        });
        self.leaving[to].push(self.arcs.len());
        self.arcs.push(Arc {
            to: from,
            left: 0,
            cost: -cost,
        });
    }

    /// Shortest distances from the source before any flow: employers at 0, candidates below, the sink below all.
    fn start_heights(&mut self, source: usize, sink: usize) {
        for a in (0..self.arcs.len()).step_by(2) {
            let (to, cost) = (self.arcs[a].to, self.arcs[a].cost);
            if cost < self.height[to] {
                self.height[to] = cost;
            }
        }
        self.height[sink] = self.height.iter().copied().min().unwrap_or(0);
        self.height[source] = 0;
    }

    /// Sends up to `most` units along cheapest paths while a path has negative cost.
    fn maximise(&mut self, source: usize, sink: usize, most: usize, go: &mut dyn FnMut() -> bool) {
        let mut left = most;
        while left > 0 && go() {
            self.raise(source, sink);
            if self.height[sink] >= 0 {
                return;
            }
            left -= self.saturate(source, sink, left);
        }
    }

    /// Dijkstra over reduced costs; raises the heights so that cheapest paths to the sink cost nothing more. The sink's height
    /// ends at 0 at most, as if the source could reach it for nothing: a meeting that is worth nothing is not sought.
    fn raise(&mut self, source: usize, sink: usize) {
        let mut distance = vec![i64::MAX; self.leaving.len()];
        let mut queue = BinaryHeap::from([(Reverse(0), source)]);
        distance[source] = 0;
        let mut reached = -self.height[sink];
        while let Some((Reverse(so_far), node)) = queue.pop() {
            if so_far >= reached {
                break;
            }
            if so_far > distance[node] {
                continue;
            }
            if node == sink {
                reached = so_far;
                break;
            }
            for &a in &self.leaving[node] {
                let arc = &self.arcs[a];
                let next = so_far + arc.cost + self.height[node] - self.height[arc.to];
                if arc.left > 0 && next < distance[arc.to] {
                    distance[arc.to] = next;
                    queue.push((Reverse(next), arc.to));
                }
            }
        }
        for (height, distance) in self.height.iter_mut().zip(distance) {
            *height += distance.min(reached);
        }
    }

    /// A maximum flow (Dinic) over the arcs of reduced cost 0. Returns the units sent.
    fn saturate(&mut self, source: usize, sink: usize, most: usize) -> usize {
        let mut sent = 0;
        while sent < most {
            let level = self.levels(source);
            if level[sink] == usize::MAX {
                break;
            }
            let mut next = vec![0; self.leaving.len()];
            loop {
                let units = self.push(source, sink, most - sent, &level, &mut next);
                sent += units;
                if units == 0 || sent == most {
                    break;
                }
            }
        }
        sent
    }

    fn tight(&self, from: usize, arc: &Arc) -> bool {
        arc.left > 0 && arc.cost + self.height[from] == self.height[arc.to]
    }

    fn levels(&self, source: usize) -> Vec<usize> {
        let mut level = vec![usize::MAX; self.leaving.len()];
        let mut queue = VecDeque::from([source]);
        level[source] = 0;
        while let Some(node) = queue.pop_front() {
            for &a in &self.leaving[node] {
                let arc = &self.arcs[a];
                if level[arc.to] == usize::MAX && self.tight(node, arc) {
                    level[arc.to] = level[node] + 1;
                    queue.push_back(arc.to);
                }
            }
        }
        level
    }

    /// One augmenting path, found without recursion: paths may be thousands of arcs long.
    fn push(
        &mut self,
        source: usize,
        sink: usize,
        most: usize,
        level: &[usize],
        next: &mut [usize],
    ) -> usize {
        let mut path: Vec<usize> = Vec::new();
        let mut node = source;
        while node != sink {
            let found = self.leaving[node][next[node]..].iter().position(|&a| {
                let arc = &self.arcs[a];
                level[arc.to] == level[node] + 1 && self.tight(node, arc)
            });
            if let Some(skipped) = found {
                next[node] += skipped;
                let a = self.leaving[node][next[node]];
                path.push(a);
                node = self.arcs[a].to;
            } else {
                next[node] = self.leaving[node].len();
                let Some(back) = path.pop() else { return 0 };
                node = self.arcs[back ^ 1].to;
                next[node] += 1;
            }
        }
        let units = path
            .iter()
            .map(|&a| self.arcs[a].left)
            .min()
            .unwrap_or(0)
            .min(most);
        for a in path {
            self.arcs[a].left -= units;
            self.arcs[a ^ 1].left += units;
        }
        units
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
