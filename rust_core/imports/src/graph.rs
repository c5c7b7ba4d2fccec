//! The graph of the project's own imports, and the cycles in it.

use std::collections::VecDeque;

use pyagent_source::{FileId, Modules};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{Facts, Statement};

/// One import of one module by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The importing module.
    pub from: String,
    /// The imported module.
    pub to: String,
    /// The importing file, below the root.
    pub path: String,
    /// The line of the import.
    pub line: u32,
    /// Whether it is executed whenever the importing module is imported.
    pub hard: bool,
}

/// The project's modules and which of them imports which.
#[derive(Debug, Default)]
pub struct Graph {
    /// Every module, sorted by name.
    pub modules: Vec<String>,
    /// Every import, sorted by importer and line.
    pub edges: Vec<Edge>,
}

/// A cycle of imports, with the shortest way round as the witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// The modules on the way round, the alphabetically first one at the start.
    pub modules: Vec<String>,
    /// For each module, in order: its file, the line of its import, and the module it imports.
    pub steps: Vec<(String, u32, String)>,
    /// Every module that can reach all the others.
    pub component: Vec<String>,
    /// Whether every step is executed at import time.
    pub hard: bool,
}

/// An edge between files.
struct Link {
    from: FileId,
    to: FileId,
    line: u32,
    hard: bool,
}

/// Build the graph from the facts of all files: also the cycles in it, and the files that are part
/// of a cycle at import time.
pub(crate) fn build(
    modules: &Modules,
    facts: &[Option<Facts>],
) -> (Graph, Vec<Cycle>, FxHashSet<FileId>) {
    let mut links = Vec::new();
    for (from, facts) in facts.iter().enumerate() {
        // A stub is read by type checkers, never imported.
        let Some(facts) = facts.as_ref().filter(|_| !modules.files[from].is_stub) else { continue };
        for statement in &facts.statements {
            for to in imported(modules, from, statement) {
                let hard = statement.context.at_import();
                links.push(Link { from, to, line: statement.line, hard });
            }
        }
    }
    let next = followers(modules, &links, true);
    let cyclic = components(&next).into_iter().filter(|one| one.len() > 1).flatten().collect();
    let mut cycles = cycles(modules, &links, true);
    cycles.extend(cycles_with_soft(modules, &links, &cycles));
    let name = |id: FileId| modules.files[id].name.clone();
    let mut edges: Vec<Edge> = links
        .iter()
        .map(|link| Edge {
            from: name(link.from),
            to: name(link.to),
            path: modules.files[link.from].path.clone(),
            line: link.line,
            hard: link.hard,
        })
        .collect();
    edges.sort_by(|a, b| (&a.from, a.line, &a.to).cmp(&(&b.from, b.line, &b.to)));
    edges.dedup();
    let mut names: Vec<String> =
        modules.files.iter().filter(|file| !file.is_stub).map(|file| file.name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    (Graph { modules: names, edges }, cycles, cyclic)
}

/// The files that a statement causes to be imported, beside those that must have been already: the
/// packages that hold the importer itself.
fn imported(modules: &Modules, importer: FileId, statement: &Statement) -> Vec<FileId> {
    let mut found = Vec::new();
    let own = &modules.files[importer].name;
    let mut add = |ids: &[FileId]| {
        let id = ids.iter().copied().find(|&id| !modules.files[id].is_stub);
        if let Some(id) = id.filter(|&id| id != importer && !found.contains(&id)) {
            found.push(id);
        }
    };
    let parents = |name: &str, add: &mut dyn FnMut(&[FileId])| {
        for (at, _) in name.match_indices('.') {
            let parent = &name[..at];
            let holds = own.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'));
            if !holds {
                add(&modules.absolute(importer, parent));
            }
        }
    };
    match &statement.from {
        None => {
            for member in &statement.members {
                parents(&member.name, &mut add);
                add(&modules.absolute(importer, &member.name));
            }
        }
        Some(from) => {
            let Some(base) = modules.base_name(importer, from.level, from.name()) else {
                return found;
            };
            let package = modules.absolute(importer, &base);
            parents(&base, &mut add);
            for member in &statement.members {
                let submodule = package
                    .first()
                    .map(|&id| modules.submodules(id, &member.name))
                    .filter(|ids| !ids.is_empty())
                    .unwrap_or_else(|| {
                        let joined = format!("{base}.{}", member.name);
                        modules.absolute(importer, joined.trim_start_matches('.'))
                    });
                if submodule.is_empty() {
                    add(&package);
                } else {
                    let holds = own == &base || own.starts_with(&format!("{base}."));
                    if !holds {
                        add(&package);
                    }
                    add(&submodule);
                }
            }
        }
    }
    found
}

/// For each file the files that it imports, and by which link.
fn followers(modules: &Modules, links: &[Link], hard: bool) -> Vec<Vec<(FileId, usize)>> {
    let mut next: Vec<Vec<(FileId, usize)>> = vec![Vec::new(); modules.files.len()];
    for (index, link) in links.iter().enumerate() {
        if link.hard || !hard {
            next[link.from].push((link.to, index));
        }
    }
    next
}

fn cycles(modules: &Modules, links: &[Link], hard: bool) -> Vec<Cycle> {
    let next = followers(modules, links, hard);
    let mut found: Vec<Cycle> = components(&next)
        .into_iter()
        .filter(|component| component.len() > 1)
        .map(|component| witness(modules, links, &next, &component))
        .collect();
    found.sort_by(|a, b| a.modules.cmp(&b.modules));
    found
}

/// Cycles that exist only because of imports in functions or under `TYPE_CHECKING`.
fn cycles_with_soft(modules: &Modules, links: &[Link], hard: &[Cycle]) -> Vec<Cycle> {
    let known: Vec<&Vec<String>> = hard.iter().map(|cycle| &cycle.component).collect();
    cycles(modules, links, false)
        .into_iter()
        .filter(|cycle| !cycle.hard && !known.contains(&&cycle.component))
        .collect()
}

/// Tarjan's strongly connected components, without recursion.
fn components(next: &[Vec<(FileId, usize)>]) -> Vec<Vec<FileId>> {
    const UNSEEN: usize = usize::MAX;
    let (mut order, mut low) = (vec![UNSEEN; next.len()], vec![0; next.len()]);
    let mut on_stack = vec![false; next.len()];
    let (mut stack, mut found) = (Vec::new(), Vec::new());
    let mut count = 0;
    for root in 0..next.len() {
        if order[root] != UNSEEN {
            continue;
        }
        // Each frame is a node and how many of its edges were followed.
        let mut frames = vec![(root, 0)];
        while let Some((node, edge)) = frames.pop() {
            if edge == 0 {
                order[node] = count;
                low[node] = count;
                count += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&(to, _)) = next[node].get(edge) {
                frames.push((node, edge + 1));
                if order[to] == UNSEEN {
                    frames.push((to, 0));
                } else if on_stack[to] {
                    low[node] = low[node].min(order[to]);
                }
                continue;
            }
            if low[node] == order[node] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                found.push(component);
            }
            if let Some(&(parent, _)) = frames.last() {
                low[parent] = low[parent].min(low[node]);
            }
        }
    }
    found
}

/// The shortest cycle in a component, by a breadth-first search from each of its nodes.
fn witness(
    modules: &Modules,
    links: &[Link],
    next: &[Vec<(FileId, usize)>],
    component: &[FileId],
) -> Cycle {
    let mut nodes = component.to_vec();
    nodes.sort_by(|&a, &b| modules.files[a].name.cmp(&modules.files[b].name));
    let mut best: Vec<usize> = Vec::new();
    for &start in &nodes {
        if let Some(path) = shortest(links, next, &nodes, start, best.len())
            && (best.is_empty() || path.len() < best.len())
        {
            best = path;
        }
        if best.len() == 2 {
            break;
        }
    }
    // The search starts from the alphabetically first node of the shortest cycle already, except
    // where a shorter one replaced it.
    let first = best
        .iter()
        .enumerate()
        .min_by_key(|&(_, &link)| &modules.files[links[link].from].name)
        .map_or(0, |(at, _)| at);
    best.rotate_left(first);
    let name = |id: FileId| modules.files[id].name.clone();
    Cycle {
        modules: best.iter().map(|&link| name(links[link].from)).collect(),
        steps: best
            .iter()
            .map(|&link| {
                let link = &links[link];
                (modules.files[link.from].path.clone(), link.line, name(link.to))
            })
            .collect(),
        component: nodes.iter().map(|&id| name(id)).collect(),
        hard: best.iter().all(|&link| links[link].hard),
    }
}

/// The links of the shortest way from `start` back to it, shorter than `limit` if that is not 0.
fn shortest(
    links: &[Link],
    next: &[Vec<(FileId, usize)>],
    inside: &[FileId],
    start: FileId,
    limit: usize,
) -> Option<Vec<usize>> {
    let inside: FxHashSet<FileId> = inside.iter().copied().collect();
    let mut came: FxHashMap<FileId, usize> = FxHashMap::default();
    let mut queue = VecDeque::from([(start, 0)]);
    while let Some((node, depth)) = queue.pop_front() {
        if limit != 0 && depth + 1 >= limit {
            return None;
        }
        for &(to, link) in next[node].iter().filter(|(to, _)| inside.contains(to)) {
            if to == start {
                let mut path = vec![link];
                let mut at = node;
                while at != start {
                    let link = came[&at];
                    path.push(link);
                    at = links[link].from;
                }
                path.reverse();
                return Some(path);
            }
            came.entry(to).or_insert_with(|| {
                queue.push_back((to, depth + 1));
                link
            });
        }
    }
    None
}
