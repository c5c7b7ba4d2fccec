//! Reports as JSON.

use rayon::prelude::*;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::{
    ClassMetrics, FileMetrics, FunctionMetrics, Halstead, ModuleMetrics, Selection, Summary,
    TreeError, pool,
};

struct HalsteadView<'a>(&'a Halstead);

impl Serialize for HalsteadView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("distinct_operators", &it.distinct_operators)?;
        map.serialize_entry("distinct_operands", &it.distinct_operands)?;
        map.serialize_entry("operators", &it.operators)?;
        map.serialize_entry("operands", &it.operands)?;
        map.serialize_entry("vocabulary", &it.vocabulary())?;
        map.serialize_entry("length", &it.length())?;
        map.serialize_entry("calculated_length", &it.calculated_length())?;
        map.serialize_entry("volume", &it.volume())?;
        map.serialize_entry("difficulty", &it.difficulty())?;
        map.serialize_entry("effort", &it.effort())?;
        map.serialize_entry("time", &it.time())?;
        map.serialize_entry("bugs", &it.bugs())?;
        map.end()
    }
}

struct FunctionView<'a>(&'a FunctionMetrics, Selection);

impl Serialize for FunctionView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("qualname", &it.qualname)?;
        map.serialize_entry("name", it.name())?;
        map.serialize_entry("kind", it.kind.as_str())?;
        map.serialize_entry("is_async", &it.is_async)?;
        map.serialize_entry("line", &it.line)?;
        map.serialize_entry("end_line", &it.end_line)?;
        map.serialize_entry("column", &it.column)?;
        map.serialize_entry("cyclomatic", &it.cyclomatic)?;
        map.serialize_entry("mccabe", &it.mccabe)?;
        map.serialize_entry("nesting", &it.nesting)?;
        map.serialize_entry("arguments", &it.arguments)?;
        if self.1.expressions {
            map.serialize_entry("radon_cc", &it.radon_cc)?;
            map.serialize_entry("cognitive", &it.cognitive)?;
            map.serialize_entry("halstead", &HalsteadView(&it.halstead))?;
        }
        map.end()
    }
}

struct ClassView<'a>(&'a ClassMetrics, Selection);

impl Serialize for ClassView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let it = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("qualname", &it.qualname)?;
        map.serialize_entry("name", it.name())?;
        map.serialize_entry("line", &it.line)?;
        map.serialize_entry("end_line", &it.end_line)?;
        map.serialize_entry("column", &it.column)?;
        map.serialize_entry("methods", &it.methods)?;
        map.serialize_entry("cyclomatic", &it.cyclomatic)?;
        if self.1.expressions {
            map.serialize_entry("radon_cc", &it.radon_cc)?;
            map.serialize_entry("cognitive", &it.cognitive)?;
        }
        map.end()
    }
}

/// Items of a slice, each in its view.
struct Views<'a, T, V>(&'a [T], fn(&'a T, Selection) -> V, Selection);

impl<T, V: Serialize> Serialize for Views<'_, T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|item| (self.1)(item, self.2)))
    }
}

struct FileView<'a>(&'a FileMetrics);

impl Serialize for FileView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("path", &self.0.path)?;
        match &self.0.outcome {
            Ok(module) => module_entries(&mut map, module)?,
            Err(failure) => {
                map.serialize_entry("error", &failure.reason)?;
                map.serialize_entry("error_line", &failure.line)?;
                map.serialize_entry("error_column", &failure.column)?;
                map.serialize_entry("maintainability_index", &None::<f64>)?;
                map.serialize_entry("functions", &[(); 0])?;
                map.serialize_entry("classes", &[(); 0])?;
                map.serialize_entry("imports", &[(); 0])?;
            }
        }
        map.end()
    }
}

fn module_entries<M: SerializeMap>(map: &mut M, module: &ModuleMetrics) -> Result<(), M::Error> {
    let selection = module.selection;
    map.serialize_entry("error", &None::<&str>)?;
    map.serialize_entry("error_line", &None::<u32>)?;
    map.serialize_entry("error_column", &None::<u32>)?;
    map.serialize_entry("cyclomatic", &module.cyclomatic)?;
    map.serialize_entry("mccabe", &module.mccabe)?;
    if selection.expressions {
        map.serialize_entry("radon_cc", &module.radon_cc)?;
        map.serialize_entry("cognitive", &module.cognitive)?;
        map.serialize_entry("halstead", &HalsteadView(&module.halstead))?;
    }
    if selection.tokens {
        map.serialize_entry("raw", &module.raw)?;
    }
    if selection.maintainability() {
        map.serialize_entry("maintainability_index", &module.maintainability_index())?;
        map.serialize_entry("maintainability_index_vs", &module.maintainability_index_vs())?;
    }
    map.serialize_entry("functions", &Views(&module.functions, FunctionView, selection))?;
    map.serialize_entry("classes", &Views(&module.classes, ClassView, selection))?;
    map.serialize_entry("imports", &module.imports)
}

/// Serialize into `out`. Nothing here can fail: keys are strings, and memory takes every byte.
fn write(out: &mut Vec<u8>, value: &impl Serialize) {
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok(), "a report is always JSON: {written:?}");
}

/// One file as a JSON object.
pub fn file_to_json(file: &FileMetrics) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, &FileView(file));
    out
}

/// A tree as a JSON object with `files` and `summary`, each file on a line of its own.
pub fn tree_to_json<F: AsRef<FileMetrics> + Sync>(
    files: &[F],
    summary: &Summary,
) -> Result<Vec<u8>, TreeError> {
    let parts: Vec<Vec<u8>> =
        pool::run(0, || files.par_iter().map(|file| file_to_json(file.as_ref())).collect())?;
    let size: usize = parts.iter().map(|part| part.len() + 2).sum();
    let mut out = Vec::with_capacity(size + 1024);
    out.extend_from_slice(b"{\"files\": [");
    for (index, part) in parts.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        out.extend_from_slice(part);
    }
    out.extend_from_slice(b"\n], \"summary\": ");
    write(&mut out, summary);
    out.extend_from_slice(b"}");
    Ok(out)
}
