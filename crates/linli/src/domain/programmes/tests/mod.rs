//! Laws of the programmes, then examples.
