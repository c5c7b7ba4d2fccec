//! The part of the walk that opens and closes functions and classes.

use ruff_python_ast::{Expr, Parameters, Stmt, StmtClassDef, StmtFunctionDef, TypeParam};
use ruff_text_size::{Ranged, TextSize};

use crate::Halstead;
use crate::frame::{Frame, FrameKind};
use crate::report::{ClassMetrics, FunctionKind, FunctionMetrics};
use crate::walk::{Walker, count};

/// A place in the source: 1-based line, 0-based column in characters.
struct Place {
    line: u32,
    column: u32,
}

impl<'a> Walker<'a> {
    pub(crate) fn function(&mut self, node: &'a StmtFunctionDef, direct: bool) {
        let name = node.name.as_str();
        let kind = match self.top().kind {
            FrameKind::Module => FunctionKind::Function,
            FrameKind::Class => FunctionKind::Method,
            FrameKind::Function => FunctionKind::Closure,
        };
        let start = self.keyword(node.start(), node.decorator_list.last().map(Ranged::end));
        let place = self.place(start);
        let index = self.functions.len();
        self.functions.push(FunctionMetrics {
            qualname: format!("{}{name}", self.scope),
            name_at: count(self.scope.len()),
            kind,
            is_async: node.is_async,
            line: place.line,
            end_line: self.lines.line(node.end()),
            column: place.column,
            cyclomatic: 0,
            mccabe: 0,
            radon_cc: 0,
            cognitive: 0,
            nesting: 0,
            arguments: arguments(&node.parameters),
            halstead: Halstead::default(),
        });

        let mut frame = Frame::new(FrameKind::Function, name, self.operands.seen());
        frame.decorator = matches!(&*node.body, [Stmt::FunctionDef(_), Stmt::Return(_)]);
        let context = self.context.replace(name);
        let scope = self.enter(name, ".<locals>.");
        self.frames.push(frame);
        self.body(&node.body);
        let frame = self.pop();
        self.scope.truncate(scope);
        self.context = context;

        let metrics = &mut self.functions[index];
        metrics.cyclomatic = 1 + frame.cyclomatic;
        metrics.mccabe = 1 + frame.mccabe;
        metrics.nesting = frame.deepest;
        if self.expressions {
            metrics.radon_cc = 1 + frame.radon;
            metrics.cognitive = frame.cognitive.base + u32::from(frame.recursive);
            metrics.halstead = frame.halstead.finish();
        }
        self.leave_function(&frame, direct);
    }

    /// Charge a function to what is around it.
    fn leave_function(&mut self, inner: &Frame<'a>, direct: bool) {
        if self.context.is_none() {
            // complexipy reports every function that is in no other one, and sums them up.
            self.frames[0].cognitive.base += inner.cognitive.base + u32::from(inner.recursive);
        }
        let outer = self.top();
        outer.halstead.absorb(&inner.halstead);
        outer.decide(1 + inner.cyclomatic, 1 + inner.mccabe, 0);
        match outer.kind {
            FrameKind::Module => outer.radon += inner.radon,
            FrameKind::Class => {
                outer.methods += 1;
                outer.radon += 1 + inner.radon;
                if direct {
                    outer.cognitive.add(inner.cognitive, 0);
                    outer.recursive_methods += u32::from(inner.recursive);
                }
            }
            FrameKind::Function if outer.cognitive_off == 0 => {
                let deeper = u32::from(direct && !outer.decorator);
                outer.cognitive.add(inner.cognitive, outer.level + deeper);
            }
            FrameKind::Function => {}
        }
    }

    pub(crate) fn class(&mut self, node: &'a StmtClassDef) {
        let name = node.name.as_str();
        if self.expressions {
            self.class_head(node);
        }
        let start = self.keyword(node.start(), node.decorator_list.last().map(Ranged::end));
        let place = self.place(start);
        let index = self.classes.len();
        self.classes.push(ClassMetrics {
            qualname: format!("{}{name}", self.scope),
            name_at: count(self.scope.len()),
            line: place.line,
            end_line: self.lines.line(node.end()),
            column: place.column,
            cyclomatic: 0,
            radon_cc: 0,
            cognitive: 0,
            methods: 0,
        });

        let mut frame = Frame::new(FrameKind::Class, name, self.operands.seen());
        // Of a class body, complexipy looks at the functions only.
        frame.cognitive_off = 1;
        let scope = self.enter(name, ".");
        self.frames.push(frame);
        self.body(&node.body);
        let frame = self.pop();
        self.scope.truncate(scope);

        let cognitive = frame.cognitive.base + frame.recursive_methods;
        let metrics = &mut self.classes[index];
        metrics.cyclomatic = 1 + frame.cyclomatic;
        metrics.methods = frame.methods;
        if self.expressions {
            metrics.cognitive = cognitive;
            metrics.radon_cc = match (1 + frame.radon, frame.methods) {
                (real, 0) => real,
                (real, methods) => real / methods + u32::from(methods > 1),
            };
        }

        let outer = self.top();
        outer.halstead.absorb(&frame.halstead);
        outer.decide(frame.cyclomatic, frame.mccabe, 0);
        match outer.kind {
            FrameKind::Module => outer.radon += frame.radon,
            FrameKind::Function if outer.cognitive_off == 0 => {
                outer.cognitive.add(frame.cognitive, outer.level);
            }
            FrameKind::Class | FrameKind::Function => {}
        }
    }

    /// Decorators, type parameters, bases and keywords of a class: radon's Halstead visitor looks at them, and
    /// nothing else does.
    fn class_head(&mut self, node: &'a StmtClassDef) {
        let frame = self.top();
        frame.radon_off += 1;
        frame.recursion_off += 1;
        for decorator in &node.decorator_list {
            self.expr(&decorator.expression, None);
        }
        let parameters = node.type_params.iter().flat_map(|all| &all.type_params);
        self.plain(parameters.flat_map(bound_and_default));
        if let Some(arguments) = &node.arguments {
            self.plain(&*arguments.args);
            for keyword in &arguments.keywords {
                self.expr(&keyword.value, None);
            }
        }
        let frame = self.top();
        frame.radon_off -= 1;
        frame.recursion_off -= 1;
    }

    /// Make `name` part of the scope; the length to cut it back to.
    fn enter(&mut self, name: &str, separator: &str) -> usize {
        let before = self.scope.len();
        self.scope.push_str(name);
        self.scope.push_str(separator);
        before
    }

    /// Where the `def` or `class` of a node starts that begins with its decorators.
    fn keyword(&self, start: TextSize, decorators_end: Option<TextSize>) -> TextSize {
        let Some(end) = decorators_end else { return start };
        let mut rest = &self.text[end.to_usize()..];
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\x0c', '\r', '\n', '\\']);
            match rest.strip_prefix('#') {
                Some(comment) => {
                    rest = &comment[comment.find(['\n', '\r']).unwrap_or(comment.len())..];
                }
                None => return TextSize::of(self.text) - TextSize::of(rest),
            }
        }
    }

    fn place(&self, offset: TextSize) -> Place {
        let line = self.lines.line(offset);
        let before = &self.text[self.lines.start(line).to_usize()..offset.to_usize()];
        Place { line, column: count(before.chars().count()) }
    }
}

/// The expressions in a type parameter.
pub(crate) fn bound_and_default(parameter: &TypeParam) -> impl Iterator<Item = &Expr> {
    let (bound, default) = match parameter {
        TypeParam::TypeVar(node) => (node.bound.as_deref(), node.default.as_deref()),
        TypeParam::TypeVarTuple(node) => (None, node.default.as_deref()),
        TypeParam::ParamSpec(node) => (None, node.default.as_deref()),
    };
    bound.into_iter().chain(default)
}

fn arguments(parameters: &Parameters) -> u32 {
    count(parameters.posonlyargs.len() + parameters.args.len() + parameters.kwonlyargs.len())
        + u32::from(parameters.vararg.is_some())
        + u32::from(parameters.kwarg.is_some())
}
