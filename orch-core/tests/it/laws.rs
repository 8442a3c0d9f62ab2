//! Laws of the core, over generated logs and commands.

mod agree;
mod commute;
mod fixes;
mod fold;
mod index;
mod views;
