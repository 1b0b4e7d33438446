//! A few things in a list, a tuple or whatever can be gone through.

use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors::Failed;

/// More than any limit of the contract lets through; who hands in more gets a sentence.
const MOST: usize = 65_536;

/// Things, gone through one by one: what a sequence says of its length is not believed.
pub(crate) struct Items<T>(pub(crate) Vec<T>);

impl<'py, T> FromPyObject<'_, 'py> for Items<T>
where
    T: FromPyObjectOwned<'py>,
{
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("a text is no list of texts"));
        }
        let mut items = Vec::new();
        for item in object.try_iter()? {
            if items.len() == MOST {
                let sentence = format!("there are more than {MOST} of them; hand in fewer");
                return Err(Failed::input("TooMany", sentence).into());
            }
            items.push(item?.extract().map_err(Into::into)?);
        }
        Ok(Self(items))
    }
}
