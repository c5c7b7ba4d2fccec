//! What one byte does to a parse.

use super::body::BODY_START;
use super::canonical::canonical;
use super::frame::{Frame, Place, Top};
use super::keys::{Allowed, Key};
use super::lexemes::{FREE, SPACE};
use super::rope::{EMPTY, RopeId};
use super::seen::SeenId;
use super::{Machine, Tops};
use crate::grammar::Whitespace;
use crate::ir::{Alternative, NodeId};

/// The state that the automaton of keys begins in.
const KEY_START: u32 = 1;

impl Machine {
    /// The parses that a byte leads to.
    pub(crate) fn step(&mut self, top: Top, byte: u8) -> Tops {
        match top.frame {
            Frame::End => self.stay(top, byte),
            Frame::Value { node, seen } => self.value(top, node, seen, byte),
            Frame::Raw { lexeme, state } => self.raw(top, lexeme, state, byte),
            Frame::Text { body, state, count } => self.text(top, (body, state, count), byte),
            Frame::Key { object, state, typed } => self.key(top, (object, state, typed), byte),
            Frame::Colon { object, node } => self.colon(top, object, node, byte),
            Frame::Object { object, place } => self.object(top, object, place, byte),
            Frame::Array { array, place } => self.array(top, array, place, byte),
            Frame::Prose { state, closed } => self.prose(top, state, closed, byte),
            // An item is never on top: what is left when it is done is the array itself.
            Frame::Unique { .. } | Frame::Done => Tops::new(),
        }
    }

    /// Whether the text may end here.
    pub(crate) fn complete(&mut self, top: Top) -> bool {
        match top.frame {
            Frame::End | Frame::Done => true,
            Frame::Prose { closed, .. } => {
                self.search.as_ref().is_some_and(|search| search.completes(closed))
            }
            Frame::Raw { lexeme, state } => {
                self.lexemes.raw(lexeme).accepts(state)
                    && self.done(top.below, top.kept).is_some_and(|below| self.complete(below))
            }
            _ => false,
        }
    }

    /// The parse that goes on when the innermost frame is done; `None` where that ends an item that was there before.
    pub(crate) fn done(&mut self, below: u32, kept: RopeId) -> Option<Top> {
        let (frame, below) = self.below(below);
        let Frame::Unique { array } = frame else { return Some(Top { frame, below, kept }) };
        let state = self.arrays.state(array);
        let (seen, start) = (state.seen, state.start);
        let value = canonical(&self.ropes.text(kept, start))?;
        let seen = self.seen.with(seen, value)?;
        let array = self.arrays.with_seen(array, seen);
        let kept = if start == 0 { 0 } else { kept };
        Some(Top { frame: Frame::Array { array, place: Place::Next }, below, kept })
    }

    /// Whether a string without a pattern, a bound or anything to compare it with has just begun.
    pub(crate) fn is_free(&self, top: Top) -> bool {
        let Frame::Text { body, state: BODY_START, .. } = top.frame else { return false };
        let bounded = self.lexemes.bounded(body);
        top.kept == 0 && bounded.body == FREE && bounded.min == 0 && bounded.max == u32::MAX
    }

    /// White space between the parts of a text.
    fn stay(&mut self, top: Top, byte: u8) -> Tops {
        let mut tops = Tops::new();
        if self.spaces(byte) {
            let kept = self.keep(top.kept, byte);
            tops.push(Top { kept, ..top });
        }
        tops
    }

    /// What is kept of an item behind one more byte, if anything is.
    pub(crate) fn keep(&mut self, kept: RopeId, byte: u8) -> RopeId {
        if kept == 0 { 0 } else { self.ropes.push(kept, byte) }
    }

    fn value(&mut self, top: Top, node: NodeId, seen: SeenId, byte: u8) -> Tops {
        let mut tops = self.stay(top, byte);
        if !tops.is_empty() {
            return tops;
        }
        let kept = self.keep(top.kept, byte);
        let program = self.program.clone();
        for alternative in &program.ir().nodes[node as usize].alternatives {
            self.begin(*alternative, seen, byte, |frame| {
                tops.push(Top { frame, below: top.below, kept });
            });
        }
        tops
    }

    /// Begin one alternative of a value.
    fn begin(
        &mut self,
        alternative: Alternative,
        seen: SeenId,
        byte: u8,
        mut push: impl FnMut(Frame),
    ) {
        match (alternative, byte) {
            (Alternative::Null, b'n') => self.literal(0, seen, push),
            (Alternative::True, b't') => self.literal(1, seen, push),
            (Alternative::False, b'f') => self.literal(2, seen, push),
            (Alternative::String(spec), b'"') => {
                if let Some(body) = self.string(spec, seen) {
                    push(Frame::Text { body, state: BODY_START, count: 0 });
                }
            }
            (Alternative::Number(spec), b'-' | b'0'..=b'9') => {
                for lexeme in self.numbers(spec, seen) {
                    let raw = self.lexemes.raw(lexeme);
                    let state = raw.step(raw.start(), byte);
                    if state != 0 {
                        push(Frame::Raw { lexeme, state });
                    }
                }
            }
            (Alternative::Array(spec), b'[') => {
                if let Some(array) = self.arrays.open(self.program.ir(), spec) {
                    push(Frame::Array { array, place: Place::Open });
                }
            }
            (Alternative::Object(spec), b'{') => {
                if let Some(object) = self.objects.open(self.program.ir(), spec) {
                    push(Frame::Object { object, place: Place::Open });
                }
            }
            _ => {}
        }
    }

    fn literal(&mut self, lexeme: u32, seen: SeenId, mut push: impl FnMut(Frame)) {
        if !self.was(lexeme, seen) {
            push(Frame::Raw { lexeme, state: 2 });
        }
    }

    /// Whether a literal is among the items seen.
    fn was(&self, lexeme: u32, seen: SeenId) -> bool {
        let word = ["null", "true", "false"][lexeme as usize];
        self.seen.get(seen).iter().any(|value| &**value == word)
    }

    fn string(&mut self, spec: u32, seen: SeenId) -> Option<u32> {
        let values = self.seen.get(seen);
        let result = self.lexemes.string(self.program.ir(), spec, (seen, values), &self.limits);
        self.tell(result).flatten()
    }

    fn numbers(&mut self, spec: u32, seen: SeenId) -> smallvec::SmallVec<[u32; 1]> {
        let values = self.seen.get(seen);
        let result = self.lexemes.number(self.program.ir(), spec, (seen, values), &self.limits);
        self.tell(result).unwrap_or_default()
    }

    /// Inside of a number and the like: it goes on, or it is done and the byte belongs to what follows.
    fn raw(&mut self, top: Top, lexeme: u32, state: u32, byte: u8) -> Tops {
        let raw = self.lexemes.raw(lexeme);
        let next = raw.step(state, byte);
        let ends = raw.accepts(state);
        let mut tops = Tops::new();
        if ends && let Some(below) = self.done(top.below, top.kept) {
            tops = self.step(below, byte);
        }
        if next != 0 {
            let kept = self.keep(top.kept, byte);
            tops.push(Top { frame: Frame::Raw { lexeme, state: next }, kept, ..top });
        }
        tops
    }

    fn text(&mut self, top: Top, (index, state, count): (u32, u32, u32), byte: u8) -> Tops {
        let mut tops = Tops::new();
        let kept = self.keep(top.kept, byte);
        let bounded = self.lexemes.bounded(index);
        let mut followed = self.lexemes.body(bounded.body).lock();
        let body = &mut followed.body;
        if byte == b'"' && body.closes(state) {
            drop(followed);
            if count >= bounded.min {
                tops.extend(self.done(top.below, kept));
            }
            return tops;
        }
        let next = body.step(state, byte);
        let bounds = bounded.min > 0 || bounded.max < u32::MAX;
        let count = count + u32::from(bounds && body.begins(state, byte));
        drop(followed);
        if next == 0 || count > bounded.max {
            return tops;
        }
        let count = if bounded.max == u32::MAX { count.min(bounded.min) } else { count };
        tops.push(Top { frame: Frame::Text { body: index, state: next, count }, kept, ..top });
        tops
    }

    fn key(&mut self, top: Top, (object, state, typed): (u32, u32, RopeId), byte: u8) -> Tops {
        let kept = self.keep(top.kept, byte);
        if byte == b'"' {
            let key = self.keys(object).and_then(|keys| keys.key(state));
            if let Some(key) = key {
                return self.named(Top { kept, ..top }, object, key, typed);
            }
        }
        let next = self.keys(object).map_or(0, |keys| keys.step(state, byte));
        let mut tops = Tops::new();
        if self.is_alive(object, next) {
            let typed = self.keep(typed, byte);
            tops.push(Top { frame: Frame::Key { object, state: next, typed }, kept, ..top });
        }
        tops
    }

    /// The automaton of the keys of an object.
    pub(crate) fn keys(&mut self, object: u32) -> Option<&mut super::keys::Keys> {
        let spec = self.objects.state(object).spec;
        match self.objects.keys(self.program.ir(), spec, &self.limits) {
            Ok(keys) => keys,
            Err(error) => {
                self.fault.get_or_insert(error);
                None
            }
        }
    }

    /// Whether a key that stands at `state` can become one that is allowed.
    pub(crate) fn is_alive(&mut self, object: u32, state: u32) -> bool {
        self.objects.alive(self.program.ir(), object, state)
    }

    /// Whether the text ends with the innermost frame.
    pub(crate) fn is_last(&self, top: Top) -> bool {
        let (below, _) = self.below(top.below);
        let closed = self.program.options.whitespace != Whitespace::Any;
        top.kept == 0 && (below == Frame::Done || below == Frame::End && closed)
    }

    /// Behind the closing quote of a key.
    pub(crate) fn named(&mut self, top: Top, object: u32, key: Key, typed: RopeId) -> Tops {
        let mut seen = self.objects.state(object).seen;
        if let Key::Other(_) = key
            && typed != 0
        {
            let mut text = vec![b'"'];
            text.extend(self.ropes.text(typed, 0));
            text.push(b'"');
            let Some(now) = canonical(&text).and_then(|name| self.seen.with(seen, name)) else {
                return Tops::new();
            };
            seen = now;
        }
        let ways = self.objects.follow(self.program.ir(), object, key, seen);
        ways.into_iter()
            .map(|(object, node)| Top { frame: Frame::Colon { object, node }, ..top })
            .collect()
    }

    fn colon(&mut self, top: Top, object: u32, node: NodeId, byte: u8) -> Tops {
        if byte != b':' {
            return self.stay(top, byte);
        }
        let kept = self.keep(top.kept, byte);
        let below = self.stack(Frame::Object { object, place: Place::Next }, top.below);
        let frame = Frame::Value { node, seen: 0 };
        Tops::from_elem(self.spaced(Top { frame, below, kept }), 1)
    }

    /// Where a single space is wanted, the parse behind it.
    fn spaced(&mut self, top: Top) -> Top {
        if self.program.options.whitespace != Whitespace::Spaced {
            return top;
        }
        let below = self.stack(top.frame, top.below);
        let state = self.lexemes.raw(SPACE).start();
        Top { frame: Frame::Raw { lexeme: SPACE, state }, below, ..top }
    }

    fn object(&mut self, top: Top, object: u32, place: Place, byte: u8) -> Tops {
        let mut tops = Tops::new();
        let kept = self.keep(top.kept, byte);
        match (byte, place) {
            (b'"', Place::Open | Place::Comma) if self.allows(object) => {
                let counts = self.objects.counts_names(self.program.ir(), object);
                let typed = if counts { EMPTY } else { 0 };
                tops.push(Top {
                    frame: Frame::Key { object, state: KEY_START, typed },
                    kept,
                    ..top
                });
            }
            (b',', Place::Next) if self.allows(object) => {
                let frame = Frame::Object { object, place: Place::Comma };
                tops.push(self.spaced(Top { frame, kept, ..top }));
            }
            (b'}', Place::Open | Place::Next) if self.objects.closes(self.program.ir(), object) => {
                tops.extend(self.done(top.below, kept));
            }
            _ => return self.stay(top, byte),
        }
        tops
    }

    /// Whether another member may come.
    fn allows(&mut self, object: u32) -> bool {
        // What is allowed is told by the places of the names, which the automaton of the keys knows.
        self.keys(object).is_some()
            && self.objects.allowed(self.program.ir(), object).is_some_and(Allowed::any)
    }

    fn array(&mut self, top: Top, array: u32, place: Place, byte: u8) -> Tops {
        let kept = self.keep(top.kept, byte);
        match (byte, place) {
            (b']', Place::Open | Place::Next) => {
                let closes = self.arrays.closes(self.program.ir(), array);
                closes.then(|| self.done(top.below, kept)).flatten().into_iter().collect()
            }
            (b',', Place::Next) => {
                if self.items(array).is_empty() {
                    return Tops::new();
                }
                let frame = Frame::Array { array, place: Place::Comma };
                Tops::from_elem(self.spaced(Top { frame, kept, ..top }), 1)
            }
            (_, Place::Next) => self.stay(top, byte),
            (_, Place::Open | Place::Comma) if self.spaces(byte) => self.stay(top, byte),
            (_, Place::Open | Place::Comma) => self.item(top, array, byte),
        }
    }

    /// Begin an item.
    fn item(&mut self, top: Top, array: u32, byte: u8) -> Tops {
        let spec = self.arrays.state(array).spec;
        let unique = self.program.ir().arrays[spec as usize].unique;
        let mut tops = Tops::new();
        for (next, node) in self.items(array) {
            let (frame, seen, kept) = if unique {
                let kept = if top.kept == 0 { EMPTY } else { top.kept };
                let start = self.ropes.len(kept);
                let next = self.arrays.at(next, start);
                (Frame::Unique { array: next }, self.arrays.state(next).seen, kept)
            } else {
                (Frame::Array { array: next, place: Place::Next }, 0, top.kept)
            };
            let below = self.stack(frame, top.below);
            tops.extend(self.value(
                Top { frame: Frame::Value { node, seen }, below, kept },
                node,
                seen,
                byte,
            ));
        }
        tops
    }

    /// Every way to add an item that is not there yet.
    fn items(&mut self, array: u32) -> smallvec::SmallVec<[(u32, NodeId); 1]> {
        let mut ways = self.arrays.follow(self.program.ir(), array);
        let seen = self.arrays.state(array).seen;
        if seen != 0 {
            ways.retain(|(_, node)| self.possible(*node, seen));
        }
        ways
    }

    /// Whether a value has anything to be that was not seen. Of arrays and objects it is assumed.
    fn possible(&mut self, node: NodeId, seen: SeenId) -> bool {
        let program = self.program.clone();
        program.ir().nodes[node as usize].alternatives.iter().any(|alternative| match alternative {
            Alternative::Null => !self.was(0, seen),
            Alternative::True => !self.was(1, seen),
            Alternative::False => !self.was(2, seen),
            Alternative::Number(spec) => !self.numbers(*spec, seen).is_empty(),
            Alternative::String(spec) => self.string(*spec, seen).is_some(),
            Alternative::Array(_) | Alternative::Object(_) => true,
        })
    }
}
