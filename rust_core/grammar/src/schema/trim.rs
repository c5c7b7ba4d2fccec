//! Taking out what nothing satisfies: a least fixpoint, so that a value that needs itself without end goes too.

use rustc_hash::FxHashMap;

use super::feasible::{array_feasible, object_feasible};
use super::unique::bound_unique_arrays;
use crate::ir::{Alternative, ArraySpec, Choice, Ir, Node, NodeId, ObjectSpec};
use crate::{GrammarError, Limits};

/// The schema without what nothing satisfies; nothing if that is all of it.
pub(super) fn trim(mut ir: Ir, limits: &Limits) -> Result<Option<Ir>, GrammarError> {
    bound_unique_arrays(&mut ir);
    let live = live_nodes(&ir, limits)?;
    if !live[ir.root as usize] {
        return Ok(None);
    }
    for array in &mut ir.arrays {
        trim_array(array, &live);
    }
    for object in &mut ir.objects {
        trim_object(object, &live);
    }
    let mut feasible = Feasible::default();
    for node in &mut ir.nodes {
        let alternatives = std::mem::take(&mut node.alternatives);
        for alternative in alternatives {
            if feasible.check(&ir.arrays, &ir.objects, alternative, limits)? {
                node.alternatives.push(alternative);
            }
        }
    }
    Ok(Some(compact(&ir)))
}

/// Which nodes something satisfies. Passes go forwards and backwards in turn, so that chains of either direction
/// take few of them.
fn live_nodes(ir: &Ir, limits: &Limits) -> Result<Vec<bool>, GrammarError> {
    let mut live = vec![false; ir.nodes.len()];
    let mut open: Vec<usize> = (0..ir.nodes.len()).rev().collect();
    loop {
        let mut left = Vec::with_capacity(open.len());
        for &node in &open {
            live[node] = node_is_live(ir, &ir.nodes[node], &live, limits)?;
            if !live[node] {
                left.push(node);
            }
        }
        if left.len() == open.len() {
            return Ok(live);
        }
        left.reverse();
        open = left;
    }
}

fn node_is_live(
    ir: &Ir,
    node: &Node,
    live: &[bool],
    limits: &Limits,
) -> Result<bool, GrammarError> {
    for alternative in &node.alternatives {
        let lives = match *alternative {
            Alternative::Array(at) => array_lives(&ir.arrays[at as usize], live, limits)?,
            Alternative::Object(at) => object_lives(&ir.objects[at as usize], live, limits)?,
            _ => true,
        };
        if lives {
            return Ok(true);
        }
    }
    Ok(false)
}

fn array_lives(array: &ArraySpec, live: &[bool], limits: &Limits) -> Result<bool, GrammarError> {
    if array.min == 0 && array.counters.iter().all(|counter| counter.min == 0) {
        return Ok(true);
    }
    let mut array = array.clone();
    trim_array(&mut array, live);
    array_feasible(&array, limits)
}

fn object_lives(object: &ObjectSpec, live: &[bool], limits: &Limits) -> Result<bool, GrammarError> {
    if object.counters.is_empty() && object.min == 0 {
        let required = object.properties.iter().filter(|property| property.required);
        let enough = |choices: &[Choice]| choices.iter().any(|way| live[way.node as usize]);
        let mut count = 0;
        for property in required {
            if !enough(&property.choices) {
                return Ok(false);
            }
            count += 1;
        }
        return Ok(object.max.is_none_or(|max| count <= max as usize));
    }
    let mut object = object.clone();
    trim_object(&mut object, live);
    object_feasible(&object, limits)
}

fn trim_choices(choices: &mut Vec<Choice>, live: &[bool]) {
    choices.retain(|choice| live[choice.node as usize]);
}

fn trim_array(array: &mut ArraySpec, live: &[bool]) {
    array.prefix.iter_mut().for_each(|place| trim_choices(place, live));
    trim_choices(&mut array.rest, live);
    let places = array.prefix.iter().position(Vec::is_empty);
    let places = places.or(array.rest.is_empty().then_some(array.prefix.len()));
    if let Some(places) = places {
        let most = u32::try_from(places).unwrap_or(u32::MAX);
        array.max = Some(array.max.map_or(most, |max| max.min(most)));
    }
    if let Some(max) = array.max
        && max as usize <= array.prefix.len()
    {
        array.prefix.truncate(max as usize);
        array.rest.clear();
    }
}

fn trim_object(object: &mut ObjectSpec, live: &[bool]) {
    object.others.iter_mut().for_each(|class| trim_choices(class, live));
    object.properties.iter_mut().for_each(|property| trim_choices(&mut property.choices, live));
    let gone = object
        .properties
        .extract_if(.., |property| property.choices.is_empty() && !property.required);
    object.forbidden.extend(gone.map(|property| property.name));
}

/// What has been found of arrays and objects.
#[derive(Default)]
struct Feasible {
    known: FxHashMap<Alternative, bool>,
}

impl Feasible {
    fn check(
        &mut self,
        arrays: &[ArraySpec],
        objects: &[ObjectSpec],
        alternative: Alternative,
        limits: &Limits,
    ) -> Result<bool, GrammarError> {
        if let Some(&known) = self.known.get(&alternative) {
            return Ok(known);
        }
        let feasible = match alternative {
            Alternative::Array(at) => array_feasible(&arrays[at as usize], limits)?,
            Alternative::Object(at) => object_feasible(&objects[at as usize], limits)?,
            _ => return Ok(true),
        };
        self.known.insert(alternative, feasible);
        Ok(feasible)
    }
}

/// Only what the root reaches, numbered anew in the order of reaching.
fn compact(ir: &Ir) -> Ir {
    let mut compactor = Compactor { from: ir, to: Ir::default(), ids: FxHashMap::default() };
    let mut nodes = FxHashMap::default();
    let mut order = vec![ir.root];
    nodes.insert(ir.root, 0);
    let mut next = 0;
    while next < order.len() {
        let node = &ir.nodes[order[next] as usize];
        next += 1;
        let mut reached = |node: NodeId| {
            *nodes.entry(node).or_insert_with(|| {
                order.push(node);
                index(order.len() - 1)
            })
        };
        let mut alternatives = Vec::with_capacity(node.alternatives.len());
        for &alternative in &node.alternatives {
            let moved = compactor.alternative(alternative, &mut reached);
            if !alternatives.contains(&moved) {
                alternatives.push(moved);
            }
        }
        compactor.to.nodes.push(Node { alternatives });
    }
    compactor.to
}

struct Compactor<'a> {
    from: &'a Ir,
    to: Ir,
    ids: FxHashMap<Alternative, Alternative>,
}

impl Compactor<'_> {
    fn alternative(
        &mut self,
        old: Alternative,
        reached: &mut impl FnMut(NodeId) -> NodeId,
    ) -> Alternative {
        if let Some(&known) = self.ids.get(&old) {
            return known;
        }
        let new = match old {
            Alternative::Number(at) => {
                self.to.numbers.push(self.from.numbers[at as usize].clone());
                Alternative::Number(index(self.to.numbers.len() - 1))
            }
            Alternative::String(at) => {
                self.to.strings.push(self.from.strings[at as usize].clone());
                Alternative::String(index(self.to.strings.len() - 1))
            }
            Alternative::Array(at) => {
                let mut array = self.from.arrays[at as usize].clone();
                let places = array.prefix.iter_mut().chain([&mut array.rest]);
                places.flatten().for_each(|choice| choice.node = reached(choice.node));
                self.to.arrays.push(array);
                Alternative::Array(index(self.to.arrays.len() - 1))
            }
            Alternative::Object(at) => {
                let mut object = self.from.objects[at as usize].clone();
                let known = object.properties.iter_mut().map(|property| &mut property.choices);
                let places = known.chain(&mut object.others);
                places.flatten().for_each(|choice| choice.node = reached(choice.node));
                self.to.objects.push(object);
                Alternative::Object(index(self.to.objects.len() - 1))
            }
            Alternative::Null | Alternative::True | Alternative::False => old,
        };
        self.ids.insert(old, new);
        new
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
