//! Characters fall into classes that no set of a grammar tells apart: automata run over classes.

use rustc_hash::FxHashMap;

/// One past the last code point.
pub(super) const END: u32 = 0x11_0000;

/// The surrogates, which no text contains.
const SURROGATES: (u32, u32) = (0xD800, 0xDFFF);

/// A set of characters: disjoint ascending ranges, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct CharSet(pub(super) Vec<(u32, u32)>);

impl CharSet {
    /// Every character.
    pub(super) fn any() -> Self {
        Self(vec![(0, END - 1)])
    }

    /// One character.
    pub(super) fn single(character: char) -> Self {
        Self(vec![(u32::from(character), u32::from(character))])
    }

    /// What is in both sets.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut a, mut b) = (0, 0);
        while let (Some(x), Some(y)) = (self.0.get(a), other.0.get(b)) {
            let (first, last) = (x.0.max(y.0), x.1.min(y.1));
            if first <= last && !(first >= SURROGATES.0 && last <= SURROGATES.1) {
                ranges.push((first, last));
            }
            if x.1 < y.1 {
                a += 1;
            } else {
                b += 1;
            }
        }
        Self(ranges)
    }

    /// What is not in the set.
    pub(super) fn not(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for &(first, last) in &self.0 {
            if next < first && !(next >= SURROGATES.0 && first - 1 <= SURROGATES.1) {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next < END {
            ranges.push((next, END - 1));
        }
        Self(ranges)
    }
}

impl From<&regex_syntax::hir::ClassUnicode> for CharSet {
    fn from(class: &regex_syntax::hir::ClassUnicode) -> Self {
        let ranges = class.ranges().iter();
        Self(ranges.map(|range| (u32::from(range.start()), u32::from(range.end()))).collect())
    }
}

/// The coarsest partition of all characters in which each of some sets is a union of classes.
#[derive(Debug)]
pub(super) struct Alphabet {
    /// First code point and class of each stretch of characters of one class.
    stretches: Vec<(u32, u32)>,
    /// Number of classes.
    classes: usize,
    /// Per set, the classes it consists of, as a bit set of `width` words.
    members: Vec<u64>,
    /// Words per set.
    width: usize,
}

impl Alphabet {
    /// The classes that `sets` tell apart. The last character is of class 0.
    pub(super) fn new(sets: &[CharSet]) -> Self {
        let mut edges: Vec<(u32, u32)> = Vec::new();
        for (set, ranges) in (0_u32..).zip(sets) {
            for &(first, last) in &ranges.0 {
                edges.push((skip_surrogates(first), set));
                edges.push((skip_surrogates(last + 1), set));
            }
        }
        edges.sort_unstable();
        let mut active = vec![0_u64; sets.len().div_ceil(64).max(1)];
        let mut known: FxHashMap<Vec<u64>, u32> = FxHashMap::default();
        let mut stretches: Vec<(u32, u32)> = Vec::new();
        let mut until = END;
        loop {
            // From the top down, a set begins at its last edge and ends at its first.
            while let Some(&(_, set)) = edges.last().filter(|edge| edge.0 >= until) {
                active[set as usize / 64] ^= 1 << (set % 64);
                edges.pop();
            }
            let class = if let Some(&class) = known.get(&active) {
                class
            } else {
                let class = u32::try_from(known.len()).unwrap_or(u32::MAX);
                known.insert(active.clone(), class);
                class
            };
            until = edges.last().map_or(0, |edge| edge.0);
            match stretches.last_mut() {
                Some(last) if last.1 == class => last.0 = until,
                _ => stretches.push((until, class)),
            }
            if until == 0 {
                break;
            }
        }
        stretches.reverse();
        let classes = known.len();
        let width = classes.div_ceil(64);
        let mut members = vec![0; width * sets.len()];
        for (signature, class) in known {
            for (word, bits) in signature.iter().enumerate() {
                let mut bits = *bits;
                while bits != 0 {
                    let set = word * 64 + bits.trailing_zeros() as usize;
                    members[set * width + class as usize / 64] |= 1 << (class % 64);
                    bits &= bits - 1;
                }
            }
        }
        Self { stretches, classes, members, width }
    }

    /// Number of classes.
    pub(super) fn classes(&self) -> u32 {
        u32::try_from(self.classes).unwrap_or(u32::MAX)
    }

    /// Whether a class belongs to a set, by the set's place among those the alphabet was made of.
    pub(super) fn has(&self, set: u32, class: u32) -> bool {
        self.members[set as usize * self.width + class as usize / 64] >> (class % 64) & 1 == 1
    }

    /// Whether a set consists of every class.
    pub(super) fn is_all(&self, set: u32) -> bool {
        (0..self.classes()).all(|class| self.has(set, class))
    }

    /// The class of a code point.
    pub(super) fn class_of(&self, character: u32) -> u32 {
        self.stretch(character).0
    }

    /// The class of a code point, and the first code point after it that may be of another.
    pub(super) fn stretch(&self, character: u32) -> (u32, u32) {
        let next = self.stretches.partition_point(|&(first, _)| first <= character);
        (self.stretches[next - 1].1, self.stretches.get(next).map_or(END, |stretch| stretch.0))
    }

    /// The same for a code point at or behind the beginning of the stretch `from`; answers its number too.
    pub(super) fn stretch_behind(&self, from: usize, character: u32) -> (usize, u32, u32) {
        let rest = &self.stretches[from + 1..];
        let at = from + rest.iter().take_while(|&&(first, _)| first <= character).count();
        let until = self.stretches.get(at + 1).map_or(END, |stretch| stretch.0);
        (at, self.stretches[at].1, until)
    }

    /// The number of the stretch that a code point is in.
    pub(super) fn stretch_number(&self, character: u32) -> usize {
        self.stretches.partition_point(|&(first, _)| first <= character) - 1
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.stretches.len() * 8 + self.members.len() * 8
    }
}

/// Moves a border within the surrogates behind them, so that no class consists of surrogates only.
fn skip_surrogates(border: u32) -> u32 {
    if border >= SURROGATES.0 && border <= SURROGATES.1 { SURROGATES.1 + 1 } else { border }
}
