//! RFC 3339 timestamps in UTC.

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Append the time `ns` nanoseconds after the epoch, to the nearest microsecond:
/// `2023-11-14T22:13:20.123456Z`.
pub(crate) fn write(ns: i64, out: &mut Vec<u8>) {
    // A Python `LogRecord` has its time as a float, whose nanoseconds are noise: rounding, not
    // truncating, gives back the microsecond that was meant.
    let micros = ns.saturating_add(500).div_euclid(1000);
    let (year, month, day) = civil(micros.div_euclid(MICROS_PER_DAY));
    let time = micros.rem_euclid(MICROS_PER_DAY);
    let seconds = time / 1_000_000;
    digits(year, 4, out);
    for (separator, value) in [
        (b'-', month),
        (b'-', day),
        (b'T', seconds / 3600),
        (b':', seconds / 60 % 60),
        (b':', seconds % 60),
    ] {
        out.push(separator);
        digits(value, 2, out);
    }
    out.push(b'.');
    digits(time % 1_000_000, 6, out);
    out.push(b'Z');
}

/// `value` in decimal with leading zeros. The range of the clock keeps it non-negative.
fn digits(value: i64, width: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + width, b'0');
    let mut rest = value.unsigned_abs();
    for byte in out[start..].iter_mut().rev() {
        *byte = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
}

/// Year, month and day of a day counted from the epoch, in the proleptic Gregorian calendar.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: years begin in
/// March, so that the leap day is the last of its year.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::write;

    fn text(ns: i64) -> String {
        let mut out = Vec::new();
        write(ns, &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn known_moments() {
        assert_eq!(text(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(text(951_782_400_000_000_000), "2000-02-29T00:00:00.000000Z");
        assert_eq!(text(1_709_251_199_999_999_000), "2024-02-29T23:59:59.999999Z");
        assert_eq!(text(-1_000), "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn the_nearest_microsecond() {
        assert_eq!(text(1_499), "1970-01-01T00:00:00.000001Z");
        assert_eq!(text(1_500), "1970-01-01T00:00:00.000002Z");
        assert_eq!(text(999_999_500), "1970-01-01T00:00:01.000000Z");
    }

    #[test]
    fn both_ends_of_the_clock() {
        assert_eq!(text(i64::MIN), "1677-09-21T00:12:43.145224Z");
        assert_eq!(text(i64::MAX), "2262-04-11T23:47:16.854775Z");
    }
}
