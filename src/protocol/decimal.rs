//! Whole numbers as text: what the standard library has for it can do far more, and weighs two kilobytes.

/// The decimal digits of `number`.
pub fn decimal(number: u64) -> String {
    let mut digits = if number > 9 { decimal(number / 10) } else { String::new() };
    digits.push(char::from(b'0' + (number % 10) as u8));
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_the_standard_library_writes() {
        for number in [0, 1, 9, 10, 99, 100, 4_401, 9_007_199_254_740_991, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }
}
