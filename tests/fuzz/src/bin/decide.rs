//! Writes the decisions of the core for each input of the corpus and for mutations of them, to compare them with the
//! package.
//!
//! `decide CORPUS FILE COUNT SEED`: COUNT additional inputs for each target.

use openprospect_fuzz::play::{BEGIN, Ended, TRIP, play};
use openprospect_fuzz::script::Script;
use openprospect_fuzz::vary::Vary;
use openprospect_fuzz::{call, error_body, options, retry_after, url};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;

/// A target, how it reads an input, and what it decides.
type Target = (&'static str, fn(&[u8]) -> Script, fn(&[u8], &Script) -> Option<Value>);

const TARGETS: [Target; 5] = [
    ("retry_after", retry_after::script, |_, script| played(script)),
    ("error_body", error_body::script, |_, script| played(script)),
    ("url", url::script, |_, script| Some(addressed(script))),
    ("options", options::script, |data, script| match options::invalid(data) {
        Some((option, given)) => Some(json!({ "option": option, "given": given })),
        None => played(script),
    }),
    ("call", call::script, |_, script| played(script)),
];

fn played(script: &Script) -> Option<Value> {
    let Ended { result, requests } = play(script)?;
    let error = result.err().map(|error| error.record());
    Some(json!({ "requests": requests, "error": error }))
}

fn addressed(script: &Script) -> Value {
    match url::decide(script) {
        Ok(url) => json!({ "requests": 1, "url": url }),
        Err(invalid) if invalid.option == "path" => json!({ "option": "path", "given": null }),
        // The library parses more URLs of other schemes than the platforms do; both reject them.
        Err(invalid) if invalid.given == "a URL of another scheme" => {
            json!({ "option": invalid.option, "given": null })
        }
        Err(invalid) => json!({ "option": invalid.option, "given": invalid.given }),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, file, count, seed] = arguments.as_slice() else {
        return Err("decide CORPUS FILE COUNT SEED".into());
    };
    let (count, seed): (usize, u64) = (count.parse()?, seed.parse()?);
    let mut cases = Vec::new();
    for (name, script, decide) in TARGETS {
        let kept = kept(&Path::new(corpus).join(name))?;
        let mut vary = Vary::new(kept.iter().map(|(_, data)| data.clone()).collect(), seed);
        let more = (0..count).map(|number| (format!("{seed}-{number}"), vary.one_more())).collect::<Vec<_>>();
        for (from, data) in kept.into_iter().chain(more) {
            let script = script(&data);
            if name == "url" && !url::is_agreed(&script.base) {
                continue;
            }
            let expect = decide(&data, &script);
            cases.push(json!({ "target": name, "from": from, "script": script.json(), "expect": expect }));
        }
    }
    let begin = json!({ "monotonic": BEGIN.monotonic.as_millis(), "wall": BEGIN.wall.as_millis() });
    fs::write(file, serde_json::to_string(&json!({ "begin": begin, "trip": TRIP.as_millis(), "cases": cases }))?)?;
    Ok(())
}

/// An input, and its source.
type Input = (String, Vec<u8>);

/// The inputs that are kept, by the names of their files.
fn kept(folder: &Path) -> Result<Vec<Input>, Box<dyn Error>> {
    let mut kept = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        kept.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
    }
    kept.sort();
    match kept.is_empty() {
        true => Err(format!("nothing in {}", folder.display()).into()),
        false => Ok(kept),
    }
}
