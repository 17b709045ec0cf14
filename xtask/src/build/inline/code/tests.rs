use super::*;

type Filled = Vec<(Stream, Vec<u8>)>;

/// A module that has nothing but this function, and a section after it.
fn module(body: &[u8]) -> Vec<u8> {
    let size = u8::try_from(body.len()).unwrap();
    [b"\0asm\x01\0\0\0\x03\x02\x01\0", &[CODE, size + 2, 1, size][..], body, &[11, 1, 0]].concat()
}

/// The templates of this function in the order of its instructions, and what its streams have.
fn function(body: &[u8]) -> Result<(Vec<Vec<Part>>, Filled)> {
    use Stream::*;
    let wasm = module(body);
    let (before, code, after) = split(&wasm)?;
    assert_eq!([before, &wasm[before.len()..][..1], body, after].concat(), wasm);
    let (templates, steps) = code.program.by_frequency();
    let streams = [Local, Declared, Added, Constant, Long, Loaded, Stored, Label, Function, Float];
    let filled = streams.into_iter().zip(code.streams).filter(|(_, numbers)| !numbers.is_empty());
    Ok((steps.iter().map(|step| templates[*step].to_vec()).collect(), filled.collect()))
}

fn bytes(bytes: &[u8]) -> Vec<Part> {
    bytes.iter().copied().map(Part::Byte).collect()
}

const END: [Part; 2] = [Part::Byte(LAST), Part::Body];

#[test]
fn numbers_are_taken_out_of_instructions() -> Result<()> {
    let (templates, streams) = function(&[1, 2, 0x7f, 0x20, 1, 0x28, 2, 0x88, 1, 0x1a, LAST])?;
    let expected = [
        vec![Part::Byte(1), Part::Number(Stream::Declared), Part::Number(Stream::Declared)],
        vec![Part::Byte(0x20), Part::Number(Stream::Local)],
        vec![Part::Byte(0x28), Part::Byte(2), Part::Number(Stream::Loaded)],
        bytes(&[0x1a]),
        END.to_vec(),
    ];
    assert_eq!(templates, expected);
    let expected = [(Stream::Local, vec![1]), (Stream::Declared, vec![2, 0x7f]), (Stream::Loaded, vec![0x88, 1])];
    assert_eq!(streams, expected);
    Ok(())
}

#[test]
fn a_local_is_how_long_ago_it_was_used() -> Result<()> {
    let (_, streams) = function(&[0, 0x20, 2, 0x20, 2, 0x20, 0, 0x20, 2, 0x20, 0x82, 2, LAST])?;
    assert_eq!(streams, [(Stream::Local, vec![2, 0, 1, 1, 0x82, 0])]);
    Ok(())
}

#[test]
fn constants_that_are_added_are_apart() -> Result<()> {
    let (_, streams) = function(&[0, 0x41, 8, 0x6a, 0x41, 9, 0x6b, LAST])?;
    assert_eq!(streams, [(Stream::Added, vec![8]), (Stream::Constant, vec![9])]);
    Ok(())
}

#[test]
fn a_table_of_branches_is_a_template_for_each_length() -> Result<()> {
    let (templates, streams) = function(&[0, 0x0e, 2, 5, 6, 7, LAST])?;
    assert_eq!(templates[1], [&bytes(&[0x0e, 2])[..], &[Part::Number(Stream::Label); 3]].concat());
    assert_eq!(streams, [(Stream::Label, vec![5, 6, 7])]);
    Ok(())
}

#[test]
fn floats_end_or_are_literal() -> Result<()> {
    let half = 0.5f32.to_le_bytes();
    let (templates, streams) = function(&[&[0, 0x43][..], &half, &[LAST]].concat())?;
    assert_eq!(templates[1], [&bytes(&[0x43])[..], &[Part::Number(Stream::Float); 4]].concat());
    assert_eq!(streams, [(Stream::Float, half.to_vec())]);

    let negative = (-0.5f64).to_le_bytes();
    let (templates, streams) = function(&[&[0, 0x44][..], &negative, &[LAST]].concat())?;
    assert_eq!(templates[1], bytes(&[&[0x44][..], &negative].concat()));
    assert_eq!(streams, []);
    Ok(())
}

#[test]
fn longer_opcodes_and_what_follows_them_are_literal() -> Result<()> {
    for instruction in
        [&[0xfc, 10, 0, 0][..], &[0xfc, 7], &[0xfc, 15, 1], &[0x1c, 1, 0x7f], &[0x11, 3, 0], &[0xd0, 0x6f]]
    {
        let (templates, _) = function(&[&[0][..], instruction, &[LAST]].concat())?;
        assert_eq!(templates[1], bytes(instruction));
    }
    Ok(())
}

#[test]
fn what_is_not_known_is_refused() {
    let refused = |body: &[u8]| function(body).map(|_| ()).unwrap_err().to_string();
    for opcode in [0x06, 0x12, 0x1d, 0x27, 0xc5, 0xd3, 0xfd, 0xfe, 0xff] {
        assert_eq!(refused(&[0, opcode, 0, LAST]), format!("the opcode {opcode:#04x} is not known"));
    }
    assert_eq!(refused(&[0, 0xfc, 18, LAST]), "the opcode 0xfc 0x12 is not known");
    assert_eq!(refused(&[0, 0x28, 0x42, 1, 0, LAST]), "there is more than one memory");
    assert_eq!(refused(&[1, 1, 0x64, 0, LAST]), "a local has the type [100]");
    assert_eq!(refused(&[0, 0x1a]), "a function does not end");
    assert_eq!(refused(&[0, 0x41, LAST]), "the module ends too early");
}

#[test]
fn a_module_of_another_form_is_refused() {
    let whole = module(&[0, LAST]);
    let refused = |wasm: &[u8]| split(wasm).map(|_| ()).unwrap_err().to_string();
    assert!(split(&whole).is_ok());
    assert_eq!(refused(&whole[..12]), "the module ends too early");
    assert_eq!(refused(&whole[..16]), "the code ends too early");
    let padded = [&whole[..12], &[CODE, 5, 1, 0x82, 0, 0, LAST]].concat();
    assert_eq!(refused(&padded), "the size of a function has more bytes than it needs");
    let longer = [&whole[..12], &[CODE, 5, 1, 2, 0, LAST, 0]].concat();
    assert_eq!(refused(&longer), "the functions do not end with the code");
}
