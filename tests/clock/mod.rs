//! Behaviour tests of clock.
//!
//! libprocess keeps a time for each process, `Clock::order` and `Clock::update` among them; here
//! there is one time for each clock, so that the rules of which process' time follows which
//! (`ProcessTest.Order`) have no meaning.

mod cancelling;
mod expiring;
mod pausing;
mod settling;
mod sharing;
mod sleeping;
