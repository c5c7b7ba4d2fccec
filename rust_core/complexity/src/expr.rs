//! The part of the walk that looks at expressions.

use ruff_python_ast::{
    Comprehension, Expr, ExprCall, InterpolatedElement, InterpolatedStringElement, Parameters,
    Pattern,
};

use crate::cognitive::sequences;
use crate::frame::FrameKind;
use crate::operands::bits;
use crate::walk::Walker;

impl<'a> Walker<'a> {
    /// Visit `expr`. `level` is complexipy's nesting level where it looks at this expression.
    pub(crate) fn expr(&mut self, expr: &'a Expr, level: Option<u32>) {
        match expr {
            Expr::BoolOp(node) => {
                self.operation(bits::BOOLEAN + node.op as u32, &node.values);
                self.top().radon(u32::try_from(node.values.len()).unwrap_or(u32::MAX) - 1);
                if level.is_some() {
                    self.top().cognitive.base += sequences(expr, None);
                }
                self.exprs(&node.values, None);
            }
            Expr::BinOp(node) => {
                self.operation(node.op as u32, [&*node.left, &*node.right]);
                self.expr(&node.left, None);
                self.expr(&node.right, None);
            }
            Expr::UnaryOp(node) => {
                self.operation(bits::UNARY + node.op as u32, [&*node.operand]);
                if level.is_some() {
                    self.top().cognitive.base += sequences(expr, None);
                }
                self.expr(&node.operand, None);
            }
            Expr::Compare(node) => {
                for op in &node.ops {
                    self.top().halstead.operator(bits::COMPARE + *op as u32);
                }
                self.operands(node.comparators.iter().chain([&*node.left]));
                self.expr(&node.left, level);
                self.exprs(&node.comparators, level);
            }
            Expr::Lambda(node) => {
                self.top().recursion_off += 1;
                if let Some(parameters) = &node.parameters {
                    self.defaults(parameters);
                }
                self.expr(&node.body, level.map(|level| level + 1));
                self.top().recursion_off -= 1;
            }
            Expr::If(node) => {
                self.top().radon(1);
                if let Some(level) = level {
                    self.top().cognitive.structure(level);
                }
                self.expr(&node.test, level);
                let deeper = level.map(|level| level + 1);
                self.expr(&node.body, deeper);
                self.expr(&node.orelse, deeper);
            }
            Expr::ListComp(node) => self.comprehension([&*node.elt], &node.generators, level),
            Expr::SetComp(node) => self.comprehension([&*node.elt], &node.generators, level),
            Expr::Generator(node) => self.comprehension([&*node.elt], &node.generators, level),
            Expr::DictComp(node) => {
                let parts = node.key.as_deref().into_iter().chain([&*node.value]);
                self.comprehension(parts, &node.generators, level);
            }
            Expr::Call(node) => self.call(node, level),
            Expr::Dict(node) => {
                for item in &node.items {
                    self.exprs(&item.key, None);
                    self.expr(&item.value, level);
                }
            }
            Expr::Set(node) => self.exprs(&node.elts, level),
            Expr::List(node) => self.exprs(&node.elts, level),
            Expr::Tuple(node) => self.exprs(&node.elts, level),
            _ => self.passed_by(expr),
        }
    }

    /// An expression that complexipy does not look into.
    fn passed_by(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Named(node) => self.exprs([&*node.target, &*node.value], None),
            Expr::Await(node) => self.expr(&node.value, None),
            Expr::Yield(node) => self.exprs(node.value.as_deref(), None),
            Expr::YieldFrom(node) => self.expr(&node.value, None),
            Expr::Attribute(node) => self.expr(&node.value, None),
            Expr::Subscript(node) => self.exprs([&*node.value, &*node.slice], None),
            Expr::Starred(node) => self.expr(&node.value, None),
            Expr::Slice(node) => {
                self.exprs(node.lower.as_deref(), None);
                self.exprs(node.upper.as_deref(), None);
                self.exprs(node.step.as_deref(), None);
            }
            Expr::FString(node) => self.interpolations(node.value.elements()),
            Expr::TString(node) => self.interpolations(node.value.elements()),
            _ => {}
        }
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>, level: Option<u32>) {
        for expr in exprs {
            self.expr(expr, level);
        }
    }

    /// An operator and its operands, for Halstead.
    pub(crate) fn operation(&mut self, bit: u32, operands: impl IntoIterator<Item = &'a Expr>) {
        self.top().halstead.operator(bit);
        self.operands(operands);
    }

    fn operands(&mut self, operands: impl IntoIterator<Item = &'a Expr>) {
        for operand in operands {
            self.operands.add(&mut self.frames, self.context, operand);
        }
    }

    fn call(&mut self, node: &'a ExprCall, level: Option<u32>) {
        if let Expr::Name(name) = &*node.func {
            let frame = self.top();
            frame.recursive |= frame.kind == FrameKind::Function
                && frame.recursion_off == 0
                && frame.name == name.id.as_str();
        } else {
            self.expr(&node.func, None);
        }
        self.exprs(&*node.arguments.args, level);
        for keyword in &node.arguments.keywords {
            self.expr(&keyword.value, None);
        }
    }

    fn comprehension(
        &mut self,
        elements: impl IntoIterator<Item = &'a Expr>,
        generators: &'a [Comprehension],
        level: Option<u32>,
    ) {
        let inner = level.map(|level| level + 1);
        for generator in generators {
            let filters = u32::try_from(generator.ifs.len()).unwrap_or(u32::MAX);
            self.top().radon(1 + filters);
            if let Some(level) = level {
                let frame = self.top();
                frame.cognitive.structure(level);
                frame.cognitive.base += filters;
            }
            self.expr(&generator.target, None);
            self.expr(&generator.iter, level);
            self.exprs(&generator.ifs, inner);
        }
        self.exprs(elements, inner);
    }

    fn defaults(&mut self, parameters: &'a Parameters) {
        let all = [&parameters.posonlyargs, &parameters.args, &parameters.kwonlyargs];
        for parameter in all.into_iter().flatten() {
            self.exprs(parameter.default.as_deref(), None);
        }
    }

    fn interpolations(&mut self, elements: impl Iterator<Item = &'a InterpolatedStringElement>) {
        for element in elements {
            if let InterpolatedStringElement::Interpolation(interpolation) = element {
                self.interpolation(interpolation);
            }
        }
    }

    fn interpolation(&mut self, interpolation: &'a InterpolatedElement) {
        self.expr(&interpolation.expression, None);
        if let Some(spec) = &interpolation.format_spec {
            self.interpolations(spec.elements.iter());
        }
    }

    pub(crate) fn pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchValue(node) => self.expr(&node.value, None),
            Pattern::MatchSequence(node) => self.patterns(&node.patterns),
            Pattern::MatchMapping(node) => {
                self.exprs(&node.keys, None);
                self.patterns(&node.patterns);
            }
            Pattern::MatchClass(node) => {
                self.expr(&node.cls, None);
                self.patterns(&node.arguments.patterns);
                self.patterns(node.arguments.keywords.iter().map(|keyword| &keyword.pattern));
            }
            Pattern::MatchAs(node) => self.patterns(node.pattern.as_deref()),
            Pattern::MatchOr(node) => self.patterns(&node.patterns),
            Pattern::MatchSingleton(_) | Pattern::MatchStar(_) => {}
        }
    }

    fn patterns(&mut self, patterns: impl IntoIterator<Item = &'a Pattern>) {
        for pattern in patterns {
            self.pattern(pattern);
        }
    }
}
