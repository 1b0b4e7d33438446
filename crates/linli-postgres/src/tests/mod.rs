//! The laws, and what no law knows: servers, cut connections, privileges, damage.

use crate::trial::Fresh;

mod laws {
    linli::journal::laws!(if_there super::Fresh::journal);
}
