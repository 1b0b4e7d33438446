//! Laws of the clinic, then examples.
