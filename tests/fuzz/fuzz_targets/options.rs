#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| openprospect_fuzz::options::check(data));
