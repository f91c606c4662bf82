//! What `from module import *` brings: the modules that it names are looked through once each, however they
//! import each other.

use std::rc::Rc;

use super::eval::Evaluator;
use super::modules::Module;
use super::value::{Known, View};

/// How many modules outside of the tree a name may be one of.
const MOST_OUTSIDE: usize = 8;

/// What one `from module import *` names.
pub(super) enum Star {
    /// A module of the tree, by its path.
    Inside(Rc<str>),
    /// A module outside of it, by its dotted name.
    Outside(String),
}

impl<'a> Evaluator<'a, '_> {
    /// What a name may stand for that nothing in its module binds; nothing where no star can bring it.
    pub(super) fn starred(&self, name: &str, view: View) -> Vec<Known<'a>> {
        if name.starts_with('_') {
            return Vec::new();
        }
        let mut modules = vec![view.spot.module];
        let mut outside = Vec::new();
        let mut next = 0;
        while let Some(&module) = modules.get(next) {
            next += 1;
            for star in self.stars(module).iter() {
                let path = match star {
                    Star::Inside(path) => path,
                    Star::Outside(dotted) => {
                        outside.push(format!("{dotted}.{name}"));
                        continue;
                    }
                };
                let Some(index) = self.load(path).filter(|index| !modules.contains(index)) else {
                    continue;
                };
                if self.binds(index, name) {
                    let view = View {
                        depth: view.depth + 1,
                        ..view
                    };
                    return self.attribute(&Known::Module(index), name, view);
                }
                modules.push(index);
            }
        }
        let outside = outside.into_iter().take(MOST_OUTSIDE);
        outside.map(Known::outside).collect()
    }

    /// Whether a name is bound at the top of a module.
    fn binds(&self, module: usize, name: &str) -> bool {
        self.module(module).is_some_and(|module| {
            let top = module.scopes.scopes.first();
            top.is_some_and(|scope| scope.names.contains_key(name))
        })
    }

    /// What the stars of a module name, found once.
    fn stars(&self, index: usize) -> Rc<Vec<Star>> {
        if let Some(known) = self.stars.borrow().get(&index) {
            return Rc::clone(known);
        }
        let module = self.module(index);
        let named = module.iter().flat_map(|module| {
            let stars = module.scopes.stars.iter();
            stars.filter_map(|dotted| self.star(module, dotted))
        });
        let found = Rc::new(named.collect());
        self.stars.borrow_mut().insert(index, Rc::clone(&found));
        found
    }

    fn star(&self, from: &Module<'a>, dotted: &str) -> Option<Star> {
        match from.names.find(self.file, from, dotted) {
            // What a package holds that is no file of it.
            Some(found) if found.rest(dotted).next().is_some() => None,
            Some(found) => Some(Star::Inside(found.path)),
            None if dotted.starts_with('.') => None,
            None => Some(Star::Outside(dotted.to_owned())),
        }
    }
}
