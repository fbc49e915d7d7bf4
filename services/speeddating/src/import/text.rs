//! Bytes to records: encoding, delimiter, quoted cells. Written here and not taken from a reader crate because each
//! record must know the line on which it starts, and a quote that is never closed must be named, not swallowed.

use encoding_rs::WINDOWS_1252;

/// Encoding and text of a file.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// As shown to people.
    pub(crate) encoding: &'static str,
    pub(crate) text: String,
}

/// Why bytes are not a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotText {
    /// A workbook (zip or old binary format), not a text table.
    Workbook,
    /// UTF-16, which spreadsheets call "Unicode text".
    Utf16,
    /// Something with zero bytes.
    Binary,
}

/// One line of the table; a quoted cell may make it span several lines of the file.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Line of the file on which it starts; the first line is 1.
    pub(crate) line: u32,
    pub(crate) cells: Vec<String>,
}

/// Why records stop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Malformed {
    /// The quote opened in the record that starts on this line is never closed.
    OpenQuote(u32),
    /// More records than allowed; the line of the first one too many.
    TooMany(u32),
}

/// Decodes UTF-8 with or without byte order mark, else Windows-1252: text in another legacy encoding cannot be told
/// from it, and Windows-1252 is what French spreadsheets write.
pub(crate) fn decode(content: &[u8]) -> Result<Decoded, NotText> {
    if content.starts_with(b"PK\x03\x04") || content.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(NotText::Workbook);
    }
    if content.starts_with(b"\xFF\xFE") || content.starts_with(b"\xFE\xFF") {
        return Err(NotText::Utf16);
    }
    if content.contains(&0) {
        return Err(NotText::Binary);
    }
    let (marked, bytes) = match content.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (true, rest),
        None => (false, content),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) if marked => Ok(Decoded {
            encoding: "UTF-8 (BOM)",
            text: text.to_owned(),
        }),
        Ok(text) => Ok(Decoded {
            encoding: "UTF-8",
            text: text.to_owned(),
        }),
        Err(_) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            Ok(Decoded {
                encoding: "Windows-1252",
                text: text.into_owned(),
            })
        }
    }
}

/// `;` or `,`, whichever the header has more of outside quotes; `;` when it has neither.
pub(crate) fn delimiter(text: &str) -> char {
    let mut quoted = false;
    let (mut semicolons, mut commas) = (0, 0);
    let header = text.trim_start();
    for character in header.chars() {
        match character {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            ';' if !quoted => semicolons += 1,
            ',' if !quoted => commas += 1,
            _ => {}
        }
    }
    if commas > semicolons { ',' } else { ';' }
}

/// Splits text into records. Records whose cells are all empty are skipped: spreadsheets append them.
/// `\n`, `\r\n` and `\r` end a record; `""` inside quotes is a quote.
pub(crate) fn records(text: &str, delimiter: char, most: usize) -> Result<Vec<Record>, Malformed> {
    let mut reader = Reader {
        rest: text.chars().peekable(),
        delimiter,
        line: 1,
    };
    let mut records = Vec::new();
    while reader.rest.peek().is_some() {
        let record = reader.record()?;
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if records.len() == most {
            return Err(Malformed::TooMany(record.line));
        }
        records.push(record);
    }
    Ok(records)
}

/// Writes one record, its cells already defused; quotes where needed. Ends with CRLF, as spreadsheets expect.
pub(crate) fn write_record<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(';');
        }
        if cell.contains(['"', ';', ',', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    delimiter: char,
    line: u32,
}

impl Reader<'_> {
    fn record(&mut self) -> Result<Record, Malformed> {
        let start = self.line;
        let mut cells = Vec::new();
        loop {
            let (cell, last) = self.cell(start)?;
            cells.push(cell);
            if last {
                return Ok(Record { line: start, cells });
            }
        }
    }

    /// The next cell and whether it ends the record. Text after a closing quote is kept: `"a"b` reads `ab`.
    fn cell(&mut self, start: u32) -> Result<(String, bool), Malformed> {
        let mut cell = String::new();
        if self.rest.next_if_eq(&'"').is_some() {
            self.quoted(&mut cell, start)?;
        }
        loop {
            match self.rest.next() {
                None => return Ok((cell, true)),
                Some(character) if character == self.delimiter => return Ok((cell, false)),
                Some('\n') => {
                    self.line += 1;
                    return Ok((cell, true));
                }
                Some('\r') => {
                    self.rest.next_if_eq(&'\n');
                    self.line += 1;
                    return Ok((cell, true));
                }
                Some(character) => cell.push(character),
            }
        }
    }

    fn quoted(&mut self, cell: &mut String, start: u32) -> Result<(), Malformed> {
        loop {
            match self.rest.next() {
                None => return Err(Malformed::OpenQuote(start)),
                Some('"') => {
                    if self.rest.next_if_eq(&'"').is_none() {
                        return Ok(());
                    }
                    cell.push('"');
                }
                Some('\r') => {
                    self.rest.next_if_eq(&'\n');
                    self.line += 1;
                    cell.push('\n');
                }
                Some('\n') => {
                    self.line += 1;
                    cell.push('\n');
                }
                Some(character) => cell.push(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_knows_the_line_on_which_it_starts() {
        let text = "a;b\r\n\r\n\"x\r\ny\";1\n;;\nz;2";
        let records = records(text, ';', 10).unwrap();
        let lines: Vec<u32> = records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [1, 3, 6]);
        assert_eq!(records[1].cells, ["x\ny", "1"]);
    }

    #[test]
    fn doubled_quotes_and_old_line_ends_are_read() {
        let records = records("a\r\"say \"\"hi\"\"\"\r", ';', 10).unwrap();
        assert_eq!(records[1].cells, ["say \"hi\""]);
        assert_eq!(records[1].line, 2);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_named_by_its_line() {
        assert_eq!(
            records("a;b\nc;\"d\ne;f\n", ';', 10).unwrap_err(),
            Malformed::OpenQuote(2)
        );
    }

    #[test]
    fn one_record_too_many_stops() {
        assert_eq!(records("a\nb\nc\n", ';', 2).unwrap_err(), Malformed::TooMany(3));
    }

    #[test]
    fn the_delimiter_is_counted_outside_quotes() {
        assert_eq!(delimiter("\"a;b;c\",d,e\n1;2;3"), ',');
        assert_eq!(delimiter("a;b,c;d"), ';');
        assert_eq!(delimiter("alone"), ';');
    }

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(decode("é".as_bytes()).unwrap().encoding, "UTF-8");
        assert_eq!(decode(b"\xEF\xBB\xBF\xC3\xA9").unwrap().text, "é");
        let legacy = decode(b"\x8Cuvre \xE9t\xE9").unwrap();
        assert_eq!(
            (legacy.encoding, legacy.text.as_str()),
            ("Windows-1252", "Œuvre été")
        );
        assert_eq!(decode(b"PK\x03\x04abc").unwrap_err(), NotText::Workbook);
        assert_eq!(decode(b"\xFF\xFEa\0").unwrap_err(), NotText::Utf16);
        assert_eq!(decode(b"a\0b").unwrap_err(), NotText::Binary);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let cells = ["a;b", "say \"hi\"", "two\nlines", "", " padded "];
        let mut text = String::new();
        write_record(&mut text, cells);
        assert_eq!(records(&text, ';', 1).unwrap()[0].cells, cells);
    }
}
