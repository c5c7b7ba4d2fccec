use memchr::memchr2_iter;
use ruff_text_size::TextSize;

/// The starts of the lines of a text, to turn offsets into line numbers.
///
/// A line ends at `\n`, `\r\n` or a lone `\r`, as for Python's tokenizer; a form feed does not end
/// a line.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Index the lines of `text`, which holds fewer than 4 GiB.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
        starts.push(0);
        for end in memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(u32::try_from(end + 1).unwrap_or(u32::MAX));
        }
        Self { starts }
    }

    /// The 1-based line that holds `offset`.
    pub fn line(&self, offset: TextSize) -> u32 {
        let count = self.starts.partition_point(|&start| start <= offset.to_u32());
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Lines for offsets that never go back, without a search for each.
    pub fn cursor(&self) -> LineCursor<'_> {
        LineCursor { starts: &self.starts, line: 1 }
    }

    /// The offset at which the 1-based `line` starts; the last line's start for one past the end.
    pub fn start(&self, line: u32) -> TextSize {
        let index = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        TextSize::new(self.starts[index])
    }

    /// The number of line starts: one more than the number of line ends.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The 1-based column of `offset` in `text`, in characters.
    pub fn column(&self, text: &str, offset: TextSize) -> u32 {
        let start = self.start(self.line(offset)).to_usize();
        let before = text.get(start..offset.to_usize()).unwrap_or("");
        u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX)
    }
}

/// See [`Lines::cursor`].
#[derive(Debug)]
pub struct LineCursor<'a> {
    starts: &'a [u32],
    line: usize,
}

impl LineCursor<'_> {
    /// The 1-based line that holds `offset`, which is not before any that was asked for.
    pub fn line(&mut self, offset: TextSize) -> u32 {
        while self.starts.get(self.line).is_some_and(|&start| start <= offset.to_u32()) {
            self.line += 1;
        }
        u32::try_from(self.line).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let text = "a\nb\r\nc\rd\x0ce";
        let lines = Lines::new(text);
        let found: Vec<u32> = "abcde"
            .chars()
            .map(|c| lines.line(TextSize::try_from(text.find(c).unwrap_or(0)).unwrap_or_default()))
            .collect();
        assert_eq!(found, [1, 2, 3, 4, 4]);
    }

    #[test]
    fn a_cursor_agrees_with_the_search() {
        let text = "\na\n\r\n\rb\n\n";
        let lines = Lines::new(text);
        let mut cursor = lines.cursor();
        for offset in (0..=9).map(TextSize::new) {
            assert_eq!(cursor.line(offset), lines.line(offset), "{offset:?}");
        }
    }

    #[test]
    fn columns_count_characters() {
        let text = "x\né = 1";
        assert_eq!(Lines::new(text).column(text, TextSize::new(5)), 3);
    }
}
