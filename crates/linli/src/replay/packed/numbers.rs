//! A column of whole numbers as bytes: each as a multiple of a unit above the least of them, in as
//! many bytes as the greatest needs.
//!
//! The form: width (0, 1, 2, 4 or 8), the least number and the unit (8 bytes each), then the
//! multiples. Little-endian. How many there are is told elsewhere.

use super::bytes;

/// Writes a column.
pub(super) fn put(out: &mut Vec<u8>, numbers: &[i64]) {
    let least = numbers.iter().copied().min().unwrap_or(0);
    let above = |number: i64| number.wrapping_sub(least).cast_unsigned();
    let unit = numbers.iter().fold(0, |unit, number| common(unit, above(*number))).max(1);
    let multiples = || numbers.iter().map(|number| above(*number) / unit);
    let greatest = multiples().max().unwrap_or(0);
    let width = match greatest {
        0 => 0,
        1..0x100 => 1,
        0x100..0x1_0000 => 2,
        0x1_0000..0x1_0000_0000 => 4,
        _ => 8,
    };
    out.push(width);
    out.extend(least.to_le_bytes());
    out.extend(unit.to_le_bytes());
    for multiple in multiples() {
        let multiple = multiple.to_le_bytes();
        out.extend(multiple.iter().take(width.into()));
    }
}

/// Reads a column of so many numbers in place of what stood there; `None` where it is none.
pub(super) fn take(from: &mut &[u8], count: usize, numbers: &mut Vec<i64>) -> Option<()> {
    numbers.clear();
    let [width] = bytes::array(from)?;
    let least = i64::from_le_bytes(bytes::array(from)?);
    let unit = u64::from_le_bytes(bytes::array(from)?);
    let number = |multiple: u64| least.wrapping_add(multiple.wrapping_mul(unit).cast_signed());
    let multiples = bytes::run(from, count.checked_mul(width.into())?)?;
    match width {
        0 => numbers.resize(count, least),
        1 => numbers.extend(multiples.iter().map(|byte| number((*byte).into()))),
        2 => numbers.extend(
            multiples.as_chunks().0.iter().map(|two| number(u16::from_le_bytes(*two).into())),
        ),
        4 => numbers.extend(
            multiples.as_chunks().0.iter().map(|four| number(u32::from_le_bytes(*four).into())),
        ),
        8 => numbers
            .extend(multiples.as_chunks().0.iter().map(|eight| number(u64::from_le_bytes(*eight)))),
        _ => return None,
    }
    Some(())
}

/// The greatest common divisor; that of a number and nothing is the number.
fn common(mut one: u64, mut other: u64) -> u64 {
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = Vec<i64>> {
        let spread =
            prop_oneof![Just(0_i64), Just(200), Just(60_000), Just(1 << 31), Just(1 << 60)];
        (any::<i64>(), 1..10_000_i64, spread).prop_flat_map(|(least, unit, spread)| {
            let number = move |multiple: i64| least.wrapping_add(multiple.wrapping_mul(unit));
            prop::collection::vec((0..=spread).prop_map(number), 0..40)
        })
    }

    proptest! {
        /// Every column comes back, and what stands behind it is left.
        #[test]
        fn a_column_comes_back(written in numbers(), behind in any::<[u8; 3]>()) {
            let mut out = Vec::new();
            put(&mut out, &written);
            out.extend(behind);
            let (mut from, mut read) = (&out[..], vec![7]);
            prop_assert_eq!(take(&mut from, written.len(), &mut read), Some(()));
            prop_assert_eq!((read, from), (written, &behind[..]));
        }

        /// Bytes that are no column are refused or read as some numbers: nothing panics.
        #[test]
        fn any_bytes_are_read(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            count in 0_usize..9,
        ) {
            let mut read = Vec::new();
            if take(&mut &bytes[..], count, &mut read).is_some() {
                prop_assert_eq!(read.len(), count);
            }
        }
    }

    #[test]
    fn instants_a_quarter_of_an_hour_apart_take_a_byte_each() {
        let quarters: Vec<i64> = (0..96).map(|quarter| quarter * 900_000_000).collect();
        let mut out = Vec::new();
        put(&mut out, &quarters);
        assert_eq!(out.len(), 17 + 96);
    }
}
