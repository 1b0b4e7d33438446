//! The laws.

use crate::trial::Fresh;

mod laws {
    linli::journal::laws!(if_there super::Fresh::journal);
}

mod laws_on_one {
    linli::journal::laws!(if_there super::Fresh::journal_on_one);
}
