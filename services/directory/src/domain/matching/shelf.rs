//! Things known or made, found by keys that change while an import is entered.

use std::{collections::HashMap, hash::Hash};

/// Things in the order they came, and which of them must be saved.
pub(super) struct Shelf<T> {
    things: Vec<(T, bool)>,
}

/// Places by key, in the order they came. A place stays under keys it had before: who looks must check.
pub(super) struct Index<K>(HashMap<K, Vec<usize>>);

impl<T> Shelf<T> {
    pub(super) fn put(&mut self, thing: T, save: bool) -> usize {
        self.things.push((thing, save));
        self.things.len() - 1
    }

    /// Marks it to be saved; whether it was not yet.
    pub(super) fn touch(&mut self, place: usize) -> bool {
        !std::mem::replace(&mut self.things[place].1, true)
    }

    pub(super) fn get(&self, place: usize) -> &T {
        &self.things[place].0
    }

    pub(super) fn get_mut(&mut self, place: usize) -> &mut T {
        &mut self.things[place].0
    }

    pub(super) fn close(self) -> Vec<T> {
        self.things
            .into_iter()
            .filter_map(|(thing, save)| save.then_some(thing))
            .collect()
    }
}

impl<K: Eq + Hash> Index<K> {
    pub(super) fn note(&mut self, key: K, place: usize) {
        let places = self.0.entry(key).or_default();
        if !places.contains(&place) {
            places.push(place);
        }
    }

    pub(super) fn places(&self, key: &K) -> impl Iterator<Item = usize> {
        self.0.get(key).into_iter().flatten().copied()
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: Vec::new() }
    }
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}
