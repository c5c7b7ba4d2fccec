//! The log as a whole: its newest segment, the newest transaction in it and what became of that.
//!
//! A transaction begins only when the one before it is finished, so that at most one, the newest,
//! can be unfinished; opening a journal reads no more than that.

use std::io;
use std::ops::ControlFlow;
use std::time::SystemTime;

use crate::error::JournalError;
use crate::record::{Body, HEAD, Hint, Mark, Outcome, Transaction};
use crate::segment::{Found, Segment, Tail, file_name};
use crate::stream::Stream;
use crate::sys::{Time, boot_identity};
use crate::vault::Vault;

/// After so many transactions the hint is written anew. It is in a page of its own, which the next
/// sync has to write, too.
const HINT_EVERY: u32 = 8;

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Status {
    /// When its last step was done.
    pub(crate) applied: Option<Time>,
    pub(crate) confirmed: bool,
    pub(crate) aborting: bool,
    pub(crate) reverted: bool,
    /// The run of the machine in which all up to it reached the disk.
    pub(crate) durable: Option<u64>,
}

impl Status {
    pub(crate) fn note(&mut self, mark: &Mark) {
        match mark.outcome {
            Outcome::Applied => self.applied = Some(mark.time),
            Outcome::Confirmed => self.confirmed = true,
            Outcome::Aborting => self.aborting = true,
            Outcome::Reverted => self.reverted = true,
            Outcome::Durable => self.durable = Some(mark.boot),
        }
    }
}

/// The newest transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Last {
    pub(crate) id: u64,
    pub(crate) offset: u64,
    pub(crate) provisional: bool,
    pub(crate) boot: u64,
    pub(crate) status: Status,
}

/// The log, open for appending. Whoever uses it holds the lock.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) segment: Option<Segment>,
    pub(crate) last: Option<Last>,
    /// How many bytes the vault holds; `None` where that has to be counted.
    pub(crate) usage: Option<u64>,
    /// How many transactions are behind the one that the hint names.
    since_hint: u32,
    /// How long a segment may become.
    limit: u64,
    boot: u64,
}

impl Log {
    /// A log that is read when it is first refreshed.
    pub(crate) fn new(bound: u64) -> Self {
        // Whole segments leave the history, so one is a small part of what may be kept.
        let limit = (bound / 64).clamp(64 << 10, 4 << 20);
        Self { segment: None, last: None, usage: None, since_hint: 0, limit, boot: boot_identity() }
    }

    pub(crate) fn boot(&self) -> u64 {
        self.boot
    }

    /// The number for the next transaction.
    pub(crate) fn next_id(&self) -> u64 {
        self.last.map_or(1, |last| last.id + 1)
    }

    /// See what others appended since.
    pub(crate) fn refresh(&mut self, vault: &Vault) -> Result<(), JournalError> {
        if let Some(segment) = &self.segment {
            let failed = |error| vault.failed("read", &file_name(segment.number), error);
            let next = file_name(segment.number + 1);
            let newer = vault.log.stat(next.as_ref()).map_err(failed)?.is_some();
            if !newer && segment.is_unchanged().map_err(failed)? {
                return Ok(());
            }
        }
        self.reload(vault)
    }

    fn reload(&mut self, vault: &Vault) -> Result<(), JournalError> {
        self.segment = None;
        self.last = None;
        self.usage = None;
        for number in vault.segments()?.into_iter().rev() {
            let name = file_name(number);
            let failed = |error| vault.failed("read", &name, error);
            if let Some(mut segment) = Segment::open(&vault.log, number).map_err(failed)? {
                let tail = self.read_newest(&mut segment).map_err(failed)?;
                self.drop_unfinished_record(&mut segment, tail, vault)?;
                if self.last.is_some() {
                    self.segment = Some(segment);
                    return Ok(());
                }
            }
            // Not one whole record: the commit that began the segment was cut off.
            vault
                .log
                .unlink(name.as_ref())
                .map_err(|error| vault.failed("remove", &name, error))?;
        }
        Ok(())
    }

    /// Find the newest transaction, from the place that the hint names where it is right.
    fn read_newest(&mut self, segment: &mut Segment) -> io::Result<Tail> {
        if let Some(hint) = segment.hint {
            self.usage = Some(hint.elsewhere + segment.length);
            let tail = self.read_from(segment, hint.offset)?;
            if self.last.is_some() {
                return Ok(tail);
            }
            self.usage = None;
        }
        self.read_from(segment, HEAD as u64)
    }

    fn read_from(&mut self, segment: &mut Segment, from: u64) -> io::Result<Tail> {
        let Self { last, usage, since_hint, .. } = self;
        *since_hint = 0;
        segment.scan(from, |found| {
            match found.body {
                Body::Transaction(transaction) => {
                    if found.offset > from {
                        *since_hint += 1;
                        *usage = usage.map(|usage| usage + transaction.taken());
                    }
                    *last = Some(Last {
                        id: transaction.id,
                        offset: found.offset,
                        provisional: transaction.provisional,
                        boot: transaction.boot,
                        status: Status::default(),
                    });
                }
                Body::Mark(mark) => {
                    if let Some(last) = last.as_mut().filter(|last| last.id == mark.id) {
                        last.status.note(&mark);
                    }
                }
            }
            ControlFlow::Continue(())
        })
    }

    /// A record whose writing was cut off was never committed: take it away. What is no record and
    /// has records behind it is damage.
    fn drop_unfinished_record(
        &mut self,
        segment: &mut Segment,
        tail: Tail,
        vault: &Vault,
    ) -> Result<(), JournalError> {
        let name = file_name(segment.number);
        let failed = |error| vault.failed("read", &name, error);
        if tail == Tail::Torn {
            if segment.is_damaged(segment.end, self.boot).map_err(failed)? {
                return Err(JournalError::Damaged {
                    segment: vault.place_of(&name),
                    offset: segment.end,
                    reason: "records follow one that is not whole",
                });
            }
            segment.clear_tail().map_err(|error| vault.failed("write", &name, error))?;
        }
        let Some(last) = self.last.filter(|last| last.status == Status::default()) else {
            return Ok(());
        };
        let (found, transaction) = Self::read(segment, last.offset, vault)?;
        if segment.data_is_whole(found, &transaction).map_err(failed)? {
            return Ok(());
        }
        segment.end = last.offset;
        self.last = None;
        if last.offset > HEAD as u64 {
            segment.clear_tail().map_err(|error| vault.failed("write", &name, error))?;
            self.read_from(segment, HEAD as u64).map_err(failed)?;
        }
        Ok(())
    }

    /// The transaction whose record begins at `offset`, and where its data is.
    pub(crate) fn read(
        segment: &Segment,
        offset: u64,
        vault: &Vault,
    ) -> Result<(u64, Transaction), JournalError> {
        let name = file_name(segment.number);
        let found =
            segment.record_at(offset).map_err(|error| vault.failed("read", &name, error))?;
        match found {
            Ok(Found { data, body: Body::Transaction(transaction), .. }) => Ok((data, transaction)),
            _ => Err(JournalError::Damaged {
                segment: vault.place_of(&name),
                offset,
                reason: "the record of a transaction is not whole",
            }),
        }
    }

    /// Append a transaction and make it durable: the commit point. Gives where its data is.
    pub(crate) fn append(
        &mut self,
        vault: &Vault,
        transaction: &Transaction,
        data: &[&[u8]],
    ) -> Result<u64, JournalError> {
        let size: u64 = data.iter().map(|part| part.len() as u64).sum();
        let full = |segment: &Segment| segment.room(self.limit) < size;
        let fresh = self.segment.as_ref().is_none_or(full);
        if fresh {
            return self.begin_segment(vault, transaction, data);
        }
        let Some(segment) = &mut self.segment else { return Ok(0) };
        let name = file_name(segment.number);
        let before = segment.length;
        let (offset, data) = match segment.append(transaction, data) {
            Ok(places) => places,
            Err(error) => return Err(refused(vault, &name, error, &segment.retract())),
        };
        let grown = segment.length - before;
        self.remember(transaction, offset, grown);
        Ok(data)
    }

    /// A new segment with the transaction as its first record.
    fn begin_segment(
        &mut self,
        vault: &Vault,
        transaction: &Transaction,
        data: &[&[u8]],
    ) -> Result<u64, JournalError> {
        let number = self.segment.as_ref().map_or(1, |segment| segment.number + 1);
        let name = file_name(number);
        let failed = |error| vault.failed("write", &name, error);
        let mut segment = Segment::create(&vault.log, number).map_err(failed)?;
        let appended = segment.append(transaction, data).map(|places| (segment, places));
        self.enter_segment(vault, transaction, &name, appended)
    }

    /// Make a new segment durable by its name, too, and go on in it; remove it where its first
    /// record could not be written. Gives where the data of that is.
    fn enter_segment(
        &mut self,
        vault: &Vault,
        transaction: &Transaction,
        name: &str,
        appended: io::Result<(Segment, (u64, u64))>,
    ) -> Result<u64, JournalError> {
        match appended.and_then(|begun| vault.log.sync().map(|()| begun)) {
            Ok((segment, (offset, data))) => {
                let grown = segment.length;
                self.segment = Some(segment);
                self.remember(transaction, offset, grown);
                Ok(data)
            }
            Err(error) => {
                let gone = vault.log.unlink(name.as_ref());
                Err(refused(vault, name, error, &gone))
            }
        }
    }

    /// Begin a segment for a transaction of about so many bytes, where it would get one to itself
    /// anyway, so that its data is written while it is planned.
    pub(crate) fn stream(&self, vault: &Vault, size: u64) -> Result<Option<Stream>, JournalError> {
        if size < self.limit {
            return Ok(None);
        }
        let number = self.segment.as_ref().map_or(1, |segment| segment.number + 1);
        let segment = Segment::create(&vault.log, number)
            .map_err(|error| vault.failed("write", &file_name(number), error))?;
        Ok(Some(Stream::new(segment)))
    }

    /// Take away what was streamed for a transaction that is not made.
    pub(crate) fn abandon(vault: &Vault, stream: Option<Stream>) -> io::Result<()> {
        stream.map_or(Ok(()), |stream| vault.log.unlink(file_name(stream.number()).as_ref()))
    }

    /// [`Log::append`] of a transaction whose data was streamed.
    pub(crate) fn append_streamed(
        &mut self,
        vault: &Vault,
        transaction: &Transaction,
        stream: Stream,
    ) -> Result<u64, JournalError> {
        let name = file_name(stream.number());
        let appended = stream.finish().and_then(|(mut segment, size)| {
            let places = segment.append_streamed(transaction, size)?;
            Ok((segment, places))
        });
        self.enter_segment(vault, transaction, &name, appended)
    }

    fn remember(&mut self, transaction: &Transaction, offset: u64, grown: u64) {
        self.usage = self.usage.map(|usage| usage + grown + transaction.taken());
        self.since_hint += 1;
        if self.since_hint >= HINT_EVERY {
            self.set_hint(offset);
        }
        self.last = Some(Last {
            id: transaction.id,
            offset,
            provisional: transaction.provisional,
            boot: transaction.boot,
            status: Status::default(),
        });
    }

    /// Set the number of bytes that the vault holds.
    pub(crate) fn set_usage(&mut self, usage: u64) {
        self.usage = Some(usage);
        if let Some(last) = self.last {
            self.set_hint(last.offset);
        }
    }

    fn set_hint(&mut self, offset: u64) {
        if let (Some(segment), Some(usage)) = (&self.segment, self.usage) {
            let elsewhere = usage.saturating_sub(segment.length);
            segment.set_hint(Hint { offset, elsewhere });
            self.since_hint = 0;
        }
    }

    /// Note what became of the newest transaction; durable where `sync` is true.
    pub(crate) fn mark(
        &mut self,
        vault: &Vault,
        outcome: Outcome,
        sync: bool,
    ) -> Result<(), JournalError> {
        let (Some(segment), Some(last)) = (&mut self.segment, &mut self.last) else {
            return Ok(());
        };
        let time = SystemTime::now().into();
        let mark = Mark { id: last.id, outcome, time, boot: self.boot };
        let name = file_name(segment.number);
        if let Err(error) = segment.append_mark(&mark, sync) {
            return Err(refused(vault, &name, error, &segment.retract()));
        }
        last.status.note(&mark);
        Ok(())
    }
}

/// Why a record could not be made durable. Where what there is of it cannot be taken back either,
/// recovery may find it whole, and then the transaction is made after all.
fn refused(
    vault: &Vault,
    name: &str,
    source: io::Error,
    taken_back: &io::Result<()>,
) -> JournalError {
    if taken_back.is_ok() {
        return vault.failed("write", name, source);
    }
    JournalError::Stranded { action: "write", path: vault.place_of(name), source }
}
