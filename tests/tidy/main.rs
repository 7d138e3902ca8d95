//! Checks the sources against the rules of the house.
