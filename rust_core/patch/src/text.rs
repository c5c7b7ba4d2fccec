//! The lines of the text that a patch is applied to.

/// A text and where its lines begin; only a line feed ends a line.
pub(crate) struct Text<'a> {
    pub(crate) bytes: &'a [u8],
    /// Start of each line, then the length of the text.
    starts: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 2);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1));
        if starts.last() != Some(&bytes.len()) {
            starts.push(bytes.len());
        }
        Self { bytes, starts }
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Offset of a line, or the length of the text for the line behind the last.
    pub(crate) fn start(&self, line: usize) -> usize {
        self.starts[line]
    }

    /// The bytes of a line with its line feed.
    pub(crate) fn whole(&self, line: usize) -> &'a [u8] {
        &self.bytes[self.starts[line]..self.starts[line + 1]]
    }

    /// The bytes of a line without its line feed.
    pub(crate) fn content(&self, line: usize) -> &'a [u8] {
        let whole = self.whole(line);
        whole.strip_suffix(b"\n").unwrap_or(whole)
    }

    /// Whether a line feed ends a line; only the last one may lack it.
    pub(crate) fn newline(&self, line: usize) -> bool {
        self.whole(line).ends_with(b"\n")
    }
}
