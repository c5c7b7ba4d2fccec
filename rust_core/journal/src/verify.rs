//! After a loss of power: what the log says was done may not have reached the disk in its own
//! place. Everything since the last time that all was known to be durable is looked at again, and
//! done again where it is gone.
//!
//! What somebody has changed since is left alone: the time of its last change, which programs do
//! not set, is later than that of the transactions. What a loss of power takes has an earlier one.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::apply::Places;
use crate::change::Digest;
use crate::error::JournalError;
use crate::history::{Recorded, read_segment};
use crate::log::Log;
use crate::record::Outcome;
use crate::recover::Recovery;
use crate::redo::{Direction, Redo};
use crate::segment::{Segment, file_name};
use crate::step::{Step, Write};
use crate::sys::{Time, sync_all};
use crate::vault::Vault;

/// Whether the newest transaction was made in another run of the machine.
pub(crate) fn is_needed(log: &Log) -> bool {
    log.last.is_some_and(|last| last.status.durable.unwrap_or(last.boot) != log.boot())
}

/// Look at everything that may be gone, and do again what is. The transaction `unfinished`, the
/// newest, is left to the caller, who brings it to its end afterwards.
pub(crate) fn look_again(
    places: Places<'_>,
    unfinished: Option<u64>,
    recovery: &mut Recovery,
) -> Result<(), JournalError> {
    let records = doubtful(places.vault)?;
    let mut check = Check::new(places, &records, unfinished);
    let failed = |(path, source)| JournalError::Io { action: "recover", path, source };
    let first = check.first_lost().map_err(|error| failed((places.vault.path.clone(), error)))?;
    for (index, record) in records.iter().enumerate() {
        if unfinished == Some(record.transaction.id) {
            continue;
        }
        // Names first: content is looked for under the name that it should have.
        let mut again = false;
        for names in [true, false] {
            let steps = check.lost(index, first, names).map_err(failed)?;
            if !steps.is_empty() {
                recovery.kept_aside.extend(redo(places, record, &steps)?);
                again = true;
            }
        }
        if again {
            recovery.redone.push(record.transaction.id);
        }
    }
    Ok(())
}

/// Make everything durable, and note that it is.
pub(crate) fn seal(places: Places<'_>, log: &mut Log) -> Result<(), JournalError> {
    let path = places.root.path();
    sync_all(places.root.dir()).map_err(|error| JournalError::io("sync", path, error))?;
    log.mark(places.vault, Outcome::Durable, true)
}

/// The transactions that are done since the last that is known to be durable, oldest first.
fn doubtful(vault: &Vault) -> Result<Vec<Recorded>, JournalError> {
    let mut newest_first = Vec::new();
    for number in vault.segments()?.into_iter().rev() {
        let mut records = Vec::new();
        read_segment(vault, number, &mut records)?;
        let durable = records.iter().rposition(|record| record.status.durable.is_some());
        let since = records.split_off(durable.map_or(0, |index| index + 1));
        newest_first.extend(since.into_iter().rev());
        if durable.is_some() {
            break;
        }
    }
    newest_first.reverse();
    newest_first.retain(|record| !record.status.reverted);
    Ok(newest_first)
}

/// Do the steps of a transaction again that are gone.
fn redo(
    places: Places<'_>,
    record: &Recorded,
    steps: &[(usize, Step)],
) -> Result<Vec<(PathBuf, PathBuf)>, JournalError> {
    let name = file_name(record.segment);
    let opened = Segment::open_to_read(&places.vault.log, record.segment);
    let segment = opened.map_err(|error| places.vault.failed("read", &name, error))?;
    let Some(segment) = segment else { return Ok(Vec::new()) };
    let transaction = &record.transaction;
    let mut redo = Redo::new(places, &segment, record.data, transaction, Direction::Forward);
    for (number, step) in steps {
        redo.step_or_note(*number, step).map_err(|(path, source)| JournalError::Io {
            action: "recover",
            path,
            source,
        })?;
    }
    Ok(redo.kept_aside)
}

/// Later than everything.
const NEVER: Time = Time { seconds: i64::MAX, nanos: 0 };

struct Check<'a> {
    places: Places<'a>,
    records: &'a [Recorded],
    /// When a transaction touched a path last.
    touched: HashMap<PathBuf, Time>,
    /// Every content that a transaction gave to a path, with the number of the transaction.
    contents: HashMap<PathBuf, Vec<(usize, Digest)>>,
    /// Files and folders in which something was done again just now.
    busy: HashSet<PathBuf>,
}

impl<'a> Check<'a> {
    fn new(places: Places<'a>, records: &'a [Recorded], unfinished: Option<u64>) -> Self {
        let mut check = Self {
            places,
            records,
            touched: HashMap::new(),
            contents: HashMap::new(),
            busy: HashSet::new(),
        };
        for (index, record) in records.iter().enumerate() {
            // Where the note is lost it was done before the next one began, and the unfinished one
            // was still being done when the machine stopped.
            let next = records.get(index + 1).map(|next| next.transaction.time);
            let begun = record.transaction.time;
            let time = match record.status.applied {
                _ if unfinished == Some(record.transaction.id) => NEVER,
                applied => applied.or(next).unwrap_or(begun),
            };
            for step in &record.transaction.steps {
                check.note(index, step, time);
            }
        }
        check
    }

    fn note(&mut self, index: usize, step: &Step, time: Time) {
        let from = match step {
            Step::Move { from, .. } => Some(from.as_path()),
            Step::Lift { .. } => return,
            Step::Write(write) => {
                let contents = self.contents.entry(write.path.clone()).or_default();
                contents.push((index, write.new));
                None
            }
            _ => None,
        };
        for path in from.into_iter().chain([step.path()]) {
            let parent = path.parent().unwrap_or(Path::new(""));
            for path in [path, parent] {
                let last = self.touched.entry(path.to_owned()).or_default();
                *last = time.max(*last);
            }
        }
    }

    /// The first step of structure that did not reach the disk. File systems keep the order of
    /// such steps, so all before the newest that did have reached it too.
    fn first_lost(&self) -> io::Result<(usize, usize)> {
        for (index, record) in self.records.iter().enumerate().rev() {
            for (number, step) in record.transaction.steps.iter().enumerate().rev() {
                if self.is_evident(step)? {
                    return Ok((index, number + 1));
                }
            }
        }
        Ok((0, 0))
    }

    /// Whether a step of structure has left what nothing else leaves.
    fn is_evident(&self, step: &Step) -> io::Result<bool> {
        let at = |path: &Path| self.places.root.stat_io(path);
        Ok(match step {
            Step::Take { slot, .. } | Step::Lift { slot, .. } => {
                self.places.vault.slot(*slot)?.is_some()
            }
            Step::Put { path, identity, .. } | Step::Move { to: path, identity, .. } => {
                at(path)?.is_some_and(|stat| stat.identity() == *identity)
            }
            Step::Folder { path } => at(path)?.is_some_and(|stat| stat.is_dir()),
            Step::Link { path, .. } => at(path)?.is_some(),
            Step::Write(_) | Step::Mode { .. } => false,
        })
    }

    /// The steps of a transaction that have to be done again, with their numbers: those that are
    /// about names, or those about content and modes.
    fn lost(
        &mut self,
        index: usize,
        first: (usize, usize),
        names: bool,
    ) -> Result<Vec<(usize, Step)>, (PathBuf, io::Error)> {
        let mut lost = Vec::new();
        for (number, step) in self.records[index].transaction.steps.iter().enumerate() {
            if names == matches!(step, Step::Write(_) | Step::Mode { .. }) {
                continue;
            }
            let again = match step {
                Step::Write(write) => self.lost_write(index, write, first),
                Step::Mode { path, old, new } => self.lost_mode(index, path, (*old, *new), first),
                _ if (index, number) < first => Ok(None),
                _ => self.lost_structure(step),
            };
            let again = again.map_err(|error| (step.path().to_owned(), error))?;
            lost.extend(again.map(|step| (number, step)));
        }
        Ok(lost)
    }

    fn lost_structure(&mut self, step: &Step) -> io::Result<Option<Step>> {
        let parent = step.path().parent().unwrap_or(Path::new("")).to_owned();
        if self.is_evident(step)? || !self.is_untouched(&parent)? {
            return Ok(None);
        }
        self.busy.insert(parent);
        if let Step::Folder { path } = step {
            self.busy.insert(path.clone());
        }
        Ok(Some(step.clone()))
    }

    /// The write, with the name that its file has now, where its content or mode is gone.
    fn lost_write(
        &mut self,
        index: usize,
        write: &Write,
        first: (usize, usize),
    ) -> io::Result<Option<Step>> {
        let Some(path) = self.name_now(index, &write.path, first) else { return Ok(None) };
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        let lost = match self.places.root.read_with_stat(&path) {
            Ok(Some((content, stat))) => {
                let digest = *blake3::hash(&content).as_bytes();
                let whole = digest == write.new && write.mode.is_none_or(|mode| mode == stat.mode);
                let later =
                    digest != write.new && self.is_known(index, &write.path, &path, &digest);
                !whole && !later && self.is_untouched(&path)?
            }
            Ok(None) => self.is_untouched(&parent)?,
            // A folder, or a link: nothing that a loss of power makes of a file.
            Err(_) => false,
        };
        if !lost {
            return Ok(None);
        }
        self.busy.extend([path.clone(), parent]);
        Ok(Some(Step::Write(Box::new(Write { path, ..write.clone() }))))
    }

    /// The change of a mode, with the name that its file has now, where it is gone.
    fn lost_mode(
        &mut self,
        index: usize,
        path: &Path,
        (old, new): (u32, u32),
        first: (usize, usize),
    ) -> io::Result<Option<Step>> {
        let Some(path) = self.name_now(index, path, first) else { return Ok(None) };
        let now = self.places.root.stat_io(&path)?;
        if now.is_none_or(|stat| stat.mode == new) || !self.is_untouched(&path)? {
            return Ok(None);
        }
        self.busy.insert(path.clone());
        Ok(Some(Step::Mode { path, old, new }))
    }

    /// Whether a content is that of the write, or of a later one of the same file.
    fn is_known(&self, index: usize, before: &Path, now: &Path, digest: &Digest) -> bool {
        let later = |path| self.contents.get(path).into_iter().flatten();
        later(before).chain(later(now)).any(|(at, content)| *at >= index && content == digest)
    }

    /// Where what had this name after a transaction is now, when later steps of structure from
    /// `first` on are not done again yet; `None` where it is out of the tree.
    fn name_now(&self, index: usize, path: &Path, first: (usize, usize)) -> Option<PathBuf> {
        let mut name = path.to_owned();
        for (later, record) in self.records.iter().enumerate().skip(index + 1) {
            let mut in_vault = HashMap::new();
            for (number, step) in record.transaction.steps.iter().enumerate() {
                if (later, number) >= first {
                    break;
                }
                match step {
                    Step::Move { from, to, .. } => {
                        if let Ok(rest) = name.strip_prefix(from) {
                            name = joined(to, rest);
                        }
                    }
                    Step::Take { path, slot, .. } => {
                        if let Ok(rest) = name.strip_prefix(path) {
                            in_vault.insert(*slot, rest.to_owned());
                        }
                    }
                    Step::Put { path, slot, .. } => {
                        if let Some(rest) = in_vault.remove(slot) {
                            name = joined(path, &rest);
                        }
                    }
                    _ => {}
                }
            }
            if !in_vault.is_empty() {
                return None;
            }
        }
        Some(name)
    }

    /// Whether nobody has changed a file or folder since the transactions did.
    fn is_untouched(&self, path: &Path) -> io::Result<bool> {
        if self.busy.contains(path) {
            return Ok(true);
        }
        let Some(stat) = self.places.root.stat_io(path)? else { return Ok(false) };
        Ok(self.touched.get(path).is_none_or(|&time| stat.ctime <= time))
    }
}

fn joined(path: &Path, rest: &Path) -> PathBuf {
    if rest.as_os_str().is_empty() { path.to_owned() } else { path.join(rest) }
}
