//! The bytes of the log: the head of a segment, and records of transactions and of what became of
//! them.
//!
//! ```text
//! segment  = head (64 bytes), hint (64 bytes), record*, zeros
//! record   = header (64 bytes), body, data, zeros to a multiple of 8
//! header   = magic, kind, transaction, length of the body, length of the data, salt of the
//!            segment, BLAKE3 of the body (128 bits), CRC-32 of the header
//! body     = what the transaction is and does; each write with the CRC-32 of its data
//! data     = new content and replaced old content, write after write; of a large transaction it
//!            stands before the body, since it is written while the body is made
//! ```
//!
//! The salt differs from segment to segment, so that a record of another segment, or one inside a
//! file that a transaction writes, is not taken for one of this segment.

use crate::change::Meta;
use crate::codec::{Decoder, Encoder};
use crate::step::Step;
use crate::sys::Time;

/// Length of the head of a segment, with its hint.
pub(crate) const HEAD: usize = 128;
/// Length of the header of a record.
pub(crate) const HEADER: usize = 64;

const SEGMENT_MAGIC: &[u8; 8] = b"PAJRNL01";
const RECORD_MAGIC: &[u8; 4] = b"PAJr";

/// What a transaction is, and does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(crate) id: u64,
    pub(crate) time: Time,
    /// The run of the machine it was committed in.
    pub(crate) boot: u64,
    pub(crate) process: u32,
    pub(crate) provisional: bool,
    /// The transactions that it takes back.
    pub(crate) undoes: Vec<u64>,
    pub(crate) meta: Meta,
    pub(crate) steps: Vec<Step>,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every step is done.
    Applied,
    /// Provisional no more.
    Confirmed,
    /// To be taken back, step by step.
    Aborting,
    /// Taken back.
    Reverted,
    /// It, and all before it, have reached the disk in their own places.
    Durable,
}

/// A note on a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) id: u64,
    pub(crate) outcome: Outcome,
    pub(crate) time: Time,
    pub(crate) boot: u64,
}

/// The body of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    Transaction(Transaction),
    Mark(Mark),
}

impl Body {
    /// The run of the machine in which the record was written.
    pub(crate) fn boot(&self) -> u64 {
        match self {
            Self::Transaction(transaction) => transaction.boot,
            Self::Mark(mark) => mark.boot,
        }
    }
}

/// The header of a record, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: u8,
    pub(crate) id: u64,
    pub(crate) body: u64,
    pub(crate) data: u64,
    pub(crate) salt: u64,
    pub(crate) hash: [u8; 16],
}

const TRANSACTION: u8 = 1;
const MARK: u8 = 2;
const STREAMED: u8 = 3;

impl Header {
    /// Of a record with this body and so much data.
    pub(crate) fn new(kind: u8, id: u64, body: &[u8], data: u64, salt: u64) -> Self {
        Self { kind, id, body: body.len() as u64, data, salt, hash: short_hash(body) }
    }

    /// Of a transaction whose data stands before its body.
    pub(crate) fn streamed(id: u64, body: &[u8], data: u64, salt: u64) -> Self {
        Self::new(STREAMED, id, body, data, salt)
    }

    /// Where body and data are, from the beginning of the record.
    pub(crate) fn places(&self) -> (u64, u64) {
        let first = HEADER as u64;
        if self.kind == STREAMED { (first + self.data, first) } else { (first, first + self.body) }
    }

    /// The bytes of it.
    pub(crate) fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(RECORD_MAGIC);
        bytes[4] = self.kind;
        bytes[8..16].copy_from_slice(&self.id.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.body.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.data.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.salt.to_le_bytes());
        bytes[40..56].copy_from_slice(&self.hash);
        let check = crc32fast::hash(&bytes[..60]);
        bytes[60..].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    /// A header of the segment with this salt, where the bytes are one.
    pub(crate) fn decode(bytes: &[u8], salt: u64) -> Option<Self> {
        let bytes = bytes.get(..HEADER)?;
        let header = Self {
            kind: bytes[4],
            id: word(bytes, 8)?,
            body: word(bytes, 16)?,
            data: word(bytes, 24)?,
            salt: word(bytes, 32)?,
            hash: bytes[40..56].try_into().ok()?,
        };
        let same = header.encode() == bytes && header.salt == salt;
        (same && header.length().is_some()).then_some(header)
    }

    /// The length of the whole record with its padding; `None` where no file is that long.
    pub(crate) fn length(&self) -> Option<u64> {
        let length = (HEADER as u64).checked_add(self.body)?.checked_add(self.data)?;
        length.checked_next_multiple_of(8).filter(|&length| i64::try_from(length).is_ok())
    }

    /// The body of the record, where the bytes are what the header says.
    pub(crate) fn open(&self, body: &[u8]) -> Option<Body> {
        if short_hash(body) != self.hash {
            return None;
        }
        let mut from = Decoder(body);
        let body = match self.kind {
            TRANSACTION | STREAMED => {
                Body::Transaction(Transaction::decode(self.id, self.data, &mut from)?)
            }
            MARK => Body::Mark(Mark::decode(self.id, &mut from)?),
            _ => return None,
        };
        from.0.is_empty().then_some(body)
    }
}

impl Transaction {
    /// The kind for the header, and the body.
    pub(crate) fn encode(&self) -> (u8, Vec<u8>) {
        let mut to = Encoder(Vec::with_capacity(256 + 160 * self.steps.len()));
        to.time(self.time);
        to.number(self.boot);
        to.number(self.process.into());
        to.byte(self.provisional.into());
        to.number(self.undoes.len() as u64);
        for &id in &self.undoes {
            to.number(id);
        }
        to.text(&self.meta.label);
        to.text(&self.meta.task);
        to.number(self.meta.lineage.len() as u64);
        for task in &self.meta.lineage {
            to.text(task);
        }
        to.number(self.steps.len() as u64);
        for step in &self.steps {
            step.encode(&mut to);
        }
        (TRANSACTION, to.0)
    }

    /// How many bytes it brings into the vault, apart from its record.
    pub(crate) fn taken(&self) -> u64 {
        let bytes = self.steps.iter().map(|step| match step {
            Step::Take { bytes, .. } => *bytes,
            _ => 0,
        });
        bytes.sum()
    }

    fn decode(id: u64, data: u64, from: &mut Decoder<'_>) -> Option<Self> {
        let transaction = Self {
            id,
            time: from.time()?,
            boot: from.number()?,
            process: from.number()?.try_into().ok()?,
            provisional: match from.byte()? {
                0 => false,
                1 => true,
                _ => return None,
            },
            undoes: from.list(Decoder::number)?,
            meta: Meta {
                label: from.text()?,
                task: from.text()?,
                lineage: from.list(Decoder::text)?,
            },
            steps: from.list(Step::decode)?,
        };
        let within = |step: &Step| match step {
            Step::Write(write) => {
                let blob = write.data;
                blob.offset + blob.fresh <= data && data - blob.offset - blob.fresh >= blob.old
            }
            _ => true,
        };
        transaction.steps.iter().all(within).then_some(transaction)
    }
}

impl Mark {
    /// The kind for the header, and the body.
    pub(crate) fn encode(&self) -> (u8, Vec<u8>) {
        let mut to = Encoder::default();
        to.byte(match self.outcome {
            Outcome::Applied => 1,
            Outcome::Confirmed => 2,
            Outcome::Aborting => 3,
            Outcome::Reverted => 4,
            Outcome::Durable => 5,
        });
        to.time(self.time);
        to.number(self.boot);
        (MARK, to.0)
    }

    fn decode(id: u64, from: &mut Decoder<'_>) -> Option<Self> {
        let outcome = match from.byte()? {
            1 => Outcome::Applied,
            2 => Outcome::Confirmed,
            3 => Outcome::Aborting,
            4 => Outcome::Reverted,
            5 => Outcome::Durable,
            _ => return None,
        };
        Some(Self { id, outcome, time: from.time()?, boot: from.number()? })
    }
}

/// The head of a segment file: which one it is, and the salt of its records.
pub(crate) fn encode_head(number: u64, salt: u64) -> [u8; HEAD / 2] {
    let mut bytes = [0; HEAD / 2];
    bytes[..8].copy_from_slice(SEGMENT_MAGIC);
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    bytes[16..24].copy_from_slice(&salt.to_le_bytes());
    let check = crc32fast::hash(&bytes[..60]);
    bytes[60..].copy_from_slice(&check.to_le_bytes());
    bytes
}

/// The salt in the head of the segment of this number.
pub(crate) fn decode_head(bytes: &[u8], number: u64) -> Option<u64> {
    let salt = word(bytes, 16)?;
    (bytes.get(..HEAD / 2)? == encode_head(number, salt)).then_some(salt)
}

/// What saves a reader from reading everything. It is not synced, and only believed where it is
/// whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hint {
    /// Where the record of one of the newest transactions begins.
    pub(crate) offset: u64,
    /// How many bytes the vault held by then, without this segment.
    pub(crate) elsewhere: u64,
}

impl Hint {
    pub(crate) fn encode(self, salt: u64) -> [u8; HEAD / 2] {
        let mut bytes = [0; HEAD / 2];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.elsewhere.to_le_bytes());
        bytes[16..24].copy_from_slice(&salt.to_le_bytes());
        let check = crc32fast::hash(&bytes[..60]);
        bytes[60..].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8], salt: u64) -> Option<Self> {
        let hint = Self { offset: word(bytes, 0)?, elsewhere: word(bytes, 8)? };
        let aligned = hint.offset.is_multiple_of(8) && hint.offset >= HEAD as u64;
        (aligned && bytes.get(..HEAD / 2)? == hint.encode(salt)).then_some(hint)
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// The first half of the BLAKE3 hash.
fn short_hash(bytes: &[u8]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    short
}
