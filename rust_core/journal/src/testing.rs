//! For the fuzz target alone: records whose checksums fit whatever is in them.

use crate::record::{HEAD, Header, encode_head};

/// A journal file with one record of this kind (1 for a transaction, 2 for a note), body and data.
pub fn forge_segment(kind: u8, body: &[u8], data: &[u8]) -> Vec<u8> {
    let salt = 7;
    let mut bytes = encode_head(1, salt).to_vec();
    bytes.resize(HEAD, 0);
    bytes.extend_from_slice(&Header::new(kind, 1, body, data.len() as u64, salt).encode());
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(8) + 4096, 0);
    bytes
}

/// Take a body apart and put it together again; whether that gives the same twice. `None` where
/// the bytes are no body.
pub fn round_trip(kind: u8, data: u64, body: &[u8]) -> Option<bool> {
    let open = |body: &[u8]| Header::new(kind, 1, body, data, 7).open(body);
    let first = open(body)?;
    let again = match &first {
        crate::record::Body::Transaction(transaction) => transaction.encode().1,
        crate::record::Body::Mark(mark) => mark.encode().1,
    };
    Some(open(&again).as_ref() == Some(&first))
}
