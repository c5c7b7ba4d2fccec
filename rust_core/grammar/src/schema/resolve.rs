//! What references lead to: base URIs, anchors and dynamic scopes (core, sections 8 and 9).

use rustc_hash::FxHashMap;

use super::draft::{Draft, subschemas};
use super::uri;
use super::value::{Document, Value, ValueId};

/// Index of an interned [`Scope`].
pub(super) type ScopeId = u32;

/// For each dynamic anchor, where the outermost resource that has it puts it; sorted.
///
/// Of a dynamic scope nothing else matters, so schemas that are entered in different ways stay the same
/// schema unless that makes a difference.
type Scope = Vec<(String, ValueId)>;

/// The name under which `$recursiveAnchor` is kept among the dynamic anchors, which cannot have it.
const RECURSIVE: &str = "";

/// A schema with an identifier of its own, and what is inside of it up to the next one.
#[derive(Debug, Default, Clone)]
struct Resource {
    uri: String,
    anchors: FxHashMap<String, ValueId>,
    dynamic: Scope,
}

/// Finds what references lead to.
#[derive(Debug)]
pub(super) struct Resolver {
    resources: FxHashMap<ValueId, Resource>,
    by_uri: FxHashMap<String, ValueId>,
    drafts: FxHashMap<ValueId, Draft>,
    /// The draft that the caller wants every schema to be read by.
    chosen: Option<Draft>,
    draft: Draft,
    /// Whether any schema but the whole is a resource.
    embedded: bool,
    scopes: Vec<Scope>,
    scope_ids: FxHashMap<Scope, ScopeId>,
    dynamic: bool,
}

impl Resolver {
    /// Reads the identifiers of a schema.
    pub(super) fn new(document: &Document, chosen: Option<Draft>) -> Self {
        let named = text_member(document, 0, "$schema").and_then(Draft::of_metaschema);
        let mut resolver = Self {
            resources: FxHashMap::default(),
            by_uri: FxHashMap::default(),
            drafts: FxHashMap::default(),
            chosen,
            draft: chosen.or(named).unwrap_or(Draft::Draft202012),
            embedded: false,
            scopes: vec![Scope::new()],
            scope_ids: FxHashMap::from_iter([(Scope::new(), 0)]),
            dynamic: document.mentions(&["$dynamicRef", "$recursiveRef"]),
        };
        resolver.resources.insert(0, Resource::default());
        let keywords = ["$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"];
        if document.mentions(&keywords) {
            resolver.scan(document);
        }
        resolver
    }

    /// Walks all schemas for identifiers and anchors.
    fn scan(&mut self, document: &Document) {
        let mut open = vec![(0, 0)];
        while let Some((at, outer)) = open.pop() {
            let root = self.identify(document, at, outer);
            open.extend(subschemas(document, at).into_iter().map(|inner| (inner, root)));
        }
        self.embedded = self.resources.len() > 1;
    }

    /// Enters the identifiers of one schema; the resource that it belongs to.
    fn identify(&mut self, document: &Document, at: ValueId, outer: ValueId) -> ValueId {
        let named = text_member(document, at, "$schema").and_then(Draft::of_metaschema);
        let inherited = self.draft_of_resource(outer);
        let draft = self.chosen.or(named).unwrap_or(inherited);
        let shadowed = draft <= Draft::Draft7 && document.member(at, "$ref").is_some();
        let id = text_member(document, at, draft.id_keyword()).filter(|_| !shadowed);
        let mut root = outer;
        if let Some(id) = id {
            let (address, fragment) = uri::split_fragment(id);
            if !address.is_empty() || at == 0 {
                root = at;
                let base = self.resources.get(&outer).map_or("", |outer| outer.uri.as_str());
                let address = uri::join(base, address);
                self.by_uri.entry(address.clone()).or_insert(at);
                self.resources.insert(at, Resource { uri: address, ..Resource::default() });
                self.drafts.insert(at, draft);
            }
            if let Some(anchor) = fragment.filter(|anchor| !anchor.is_empty()) {
                self.anchor(root, anchor, at);
            }
        }
        if draft >= Draft::Draft201909
            && let Some(anchor) = text_member(document, at, "$anchor")
        {
            self.anchor(root, anchor, at);
        }
        if draft == Draft::Draft202012
            && let Some(anchor) = text_member(document, at, "$dynamicAnchor")
        {
            self.anchor(root, anchor, at);
            self.dynamic_anchor(root, anchor, at);
        }
        let recursive = document.member(at, "$recursiveAnchor").map(|value| document.get(value));
        if draft == Draft::Draft201909 && at == root && recursive == Some(&Value::Bool(true)) {
            self.dynamic_anchor(root, RECURSIVE, at);
        }
        root
    }

    fn anchor(&mut self, root: ValueId, name: &str, at: ValueId) {
        if let Some(resource) = self.resources.get_mut(&root) {
            resource.anchors.insert(name.to_owned(), at);
        }
    }

    fn dynamic_anchor(&mut self, root: ValueId, name: &str, at: ValueId) {
        if let Some(resource) = self.resources.get_mut(&root) {
            resource.dynamic.push((name.to_owned(), at));
        }
    }

    /// The resource that a schema belongs to.
    fn resource_of(&self, document: &Document, at: ValueId) -> ValueId {
        if !self.embedded {
            return 0;
        }
        let mut at = at;
        while !self.resources.contains_key(&at) {
            at = document.parent(at).unwrap_or(0);
        }
        at
    }

    fn draft_of_resource(&self, root: ValueId) -> Draft {
        self.drafts.get(&root).copied().unwrap_or(self.draft)
    }

    /// The draft that a schema is of.
    pub(super) fn draft(&self, document: &Document, at: ValueId) -> Draft {
        if self.drafts.is_empty() {
            return self.draft;
        }
        self.draft_of_resource(self.resource_of(document, at))
    }

    /// The scope in which the schema at a place is, entered from another.
    pub(super) fn enter(&mut self, document: &Document, at: ValueId, scope: ScopeId) -> ScopeId {
        if !self.dynamic {
            return 0;
        }
        let root = self.resource_of(document, at);
        let Some(resource) = self.resources.get(&root) else {
            return scope;
        };
        let mut inner = self.scopes[scope as usize].clone();
        for (name, target) in &resource.dynamic {
            if inner.iter().all(|(known, _)| known != name) {
                inner.push((name.clone(), *target));
            }
        }
        inner.sort_unstable();
        if let Some(&known) = self.scope_ids.get(&inner) {
            return known;
        }
        let id = u32::try_from(self.scopes.len()).unwrap_or(u32::MAX);
        self.scopes.push(inner.clone());
        self.scope_ids.insert(inner, id);
        id
    }

    /// What a `$ref` in the schema at a place leads to; or why it leads nowhere.
    pub(super) fn target(
        &self,
        document: &Document,
        at: ValueId,
        reference: &str,
    ) -> Result<ValueId, Miss> {
        let (address, fragment) = uri::split_fragment(reference);
        let root = self.resource_of(document, at);
        let root = if address.is_empty() {
            root
        } else {
            let base = self.resources.get(&root).map_or("", |resource| resource.uri.as_str());
            let address = uri::join(base, address);
            *self.by_uri.get(&address).ok_or(Miss::Remote(address))?
        };
        let fragment = fragment.unwrap_or_default();
        let fragment =
            uri::decoded(fragment).ok_or_else(|| Miss::Malformed(reference.to_owned()))?;
        let found = if fragment.is_empty() {
            Some(root)
        } else if fragment.starts_with('/') {
            follow(document, root, &fragment)
        } else {
            self.resources.get(&root).and_then(|resource| resource.anchors.get(&fragment)).copied()
        };
        found.ok_or(Miss::Absent(fragment))
    }

    /// What a `$dynamicRef` leads to in a scope (2020-12 core, section 8.2.3.2).
    pub(super) fn dynamic_target(
        &self,
        document: &Document,
        at: ValueId,
        reference: &str,
        scope: ScopeId,
    ) -> Result<ValueId, Miss> {
        let first = self.target(document, at, reference)?;
        let name = uri::split_fragment(reference).1.unwrap_or_default();
        let root = self.resource_of(document, first);
        let dynamic = self.resources.get(&root).is_some_and(|resource| {
            resource.dynamic.iter().any(|(known, target)| known == name && *target == first)
        });
        Ok(if dynamic { self.outermost(name, scope).unwrap_or(first) } else { first })
    }

    /// What a `$recursiveRef` leads to in a scope (2019-09 core, section 8.2.4.2.1).
    pub(super) fn recursive_target(
        &self,
        document: &Document,
        at: ValueId,
        scope: ScopeId,
    ) -> ValueId {
        let root = self.resource_of(document, at);
        let dynamic = self
            .resources
            .get(&root)
            .is_some_and(|resource| resource.dynamic.iter().any(|(known, _)| known == RECURSIVE));
        if dynamic { self.outermost(RECURSIVE, scope).unwrap_or(root) } else { root }
    }

    fn outermost(&self, name: &str, scope: ScopeId) -> Option<ValueId> {
        let scope = &self.scopes[scope as usize];
        scope.iter().find(|(known, _)| known == name).map(|(_, target)| *target)
    }
}

/// Why a reference leads nowhere.
#[derive(Debug)]
pub(super) enum Miss {
    /// To another document.
    Remote(String),
    /// To a place that there is not.
    Absent(String),
    /// It is no reference.
    Malformed(String),
}

/// Where a JSON pointer leads from a value (RFC 6901).
fn follow(document: &Document, root: ValueId, pointer: &str) -> Option<ValueId> {
    pointer.split('/').skip(1).try_fold(root, |at, step| {
        if let Value::Array(items) = document.get(at) {
            return items.get(step.parse::<usize>().ok()?).copied();
        }
        document.member(at, &step.replace("~1", "/").replace("~0", "~"))
    })
}

/// The text behind a key.
pub(super) fn text_member<'a>(document: &'a Document, at: ValueId, key: &str) -> Option<&'a str> {
    match document.get(document.member(at, key)?) {
        Value::String(text) => Some(text),
        _ => None,
    }
}
