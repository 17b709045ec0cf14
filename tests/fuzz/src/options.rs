//! The options of a client: a first line with a key, then one number per line.

use crate::play::{BEGIN, play};
use crate::script::{Answer, Script};
use crate::{ms, platform};
use openprospect::api_key::{ApiKey, InvalidKey, KeySource};
use openprospect::base_url::check_key_place;
use openprospect::call::{Call, LimitOptions, Limits};
use openprospect::error::Scope;
use openprospect::http::method::Method;
use openprospect::redact::{REDACTED, Redactor};
use openprospect::time::{Duration, Instant, Now};
use serde_json::{Map, Value};

/// `Number.MAX_SAFE_INTEGER` of JavaScript.
const MOST: f64 = 9_007_199_254_740_991.0;
/// The numeric options in the order of their validation, with minimum and maximum.
const NUMBERS: [(&str, f64, f64); 7] = [
    ("maxRetries", 0.0, 1_000.0),
    ("maxRetryAfterMs", 0.0, MOST),
    ("giveUpAfterMs", 0.0, MOST),
    ("timeoutMs", 1.0, MOST),
    ("deadlineMs", 1.0, MOST),
    ("baseMs", 0.0, MOST),
    ("maxMs", 0.0, MOST),
];

/// The values of the caller, in that order; `none` is null.
struct Input {
    key: String,
    numbers: Vec<Option<Given>>,
    random: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Given {
    None,
    Number(f64),
}

fn input(data: &[u8]) -> Input {
    let text = platform::text(data);
    let mut lines = text.split('\n');
    let key = lines.next().unwrap_or_default().to_owned();
    let mut given = lines.map(|line| match line {
        "none" => Some(Given::None),
        line => line.parse().ok().filter(|number: &f64| number.is_finite()).map(Given::Number),
    });
    let numbers = NUMBERS.iter().map(|_| given.next().flatten()).collect();
    // The rest of the input is the random sample.
    let random = (data.iter().fold(7usize, |sum, byte| sum * 31 % 1_009 + usize::from(*byte)) % 1_000) as f64 / 1_000.0;
    Input { key, numbers, random }
}

/// The name of the first number that JavaScript rejects.
fn rejected(numbers: &[Option<Given>]) -> Option<String> {
    let wrong = NUMBERS.iter().zip(numbers).find(|((name, least, most), given)| match given {
        None => false,
        Some(Given::None) => *name != "deadlineMs",
        Some(Given::Number(number)) => {
            !(least..=most).contains(&number) || *name == "maxRetries" && number.fract() != 0.0
        }
    });
    wrong.map(|((name, ..), _)| if name.len() < 7 { format!("backoff.{name}") } else { (*name).to_owned() })
}

fn number(numbers: &[Option<Given>], name: &str) -> Option<f64> {
    let at = NUMBERS.iter().position(|(known, ..)| *known == name).expect("a known name");
    match numbers[at] {
        None => None,
        Some(Given::None) => Some(f64::INFINITY),
        Some(Given::Number(number)) => Some(number),
    }
}

/// As `wasm/options.rs` does.
fn limits(numbers: &[Option<Given>]) -> Limits {
    let asked = |name| number(numbers, name).map(ms);
    let mut limits = Limits::default().with(LimitOptions {
        batch: None,
        max_retries: number(numbers, "maxRetries"),
        max_retry_after: asked("maxRetryAfterMs"),
        give_up_after: asked("giveUpAfterMs"),
        timeout: asked("timeoutMs"),
        deadline: asked("deadlineMs"),
    });
    let backoff = &mut limits.retry.backoff;
    backoff.base = asked("baseMs").unwrap_or(backoff.base);
    backoff.max = asked("maxMs").unwrap_or(backoff.max);
    limits
}

/// Failures, a `Retry-After` and a broken connection, with these limits.
pub fn script(data: &[u8]) -> Script {
    let Input { key, numbers, random } = input(data);
    let (mut options, mut backoff) = (Map::new(), Map::new());
    for ((name, ..), given) in NUMBERS.iter().zip(&numbers) {
        let value = match given {
            None => continue,
            Some(Given::None) => Value::Null,
            Some(Given::Number(number)) => (*number).into(),
        };
        if name.len() < 7 { &mut backoff } else { &mut options }.insert((*name).to_owned(), value);
    }
    options.insert("backoff".to_owned(), backoff.into());
    let advice = Answer::Response { status: 429, headers: vec![("retry-after", "2.5".into())], body: Vec::new() };
    let answers = vec![Answer::new(500, ""), advice, Answer::Reset, Answer::new(503, "")];
    // Numbers that JavaScript rejects never reach the core.
    let limits = if rejected(&numbers).is_some() { Limits::default() } else { limits(&numbers) };
    Script { options, key, limits, random, ..Script::new(answers) }
}

/// The invalid option, and its description if the core makes it; numbers are validated first.
pub fn invalid(data: &[u8]) -> Option<(String, Option<String>)> {
    let Input { key, numbers, .. } = input(data);
    // The value of the key is redacted everywhere, in names too; the description of an invalid key never contains it.
    let clean = |text: String| if key.is_empty() { text } else { text.replace(&key, REDACTED) };
    let said = || Some(("apiKey".to_owned(), Some(ApiKey::parse(&key).err()?.words().into_owned())));
    rejected(&numbers).map(|name| (clean(name), None)).or_else(said)
}

pub fn check(data: &[u8]) {
    let Input { key: text, numbers, random } = input(data);
    let is_key = !text.is_empty() && text.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    let key = ApiKey::parse(&text);
    assert_eq!(key.is_ok(), is_key, "{text:?}");
    let has_scheme = text.to_ascii_lowercase().starts_with("bearer ");
    assert_eq!(key == Err(InvalidKey::HasScheme), has_scheme, "{text:?}");
    match key {
        Ok(key) => kept(&key, &text),
        Err(why) => assert!(!text.contains("lnc_") || !why.words().contains("lnc_"), "{text:?} is in {}", why.words()),
    }
    if rejected(&numbers).is_some() {
        return;
    }
    let limits = limits(&numbers);
    for (name, limit) in [("timeoutMs", limits.timeout), ("deadlineMs", limits.deadline)] {
        let asked = number(&numbers, name).map(ms);
        assert!(limit >= ms(1.0) && asked.is_none_or(|asked| asked == limit), "{name}: {asked:?} became {limit:?}");
    }
    let (backoff, mut least) = (limits.retry.backoff, Duration::ZERO);
    for n in [1, 2, 3, 10, 60, u32::MAX] {
        let wait = backoff.full_jitter(n, 0.0);
        let most = backoff.full_jitter(n, 1.0);
        assert!(
            wait >= least && wait <= ms(50.0) && wait <= most && most <= backoff.max,
            "{n}: {wait:?} to {most:?} of {backoff:?}"
        );
        assert!((wait..=most).contains(&backoff.full_jitter(n, random)));
        least = wait;
    }
    let mut call = Call::begin(Method::Get, "/", None, KeySource::Fixed, limits, BEGIN.monotonic);
    let allowed = call.begin_attempt(BEGIN.monotonic);
    assert_eq!(allowed.timeout, limits.timeout.min(call.deadline() - BEGIN.monotonic));
    assert_eq!(allowed.scope == Scope::Deadline, allowed.timeout < limits.timeout);
    let late = Now { monotonic: call.deadline(), ..BEGIN };
    assert!(late.monotonic == Instant::FAR_FUTURE || call.begin_attempt(late.monotonic).timeout == Duration::ZERO);
    played(&script(data));
}

fn kept(key: &ApiKey, text: &str) {
    assert_eq!(key.header_value(), format!("Bearer {text}"));
    assert_eq!(key.is_live(), text.starts_with("lnc_live_"));
    assert!(!format!("{key:?}").contains(text) || "ApiKey(..)".contains(text));
    let redactor = Redactor::of(key.clone());
    assert_eq!(redactor.redacted(&format!("é{text} {text}")), format!("é{REDACTED} {REDACTED}"));
    for (is_page, is_allowed) in [(true, true), (true, false), (false, false)] {
        let said = check_key_place(key, is_page, is_allowed);
        assert_eq!(said.is_err(), key.is_live() && is_page && !is_allowed);
        assert!(!text.starts_with("lnc_live_") || text.len() < 12 || !format!("{said:?}").contains(text));
    }
}

/// Checks that there are no more attempts than allowed, and none after the deadline.
fn played(script: &Script) {
    let Some(ended) = play(script) else {
        return;
    };
    let Err(error) = ended.result else { panic!("nothing succeeds") };
    let (limits, attempts) = (script.limits, &error.attempts);
    assert!(attempts.len() <= limits.retry.max_retries as usize + 1 && ended.requests <= attempts.len());
    let waited: f64 = attempts.iter().filter_map(|attempt| attempt.wait_ms).map(Duration::as_millis).sum();
    assert!(ms(waited) < limits.deadline, "{waited} ms of {:?}", limits.deadline);
    assert!(error.stopped_by.is_some());
}
