use std::time::Duration;

use futures::{
    future::BoxFuture,
    stream::{self, BoxStream, StreamExt as _},
};
use tokio::{
    sync::{Mutex, Semaphore, SemaphorePermit},
    time::Instant,
};

use super::{Answered, Begun, Prepared};
use crate::domain::Answer;

/// Whose turn it is: a provider is given so many messages at once and so many a second at most, of whatever batches they are.
#[derive(Debug)]
pub(super) struct Turns {
    width: usize,
    places: Semaphore,
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Turns {
    /// From 1 to 100 at once; none waits for the clock when `per_second` is 0.
    pub(super) fn new(at_once: usize, per_second: u32) -> Self {
        let width = at_once.clamp(1, 100);
        Self {
            width,
            places: Semaphore::new(width),
            gap: Duration::from_secs(1).checked_div(per_second).unwrap_or_default(),
            next: Mutex::new(None),
        }
    }

    /// How many there may be at once.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// Waits for one's turn, which lasts until the value is dropped. None only if the places were closed, and they never are.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        let place = self.places.acquire().await.ok();
        if !self.gap.is_zero() {
            let at = {
                let mut next = self.next.lock().await;
                let at = next.unwrap_or_else(Instant::now).max(Instant::now());
                *next = Some(at + self.gap);
                at
            };
            tokio::time::sleep_until(at).await;
        }
        place
    }

    /// Sends each when its turn has come. Answers come in groups.
    pub(super) fn each<'a, S>(
        &'a self,
        prepared: Vec<Prepared>,
        begun: &'a Begun,
        group: usize,
        send: S,
    ) -> BoxStream<'a, Answered>
    where
        S: Fn(Prepared) -> BoxFuture<'a, (Prepared, Answer)> + Send + 'a,
    {
        stream::iter(prepared)
            .then(async |one| (self.take().await, one))
            .take_until(begun.stop())
            .inspect(|(_, one)| begun.note(one))
            .map(move |(turn, one)| {
                let sent = send(one);
                async move {
                    let answered = sent.await;
                    drop(turn);
                    answered
                }
            })
            .buffer_unordered(self.width)
            .ready_chunks(group)
            .boxed()
    }
}
