//! Behaviour tests of future, among them the rows of libprocess' own `future_tests` and
//! `collect_tests`.
//!
//! These rows have no meaning here:
//!
//! - `FutureTest.CallableOnce` as a test of overloads: every callback is an `FnOnce` that may own
//!   what it captures (see `ordering`), there is no other kind.
//! - `FutureTest.ArrowOperator`: a value that is there is reached through
//!   `Future::outcome`, which gives a plain reference.
//! - `FutureTest.UndiscardableLambda` as a wrapper of its own: a function that returns an
//!   undiscardable future is composed by hand (see `discarding`).
//! - Whatever completes a promise twice, or after `associate`: a promise is used up by the first.
//! - `FutureTest.After1` to `After3` need a clock: they stand with the processes.

mod abandoning;
mod associating;
mod awaiting;
mod awaiting_all;
mod collecting;
mod completing;
mod deriving;
mod discarding;
mod long_chains;
mod ordering;
mod panicking;
mod random_lives;
mod recovering;
mod releasing;
mod selecting;
mod sharing;
mod text;
mod waiting;
