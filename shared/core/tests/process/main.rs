//! The process as a table of states and actions, its deadlines, its counts, and a random walk
//! against a model.

mod actions;
mod codes;
mod entitlement;
mod races;
mod states;
