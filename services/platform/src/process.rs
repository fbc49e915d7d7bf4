//! What is said of the process as a whole: what it is, what it uses, how busy its runtime is.

use std::time::Duration;

use prometheus::{
    Counter, IntGauge, IntGaugeVec, Opts, Registry,
    core::{Collector, Desc},
    proto::MetricFamily,
};
use tokio::runtime::Handle;

/// Registers it: `jalon_build_info`, `process_*` where the system tells, `tokio_*`.
pub(crate) fn register(registry: &Registry) -> Result<(), prometheus::Error> {
    let build = IntGaugeVec::new(
        Opts::new("jalon_build_info", "1; the labels say what runs"),
        &["version", "revision"],
    )?;
    // Whoever builds for others sets it.
    let revision = option_env!("JALON_REVISION").unwrap_or("unknown");
    build
        .with_label_values(&[env!("CARGO_PKG_VERSION"), revision])
        .set(1);
    registry.register(Box::new(build))?;
    #[cfg(target_os = "linux")]
    registry.register(Box::new(
        prometheus::process_collector::ProcessCollector::for_self(),
    ))?;
    registry.register(Box::new(Runtime::new()?))
}

/// The runtime's own figures, read when somebody scrapes.
struct Runtime {
    workers: IntGauge,
    tasks: IntGauge,
    queue: IntGauge,
    busy: Counter,
}

impl Runtime {
    fn new() -> Result<Self, prometheus::Error> {
        Ok(Self {
            workers: IntGauge::new("tokio_workers", "Threads that run tasks")?,
            tasks: IntGauge::new("tokio_alive_tasks", "Tasks that have not ended")?,
            queue: IntGauge::new("tokio_global_queue_depth", "Tasks that wait for a worker")?,
            busy: Counter::new(
                "tokio_workers_busy_seconds_total",
                "Time that workers were busy, all together",
            )?,
        })
    }

    fn parts(&self) -> [&dyn Collector; 4] {
        [&self.workers, &self.tasks, &self.queue, &self.busy]
    }
}

impl Collector for Runtime {
    fn desc(&self) -> Vec<&Desc> {
        self.parts().into_iter().flat_map(Collector::desc).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        if let Ok(runtime) = Handle::try_current() {
            let metrics = runtime.metrics();
            let gauge = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            self.workers.set(gauge(metrics.num_workers()));
            self.tasks.set(gauge(metrics.num_alive_tasks()));
            self.queue.set(gauge(metrics.global_queue_depth()));
            let busy: Duration = (0..metrics.num_workers())
                .map(|worker| metrics.worker_total_busy_duration(worker))
                .sum();
            // Two scrapes at once must not count anything twice, or backwards.
            let more = busy.as_secs_f64() - self.busy.get();
            if more > 0.0 {
                self.busy.inc_by(more);
            }
        }
        self.parts().into_iter().flat_map(Collector::collect).collect()
    }
}
