//! Arbitrary `Retry-After` and quota headers.

use crate::common::{at, ms, since_1970};
use openprospect::http::rate_limit::Quota;
use openprospect::http::retry_after::{read, read_seconds, spread};
use openprospect::time::{Duration, Now};
use proptest::prelude::*;

proptest! {
    #![proptest_config(crate::cases(4_000))]

    #[test]
    fn any_text_is_parsed_without_a_panic(text in "\\PC{0,40}", date in proptest::option::of("\\PC{0,40}"), wall in (-1e15..1e15).prop_map(since_1970)) {
        if let Some(wait) = read(&text, date.as_deref(), wall) {
            prop_assert!(wait >= Duration::ZERO, "{wait:?}");
        }
    }

    #[test]
    fn digits_are_seconds(whole in 0u32..1_000_000, millis in 0u32..1000, spaces in "[ \t]{0,3}") {
        let text = format!("{spaces}{whole}.{millis:03}{spaces}");
        let expected = f64::from(whole) * 1000.0 + f64::from(millis);
        prop_assert!((read_seconds(&text).unwrap().as_millis() - expected).abs() < 1e-6);
        prop_assert_eq!(read_seconds(&format!("-{whole}")), None);
        prop_assert_eq!(read_seconds(&format!("{whole}e1")), None);
        let list = format!("{whole}, {millis} ,{}", whole / 2);
        prop_assert_eq!(read_seconds(&list), Some(ms(f64::from(whole.max(millis)) * 1000.0)));
    }

    #[test]
    fn a_delay_is_never_shorter_than_advised(advised in (0.0..1e12).prop_map(ms), random in 0.0..1.0f64) {
        let wait = spread(advised, random);
        prop_assert!(wait >= advised && wait <= advised + (advised * 0.1).min(ms(2_000.0)));
    }

    #[test]
    fn a_date_is_relative_to_the_servers_date(then in 0i64..4_000_000_000, ahead in 1i64..100_000, wall in (-1e15..1e15).prop_map(since_1970)) {
        let text = |seconds: i64| httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds as u64));
        let wait = read(&text(then + ahead), Some(&text(then)), wall);
        prop_assert_eq!(wait, Some(ms(ahead as f64 * 1000.0)), "whatever the caller's clock shows");
        prop_assert_eq!(read(&text(then), Some(&text(then + ahead)), wall), None, "a date behind is no advice");
    }

    #[test]
    fn any_quota_header_is_parsed_without_a_panic(one in "\\PC{0,40}", two in "[0-9.=;, rt-]{0,30}", wall in (0.0..1e13).prop_map(since_1970)) {
        let now = Now { monotonic: at(5.0), wall };
        for text in [&one, &two] {
            let mut header = |name: &str| (name.len() % 2 == 1 || name == "ratelimit").then(|| text.clone());
            if let Some(quota) = Quota::read(&mut header, now) {
                prop_assert!(quota.remaining >= 0.0 && quota.reset_at >= now.monotonic);
            }
        }
    }
}
