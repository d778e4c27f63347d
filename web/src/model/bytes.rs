//! Bytes as a learner reads them: text where it is text, dots where it is not, hexadecimal beside.

use protocol::Payload;

/// One cell a byte, as buffers show them: printable ASCII as it is, `␊` for a newline, `·` for the rest.
pub fn cells(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|b| match b {
            b'\n' => '␊',
            b'\r' => '␍',
            0x20..=0x7e => char::from(*b),
            _ => '·',
        })
        .collect()
}

/// The beginning of some bytes as text on one line: UTF-8 where it is, cells where it is not.
pub fn preview(bytes: &Payload) -> String {
    // The bytes may have been cut inside a character.
    let valid = match std::str::from_utf8(&bytes.0) {
        Ok(text) => text,
        Err(e) if e.valid_up_to() > 0 && e.error_len().is_none() => {
            std::str::from_utf8(&bytes.0[..e.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return cells(&bytes.0),
    };
    valid
        .chars()
        .map(|c| {
            if c == '\n' {
                '␊'
            } else if c.is_control() {
                '·'
            } else {
                c
            }
        })
        .collect()
}

/// One row of a hexadecimal view: offset, hexadecimal pairs, cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Of the first byte.
    pub offset: usize,
    /// `54 68 69`.
    pub hex: String,
    /// `Thi`.
    pub cells: String,
}

/// The first `rows` rows of eight bytes.
pub fn rows(bytes: &[u8], rows: usize) -> Vec<Row> {
    bytes
        .chunks(8)
        .take(rows)
        .enumerate()
        .map(|(i, chunk)| Row {
            offset: i * 8,
            hex: chunk
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<Vec<_>>()
                .join(" "),
            cells: cells(chunk),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_the_rest_is_dots() {
        assert_eq!(cells(b"Hi\r\n\0\xff"), "Hi␍␊··");
        assert_eq!(preview(&Payload("né\n".as_bytes().to_vec())), "né␊");
        assert_eq!(preview(&Payload("né".as_bytes()[..2].to_vec())), "n");
        assert_eq!(preview(&Payload(b"\xff\xfea".to_vec())), "··a");
        let rows = rows(b"0123456789", 4);
        assert_eq!(
            (rows.len(), rows[1].offset, rows[1].hex.as_str()),
            (2, 8, "38 39")
        );
    }
}
