//! The walk over a syntax tree: imports, assignments and declarations.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, Identifier, StmtAnnAssign, StmtAssign, StmtImport, StmtImportFrom};
use ruff_text_size::TextRange;

use crate::facts::{Import, Member, Owner, UseKind, What};
use crate::shapes::last;
use crate::walk::{Walker, index, length};

impl Walker<'_> {
    pub(crate) fn import(&mut self, stmt: &StmtImport) {
        let members = stmt.names.iter();
        let members = members.map(|alias| self.member(&alias.name, alias.asname.as_ref()));
        let members: Vec<Member> = members.collect();
        self.imported(stmt.range, None, members);
    }

    pub(crate) fn import_from(&mut self, stmt: &StmtImportFrom) {
        let module = stmt.module.as_ref().map(|name| name.id.clone()).unwrap_or_default();
        let members = stmt.names.iter();
        let members = members.map(|alias| self.member(&alias.name, alias.asname.as_ref()));
        let members: Vec<Member> = members.collect();
        self.imported(stmt.range, Some((stmt.level, module)), members);
    }

    pub(crate) fn member(&self, name: &Identifier, asname: Option<&Identifier>) -> Member {
        Member {
            name: name.id.clone(),
            range: self.range(name.range),
            asname: asname.map(|name| (name.id.clone(), self.range(name.range))),
        }
    }

    pub(crate) fn imported(
        &mut self,
        range: TextRange,
        from: Option<(u32, Name)>,
        members: Vec<Member>,
    ) {
        let id = index(self.facts.imports.len());
        for (at, member) in members.iter().enumerate() {
            let at = index(at);
            let (name, range) = match &member.asname {
                Some((name, range)) => (name.clone(), *range),
                None if member.is_star() => continue,
                None => {
                    let top = member.name.split('.').next().unwrap_or_default();
                    (Name::new(top), TextRange::at(member.range.start(), length(top)))
                }
            };
            // The ranges are those of the file already.
            let shift = std::mem::take(&mut self.shift);
            self.bind_as(&name, range, What::Import(id, at), UseKind::Import(id, at));
            self.shift = shift;
        }
        let range = self.range(range);
        let (scope, typing) = (self.scope, self.typing);
        self.facts.imports.push(Import { range, scope, from, members, typing });
    }

    pub(crate) fn assign(&mut self, stmt: &StmtAssign) {
        self.visit_expr(&stmt.value);
        let what = What::Value(self.shape(&stmt.value));
        for target in &stmt.targets {
            self.exported(target, &stmt.value);
            if let Expr::Name(name) = target {
                self.bind_as(&name.id, name.range, what, UseKind::Bind);
            } else {
                self.assigned(target, what);
                self.visit_expr(target);
            }
        }
    }

    /// An assignment to an attribute of the first parameter of a method.
    pub(crate) fn assigned(&mut self, target: &Expr, what: What) {
        if let Expr::Attribute(attribute) = target
            && let Expr::Name(name) = &*attribute.value
            && let Owner::Function(function) = self.facts.scope(self.scope).owner
            && let Some(class) = self.facts.class_of(function)
            && let Some(first) = self.facts.functions[function as usize].parameters.first()
            && first.name == name.id
        {
            let assigned = &mut self.facts.classes[class as usize].assigned;
            assigned.entry(attribute.attr.id.clone()).or_default().push(what);
        }
    }

    pub(crate) fn annotated(&mut self, stmt: &StmtAnnAssign) {
        if let Some(value) = &stmt.value {
            let alias = last(&stmt.annotation) == Some("TypeAlias");
            let outer = self.annotation;
            self.annotation |= alias;
            self.visit_expr(value);
            self.annotation = outer;
            self.exported(&stmt.target, value);
        }
        self.visit_annotation(&stmt.annotation);
        match &*stmt.target {
            Expr::Name(name) => {
                let what = What::Declared(self.type_shape(&stmt.annotation));
                self.bind_as(&name.id, name.range, what, UseKind::Bind);
            }
            target => {
                let what = What::Declared(self.type_shape(&stmt.annotation));
                self.assigned(target, what);
                self.visit_expr(target);
            }
        }
    }

    /// Declared names are written too: `global` in a function means the module's variable.
    pub(crate) fn declared(&mut self, names: &[Identifier], nonlocal: bool) {
        for name in names {
            let table = &mut self.facts.scopes[self.scope as usize];
            let declared = if nonlocal { &mut table.nonlocals } else { &mut table.globals };
            declared.insert(name.id.clone());
            self.written(&name.id, name.range, UseKind::Bind);
            if !nonlocal && self.scope != 0 {
                // The module may never bind it itself.
                self.facts.scopes[0].bound.entry(name.id.clone()).or_default();
            }
        }
    }
}
