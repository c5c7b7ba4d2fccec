//! The file: appending whole lines, following it where it is moved, rotating it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

/// Lines that are ready to be written.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) text: Vec<u8>,
    /// Where each line ends, and what it took in the queue.
    lines: Vec<(usize, usize)>,
    /// How much of the text is in the file.
    done: usize,
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.lines.clear();
        self.done = 0;
    }

    /// What was added to the text is a line, which took `cost` bytes in the queue.
    pub(crate) fn end_line(&mut self, cost: usize) {
        self.lines.push((self.text.len(), cost));
    }

    pub(crate) fn is_written(&self) -> bool {
        self.done == self.text.len()
    }

    /// Forget the lines that are in the file: how many, and what they took in the queue. A line
    /// that took nothing is the writer's own and is not counted.
    pub(crate) fn settle(&mut self) -> (usize, usize) {
        let written = self.lines.partition_point(|&(end, _)| end <= self.done);
        let costs = self.lines[..written].iter().map(|&(_, cost)| cost);
        let settled =
            costs.filter(|&cost| cost > 0).fold((0, 0), |(n, sum), cost| (n + 1, sum + cost));
        let start = self.line_start();
        self.text.drain(..start);
        self.lines.drain(..written);
        self.lines.iter_mut().for_each(|(end, _)| *end -= start);
        self.done -= start;
        settled
    }

    /// Whether the file ends inside of a line of this batch.
    fn is_torn(&self) -> bool {
        self.done != self.line_start()
    }

    /// Where the line begins that is to be written next or is written in part.
    fn line_start(&self) -> usize {
        let written = self.lines.partition_point(|&(end, _)| end <= self.done);
        written.checked_sub(1).and_then(|last| self.lines.get(last)).map_or(0, |&(end, _)| end)
    }

    /// The end of the last line that fits into `room` bytes, or of the first one in any case.
    fn fitting(&self, room: u64) -> usize {
        let next = self.lines.partition_point(|&(end, _)| end <= self.done);
        let fits = |&(end, _): &(usize, usize)| (end - self.done) as u64 <= room;
        let last = next + self.lines[next..].partition_point(fits).saturating_sub(1);
        self.lines.get(last).map_or(self.text.len(), |&(end, _)| end)
    }
}

/// Size and number of the files; 0 bytes mean that there is one, without bound.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rotation {
    pub(crate) max_bytes: u64,
    pub(crate) backups: u32,
}

/// Where our last, incomplete write ended.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tail {
    /// In a file that is no longer the one at the path.
    Elsewhere,
    /// At this offset.
    At(u64),
    /// In a pipe or device, which has no offsets.
    Stream,
}

/// The log file at a path, whichever that is at the moment.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    rotation: Rotation,
    sync: bool,
    file: Option<File>,
    identity: Option<Identity>,
    tail: Tail,
    /// The file ends in a piece of a line, which a line feed must end.
    ragged: bool,
    pub(crate) reopened: u64,
    pub(crate) rotated: u64,
    /// Why the file was not rotated; it grows on meanwhile.
    pub(crate) unrotated: Option<io::Error>,
}

impl LogFile {
    pub(crate) fn new(path: PathBuf, rotation: Rotation, sync: bool) -> Self {
        Self {
            path,
            rotation,
            sync,
            file: None,
            identity: None,
            tail: Tail::Elsewhere,
            ragged: false,
            reopened: 0,
            rotated: 0,
            unrotated: None,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Open the file now where that cannot block: a pipe blocks until it has a reader.
    pub(crate) fn probe(&mut self) -> io::Result<()> {
        match fs::metadata(&self.path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => Ok(()),
            _ => self.follow(),
        }
    }

    /// Write what is left of the batch, or as much of it as belongs into one file.
    ///
    /// Whole lines go into one call: the system appends what one call writes in one piece, so that
    /// several processes can share a local file.
    pub(crate) fn append(&mut self, batch: &mut Batch) -> io::Result<()> {
        self.follow()?;
        self.mend(batch)?;
        let end = self.make_room(batch)?;
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::NotFound.into()) };
        match file.write(&batch.text[batch.done..end]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => batch.done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        }
        if batch.is_torn() {
            self.tail = file.stream_position().map_or(Tail::Stream, Tail::At);
        }
        if self.sync { sync(file) } else { Ok(()) }
    }

    /// After an error: open the file again before the next attempt.
    pub(crate) fn release(&mut self) {
        self.file = None;
    }

    /// Open the file, again where another one is at the path by now or none.
    fn follow(&mut self) -> io::Result<()> {
        if self.file.is_some() {
            if self.is_current() {
                return Ok(());
            }
            self.reopened += 1;
        }
        self.file = None;
        let file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        let identity = Identity::of(&file.metadata()?);
        if self.identity != Some(identity) {
            self.tail = Tail::Elsewhere;
            self.ragged = false;
        }
        self.identity = Some(identity);
        self.file = Some(file);
        Ok(())
    }

    fn is_current(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| self.identity == Some(Identity::of(&found)))
    }

    /// Where the last write ended inside of a line: go on with it if nobody has appended to the
    /// file since, otherwise write the whole line again, on a line of its own.
    fn mend(&mut self, batch: &mut Batch) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if batch.is_torn() {
            let intact = match self.tail {
                Tail::Elsewhere => false,
                Tail::At(end) => file.metadata()?.len() == end,
                Tail::Stream => true,
            };
            if !intact {
                batch.done = batch.line_start();
                self.ragged = matches!(self.tail, Tail::At(_));
            }
        }
        if self.ragged {
            file.write_all(b"\n")?;
            self.ragged = false;
        }
        Ok(())
    }

    /// How far the batch may be written, after rotating the file if it is full.
    fn make_room(&mut self, batch: &Batch) -> io::Result<usize> {
        let Some(file) = &self.file else { return Ok(batch.text.len()) };
        if self.rotation.max_bytes == 0 || batch.is_torn() {
            return Ok(batch.text.len());
        }
        let found = file.metadata()?;
        let room = self.rotation.max_bytes.saturating_sub(found.len());
        let end = batch.fitting(room);
        if found.len() == 0 || !found.is_file() || (end - batch.done) as u64 <= room {
            return Ok(end);
        }
        match self.rotate() {
            Ok(()) => self.unrotated = None,
            Err(error) => {
                self.unrotated = Some(error);
                self.follow()?;
            }
        }
        Ok(batch.fitting(self.rotation.max_bytes))
    }

    /// Move the file to `<path>.1`, and those that are there one up.
    ///
    /// Of several processes that find the file full the one that gets the lock on it moves it; the
    /// others find a new file at the path. A lock held by something else is not waited for.
    fn rotate(&mut self) -> io::Result<()> {
        let full = self.file.take();
        if let Some(full) = &full {
            match full.try_lock() {
                Err(TryLockError::WouldBlock) => return self.follow(),
                // A file system without locks: rotation by several processes is not safe there.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
        }
        if self.is_current() {
            for number in (1..self.rotation.backups).rev() {
                rename_existing(&self.backup(number), &self.backup(number + 1))?;
            }
            rename_existing(&self.path, &self.backup(1))?;
            self.rotated += 1;
        }
        // The lock goes with the old file, after the new one is in place.
        let followed = self.follow();
        drop(full);
        followed
    }

    fn backup(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }
}

fn rename_existing(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Pipes and devices have nothing to be made durable.
fn sync(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// What tells two files apart.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq)]
struct Identity {
    device: u64,
    inode: u64,
}

#[cfg(unix)]
impl Identity {
    fn of(found: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: found.dev(), inode: found.ino() }
    }
}

/// Elsewhere an open file can neither be moved nor removed; that it was created tells it apart.
#[cfg(not(unix))]
#[derive(Debug, Clone, Copy, PartialEq)]
struct Identity {
    created: Option<std::time::SystemTime>,
}

#[cfg(not(unix))]
impl Identity {
    fn of(found: &fs::Metadata) -> Self {
        Self { created: found.created().ok() }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
