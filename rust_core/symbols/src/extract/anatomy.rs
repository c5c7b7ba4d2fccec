//! What the syntax of a method says: what it uses, and where its parts are.

use ruff_python_ast::name::Name;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ModModule, Parameter, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::candidates::Method;
use super::is_private;
use crate::strings::words;
use crate::tree::File;

type Parsed = ruff_python_parser::Parsed<ModModule>;

/// The reason of most methods, which needs no mention.
pub(super) const USES_RECEIVER: &str = "it uses its instance or class";

/// Where the parts of a method are.
#[derive(Debug)]
pub(super) struct Anatomy {
    /// From the first decorator to the end of the last statement.
    pub(super) range: TextRange,
    /// The line of `@staticmethod`, if it has one.
    pub(super) decorator: Option<TextRange>,
    /// What of the parameters goes with the instance.
    pub(super) receiver: Option<TextRange>,
    /// The names in defaults and annotations.
    pub(super) signature: Vec<Name>,
    /// Strings of more than one line.
    pub(super) strings: Vec<TextRange>,
    /// The statement of the module before which the function goes.
    pub(super) top: TextSize,
    /// How many statements the class has.
    pub(super) statements: usize,
    /// It is the last of them.
    pub(super) is_last: bool,
}

/// The anatomy of a method, or why it cannot become a function.
pub(super) fn of(parsed: &Parsed, known: &File, method: &Method) -> Result<Anatomy, &'static str> {
    let body = &parsed.syntax().body;
    let top = body.iter().filter_map(Stmt::as_class_def_stmt);
    let Some(top) = top.into_iter().find(|class| class.name.range == method.top) else {
        return Err("its class is not a statement of the module itself");
    };
    let Some(class) = class_within(top, method.class_range) else {
        return Err("its class is not a statement of the module or of a class");
    };
    let Some((at, def)) = class.body.iter().enumerate().find_map(|(at, stmt)| {
        let def = stmt.as_function_def_stmt()?;
        (def.name.range == method.name_range).then_some((at, def))
    }) else {
        return Err("it is not a statement of the class itself");
    };
    let receiver = if method.is_static { None } else { Some(first_parameter(def)?) };
    if uses(def, receiver.map(|parameter| &parameter.name.id)) {
        return Err(USES_RECEIVER);
    }
    if is_placeholder(&def.body) {
        return Err("it is a placeholder for subclasses");
    }
    if shares_line(known, def) {
        return Err("it shares a line with other code");
    }
    Ok(Anatomy {
        range: def.range,
        decorator: def.decorator_list.first().map(Ranged::range),
        receiver: receiver.map(|parameter| receiver_range(parsed, def, parameter)),
        signature: signature(def),
        strings: strings(parsed, def.range),
        top: top.start(),
        statements: class.body.len(),
        is_last: at + 1 == class.body.len(),
    })
}

fn class_within(top: &StmtClassDef, name: TextRange) -> Option<&StmtClassDef> {
    if top.name.range == name {
        return Some(top);
    }
    let within = top.body.iter().filter_map(Stmt::as_class_def_stmt);
    within.into_iter().find_map(|class| class_within(class, name))
}

fn first_parameter(def: &StmtFunctionDef) -> Result<&Parameter, &'static str> {
    let parameters = &def.parameters;
    let first = parameters.posonlyargs.first().or_else(|| parameters.args.first());
    match first {
        Some(first) if first.default.is_none() => Ok(&first.parameter),
        _ => Err("its instance has no parameter of its own"),
    }
}

/// Whether a method uses its instance or class, in any way that can be seen.
struct Seeker<'s> {
    receiver: Option<&'s Name>,
    found: bool,
}

impl<'a> Visitor<'a> for Seeker<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => {
                self.found |= self.receiver.is_some_and(|receiver| *receiver == name.id)
                    || matches!(name.id.as_str(), "super" | "__class__")
                    || is_private(&name.id);
            }
            Expr::Attribute(attribute) => self.found |= is_private(&attribute.attr.id),
            Expr::Call(call) => {
                if let Expr::Name(name) = &*call.func {
                    // These see the variables of the function, its instance among them.
                    self.found |= matches!(name.id.as_str(), "locals" | "vars" | "eval" | "exec");
                }
                let keywords = call.arguments.keywords.iter().filter_map(|one| one.arg.as_ref());
                self.found |= keywords.into_iter().any(|arg| is_private(&arg.id));
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        // A nested definition of a private name would lose its mangling.
        self.found |= match stmt {
            Stmt::FunctionDef(def) => is_private(&def.name.id),
            Stmt::ClassDef(def) => is_private(&def.name.id),
            Stmt::Global(stmt) => stmt.names.iter().any(|name| is_private(&name.id)),
            _ => false,
        };
        visitor::walk_stmt(self, stmt);
    }
}

fn uses(def: &StmtFunctionDef, receiver: Option<&Name>) -> bool {
    let mut seeker = Seeker { receiver, found: false };
    seeker.visit_parameters(&def.parameters);
    seeker.visit_body(&def.body);
    seeker.found
}

/// Only a docstring, `pass`, `...` and `raise NotImplementedError`: what subclasses are to fill.
fn is_placeholder(body: &[Stmt]) -> bool {
    body.iter().all(|stmt| match stmt {
        Stmt::Pass(_) => true,
        Stmt::Expr(expr) => {
            matches!(&*expr.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        Stmt::Raise(raise) => {
            let name = match raise.exc.as_deref() {
                Some(Expr::Call(call)) => crate::shapes::last(&call.func),
                Some(other) => crate::shapes::last(other),
                None => None,
            };
            name == Some("NotImplementedError")
        }
        _ => false,
    })
}

fn shares_line(known: &File, def: &StmtFunctionDef) -> bool {
    let start = def.start().to_usize();
    let line = known.lines.start(known.line(def.start())).to_usize();
    let indented = known.text[line..start].chars().all(|c| c == ' ' || c == '\t');
    let rest = &known.text[def.end().to_usize()..];
    let rest = rest.split(['\n', '\r']).next().unwrap_or_default().trim_start();
    !indented || line == start || !(rest.is_empty() || rest.starts_with('#'))
}

/// The parameter of the instance with the comma behind it, and with a `/` that nothing is left for.
fn receiver_range(parsed: &Parsed, def: &StmtFunctionDef, first: &Parameter) -> TextRange {
    let slash_too = def.parameters.posonlyargs.len() == 1;
    let after = TextRange::new(first.end(), def.parameters.end());
    let mut end = first.end();
    let tokens = parsed.tokens().in_range(after);
    for token in tokens {
        match token.kind() {
            TokenKind::Comma => end = token.end(),
            TokenKind::Slash if slash_too => end = token.end(),
            TokenKind::NonLogicalNewline => {}
            // A comment stays, and what stands behind it.
            TokenKind::Comment => return TextRange::new(first.start(), end),
            TokenKind::Rpar => break,
            _ => return TextRange::new(first.start(), token.start()),
        }
    }
    TextRange::new(first.start(), end)
}

/// Every name in the defaults and annotations, those in strings too.
struct Names(Vec<Name>);

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.0.push(name.id.clone()),
            Expr::StringLiteral(string) => {
                self.0.extend(words(string.value.to_str()).map(|(_, word)| Name::new(word)));
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

fn signature(def: &StmtFunctionDef) -> Vec<Name> {
    let mut names = Names(Vec::new());
    names.visit_parameters(&def.parameters);
    if let Some(returns) = &def.returns {
        names.visit_expr(returns);
    }
    names.0
}

/// The strings of a method that run over several lines: their contents must not move.
fn strings(parsed: &Parsed, range: TextRange) -> Vec<TextRange> {
    let mut found: Vec<TextRange> = Vec::new();
    let mut open: Vec<TextSize> = Vec::new();
    for token in parsed.tokens().in_range(range) {
        match token.kind() {
            TokenKind::String => found.push(token.range()),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(token.start()),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if let Some(start) = open.pop().filter(|_| open.is_empty()) {
                    found.push(TextRange::new(start, token.end()));
                }
            }
            _ => {}
        }
    }
    found
}
