//! What Linux says of this process and machine.

use std::time::Instant;

/// Clock ticks of a second in `/proc/self/stat`; fixed by the kernel's interface.
const TICKS: f64 = 100.0;

/// A stretch of time: what passed, and what this process or thread was given of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    /// Seconds that passed.
    pub wall: f64,
    /// Seconds of processor time.
    pub cpu: f64,
}

impl Spent {
    /// Both added.
    pub(crate) fn add(&mut self, other: Self) {
        self.wall += other.wall;
        self.cpu += other.cpu;
    }
}

/// A running clock.
pub(crate) struct Stopwatch {
    from: Instant,
    cpu: f64,
    read: fn() -> f64,
}

impl Stopwatch {
    /// Times all threads of this process; processor time in steps of 10 ms.
    pub(crate) fn process() -> Self {
        Self::start(process_seconds)
    }

    /// Times the calling thread alone.
    pub(crate) fn thread() -> Self {
        Self::start(thread_seconds)
    }

    fn start(read: fn() -> f64) -> Self {
        Self {
            from: Instant::now(),
            cpu: read(),
            read,
        }
    }

    /// What was spent since the start.
    pub(crate) fn spent(&self) -> Spent {
        Spent {
            wall: self.from.elapsed().as_secs_f64(),
            cpu: (self.read)() - self.cpu,
        }
    }
}

fn process_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in parentheses may hold blanks; the state follows it, user and system time are the
    // twelfth and thirteenth fields from there.
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / TICKS
}

fn thread_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|n| n.parse().ok());
    nanoseconds.unwrap_or(0.0) / 1e9
}

/// The most memory that this process ever had resident, in KiB.
pub(crate) fn peak_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Processor, load and kernel, in a line.
pub(crate) fn description() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|l| l.strip_prefix("model name"));
    let model = model.map_or("?", |m| m.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let first = |path: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.split_whitespace().next().unwrap_or("?").to_owned()
    };
    let load = first("/proc/loadavg");
    let kernel = first("/proc/sys/kernel/osrelease");
    format!("machine: {model}, {cores} cores, load {load} at the start, Linux {kernel}")
}
