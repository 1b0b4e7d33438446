//! `linli export`: what the journal tells, as tables or as a document that other houses read.

mod documents;
mod table_file;
mod tables;

pub(crate) use documents::Document;
pub(crate) use table_file::FileForm;
pub(crate) use tables::TableName;

use crate::args::{ExportArgs, Global};
use crate::failure::Failure;

pub(crate) fn run(global: &Global, args: &ExportArgs) -> Result<u8, Failure> {
    match (&args.document, &args.tables) {
        (Some(document), _) => documents::run(global, document),
        (None, Some(tables)) => tables::run(global, tables),
        (None, None) => Err(Failure::input("name a folder for the tables, or a document")),
    }
}
