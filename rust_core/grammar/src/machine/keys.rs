//! The inside of a key: which of the known names it may become, and of what class any other name is.

use rustc_hash::FxHashMap;

use super::body::{plain, spell};
use super::escape::{Escape, Read};
use super::names::{Known, Names, OFF};
use super::utf8;
use crate::automaton::{Automaton, DEAD, Loops, State};
use crate::error::GrammarError;
use crate::ir::ObjectSpec;
use crate::limits::Limits;
use crate::text::{Atom, Classifier, TextSet, TextSpec};

/// A transition that has not been computed.
const UNKNOWN: u32 = u32::MAX;

/// What a closed key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A property, by index.
    Property(u32),
    /// Any other name, by class.
    Other(u32),
}

/// Which keys are allowed at one state of an object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    /// By place in the order of names.
    pub names: Vec<u64>,
    /// By class.
    pub others: Vec<bool>,
}

impl Allowed {
    /// Whether every name that is not a known one is allowed.
    pub(crate) fn open(&self) -> bool {
        !self.others.is_empty() && self.others.iter().all(|allowed| *allowed)
    }

    /// Whether any key is.
    pub(crate) fn any(&self) -> bool {
        self.names.iter().any(|word| *word != 0) || self.others.contains(&true)
    }

    fn among(&self, places: std::ops::Range<u32>) -> bool {
        places.into_iter().any(|place| self.names[place as usize / 64] >> (place % 64) & 1 == 1)
    }
}

/// Where reading stands: along the known names, and as any text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct At {
    name: u32,
    text: State,
    escape: Escape,
}

/// The automaton of the keys of one object schema. Its states need not be live: that depends on what
/// is allowed, see [`Keys::alive`].
pub(crate) struct Keys {
    names: Names,
    classes: Option<Classifier>,
    /// How many atoms the schema has; the set of known names is one more.
    atoms: usize,
    others: bool,
    states: Vec<At>,
    index: FxHashMap<At, State>,
    rows: Vec<[u32; 256]>,
}

impl Keys {
    /// The keys of an object.
    pub(crate) fn new(spec: &ObjectSpec, limits: &Limits) -> Result<Self, GrammarError> {
        let others = spec.others.iter().any(|choices| !choices.is_empty());
        let classes = if others && !spec.atoms.is_empty() {
            Some(Classifier::new(&with_known(spec), limits)?)
        } else {
            None
        };
        let mut keys = Self {
            names: Names::new(spec),
            classes,
            atoms: spec.atoms.len(),
            others,
            states: vec![At { name: OFF, text: DEAD, escape: Escape::No }],
            index: FxHashMap::default(),
            rows: vec![[DEAD; 256]],
        };
        let text = match &mut keys.classes {
            _ if !others => DEAD,
            None => utf8::BOUNDARY,
            Some(classes) => classes.start(),
        };
        keys.number(At { name: Names::root(), text, escape: Escape::No });
        Ok(keys)
    }

    /// The names that are known.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Where a byte that is no closing quote leads, or 0 if no key is spelled like this.
    pub(crate) fn step(&mut self, state: State, byte: u8) -> State {
        let known = self.rows[state as usize][byte as usize];
        if known != UNKNOWN {
            return known;
        }
        let next = self.compute(state, byte);
        self.rows[state as usize][byte as usize] = next;
        next
    }

    /// What the key is if it is closed here; forbidden names and halves of characters are none.
    pub(crate) fn key(&mut self, state: State) -> Option<Key> {
        let at = self.states[state as usize];
        if at.escape != Escape::No {
            return None;
        }
        match self.names.known(at.name) {
            Some(Known::Property(index)) => return Some(Key::Property(index)),
            Some(Known::Forbidden) => return None,
            None => {}
        }
        match &mut self.classes {
            _ if at.text == DEAD => None,
            None => (at.text == utf8::BOUNDARY).then_some(Key::Other(0)),
            Some(classes) => {
                classes.class(at.text).map(|class| Key::Other(class & !(1 << self.atoms)))
            }
        }
    }

    /// Whether it is one of the known names.
    pub(crate) fn knows(&self, state: State) -> bool {
        let at = self.states[state as usize];
        at.escape == Escape::No && self.names.known(at.name).is_some()
    }

    /// Whether all names that are not known are of one class.
    pub(crate) fn one_class(&self) -> bool {
        self.classes.is_none()
    }

    /// Whether the key stands off all known names, so that every state like it goes on alike.
    pub(crate) fn is_other(&self, state: State) -> bool {
        self.states[state as usize].name == OFF
    }

    /// The characters that change nothing, of those that are written as they are.
    pub(crate) fn loops(&mut self, state: State) -> Loops {
        let at = self.states[state as usize];
        if at.escape != Escape::No || at.name != OFF || at.text == DEAD {
            return Loops::default();
        }
        match &mut self.classes {
            None => plain(utf8::AnyText.loops(at.text)),
            Some(classes) => plain(classes.loops(at.text)),
        }
    }

    /// Whether the key stands between two characters.
    pub(crate) fn at_start_of_character(&mut self, state: State) -> bool {
        let at = self.states[state as usize];
        at.escape == Escape::No && self.between(at.name, at.text)
    }

    /// Whether some allowed key begins like this.
    pub(crate) fn alive(&mut self, state: State, allowed: &Allowed) -> bool {
        let at = self.states[state as usize];
        if at.escape == Escape::No {
            return self.allows(at.name, at.text, allowed);
        }
        // The pair of both states is numbered for the walk along the bytes of a candidate.
        let mut pairs = vec![(OFF, DEAD), (at.name, at.text)];
        let mut step = |pair: u32, byte: u8| {
            let (name, text) = pairs[pair as usize];
            let next = (self.names.step(name, byte), self.step_text(text, byte));
            if !self.allows(next.0, next.1, allowed) {
                return DEAD;
            }
            pairs.push(next);
            u32::try_from(pairs.len() - 1).unwrap_or(UNKNOWN)
        };
        at.escape.viable(1, &mut step)
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        let classes = self.classes.as_ref().map_or(0, Classifier::memory);
        self.names.memory() + classes + self.states.len() * (1024 + 64)
    }

    fn allows(&mut self, name: u32, text: State, allowed: &Allowed) -> bool {
        if name != OFF && allowed.among(self.names.places(name)) {
            return true;
        }
        if text == DEAD {
            return false;
        }
        match &self.classes {
            None => allowed.others.contains(&true),
            // A class with the bit of the known names is none of another name.
            Some(classes) => {
                let reachable = classes.reachable(text);
                let mut classes = (0..).zip(&allowed.others).filter(|(_, allowed)| **allowed);
                classes.any(|(class, _)| reachable >> class & 1 == 1)
            }
        }
    }

    fn compute(&mut self, state: State, byte: u8) -> State {
        let at = self.states[state as usize];
        let (name, text) = match at.escape.read(byte) {
            Read::Refused => return DEAD,
            Read::Byte => (self.names.step(at.name, byte), self.step_text(at.text, byte)),
            Read::Char(char) => (
                spell(at.name, char, &mut |node, byte| self.names.step(node, byte)),
                spell(at.text, char, &mut |text, byte| self.step_text(text, byte)),
            ),
            Read::Escape(_) if at.escape == Escape::No && !self.between(at.name, at.text) => {
                return DEAD;
            }
            Read::Escape(escape) => return self.number(At { escape, ..at }),
        };
        if name == OFF && text == DEAD {
            DEAD
        } else {
            self.number(At { name, text, escape: Escape::No })
        }
    }

    /// Whether a character may begin.
    fn between(&mut self, name: u32, text: State) -> bool {
        if self.others {
            // The text is tracked: inside of a character it takes a continuation byte.
            return text != DEAD && (0x80..0xc0).all(|byte| self.step_text(text, byte) == DEAD);
        }
        (0x80..0xc0).all(|byte| self.names.step(name, byte) == OFF)
    }

    fn step_text(&mut self, text: State, byte: u8) -> State {
        match &mut self.classes {
            _ if text == DEAD => DEAD,
            None => utf8::step(text, byte),
            Some(classes) => classes.step(text, byte),
        }
    }

    fn number(&mut self, at: At) -> State {
        if let Some(known) = self.index.get(&at) {
            return *known;
        }
        let number = u32::try_from(self.states.len()).unwrap_or(UNKNOWN - 1);
        self.states.push(at);
        self.index.insert(at, number);
        self.rows.push([UNKNOWN; 256]);
        number
    }
}

/// The atoms of an object, and the set of its known names as the last.
fn with_known(spec: &ObjectSpec) -> Vec<TextSpec> {
    let names = spec.properties.iter().map(|property| property.name.clone());
    let words: Vec<String> = names.chain(spec.forbidden.iter().cloned()).collect();
    let known = Atom { set: TextSet::Words(words), negated: false };
    let known = TextSpec { atoms: vec![known], min: 0, max: None };
    spec.atoms.iter().cloned().chain([known]).collect()
}
