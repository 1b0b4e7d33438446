//! How a report writes a number of which it only says "over".

/// A number as a report publishes it: cut down to the ten where it has two digits, to the hundred
/// where it has three, with 余 ("over") behind it; one that is exact at that has none. Shorter and
/// longer numbers stand as they are.
///
/// ```
/// use linli::views::published_form;
///
/// assert_eq!(published_form(501), "500余");
/// assert_eq!(published_form(500), "500");
/// assert_eq!(published_form(31), "30余");
/// ```
#[must_use]
pub fn published_form(number: u64) -> String {
    let step = match number {
        10..100 => 10,
        100..1_000 => 100,
        _ => return number.to_string(),
    };
    let over = number % step;
    match over {
        0 => number.to_string(),
        _ => format!("{}余", number.saturating_sub(over)),
    }
}
