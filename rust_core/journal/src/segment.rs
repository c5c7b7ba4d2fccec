//! One file of the log: records one after the other, then zeros that are written ahead, so that a
//! record that is appended changes no length and is durable with one `fdatasync`.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::SystemTime;

use crate::gather::Gather;
use crate::record::{
    Body, HEAD, HEADER, Header, Hint, Mark, Outcome, Transaction, decode_head, encode_head,
};
use crate::step::{Blob, Step};
use crate::sys::{Dir, begin_write_back, place_at, stat_of};

/// How far ahead zeros are written.
const AHEAD: u64 = 1 << 20;
/// Room behind a large record for the notes on it.
const NOTES: u64 = 4096;

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment {
    file: File,
    pub(crate) number: u64,
    salt: u64,
    /// Where the next record goes.
    pub(crate) end: u64,
    /// The length of the file.
    pub(crate) length: u64,
    /// Where one of the newest transactions is, by what was known when the segment was opened.
    pub(crate) hint: Option<Hint>,
}

/// What is behind the last whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Zeros, or the end of the file.
    Clean,
    /// Bytes that are no record: a commit that was cut off, or damage.
    Torn,
}

/// A record as it is met in a segment.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where it begins.
    pub(crate) offset: u64,
    /// Where its data begins.
    pub(crate) data: u64,
    /// Its length with the padding.
    pub(crate) length: u64,
    pub(crate) body: Body,
}

/// The name of the segment of this number.
pub(crate) fn file_name(number: u64) -> String {
    format!("{number:08}.journal")
}

/// The number of the segment of this name.
pub(crate) fn number_of(name: &str) -> Option<u64> {
    let number = name.strip_suffix(".journal")?.parse().ok()?;
    (file_name(number) == name).then_some(number)
}

impl Segment {
    /// A new, empty segment; nothing of it is written before the first record.
    pub(crate) fn create(dir: &Dir, number: u64) -> io::Result<Self> {
        let file = dir.create(file_name(number).as_ref(), 0o600)?;
        let salt = new_salt(number);
        Ok(Self { file, number, salt, end: HEAD as u64, length: 0, hint: None })
    }

    /// The segment of this number. `None` where its head is not whole: it was cut off before it
    /// held anything.
    pub(crate) fn open(dir: &Dir, number: u64) -> io::Result<Option<Self>> {
        let file = dir.edit(Path::new(&file_name(number)))?;
        Self::from_file(file, number)
    }

    /// The segment of this number, for reading.
    pub(crate) fn open_to_read(dir: &Dir, number: u64) -> io::Result<Option<Self>> {
        let file = dir.read(Path::new(&file_name(number)))?;
        Self::from_file(file, number)
    }

    fn from_file(file: File, number: u64) -> io::Result<Option<Self>> {
        let length = stat_of(&file)?.size;
        let mut head = [0; HEAD];
        let read = read_at(&file, &mut head, 0)?;
        Ok(decode_head(&head[..read], number).map(|salt| Self {
            hint: head.get(HEAD / 2..read).and_then(|bytes| Hint::decode(bytes, salt)),
            file,
            number,
            salt,
            end: HEAD as u64,
            length,
        }))
    }

    /// Note where the newest transaction is. Nothing is lost where this fails.
    pub(crate) fn set_hint(&self, hint: Hint) {
        let _ = place_at(&self.file, &hint.encode(self.salt), (HEAD / 2) as u64);
    }

    /// Give every whole record from `from` on to `visit`, and remember where they end.
    pub(crate) fn scan(
        &mut self,
        from: u64,
        mut visit: impl FnMut(Found) -> ControlFlow<()>,
    ) -> io::Result<Tail> {
        self.end = from;
        loop {
            match self.record_at(self.end)? {
                Ok(found) => {
                    self.end += found.length;
                    if visit(found).is_break() {
                        return Ok(Tail::Clean);
                    }
                }
                Err(tail) => return Ok(tail),
            }
        }
    }

    /// The record at `offset`, without a look at its data.
    pub(crate) fn record_at(&self, offset: u64) -> io::Result<Result<Found, Tail>> {
        // Most bodies fit, and are here with the one call.
        let mut bytes = [0; 1024];
        let read = read_at(&self.file, &mut bytes, offset)?;
        if bytes[..HEADER].iter().all(|&byte| byte == 0) {
            return Ok(Err(Tail::Clean));
        }
        let header = Header::decode(&bytes[..read], self.salt);
        let Some((header, length)) = header.and_then(|head| Some((head, head.length()?))) else {
            return Ok(Err(Tail::Torn));
        };
        let (body_at, data_at) = header.places();
        let start = usize::try_from(body_at).unwrap_or(usize::MAX);
        let here = usize::try_from(header.body).ok().and_then(|size| start.checked_add(size));
        let body = match here.and_then(|end| bytes[..read].get(start..end)) {
            Some(body) => Some(body.to_vec()),
            None => self.bytes(offset + body_at, header.body)?,
        };
        let Some(body) = body else { return Ok(Err(Tail::Torn)) };
        Ok(match header.open(&body) {
            Some(body) => Ok(Found { offset, data: offset + data_at, length, body }),
            None => Err(Tail::Torn),
        })
    }

    /// So many bytes at `offset`; `None` where the file does not have them.
    pub(crate) fn bytes(&self, offset: u64, length: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(end) = offset.checked_add(length) else { return Ok(None) };
        // The length may come from a damaged header, and is no reason to take memory.
        if end > self.length && end > stat_of(&self.file)?.size {
            return Ok(None);
        }
        let Ok(size) = usize::try_from(length) else { return Ok(None) };
        let mut bytes = vec![0; size];
        let read = read_at(&self.file, &mut bytes, offset)?;
        Ok((read == bytes.len()).then_some(bytes))
    }

    /// The new bytes and the old bytes of a write; `None` where they are damaged.
    pub(crate) fn blob(&self, data: u64, blob: Blob) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let at = data.saturating_add(blob.offset);
        let Some(mut fresh) = self.bytes(at, blob.fresh + blob.old)? else { return Ok(None) };
        if crc32fast::hash(&fresh) != blob.check {
            return Ok(None);
        }
        let old = fresh.split_off(usize::try_from(blob.fresh).unwrap_or(usize::MAX));
        Ok(Some((fresh, old)))
    }

    /// Whether all data of a transaction is as it was written.
    pub(crate) fn data_is_whole(&self, data: u64, of: &Transaction) -> io::Result<bool> {
        for step in &of.steps {
            if let Step::Write(write) = step
                && self.blob(data, write.data)?.is_none()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Append a transaction with its data and make it durable: the commit point. Gives where its
    /// record begins and where its data does.
    pub(crate) fn append(
        &mut self,
        transaction: &Transaction,
        data: &[&[u8]],
    ) -> io::Result<(u64, u64)> {
        let (kind, body) = transaction.encode();
        let size = data.iter().map(|part| part.len() as u64).sum();
        let header = Header::new(kind, transaction.id, &body, size, self.salt);
        let offset = self.end;
        self.write(&header, &body, data).and_then(|()| self.file.sync_data())?;
        self.end += header.length().unwrap_or(0);
        Ok((offset, offset + (HEADER + body.len()) as u64))
    }

    /// Write a piece of the data of a record that will be the first, so far behind where its data
    /// begins.
    pub(crate) fn write_data(&self, piece: &[u8], at: u64) -> io::Result<()> {
        let at = (HEAD + HEADER) as u64 + at;
        place_at(&self.file, piece, at)?;
        begin_write_back(&self.file, at, piece.len() as u64);
        Ok(())
    }

    /// Fill a buffer from the data of the first record.
    pub(crate) fn read_data(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let read = read_at(&self.file, buffer, (HEAD + HEADER) as u64 + at)?;
        if read == buffer.len() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Make a transaction durable whose data, of this size, is written: the commit point. Gives
    /// where its record begins and where its data does.
    pub(crate) fn append_streamed(
        &mut self,
        transaction: &Transaction,
        size: u64,
    ) -> io::Result<(u64, u64)> {
        let (_, body) = transaction.encode();
        let header = Header::streamed(transaction.id, &body, size, self.salt);
        let (offset, (body_at, data_at)) = (self.end, header.places());
        let end = offset + header.length().ok_or(io::ErrorKind::FileTooLarge)?;
        let ahead = ahead_of(end);
        let mut writer = Gather::new(&self.file, offset + body_at, ahead - offset - body_at);
        writer.push(&body)?;
        writer.zeros(ahead)?;
        writer.finish()?;
        let mut writer = Gather::new(&self.file, 0, offset + HEADER as u64);
        writer.push(&encode_head(self.number, self.salt))?;
        writer.push(&[0; HEAD / 2])?;
        writer.push(&header.encode())?;
        writer.finish()?;
        self.length = ahead;
        self.file.sync_data()?;
        self.end = end;
        Ok((offset, offset + data_at))
    }

    /// Append a note; made durable where `sync` is true.
    pub(crate) fn append_mark(&mut self, mark: &Mark, sync: bool) -> io::Result<()> {
        let (kind, body) = mark.encode();
        let header = Header::new(kind, mark.id, &body, 0, self.salt);
        let mut bytes = header.encode().to_vec();
        bytes.extend_from_slice(&body);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        place_at(&self.file, &bytes, self.end)?;
        if sync {
            self.file.sync_data()?;
        }
        self.end += bytes.len() as u64;
        self.length = self.length.max(self.end);
        Ok(())
    }

    /// Make what was appended durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Whether nothing was appended behind what is known.
    pub(crate) fn is_unchanged(&self) -> io::Result<bool> {
        let mut bytes = [0; HEADER];
        read_at(&self.file, &mut bytes, self.end)?;
        Ok(bytes.iter().all(|&byte| byte == 0) && stat_of(&self.file)?.links > 0)
    }

    /// How long a record with so much in it is, to see whether it fits.
    pub(crate) fn room(&self, limit: u64) -> u64 {
        limit.saturating_sub(self.end)
    }

    /// Whether the bytes at `offset`, which are no record, are damage, and not what a loss of power
    /// left of records that were not synced yet.
    ///
    /// Notes that a transaction is applied are not synced, but the next record that is covers them.
    /// So behind such a note may stand more of them, and one record whose own sync was under way;
    /// what was written in this run of the machine, `boot`, is no torn page at all.
    pub(crate) fn is_damaged(&self, offset: u64, boot: u64) -> io::Result<bool> {
        let behind = self.records_behind(offset)?;
        let Some((last, before)) = behind.split_last() else { return Ok(false) };
        let unsynced = |body: &Body| match body {
            Body::Mark(mark) => mark.outcome == Outcome::Applied,
            Body::Transaction(_) => false,
        };
        Ok(last.boot() == boot || !before.iter().all(unsynced))
    }

    /// The whole records behind what is at `offset`, wherever they begin.
    fn records_behind(&self, offset: u64) -> io::Result<Vec<Body>> {
        let mut bytes = [0; HEADER];
        let read = read_at(&self.file, &mut bytes, offset)?;
        // Where the header is whole, what it spans may be the content of any file.
        let own = Header::decode(&bytes[..read], self.salt).and_then(|head| head.length());
        let mut at = offset.saturating_add(own.unwrap_or(8));
        let mut found = Vec::new();
        let rest = stat_of(&self.file)?.size.saturating_sub(at);
        let Some(bytes) = self.bytes(at, rest)? else { return Ok(found) };
        let begin = at;
        while let Some(bytes) = usize::try_from(at - begin).ok().and_then(|at| bytes.get(at..)) {
            if bytes.is_empty() {
                break;
            }
            let record = match Header::decode(bytes, self.salt) {
                Some(_) => self.record_at(at)?.ok(),
                None => None,
            };
            at += record.as_ref().map_or(8, |record| record.length);
            found.extend(record.map(|record| record.body));
        }
        Ok(found)
    }

    /// Put zeros where a record was cut off, so that what is appended is followed by zeros again.
    pub(crate) fn clear_tail(&mut self) -> io::Result<()> {
        let mut at = self.end;
        let zeros = vec![0; usize::try_from(AHEAD).unwrap_or(0)];
        self.length = stat_of(&self.file)?.size;
        while at < self.length {
            let size = zeros.len().min(usize::try_from(self.length - at).unwrap_or(zeros.len()));
            place_at(&self.file, &zeros[..size], at)?;
            at += size as u64;
        }
        self.file.sync_data()
    }

    fn write(&mut self, header: &Header, body: &[u8], data: &[&[u8]]) -> io::Result<()> {
        let first = self.length == 0;
        let from = if first { 0 } else { self.end };
        let end = self.end + header.length().ok_or(io::ErrorKind::FileTooLarge)?;
        let mut writer = Gather::new(&self.file, from, end - from);
        if first {
            writer.push(&encode_head(self.number, self.salt))?;
            writer.push(&[0; HEAD / 2])?;
        }
        writer.push(&header.encode())?;
        writer.push(body)?;
        for part in data {
            writer.push(part)?;
        }
        let ahead = if end + NOTES <= self.length { end } else { ahead_of(end) };
        writer.zeros(ahead)?;
        writer.finish()?;
        self.length = self.length.max(ahead);
        Ok(())
    }

    /// Take a record back that may be in the file though its commit failed.
    pub(crate) fn retract(&mut self) -> io::Result<()> {
        place_at(&self.file, &[0; HEADER], self.end)?;
        self.clear_tail()
    }
}

/// Where the zeros behind a record that ends at `end` should end: a large record has a segment for
/// itself, and needs room for notes alone; one of middle size is not to wait for many zeros.
fn ahead_of(end: u64) -> u64 {
    let step = match end {
        0..=AHEAD => AHEAD,
        end if end <= 4 * AHEAD => AHEAD / 8,
        _ => NOTES,
    };
    (end + NOTES).next_multiple_of(step)
}

/// As many bytes as there are at `offset`, up to the length of the buffer.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match crate::sys::fetch_at(file, &mut buffer[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// Something that no other segment has had.
fn new_salt(number: u64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(&std::process::id().to_le_bytes());
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    hasher.update(&now.as_nanos().to_le_bytes());
    let bytes = hasher.finalize();
    bytes.as_bytes()[..8].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
