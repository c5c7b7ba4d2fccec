//! Which functions and files pass a limit.

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Serialize;

use crate::{FileMetrics, FunctionMetrics, ModuleMetrics, Selection};

/// A metric that can have a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// At most, for a function.
    Cyclomatic,
    /// At most, for a function.
    Mccabe,
    /// At most, for a function.
    RadonCc,
    /// At most, for a function.
    Cognitive,
    /// At most, for a function.
    Nesting,
    /// At most, for a function.
    Arguments,
    /// At least, for a file.
    MaintainabilityIndex,
    /// At least, for a file.
    MaintainabilityIndexVs,
}

impl Limited {
    /// Every metric that can have a limit.
    pub const ALL: [Self; 8] = [
        Self::Cyclomatic,
        Self::Mccabe,
        Self::RadonCc,
        Self::Cognitive,
        Self::Nesting,
        Self::Arguments,
        Self::MaintainabilityIndex,
        Self::MaintainabilityIndexVs,
    ];

    /// The name used in settings and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cyclomatic => "cyclomatic",
            Self::Mccabe => "mccabe",
            Self::RadonCc => "radon_cc",
            Self::Cognitive => "cognitive",
            Self::Nesting => "nesting",
            Self::Arguments => "arguments",
            Self::MaintainabilityIndex => "maintainability_index",
            Self::MaintainabilityIndexVs => "maintainability_index_vs",
        }
    }

    /// The metric of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == name)
    }

    /// What must be measured for it.
    pub fn needs(self) -> Selection {
        match self {
            Self::Cyclomatic | Self::Mccabe | Self::Nesting | Self::Arguments => {
                Selection::STATEMENTS
            }
            Self::RadonCc | Self::Cognitive => Selection { expressions: true, tokens: false },
            Self::MaintainabilityIndex | Self::MaintainabilityIndexVs => Selection::ALL,
        }
    }

    fn of_function(self, function: &FunctionMetrics) -> Option<u32> {
        match self {
            Self::Cyclomatic => Some(function.cyclomatic),
            Self::Mccabe => Some(function.mccabe),
            Self::RadonCc => Some(function.radon_cc),
            Self::Cognitive => Some(function.cognitive),
            Self::Nesting => Some(function.nesting),
            Self::Arguments => Some(function.arguments),
            Self::MaintainabilityIndex | Self::MaintainabilityIndexVs => None,
        }
    }

    fn of_module(self, module: &ModuleMetrics) -> Option<f64> {
        match self {
            Self::MaintainabilityIndex => module.maintainability_index(),
            Self::MaintainabilityIndexVs => module.maintainability_index_vs(),
            _ => None,
        }
    }
}

/// A limit for each metric that has one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits([Option<f64>; Limited::ALL.len()]);

impl Limits {
    /// Set, or take away, the limit of `metric`.
    pub fn set(&mut self, metric: Limited, limit: Option<f64>) {
        self.0[metric as usize] = limit;
    }

    fn iter(&self) -> impl Iterator<Item = (Limited, f64)> {
        Limited::ALL.into_iter().zip(self.0).filter_map(|(metric, limit)| Some((metric, limit?)))
    }
}

/// Limits that hold for some paths only.
#[derive(Debug, Clone)]
pub struct Override {
    paths: GlobSet,
    limits: Vec<(Limited, Option<f64>)>,
}

impl Override {
    /// `limits` for the paths that match one of `patterns`; `None` takes a limit away.
    pub fn new(
        patterns: &[String],
        limits: Vec<(Limited, Option<f64>)>,
    ) -> Result<Self, globset::Error> {
        let mut paths = GlobSetBuilder::new();
        for pattern in patterns {
            paths.add(Glob::new(pattern)?);
        }
        Ok(Self { paths: paths.build()?, limits })
    }
}

/// A function, or a file, that passes a limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The file.
    pub path: String,
    /// The function; empty for the whole file.
    pub qualname: String,
    /// Which metric.
    pub metric: Limited,
    /// Its value.
    pub value: f64,
    /// The limit that it passes.
    pub limit: f64,
    /// First line.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// How many times the limit: above 1, and the larger the worse.
    pub severity: f64,
}

/// Everything in `files` that passes its limit, worst first.
///
/// Overrides match paths below `root`; later ones win over earlier ones.
pub fn findings<'a>(
    files: impl IntoIterator<Item = &'a FileMetrics>,
    limits: Limits,
    overrides: &[Override],
    root: &str,
) -> Vec<Finding> {
    let mut all = Vec::new();
    for file in files {
        let Ok(module) = &file.outcome else { continue };
        let limits = effective(&file.path, limits, overrides, root);
        for (metric, limit) in limits.iter() {
            in_file(&mut all, &file.path, module, metric, limit);
        }
    }
    all.sort_by(|a, b| {
        let place = |f: &'_ Finding| (f.line, f.metric as usize);
        b.severity
            .total_cmp(&a.severity)
            .then_with(|| a.path.cmp(&b.path))
            .then_with(|| place(a).cmp(&place(b)))
    });
    all
}

fn effective(path: &str, mut limits: Limits, overrides: &[Override], root: &str) -> Limits {
    let below = path.strip_prefix(root).map_or(path, |rest| rest.trim_start_matches('/'));
    for one in overrides.iter().filter(|one| one.paths.is_match(below)) {
        for &(metric, limit) in &one.limits {
            limits.set(metric, limit);
        }
    }
    limits
}

fn in_file(
    all: &mut Vec<Finding>,
    path: &str,
    module: &ModuleMetrics,
    metric: Limited,
    limit: f64,
) {
    if let Some(value) = metric.of_module(module)
        && value < limit
    {
        all.push(Finding {
            path: path.to_owned(),
            qualname: String::new(),
            metric,
            value,
            limit,
            line: 1,
            end_line: module.raw.loc.max(1),
            // Values start at 0, where a quotient would say nothing.
            severity: (limit + 1.0) / (value + 1.0),
        });
    }
    for function in &module.functions {
        let Some(value) = metric.of_function(function).map(f64::from) else { return };
        if value > limit {
            all.push(Finding {
                path: path.to_owned(),
                qualname: function.qualname.clone(),
                metric,
                value,
                limit,
                line: function.line,
                end_line: function.end_line,
                severity: if limit > 0.0 { value / limit } else { value + 1.0 },
            });
        }
    }
}
