//! Functions of the tree that hand what they are given on to a loader: the calls of those are references.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};
use weighbridge::Confidence;

use super::arguments::Arguments;
use super::calls::Reading;
use super::eval::Bound;
use super::scope::Site;
use super::value::{Known, Spot, View};
use crate::knowledge;

/// How many calls of one wrapper's body are looked at.
const LONGEST_WRAPPER: usize = 64;

impl<'a> Reading<'_, 'a, '_> {
    /// A call of a function of the tree: what it calls with what it is given.
    pub(super) fn wrapper(
        &mut self,
        function: Spot,
        within: Spot,
        index: usize,
        call: &'a ExprCall,
        view: View,
    ) {
        let inner = self.inner_calls(within);
        let Some(module) = self
            .evaluator
            .module(within.module)
            .filter(|_| !inner.is_empty())
        else {
            return;
        };
        let bound = Rc::new(self.evaluator.bind(function, call, view));
        if bound.arguments.is_empty() && bound.options.is_empty() {
            return;
        }
        for &at in inner.iter() {
            let Some(site) = module.scopes.calls.get(at) else {
                continue;
            };
            // A function that calls itself is no wrapper.
            if within.module == 0 && std::ptr::eq(site.node, call) {
                continue;
            }
            self.evaluator.bound.borrow_mut().push(Rc::clone(&bound));
            let is_given = self.wrapped(within.module, site, &bound, (index, call));
            self.evaluator.bound.borrow_mut().pop();
            if is_given && within.module == 0 {
                self.covered.insert(at);
            }
        }
    }

    /// A call in a wrapper; whether its id is one that the wrapper was given.
    fn wrapped(
        &mut self,
        module: usize,
        site: &Site<'a, ExprCall>,
        bound: &Bound<'a>,
        (index, call): (usize, &'a ExprCall),
    ) -> bool {
        let view = View {
            spot: Spot {
                module,
                scope: site.scope,
            },
            block: site.block,
            at: usize::from(site.node.range_start),
            is_direct: false,
            depth: 0,
        };
        let callees = self.evaluator.ask(&site.node.func, view);
        let mut is_given = false;
        for callee in callees.iter().take(4) {
            let Known::Outside(told) = callee else {
                continue;
            };
            let row = self.evaluator.row(&told.path);
            let Some(row) = row.filter(|row| row.id.is_some() && !told.is_made) else {
                continue;
            };
            bound.is_used.set(false);
            let arguments = Arguments::of(self.evaluator, row, site.node, view);
            if !arguments.has_wrapped(row) {
                continue;
            }
            let service = self.service(told, row, site.node, view);
            let before = self.findings.len();
            self.judge(
                row,
                &arguments,
                false,
                service,
                (index, call, Confidence::High),
            );
            is_given |= self.findings.len() > before;
            self.used.extend(told.made_at.filter(|_| is_given));
        }
        is_given
    }

    /// The calls within a function or a class that are known.
    fn inner_calls(&mut self, within: Spot) -> Rc<Vec<usize>> {
        if let Some(known) = self.inner.get(&within) {
            return Rc::clone(known);
        }
        let mut inner = Vec::new();
        if let Some(module) = self.evaluator.module(within.module) {
            let is_loader = |site: &Site<'a, ExprCall>| {
                let view = View {
                    spot: Spot {
                        scope: site.scope,
                        ..within
                    },
                    block: site.block,
                    at: usize::from(site.node.range_start),
                    is_direct: false,
                    depth: 0,
                };
                let callees = self.evaluator.ask(&site.node.func, view);
                callees.iter().any(|callee| match callee {
                    Known::Outside(told) => self.evaluator.row(&told.path).is_some(),
                    // It may be known once its receiver is.
                    Known::Unknown => matches!(&*site.node.func, Expr::Attribute(method) if knowledge::may_end_with(method.attr.as_str())),
                    _ => false,
                })
            };
            // The calls stand in the order of the text.
            let range = module.scopes.range(within.scope);
            let calls = &module.scopes.calls;
            let begin =
                calls.partition_point(|site| usize::from(site.node.range_start) < range.start);
            let found = calls
                .iter()
                .enumerate()
                .skip(begin)
                .take_while(|(_, site)| usize::from(site.node.range_start) < range.end)
                .filter(|(_, site)| is_loader(site));
            inner.extend(found.map(|(index, _)| index).take(LONGEST_WRAPPER));
        }
        let inner = Rc::new(inner);
        self.inner.insert(within, Rc::clone(&inner));
        inner
    }
}
