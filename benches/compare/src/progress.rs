//! The progress bar.

use indicatif::{ProgressBar, ProgressStyle};

/// How far a command has come. It is drawn on a terminal alone.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn new(steps: usize) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}");
        let bar = ProgressBar::new(steps as u64);
        Self(bar.with_style(style.expect("the template is well-formed")))
    }

    /// Begins a step.
    pub fn at(&self, what: String) {
        self.0.set_message(what);
        self.0.inc(1);
    }

    /// Tells something beside the bar.
    pub fn tell(&self, what: &str) {
        self.0.suspend(|| eprintln!("{what}"));
    }

    pub fn end(self) {
        self.0.finish_and_clear();
    }
}
