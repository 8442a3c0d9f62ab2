//! Commands that write, through the binary.

mod agents;
mod at_once;
mod causes;
mod corrections;
mod gates;
mod missions;
mod older;
mod options;
mod refusals;
mod story;
mod talk;
mod tasks;
mod work;
