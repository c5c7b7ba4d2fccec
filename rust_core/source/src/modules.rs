//! Which module each file is, and which file each module name means to an importer.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

/// Index of a file in [`Modules::files`].
pub type FileId = usize;

/// One file as a module.
#[derive(Debug)]
pub struct Module {
    /// Path below the root, with forward slashes.
    pub path: String,
    /// Dotted name, from the outermost package that holds the file.
    pub name: String,
    /// The folder of the outermost package, or of the file where it is in no package.
    base: String,
    /// The name of the outermost package; empty where there is none.
    package: String,
    /// Whether the file is an `__init__`.
    pub is_init: bool,
    /// Whether the file is a stub.
    pub is_stub: bool,
}

impl Module {
    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether test runners look into the file.
    pub fn is_test(&self) -> bool {
        let name = self.file_name();
        name.starts_with("test") || name.ends_with("_test.py") || name == "conftest.py" || {
            let mut folders = self.path.split('/').rev().skip(1);
            folders.any(|folder| matches!(folder, "tests" | "test" | "testing"))
        }
    }
}

/// All modules of a project.
#[derive(Debug, Default)]
pub struct Modules {
    /// Every file, in the order in which the paths were given.
    pub files: Vec<Module>,
    /// Path without extension, and without `/__init__`, to the files that it means.
    by_path: FxHashMap<String, Vec<FileId>>,
    by_name: FxHashMap<String, Vec<FileId>>,
    /// Packages above the root, when the root is itself a package: `pkg.` or empty.
    prefix: String,
    /// The folders from which the project's own packages are imported, as prefixes of paths, the
    /// longest first.
    sources: Vec<String>,
    /// Names that are first party whoever imports them.
    tops: FxHashSet<String>,
    /// Names that are first party to some importer.
    ours: FxHashSet<String>,
}

impl Modules {
    /// Index the files at `paths`, each below `root` with forward slashes. Packages are imported
    /// from the root and from the folders `sources` below it.
    pub fn new(root: &Path, paths: Vec<String>, sources: &[String]) -> Self {
        let packages: FxHashSet<String> = paths
            .iter()
            .filter_map(|path| stem(path).strip_suffix("__init__").map(str::to_owned))
            .collect();
        let mut sources: Vec<String> =
            sources.iter().map(|folder| format!("{folder}/")).chain([String::new()]).collect();
        sources.sort_by_key(|source| std::cmp::Reverse(source.len()));
        let mut modules = Self { prefix: prefix(root, &packages), sources, ..Self::default() };
        for path in paths {
            modules.insert(path, &packages);
        }
        modules
    }

    fn insert(&mut self, path: String, packages: &FxHashSet<String>) {
        let id = self.files.len();
        let stem = stem(&path);
        let key = module_path(stem);
        let is_init = key.len() != stem.len();
        let mut base = &stem[..stem.rfind('/').map_or(0, |at| at + 1)];
        let folder = base;
        while !base.is_empty() && packages.contains(base) {
            base = &base[..base[..base.len() - 1].rfind('/').map_or(0, |at| at + 1)];
        }
        let in_root = packages.contains("") && base.is_empty();
        let in_package = in_root || base.len() < folder.len();
        let name = if in_package {
            key[base.len().min(key.len())..].replace('/', ".")
        } else {
            // In no package: named as it would be imported from the nearest source folder.
            let below = self.sources.iter().find_map(|source| key.strip_prefix(source.as_str()));
            below.unwrap_or(key).replace('/', ".")
        };
        let name = if in_root || base.is_empty() { join(&self.prefix, &name) } else { name };
        let package = if in_package { name.split('.').next() } else { None };
        let package = package.unwrap_or_default().to_owned();
        self.by_path.entry(key.to_owned()).or_default().push(id);
        self.by_name.entry(name.clone()).or_default().push(id);
        // A file in no package is imported by its neighbours under its bare name.
        for name in [name.split('.').next(), key.rsplit('/').next()].into_iter().flatten() {
            self.ours.insert(name.to_owned());
        }
        for source in &self.sources {
            if let Some(below) = key.strip_prefix(source.as_str()) {
                let top = below.split('/').next().unwrap_or_default();
                self.tops.insert(top.to_owned());
                self.ours.insert(top.to_owned());
            }
        }
        if let Some(top) = self.prefix.split('.').next() {
            self.ours.insert(top.to_owned());
        }
        let module = Module {
            base: base.to_owned(),
            package,
            is_init,
            is_stub: path.rsplit('.').next() == Some("pyi"),
            name,
            path,
        };
        self.files.push(module);
    }

    /// Whether a top-level name is the project's own for sorting, as ruff decides it: a module or
    /// folder in the root or in another source folder, or the importer's own package.
    pub fn sorts_as_first_party(&self, importer: FileId, top: &str) -> bool {
        self.tops.contains(top) || self.files[importer].package == top
    }

    /// Whether a top-level name may mean a file of the project to some importer.
    pub fn may_be_ours(&self, top: &str) -> bool {
        self.ours.contains(top)
    }

    /// The files that an absolute module name may mean to `importer`, the likeliest first.
    pub fn absolute(&self, importer: FileId, name: &str) -> Vec<FileId> {
        let module = &self.files[importer];
        let local = name.strip_prefix(self.prefix.as_str()).unwrap_or(name);
        let local = if name.len() + 1 == self.prefix.len() && self.prefix.starts_with(name) {
            ""
        } else {
            local
        };
        let below = local.replace('.', "/");
        let mut found = Vec::new();
        let mut add = |ids: Option<&Vec<FileId>>| {
            for id in ids.into_iter().flatten() {
                if !found.contains(id) {
                    found.push(*id);
                }
            }
        };
        add(self.by_path.get(&format!("{}{below}", module.base)));
        for source in self.sources.iter().rev() {
            add(self.by_path.get(&format!("{source}{below}")));
        }
        add(self.by_name.get(name));
        found
    }

    /// The dotted name that the module part of a `from` import means to the importer: `level` dots,
    /// then `module`, which may be empty. `None` if the dots lead out of the outermost package.
    pub fn base_name(&self, importer: FileId, level: u32, module: &str) -> Option<String> {
        if level == 0 {
            return Some(module.to_owned());
        }
        let file = &self.files[importer];
        let mut package = file.name.as_str();
        let up = if file.is_init { level - 1 } else { level };
        for _ in 0..up {
            package = match package.rfind('.') {
                Some(at) => &package[..at],
                None if package.is_empty() => return None,
                None => "",
            };
        }
        Some(if module.is_empty() {
            package.to_owned()
        } else if package.is_empty() {
            module.to_owned()
        } else {
            format!("{package}.{module}")
        })
    }

    /// A submodule of the package in file `id`.
    pub fn submodules(&self, id: FileId, name: &str) -> Vec<FileId> {
        let file = &self.files[id];
        if !file.is_init {
            return Vec::new();
        }
        let folder = module_path(stem(&file.path));
        let key = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        self.by_path.get(&key).cloned().unwrap_or_default()
    }

    /// The files of the longest prefix of a dotted name that is a module, and what follows it.
    pub fn split<'n>(&self, importer: FileId, name: &'n str) -> (Vec<FileId>, &'n str) {
        let mut end = name.len();
        loop {
            let found = self.absolute(importer, &name[..end]);
            if !found.is_empty() {
                return (found, name[end..].trim_start_matches('.'));
            }
            match name[..end].rfind('.') {
                Some(at) => end = at,
                None => return (Vec::new(), name),
            }
        }
    }
}

fn join(prefix: &str, name: &str) -> String {
    let joined = format!("{prefix}{name}");
    joined.trim_end_matches('.').to_owned()
}

fn stem(path: &str) -> &str {
    path.rfind('.').map_or(path, |at| &path[..at])
}

fn module_path(stem: &str) -> &str {
    match stem.strip_suffix("__init__") {
        Some("") => "",
        Some(folder) if folder.ends_with('/') => &folder[..folder.len() - 1],
        _ => stem,
    }
}

/// The dotted name, with a final dot, of the package that the root is.
fn prefix(root: &Path, packages: &FxHashSet<String>) -> String {
    if !packages.contains("") {
        return String::new();
    }
    let mut parts = Vec::new();
    let mut folder = Some(root);
    while let Some(here) = folder {
        if !here.join("__init__.py").is_file() {
            break;
        }
        match here.file_name() {
            Some(name) => parts.push(name.to_string_lossy().into_owned()),
            None => break,
        }
        folder = here.parent();
    }
    parts.reverse();
    parts.into_iter().map(|part| part + ".").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(paths: &[&str]) -> Modules {
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        Modules::new(Path::new("/nowhere"), paths, &["src".to_owned(), "a/lib".to_owned()])
    }

    #[test]
    fn a_package_is_named_from_its_outermost_folder() {
        let found =
            modules(&["src/a/__init__.py", "src/a/b/__init__.py", "src/a/b/c.py", "d/e.py"]);
        let names: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["a", "a.b", "a.b.c", "d.e"]);
        assert_eq!(found.absolute(3, "a.b.c"), [2]);
        assert_eq!(found.split(3, "a.b.c.name"), (vec![2], "name"));
        assert_eq!(found.submodules(1, "c"), [2]);
    }

    #[test]
    fn relative_imports_go_up_from_the_package() {
        let found = modules(&["a/__init__.py", "a/b/__init__.py", "a/b/c.py"]);
        assert_eq!(found.base_name(2, 1, "").as_deref(), Some("a.b"));
        assert_eq!(found.base_name(2, 2, "x").as_deref(), Some("a.x"));
        assert_eq!(found.base_name(1, 1, "c").as_deref(), Some("a.b.c"));
        assert_eq!(found.base_name(2, 5, ""), None);
    }

    #[test]
    fn packages_in_a_source_folder_are_first_party_to_all() {
        let found = modules(&["a/lib/b/c.py", "a/lib/d.py", "a/e.py", "tests/t.py"]);
        let names: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["b.c", "d", "a.e", "tests.t"]);
        assert_eq!(found.absolute(3, "b.c"), [0]);
        assert!(found.sorts_as_first_party(3, "b") && found.sorts_as_first_party(3, "d"));
        assert!(!found.sorts_as_first_party(3, "e"));
    }

    #[test]
    fn a_script_finds_its_neighbour() {
        let found = modules(&["tools/run.py", "tools/help.py", "help.py"]);
        assert_eq!(found.absolute(0, "help"), [1, 2]);
    }
}
