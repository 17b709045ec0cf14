use super::*;

type NonEmptyStreams = Vec<(Stream, Vec<u8>)>;

/// A module with only this function, and a section after the code.
fn module(body: &[u8]) -> Vec<u8> {
    let size = u8::try_from(body.len()).unwrap();
    [b"\0asm\x01\0\0\0\x03\x02\x01\0", &[CODE_SECTION, size + 2, 1, size][..], body, &[11, 1, 0]].concat()
}

/// Returns the templates of this function in the order of its instructions, and its non-empty streams.
fn function(body: &[u8]) -> Result<(Vec<Vec<Part>>, NonEmptyStreams)> {
    use Stream::*;
    let wasm = module(body);
    let (before, code, after) = split(&wasm)?;
    assert_eq!([before, &wasm[before.len()..][..1], body, after].concat(), wasm);
    let (templates, sequence) = code.instructions.by_frequency();
    let names = [
        Local,
        LocalDeclaration,
        AddedConstant,
        I32Constant,
        I64Constant,
        LoadOffset,
        StoreOffset,
        Label,
        Function,
        Float,
    ];
    let streams = names.into_iter().zip(code.streams).filter(|(_, operands)| !operands.is_empty());
    Ok((sequence.iter().map(|index| templates[*index].to_vec()).collect(), streams.collect()))
}

fn bytes(bytes: &[u8]) -> Vec<Part> {
    bytes.iter().copied().map(Part::Byte).collect()
}

const LAST_TEMPLATE: [Part; 2] = [Part::Byte(END), Part::FunctionEnd];

#[test]
fn operands_are_moved_to_streams() -> Result<()> {
    let (templates, streams) = function(&[1, 2, 0x7f, 0x20, 1, 0x28, 2, 0x88, 1, 0x1a, END])?;
    let expected = [
        vec![Part::Byte(1), Part::Operand(Stream::LocalDeclaration), Part::Operand(Stream::LocalDeclaration)],
        vec![Part::Byte(0x20), Part::Operand(Stream::Local)],
        vec![Part::Byte(0x28), Part::Byte(2), Part::Operand(Stream::LoadOffset)],
        bytes(&[0x1a]),
        LAST_TEMPLATE.to_vec(),
    ];
    assert_eq!(templates, expected);
    let expected =
        [(Stream::Local, vec![1]), (Stream::LocalDeclaration, vec![2, 0x7f]), (Stream::LoadOffset, vec![0x88, 1])];
    assert_eq!(streams, expected);
    Ok(())
}

#[test]
fn a_local_is_encoded_as_its_rank_by_last_use() -> Result<()> {
    let (_, streams) = function(&[0, 0x20, 2, 0x20, 2, 0x20, 0, 0x20, 2, 0x20, 0x82, 2, END])?;
    assert_eq!(streams, [(Stream::Local, vec![2, 0, 1, 1, 0x82, 0])]);
    Ok(())
}

#[test]
fn added_constants_have_their_own_stream() -> Result<()> {
    let (_, streams) = function(&[0, 0x41, 8, 0x6a, 0x41, 9, 0x6b, END])?;
    assert_eq!(streams, [(Stream::AddedConstant, vec![8]), (Stream::I32Constant, vec![9])]);
    Ok(())
}

#[test]
fn a_branch_table_has_a_template_for_its_length() -> Result<()> {
    let (templates, streams) = function(&[0, 0x0e, 2, 5, 6, 7, END])?;
    assert_eq!(templates[1], [&bytes(&[0x0e, 2])[..], &[Part::Operand(Stream::Label); 3]].concat());
    assert_eq!(streams, [(Stream::Label, vec![5, 6, 7])]);
    Ok(())
}

#[test]
fn positive_floats_are_operands_and_negative_ones_literal() -> Result<()> {
    let half = 0.5f32.to_le_bytes();
    let (templates, streams) = function(&[&[0, 0x43][..], &half, &[END]].concat())?;
    assert_eq!(templates[1], [&bytes(&[0x43])[..], &[Part::Operand(Stream::Float); 4]].concat());
    assert_eq!(streams, [(Stream::Float, half.to_vec())]);

    let negative = (-0.5f64).to_le_bytes();
    let (templates, streams) = function(&[&[0, 0x44][..], &negative, &[END]].concat())?;
    assert_eq!(templates[1], bytes(&[&[0x44][..], &negative].concat()));
    assert_eq!(streams, []);
    Ok(())
}

#[test]
fn the_operands_of_prefixed_opcodes_are_literal() -> Result<()> {
    for instruction in
        [&[0xfc, 10, 0, 0][..], &[0xfc, 7], &[0xfc, 15, 1], &[0x1c, 1, 0x7f], &[0x11, 3, 0], &[0xd0, 0x6f]]
    {
        let (templates, _) = function(&[&[0][..], instruction, &[END]].concat())?;
        assert_eq!(templates[1], bytes(instruction));
    }
    Ok(())
}

#[test]
fn unknown_opcodes_and_types_are_an_error() {
    let error = |body: &[u8]| function(body).map(|_| ()).unwrap_err().to_string();
    for opcode in [0x06, 0x12, 0x1d, 0x27, 0xc5, 0xd3, 0xfd, 0xfe, 0xff] {
        assert_eq!(error(&[0, opcode, 0, END]), format!("unknown opcode {opcode:#04x}"));
    }
    assert_eq!(error(&[0, 0xfc, 18, END]), "unknown opcode 0xfc 0x12");
    assert_eq!(error(&[0, 0x28, 0x42, 1, 0, END]), "the module has more than one memory");
    assert_eq!(error(&[1, 1, 0x64, 0, END]), "unknown type of a local: [100]");
    assert_eq!(error(&[0, 0x1a]), "a function does not end with `end`");
    assert_eq!(error(&[0, 0x41, END]), "unexpected end of the module");
}

#[test]
fn unexpected_encodings_are_an_error() {
    let whole = module(&[0, END]);
    let error = |wasm: &[u8]| split(wasm).map(|_| ()).unwrap_err().to_string();
    assert!(split(&whole).is_ok());
    assert_eq!(error(&whole[..12]), "unexpected end of the module");
    assert_eq!(error(&whole[..16]), "unexpected end of the code section");
    let padded = [&whole[..12], &[CODE_SECTION, 5, 1, 0x82, 0, 0, END]].concat();
    assert_eq!(error(&padded), "the size of a function has redundant bytes");
    let longer = [&whole[..12], &[CODE_SECTION, 5, 1, 2, 0, END, 0]].concat();
    assert_eq!(error(&longer), "the last function does not end with the code section");
}
