//! Our reader of CBOR beside the library that writes it.

use proptest::prelude::{any, prop_assert, prop_assert_eq};

use super::super::cbor::Cbor;

proptest::proptest! {
    /// The reader reads what the writer, another library, writes, and stops where it ends.
    #[test]
    fn cbor_is_read_as_it_is_written(
        number in any::<i64>(),
        text in ".{0,300}",
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        truth in any::<bool>(),
    ) {
        let mut out = minicbor::Encoder::new(Vec::new());
        out.array(2).and_then(|out| out.array(1)).and_then(|out| out.str(&text)).expect("memory");
        out.i64(number).and_then(|out| out.i64(number)).expect("memory");
        out.str(&text).and_then(|out| out.bytes(&bytes)).and_then(|out| out.bool(truth)).expect("");
        let written = out.into_writer();
        let mut cbor = Cbor(&written);
        prop_assert_eq!(cbor.skip(), Ok(()));
        prop_assert_eq!(cbor.i64(), Ok(number));
        prop_assert_eq!(cbor.str(), Ok(text.as_str()));
        prop_assert_eq!(cbor.bytes(), Ok(&bytes[..]));
        prop_assert_eq!(cbor.bool(), Ok(truth));
        prop_assert!(cbor.next_major().is_err(), "nothing is left");
    }
}
