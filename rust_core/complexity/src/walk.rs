//! One walk over a syntax tree that yields every metric that the tree knows.

use pyagent_source::Lines;
use ruff_python_ast::{ExceptHandler, Expr, ModModule, Pattern, Stmt, StmtMatch, StmtTry};
use ruff_text_size::Ranged;

use crate::define::bound_and_default;
use crate::frame::{Frame, FrameKind};
use crate::operands::Operands;
use crate::report::{ClassMetrics, FunctionMetrics, ImportedName, ModuleMetrics};
use crate::{RawCounts, Selection};

/// Walk `module`, which was parsed from `text`. Line counts are left at zero.
pub(crate) fn walk(
    text: &str,
    lines: &Lines,
    module: &ModModule,
    selection: Selection,
) -> ModuleMetrics {
    let mut walker = Walker {
        text,
        lines,
        expressions: selection.expressions,
        frames: vec![Frame::new(FrameKind::Module, "", 0)],
        operands: Operands::new(text),
        context: None,
        scope: String::new(),
        functions: Vec::new(),
        classes: Vec::new(),
        imports: Vec::new(),
    };
    walker.body(&module.body);
    let frame = walker.pop();
    ModuleMetrics {
        selection,
        functions: walker.functions,
        classes: walker.classes,
        imports: walker.imports,
        cyclomatic: 1 + frame.cyclomatic,
        mccabe: 1 + frame.mccabe,
        radon_cc: if selection.expressions { 1 + frame.radon } else { 0 },
        cognitive: frame.cognitive.base,
        halstead: frame.halstead.finish(),
        raw: RawCounts::default(),
    }
}

pub(crate) struct Walker<'a> {
    pub(crate) text: &'a str,
    pub(crate) lines: &'a Lines,
    /// Whether expressions are visited at all.
    pub(crate) expressions: bool,
    /// The module, and every class and function around the current node.
    pub(crate) frames: Vec<Frame<'a>>,
    pub(crate) operands: Operands<'a>,
    /// The name of the innermost function.
    pub(crate) context: Option<&'a str>,
    /// What stands before a name to make it qualified.
    pub(crate) scope: String,
    pub(crate) functions: Vec<FunctionMetrics>,
    pub(crate) classes: Vec<ClassMetrics>,
    imports: Vec<ImportedName>,
}

pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl<'a> Walker<'a> {
    /// The innermost frame. The module's stays at the bottom for the whole walk.
    pub(crate) fn top(&mut self) -> &mut Frame<'a> {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub(crate) fn pop(&mut self) -> Frame<'a> {
        let seen = self.operands.seen();
        self.frames.pop().unwrap_or_else(|| Frame::new(FrameKind::Module, "", seen))
    }

    /// Statements that stand directly in a module, class or function.
    pub(crate) fn body(&mut self, statements: &'a [Stmt]) {
        for statement in statements {
            self.statement(statement, true);
        }
    }

    /// Statements that stand in a compound statement, `levels` nesting levels down for complexipy.
    fn block(&mut self, statements: &'a [Stmt], levels: u32) {
        let frame = self.top();
        frame.level += levels;
        frame.blocks += 1;
        frame.deepest = frame.deepest.max(frame.blocks);
        for statement in statements {
            self.statement(statement, false);
        }
        let frame = self.top();
        frame.level -= levels;
        frame.blocks -= 1;
    }

    /// complexipy's nesting level for an expression that it looks at, if it looks here at all.
    fn counted(&mut self) -> Option<u32> {
        let frame = self.top();
        (frame.cognitive_off == 0).then_some(frame.level)
    }

    /// An expression that complexipy looks at.
    fn value(&mut self, expr: &'a Expr) {
        if self.expressions {
            let level = self.counted();
            self.expr(expr, level);
        }
    }

    fn values(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.value(expr);
        }
    }

    /// An expression that complexipy passes by.
    pub(crate) fn plain(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        if self.expressions {
            for expr in exprs {
                self.expr(expr, None);
            }
        }
    }

    /// A structure that costs one, and one for each level around it.
    fn structure(&mut self) {
        if let Some(level) = self.counted() {
            self.top().cognitive.structure(level);
        }
    }

    /// Something that costs one wherever it stands.
    fn flat(&mut self) {
        let frame = self.top();
        if frame.cognitive_off == 0 {
            frame.cognitive.base += 1;
        }
    }

    fn statement(&mut self, statement: &'a Stmt, direct: bool) {
        match statement {
            Stmt::FunctionDef(node) => self.function(node, direct),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::If(node) => {
                self.top().decide(1, 1, 1);
                self.structure();
                self.value(&node.test);
                self.block(&node.body, 1);
                for clause in &node.elif_else_clauses {
                    self.flat();
                    if let Some(test) = &clause.test {
                        self.top().decide(1, 1, 1);
                        self.value(test);
                    }
                    self.block(&clause.body, 1);
                }
            }
            Stmt::For(node) => {
                self.plain([&*node.target]);
                self.repeat(&node.iter, &node.body, &node.orelse);
            }
            Stmt::While(node) => self.repeat(&node.test, &node.body, &node.orelse),
            Stmt::With(node) => {
                for item in &node.items {
                    self.value(&item.context_expr);
                    self.plain(item.optional_vars.as_deref());
                }
                self.block(&node.body, 0);
            }
            Stmt::Try(node) => self.try_(node),
            Stmt::Match(node) => self.match_(node),
            Stmt::Import(node) => {
                for alias in &node.names {
                    let asname = alias.asname.as_ref().map(ToString::to_string);
                    let line = self.lines.line(alias.start());
                    let module = alias.name.to_string();
                    self.imports.push(ImportedName { module, name: None, asname, level: 0, line });
                }
            }
            Stmt::ImportFrom(node) => {
                for alias in &node.names {
                    let asname = alias.asname.as_ref().map(ToString::to_string);
                    let line = self.lines.line(alias.start());
                    let module = node.module.as_ref().map(ToString::to_string).unwrap_or_default();
                    let name = Some(alias.name.to_string());
                    self.imports.push(ImportedName {
                        module,
                        name,
                        asname,
                        level: node.level,
                        line,
                    });
                }
            }
            _ if self.expressions => self.simple(statement),
            _ => {}
        }
    }

    /// A statement that holds nothing but expressions.
    fn simple(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Expr(node) => self.value(&node.value),
            Stmt::Assign(node) => {
                self.plain(&node.targets);
                self.value(&node.value);
            }
            Stmt::AnnAssign(node) => {
                self.plain([&*node.target, &*node.annotation]);
                self.values(node.value.as_deref());
            }
            Stmt::AugAssign(node) => {
                self.operation(node.op as u32, [&*node.target, &*node.value]);
                self.plain([&*node.target]);
                self.value(&node.value);
            }
            // complexipy does not look behind the inner function of a decorator.
            Stmt::Return(node) if self.top().decorator => self.plain(node.value.as_deref()),
            Stmt::Return(node) => self.values(node.value.as_deref()),
            Stmt::Raise(node) => {
                self.values(node.exc.as_deref());
                self.values(node.cause.as_deref());
            }
            Stmt::Assert(node) => {
                // radon counts the statement and does not look into it.
                self.top().radon(1);
                self.top().radon_off += 1;
                self.value(&node.test);
                self.values(node.msg.as_deref());
                self.top().radon_off -= 1;
            }
            Stmt::Delete(node) => self.plain(&node.targets),
            Stmt::TypeAlias(node) => {
                // radon looks at the parameters of an alias, though not at those of a function.
                let parameters = node.type_params.iter().flat_map(|all| &all.type_params);
                self.plain(parameters.flat_map(bound_and_default));
                self.plain([&*node.name, &*node.value]);
            }
            _ => {}
        }
    }

    /// A loop.
    fn repeat(&mut self, control: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) {
        self.top().decide(1, 1, 1 + u32::from(!orelse.is_empty()));
        self.structure();
        self.value(control);
        self.block(body, 1);
        self.block(orelse, 0);
    }

    fn try_(&mut self, node: &'a StmtTry) {
        let handlers = count(node.handlers.len());
        let points = handlers + u32::from(!node.orelse.is_empty());
        // mccabe takes `except*` for a simple statement; radon does not know it.
        let (mccabe, radon) = if node.is_star { (0, 0) } else { (1 + handlers, points) };
        self.top().decide(points, mccabe, radon);
        self.top().mccabe_off += u32::from(node.is_star);
        self.block(&node.body, 0);
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            self.structure();
            self.plain(handler.type_.as_deref());
            self.block(&handler.body, 1);
        }
        self.block(&node.orelse, 0);
        // mccabe does not look into `finally`.
        self.top().mccabe_off += 1;
        self.block(&node.finalbody, 0);
        self.top().mccabe_off -= 1 + u32::from(node.is_star);
    }

    fn match_(&mut self, node: &'a StmtMatch) {
        let cases = count(node.cases.len());
        let last_takes_all = node
            .cases
            .last()
            .is_some_and(|case| case.guard.is_none() && case.pattern.is_irrefutable());
        // radon takes a bare name or `_` for a default wherever it stands, with a guard or not.
        let has_default = node.cases.iter().any(|case| match &case.pattern {
            Pattern::MatchAs(pattern) => pattern.pattern.is_none(),
            _ => false,
        });
        let radon = cases.saturating_sub(u32::from(has_default));
        self.top().decide(cases - u32::from(last_takes_all), 0, radon);
        self.structure();
        self.plain([&*node.subject]);
        // mccabe takes the whole statement for a simple one.
        self.top().mccabe_off += 1;
        for case in &node.cases {
            if self.expressions {
                self.pattern(&case.pattern);
                self.plain(case.guard.as_deref());
            }
            self.block(&case.body, 1);
        }
        self.top().mccabe_off -= 1;
    }
}
