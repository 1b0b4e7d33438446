//! Laws of the tables, and what their columns are.

mod laws;
mod shapes;
mod story;
