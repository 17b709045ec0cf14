//! The table of operations as one text, made by the compiler: in the module it takes a fraction of what the rows do.

use super::{Input, OPERATIONS, Operation, Output};
use crate::text::cut;

/// A line a row, its cells parted by spaces; what a row has not is empty.
///
/// `namespace name method path scopes(,) documented also part older keyed input`, where `keyed` is `1` for an operation
/// that gets an idempotency key by itself, and `input` one of `query`, `body` and `order` or the name of a list.
pub static TEXT: &str = match core::str::from_utf8(&BYTES) {
    Ok(text) => text,
    Err(_) => "",
};

const LENGTH: usize = Writer { bytes: [0; 0], length: 0 }.table().length;
const BYTES: [u8; LENGTH] = Writer { bytes: [0; LENGTH], length: 0 }.table().bytes;

/// The operation of a request such as `GET /api/v1/orders/o1`, as the documentation has it: `GET /api/v1/orders/{order_id}`.
pub fn documented(request: &str) -> Option<&'static str> {
    let mut rest = TEXT;
    loop {
        let (row, next) = cut(rest, b'\n').unwrap_or((rest, ""));
        let (_, row) = cut(row, b' ')?;
        let (_, row) = cut(row, b' ')?;
        if let Some(length) = matched(row, request) {
            return row.get(..length);
        }
        rest = next;
    }
}

/// The length of the method and the path that a row begins with, if the request is one of that operation.
fn matched(row: &str, request: &str) -> Option<usize> {
    let (row, request) = (row.as_bytes(), request.as_bytes());
    let (mut at, mut own) = (0_usize, 0_usize);
    loop {
        let byte = *row.get(own)?;
        match request.get(at) {
            None => return (byte == b' ').then_some(own),
            Some(b'/') if byte == b'{' => return None,
            Some(_) if byte == b'{' => {
                while row.get(own).is_some_and(|byte| *byte != b'/' && *byte != b' ') {
                    own = own.saturating_add(1);
                }
                while request.get(at).is_some_and(|byte| *byte != b'/') {
                    at = at.saturating_add(1);
                }
            }
            Some(given) if *given == byte => {
                own = own.saturating_add(1);
                at = at.saturating_add(1);
            }
            Some(_) => return None,
        }
    }
}

/// Writes as far as there is room, and counts on.
struct Writer<const ROOM: usize> {
    bytes: [u8; ROOM],
    length: usize,
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "it runs in the compiler only")]
impl<const ROOM: usize> Writer<ROOM> {
    const fn table(mut self) -> Self {
        let mut row = 0;
        while row < OPERATIONS.len() {
            if row > 0 {
                self = self.text("\n");
            }
            self = self.row(&OPERATIONS[row]);
            row += 1;
        }
        self
    }

    const fn row(self, row: &Operation) -> Self {
        let older = match row.output {
            Output::Data => "",
            Output::Page(name) => name,
        };
        let also = match row.also {
            None => "",
            Some(name) => name,
        };
        let input = match row.input {
            Input::None => "",
            Input::Query => "query",
            Input::Body => "body",
            Input::Order => "order",
            Input::List(name) => name,
        };
        let part = match row.part {
            None => 0,
            Some(part) => part,
        };
        self.text(row.namespace)
            .cell(row.name)
            .cell(row.method.name())
            .cell(row.path)
            .text(" ")
            .list(row.scopes)
            .cell(row.documented.name())
            .cell(also)
            .text(" ")
            .number(part)
            .cell(older)
            .cell(if row.idempotent_by_key { "1" } else { "" })
            .cell(input)
    }

    const fn cell(self, text: &str) -> Self {
        self.text(" ").text(text)
    }

    const fn list(mut self, texts: &[&str]) -> Self {
        let mut at = 0;
        while at < texts.len() {
            if at > 0 {
                self = self.text(",");
            }
            self = self.text(texts[at]);
            at += 1;
        }
        self
    }

    /// Nothing for zero.
    const fn number(self, number: u32) -> Self {
        match number {
            0 => self,
            _ => self.number(number / 10).byte(b'0' + (number % 10) as u8),
        }
    }

    const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self = self.byte(bytes[at]);
            at += 1;
        }
        self
    }

    const fn byte(mut self, byte: u8) -> Self {
        if self.length < ROOM {
            self.bytes[self.length] = byte;
        }
        self.length += 1;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_name_of_its_row() {
        for row in OPERATIONS {
            let parameter = |part: &'static str| if part.starts_with('{') { "a%2Fb" } else { part };
            let path = row.path.split('/').map(parameter).collect::<alloc::vec::Vec<_>>().join("/");
            let with_method = |path: &str| [row.method.name(), " ", path].concat();
            assert_eq!(documented(&with_method(&path)), Some(with_method(row.path).as_str()));
        }
    }

    #[test]
    fn other_requests_are_not_documented() {
        for request in [
            "PUT /api/v1/orders",
            "GET /api/v1/orders/",
            "GET /api/v1/orders//results",
            "GET /api/v1/orders/o/results/r",
            "GET /api/v1/order",
            "GET /api/v1/orders?",
            "GET /api/v2/orders/o",
            "GET /",
            "GET ",
            "",
        ] {
            assert_eq!(documented(request), None, "{request}");
        }
    }

    #[test]
    fn each_row_is_a_line_of_eleven_cells() {
        let lines: alloc::vec::Vec<&str> = TEXT.split('\n').collect();
        assert_eq!(lines.len(), OPERATIONS.len());
        for (line, row) in lines.iter().zip(OPERATIONS) {
            let cells: alloc::vec::Vec<&str> = line.split(' ').collect();
            assert_eq!(cells.len(), 11, "{line}");
            assert_eq!(cells[..4], [row.namespace, row.name, row.method.name(), row.path]);
            assert_eq!(cells[4], row.scopes.join(","));
            assert_eq!(cells[7], row.part.map_or(alloc::string::String::new(), |part| alloc::format!("{part}")));
        }
        assert!(TEXT.contains("\norders list GET /api/v1/orders orders:read listed all  orders  query\n"), "{TEXT}");
        assert!(TEXT.contains(
            " addEntries POST /api/v1/blacklists/{blacklist_id}/entries blacklists:write listed  10000   entries\n"
        ));
    }
}
