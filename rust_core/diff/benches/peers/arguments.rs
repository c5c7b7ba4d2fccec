//! What the command line asks for.

use std::path::PathBuf;
use std::str::FromStr;

use crate::contenders::{CONTENDERS, Contender};

/// The options, with their defaults.
pub(crate) struct Arguments {
    pub(crate) corpus: PathBuf,
    pub(crate) rounds: usize,
    pub(crate) each: bool,
    pub(crate) quick: bool,
    /// Seconds of CPU time after which the process ends.
    pub(crate) limit: Option<u64>,
    /// Names of contenders, or parts of them; all contenders where it is empty.
    only: Vec<String>,
    /// The one pair to take from each set.
    pub(crate) pair: Option<String>,
    /// Names of sets; all sets where it is empty.
    pub(crate) sets: Vec<String>,
}

impl Arguments {
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self {
            corpus: default_corpus(),
            rounds: 7,
            each: false,
            quick: false,
            limit: None,
            only: Vec::new(),
            pair: None,
            sets: Vec::new(),
        };
        while let Some(argument) = given.next() {
            let mut value = || given.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--corpus" => parsed.corpus = value()?.into(),
                "--rounds" => parsed.rounds = number(&value()?)?,
                "--limit" => parsed.limit = Some(number(&value()?)?),
                "--only" => parsed.only = value()?.split(',').map(str::to_owned).collect(),
                "--pair" => parsed.pair = Some(value()?),
                "--each" => parsed.each = true,
                "--quick" => parsed.quick = true,
                "--bench" => {} // what cargo adds
                flag if flag.starts_with('-') => return Err(format!("unknown option {flag}")),
                set => parsed.sets.push(set.to_owned()),
            }
        }
        Ok(parsed)
    }

    /// The contenders asked for; a whole name means that one only.
    pub(crate) fn contenders(&self) -> Vec<&'static Contender> {
        let whole = |part: &str| CONTENDERS.iter().any(|contender| contender.name == part);
        let fits = |name: &str, part: &str| {
            if whole(part) { name == part } else { name.contains(part) }
        };
        let taken = |name: &str| {
            self.only.is_empty() || self.only.iter().any(|part| fits(name, part.as_str()))
        };
        CONTENDERS.iter().filter(|contender| taken(contender.name)).collect()
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number"))
}

/// Where `revisions.py` puts the sets when no folder is named.
fn default_corpus() -> PathBuf {
    let home = || std::env::home_dir().unwrap_or_default().join(".cache");
    std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from).join("pyagent-bench")
}
