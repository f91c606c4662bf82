//! From calls to references: what is called, which row of the knowledge that is, what its arguments are;
//! through wrappers one call deep.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;
use weighbridge::Confidence;

use super::arguments::Arguments;
use super::clients;
use super::commands;
use super::eval::Evaluator;
use super::modules::Module;
use super::scope::{Site, What};
use super::strings;
use super::value::{Known, Outside, Spot, View};
use crate::knowledge::{self, CallRow, Language};
use crate::read::{Finds, Found};
use crate::reference::{Flags, Hub, Origin, Purpose, Resolution, Service};

/// Something that was found, before what belongs together is put together.
pub(super) struct Finding {
    found: Found,
    /// The call that it is in, by its byte, where that may give an object.
    made_at: usize,
    /// Whether it tells of a service or a load only, not of what.
    is_bare: bool,
    /// The call in this file that it stands in, by its index.
    site: usize,
}

/// What is found in a file.
pub(super) struct Reading<'e, 'a, 'f> {
    pub(super) evaluator: &'e Evaluator<'a, 'f>,
    imports: Vec<String>,
    pub(super) findings: Vec<Finding>,
    /// Objects that were used to ask for a model, by the calls that made them.
    pub(super) used: HashSet<usize>,
    /// Calls whose id a caller of a wrapper gave.
    pub(super) covered: HashSet<usize>,
    /// Flags that belong to what another call fetched.
    handed: Vec<(usize, Flags)>,
    /// Addresses of services that a request with a model in it was sent to.
    pub(super) told: Vec<Range<usize>>,
    /// The calls within a function or a class, by its scope.
    pub(super) inner: HashMap<Spot, Rc<Vec<usize>>>,
}

/// Finds the references of a file.
pub(super) fn read<'a>(evaluator: &Evaluator<'a, '_>, out: &mut Finds) {
    let Some(module) = evaluator.module(0) else {
        return;
    };
    let mut reading = Reading {
        evaluator,
        imports: imports(&module),
        findings: Vec::new(),
        used: HashSet::new(),
        covered: HashSet::new(),
        handed: Vec::new(),
        told: Vec::new(),
        inner: HashMap::new(),
    };
    for (index, site) in module.scopes.calls.iter().enumerate() {
        reading.site(index, site);
    }
    let mut taken: Vec<Range<usize>> = Vec::new();
    reading.finish(out, &mut taken);
    strings::read(evaluator, &module, &taken, out);
    commands::read(evaluator, &module, out);
}

/// What a module imports, by dotted names.
fn imports(module: &Module<'_>) -> Vec<String> {
    let scopes = module.scopes.scopes.iter();
    let bindings = scopes.flat_map(|scope| scope.names.values().flatten());
    let mut imports: Vec<String> = bindings
        .filter_map(|binding| match &binding.what {
            What::Import(dotted, _) => Some(dotted.clone()),
            _ => None,
        })
        .chain(module.scopes.stars.iter().cloned())
        .collect();
    imports.sort();
    imports.dedup();
    imports
}

impl<'a> Reading<'_, 'a, '_> {
    fn site(&mut self, index: usize, site: &Site<'a, ExprCall>) {
        let spot = Spot {
            module: 0,
            scope: site.scope,
        };
        let view = View {
            spot,
            block: site.block,
            at: usize::from(site.node.range_start),
            is_direct: true,
            depth: 0,
        };
        let callees = self.evaluator.ask(&site.node.func, view);
        let mut seen = HashSet::new();
        for callee in callees.into_iter().take(8) {
            match &callee {
                Known::Outside(told) if seen.insert(told.path.clone()) => {
                    self.outside(told, index, site.node, view);
                }
                Known::Function(function) => {
                    self.wrapper(*function, *function, index, site.node, view);
                }
                Known::Class(class) => {
                    let init = self
                        .evaluator
                        .attribute(&Known::Object(*class), "__init__", view);
                    if let Some(Known::Function(init)) = init.first() {
                        self.wrapper(*init, *class, index, site.node, view);
                    }
                }
                Known::Partial(outer, partial) => {
                    self.partial(*outer, partial, index, site.node, view);
                }
                Known::Unknown if seen.insert(String::new()) => {
                    self.unknown(index, site.node, view);
                }
                _ => {}
            }
        }
    }

    /// A call of something outside of the tree.
    fn outside(&mut self, told: &Rc<Outside>, index: usize, call: &'a ExprCall, view: View) {
        if told.is_made {
            return;
        }
        let Some(row) = self.evaluator.row(&told.path) else {
            self.request(index, call, view);
            return;
        };
        let arguments = Arguments::of(self.evaluator, row, call, view);
        let service = self.service(told, row, call, view);
        let before = self.findings.len();
        self.judge(
            row,
            &arguments,
            told.is_renamed,
            service,
            (index, call, Confidence::High),
        );
        if let Some(made_at) = told.made_at
            && self
                .findings
                .iter()
                .skip(before)
                .any(|finding| !finding.is_bare)
        {
            self.used.insert(made_at);
        }
    }

    /// The service that is really called.
    pub(super) fn service(
        &self,
        told: &Outside,
        row: &CallRow,
        call: &'a ExprCall,
        view: View,
    ) -> Option<Service> {
        row.service?;
        let by_call = || {
            let of_call = clients::service(self.evaluator, &told.path, call, view);
            of_call.filter(|_| row.service == Some(Service::OpenAi))
        };
        told.service.or_else(by_call)
    }

    /// `functools.partial(load, …)(…)`: the arguments of both.
    fn partial(
        &mut self,
        outer: View,
        partial: &'a ExprCall,
        index: usize,
        call: &'a ExprCall,
        view: View,
    ) {
        let Some(function) = partial.arguments.args.first() else {
            return;
        };
        let callees = self.evaluator.ask(
            function,
            View {
                is_direct: false,
                ..outer
            },
        );
        for callee in callees.iter().take(4) {
            if let Known::Outside(told) = callee
                && let Some(row) = self.evaluator.row(&told.path)
            {
                let outer = View {
                    is_direct: false,
                    ..outer
                };
                let first = Arguments::of_partial(self.evaluator, row, partial, outer);
                let arguments = first.followed_by(Arguments::of(self.evaluator, row, call, view));
                self.judge(row, &arguments, true, None, (index, call, Confidence::High));
                self.covered.extend(self.index_of(partial));
            }
        }
    }

    fn index_of(&self, call: &ExprCall) -> Option<usize> {
        let module = self.evaluator.module(0)?;
        let calls = &module.scopes.calls;
        let at = calls.partition_point(|site| site.node.range_start < call.range_start);
        let mut same = calls.iter().enumerate().skip(at).take(8);
        same.find(|(_, site)| std::ptr::eq(site.node, call))
            .map(|(index, _)| index)
    }

    /// A method of something that is not known: only one whose name says enough, in a file that imports a
    /// library that has it.
    fn unknown(&mut self, index: usize, call: &'a ExprCall, view: View) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let name = format!("?.{}", shown(method));
        let mentions = |module: &str| {
            let mut imports = self.imports.iter();
            imports.any(|known| knowledge::is_within(known, module))
        };
        let find = || knowledge::call(Language::Python, None, &name, mentions);
        let Some(row) = self.evaluator.memory.row(&name, find) else {
            self.request(index, call, view);
            return;
        };
        let mut arguments = Arguments::of(self.evaluator, row, call, view);
        if row.hub != Some(Hub::HuggingFace) {
            // A text that is said to a model is no id of one.
            arguments.positional.clear();
        }
        let before = self.findings.len();
        self.judge(
            row,
            &arguments,
            false,
            None,
            (index, call, Confidence::Medium),
        );
        let kept = self.findings.split_off(before);
        self.findings
            .extend(kept.into_iter().filter(|finding| !finding.is_bare));
    }

    /// The references of a call of a known row.
    pub(super) fn judge(
        &mut self,
        row: &'static CallRow,
        arguments: &Arguments<'a>,
        is_renamed: bool,
        service: Option<Service>,
        (site, call, confidence): (usize, &'a ExprCall, Confidence),
    ) {
        let range = call.range();
        let span = usize::from(range.start())..usize::from(range.end());
        let shown = self.evaluator.file.slice(&callee_span(call));
        if let Some(made_at) = arguments.fetched(row) {
            let calls = arguments.calls(row, shown, span.clone());
            let flags = calls.first().map(|call| crate::call::flags(call, row));
            self.handed.extend(flags.map(|flags| (made_at, flags)));
            return;
        }
        if arguments.is_loaded(row) {
            return;
        }
        for call in arguments.calls(row, shown, span.clone()) {
            let judged = crate::call::judge(&call, row, confidence).into_iter();
            let all = judged.chain(crate::call::judge_also(&call, row, confidence));
            for mut found in all {
                if is_renamed && found.resolution == Resolution::Literal && row.id.is_some() {
                    found.resolution = Resolution::Alias;
                }
                if let (Some(service), Origin::Service(_)) = (service, found.origin) {
                    found.origin = Origin::Service(service);
                }
                self.findings.push(Finding {
                    is_bare: found.id.is_none(),
                    found,
                    made_at: span.start,
                    site,
                });
            }
        }
    }

    /// A reference of a call that no row knows.
    pub(super) fn add(&mut self, found: Found, site: usize, made_at: usize) {
        self.findings.push(Finding {
            is_bare: false,
            found,
            made_at,
            site,
        });
    }

    /// What the file does, by what it imports.
    fn purpose(&self) -> Option<Purpose> {
        let does = |known: &String| {
            let mut imports = self.imports.iter();
            imports.any(|import| knowledge::is_within(import, known))
        };
        let mut rows = knowledge::tables().purposes.iter();
        rows.find(|row| row.modules.iter().any(does))
            .map(|row| row.purpose)
    }

    /// Hands over what was found.
    fn finish(self, out: &mut Finds, taken: &mut Vec<Range<usize>>) {
        let with_id: HashSet<usize> = self
            .findings
            .iter()
            .filter(|finding| !finding.is_bare)
            .map(|finding| finding.site)
            .collect();
        let purpose = self.purpose();
        taken.extend(self.told.iter().cloned());
        let mut told = HashSet::new();
        for mut finding in self.findings {
            let is_superseded = self.covered.contains(&finding.site)
                || self.used.contains(&finding.made_at)
                || with_id.contains(&finding.site);
            if finding.is_bare && is_superseded {
                continue;
            }
            let handed = self
                .handed
                .iter()
                .filter(|(made_at, _)| *made_at == finding.made_at);
            for (_, flags) in handed {
                finding.found.flags.fill(flags);
            }
            taken.push(finding.found.span.clone());
            let mut found = finding.found;
            found.purpose = found.purpose.or(purpose);
            if told.insert((
                found.span.clone(),
                found.id.clone(),
                found.kind,
                found.revision.clone(),
            )) {
                out.reference(found);
            }
        }
        taken.sort_by_key(|span| span.start);
    }
}

impl Evaluator<'_, '_> {
    /// The row of a dotted name from the top.
    pub(super) fn row(&self, path: &str) -> Option<&'static CallRow> {
        let find = || knowledge::call(Language::Python, Some(path), path, |_| false);
        self.memory.row(path, find)
    }
}

/// The bytes of what is called: a name and its attributes; of a method of something longer only the method.
pub(super) fn callee_span(call: &ExprCall) -> Range<usize> {
    let range = call.func.range();
    let start = match &*call.func {
        Expr::Attribute(method) if range.len().to_usize() > 80 || method.value.is_call_expr() => {
            method.attr.range.start()
        }
        _ => range.start(),
    };
    usize::from(start)..usize::from(range.end())
}

/// The attributes of a method's receiver, as far as they are plain, and its name.
fn shown(method: &ruff_python_ast::ExprAttribute) -> String {
    let mut parts = vec![method.attr.as_str()];
    let mut value = &*method.value;
    while let Expr::Attribute(outer) = value
        && parts.len() < 6
    {
        parts.push(outer.attr.as_str());
        value = &outer.value;
    }
    parts.reverse();
    parts.join(".")
}
