#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openprospect_fuzz::url::check(data));
