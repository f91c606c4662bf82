//! What calls give, as far as that is known without running them.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};

use super::clients;
use super::eval::{Bound, Evaluator, MOST_VALUES};
use super::scope::Owner;
use super::value::{Known, Outside, Spot, View};
use crate::call::{Given, Value};
use crate::reference::Resolution;

impl<'a> Evaluator<'a, '_> {
    /// What a call gives.
    pub(super) fn call(&self, call: &'a ExprCall, view: View) -> Vec<Known<'a>> {
        if let Expr::Attribute(method) = &*call.func {
            let receivers = self.values(&method.value, view);
            let found = receivers.iter().take(8).flat_map(|receiver| {
                match self.method(receiver, method.attr.as_str(), call, view) {
                    Some(values) => values,
                    None => {
                        let callees = self.attribute(receiver, method.attr.as_str(), view);
                        callees
                            .iter()
                            .flat_map(|callee| self.called(callee, call, view))
                            .collect()
                    }
                }
            });
            return found.take(MOST_VALUES).collect();
        }
        let callees = self.values(&call.func, view);
        let found = callees
            .iter()
            .take(8)
            .flat_map(|callee| self.called(callee, call, view));
        found.take(MOST_VALUES).collect()
    }

    /// A method of a string, a dictionary, a file.
    fn method(
        &self,
        receiver: &Known<'a>,
        name: &str,
        call: &'a ExprCall,
        view: View,
    ) -> Option<Vec<Known<'a>>> {
        let arguments = &call.arguments;
        match receiver {
            Known::Text(given) => Some(match (name, receiver.as_text()) {
                ("format", Some(template)) => vec![self.format(template, arguments, view)],
                ("strip" | "lstrip" | "rstrip" | "lower" | "resolve" | "expanduser", _) => {
                    vec![Known::Text(given.clone())]
                }
                ("read_text" | "read_bytes" | "open", Some(path)) => {
                    vec![Known::File(path.to_owned())]
                }
                _ => vec![Known::Unknown],
            }),
            Known::Written(..) | Known::WrittenCall(..) | Known::Config(_) => match name {
                "get" | "pop" | "setdefault" => {
                    let keys = self.values(arguments.args.first()?, view);
                    let key = match keys.as_slice() {
                        [only] => only.as_text(),
                        _ => None,
                    };
                    let mut values = self.item(receiver, key);
                    if let Some(default) = arguments.args.get(1) {
                        values.retain(|value| !matches!(value, Known::Unknown));
                        let defaults = self.values(default, view);
                        if values.is_empty() || key.is_none() {
                            values.extend(defaults);
                        }
                    }
                    Some(values)
                }
                "items" => match receiver {
                    Known::Written(view, expr) => Some(vec![Known::Items(*view, expr)]),
                    _ => None,
                },
                "values" => match receiver {
                    Known::Written(inner, expr) => Some(vec![Known::Values(*inner, expr)]),
                    _ => None,
                },
                "keys" | "copy" => Some(vec![receiver.clone()]),
                _ => None,
            },
            Known::File(_) if matches!(name, "read" | "open") => Some(vec![receiver.clone()]),
            _ => None,
        }
    }

    /// What calling something gives.
    fn called(&self, callee: &Known<'a>, call: &'a ExprCall, view: View) -> Vec<Known<'a>> {
        match callee {
            Known::Outside(told) if !told.is_made => self
                .standard(&told.path, call, view)
                .unwrap_or_else(|| vec![self.made(told, call, view)]),
            Known::Class(spot) => vec![Known::Object(*spot)],
            Known::Function(spot) => self.returned(*spot, call, view),
            _ => vec![Known::Unknown],
        }
    }

    /// What a function of the standard library, or of one like it, gives; `None` for any other.
    fn standard(&self, path: &str, call: &'a ExprCall, view: View) -> Option<Vec<Known<'a>>> {
        let arguments = &call.arguments;
        let at = |index: usize| arguments.args.get(index);
        let named = |name: &str| arguments.find_keyword(name).map(|keyword| &keyword.value);
        let by = |expr: Option<&'a Expr>, how: Resolution| match expr {
            Some(expr) => {
                let values = self.values(expr, view).into_iter();
                values.map(|value| value.by(how)).collect()
            }
            None => vec![Known::Unknown],
        };
        Some(match path {
            "os.getenv" | "os.environ.get" | "os.environ.setdefault" | "os.environ.pop"
                if at(1).is_none() && named("default").is_none() =>
            {
                vec![Known::Variable]
            }
            "os.getenv" | "os.environ.get" | "os.environ.setdefault" | "os.environ.pop" => by(
                at(1).or_else(|| named("default")),
                Resolution::EnvironmentDefault,
            ),
            "decouple.config"
            | "environs.env"
            | "environs.Env.str"
            | "environs.env.str"
            | "environ.Env.str"
            | "streamlit.secrets.get" => by(
                named("default").or_else(|| at(1)),
                Resolution::EnvironmentDefault,
            ),
            "builtins.str" | "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath"
            | "typing.Final" => self.values(at(0)?, view),
            "typing.cast" => self.values(at(1)?, view),
            "builtins.list"
            | "builtins.sorted"
            | "builtins.tuple"
            | "builtins.set"
            | "copy.deepcopy"
            | "copy.copy"
            | "types.MappingProxyType"
            | "types.SimpleNamespace"
            | "builtins.frozenset"
                if at(0).is_some() =>
            {
                self.values(at(0)?, view)
            }
            "builtins.dict" | "types.SimpleNamespace" => match at(0) {
                Some(_) => vec![Known::Unknown],
                None => vec![Known::WrittenCall(view, call)],
            },
            "builtins.getattr" => {
                let name = self.values(at(1)?, view);
                let name = name.first().and_then(Known::as_text)?;
                self.attribute_of(at(0)?, name, view)
            }
            "builtins.open" | "io.open" => {
                let path = self.values(at(0)?, view);
                let path = path.first().and_then(Known::as_text);
                vec![path.map_or(Known::Unknown, |path| Known::File(path.to_owned()))]
            }
            "dataclasses.field" | "attr.ib" | "attr.field" | "attrs.field" | "attr.attrib" => by(
                named("default").or_else(|| named("default_factory")),
                Resolution::ClassAttribute,
            ),
            "pydantic.Field" | "pydantic.fields.Field" | "sqlmodel.Field" => by(
                at(0).or_else(|| named("default")),
                Resolution::ClassAttribute,
            ),
            "typer.Option" | "typer.Argument" | "fastapi.Query" | "fastapi.Form"
            | "fastapi.Body" => by(
                at(0).or_else(|| named("default")),
                Resolution::ArgparseDefault,
            ),
            // What wraps a client is one.
            "instructor.from_openai"
            | "instructor.from_anthropic"
            | "instructor.from_groq"
            | "instructor.from_mistral"
            | "instructor.from_cohere"
            | "instructor.from_genai"
            | "instructor.patch"
            | "instructor.apatch"
            | "langsmith.wrappers.wrap_openai"
            | "langsmith.wrappers.wrap_anthropic"
            | "braintrust.wrap_openai"
            | "opik.integrations.openai.track_openai" => {
                self.values(at(0).or_else(|| named("client"))?, view)
            }
            // Options of the command line by the fields of a class.
            "tyro.cli" | "simple_parsing.parse" | "draccus.parse" | "pyrallis.parse" => {
                let classes = self.values(at(0).or_else(|| named("config_class"))?, view);
                let object = |value| match value {
                    Known::Class(spot) => Known::Object(spot),
                    _ => Known::Unknown,
                };
                classes.into_iter().map(object).collect()
            }
            "functools.partial" => vec![Known::Partial(view, call)],
            _ if is_config_reader(path) => {
                let source = self.values(at(0)?, view);
                let path = source.iter().find_map(|value| match value {
                    Known::File(path) => Some(path.clone()),
                    other => other.as_text().map(str::to_owned),
                });
                let path = path.and_then(|path| self.beside(&path, view.spot.module));
                vec![path.map_or(Known::Unknown, |path| {
                    Known::Config(Rc::new((path, Vec::new())))
                })]
            }
            _ => return None,
        })
    }

    /// The path in the tree of a file that code names: in the folder of the code, or in one around it.
    fn beside(&self, path: &str, module: usize) -> Option<String> {
        let module = self.module(module)?;
        let mut folder = module.path.as_str();
        let path = path.trim_start_matches("./");
        loop {
            folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
            let candidate = if folder.is_empty() {
                path.to_owned()
            } else {
                format!("{folder}/{path}")
            };
            if self.file.tree.has(&candidate) {
                return Some(candidate);
            }
            if folder.is_empty() {
                return None;
            }
        }
    }

    /// What calling something of another library gives: an object of it.
    fn made(&self, told: &Rc<Outside>, call: &'a ExprCall, view: View) -> Known<'a> {
        let service = clients::service(self, &told.path, call, view).or(told.service);
        Known::Outside(Rc::new(Outside {
            is_made: true,
            made_at: (view.spot.module == 0).then(|| usize::from(call.range_start)),
            service,
            ..Outside::clone(told)
        }))
    }

    /// What a function of the tree returns.
    fn returned(&self, spot: Spot, call: &'a ExprCall, view: View) -> Vec<Known<'a>> {
        let Some(module) = self.module(spot.module) else {
            return vec![Known::Unknown];
        };
        let Some(scope) = module.scopes.scopes.get(spot.scope) else {
            return vec![Known::Unknown];
        };
        if scope.returns.is_empty() {
            return vec![Known::Unknown];
        }
        if self.bound.borrow().len() > 3 {
            self.memory.cut();
            return vec![Known::Unknown];
        }
        let bound = self.bind(spot, call, view);
        self.bound.borrow_mut().push(Rc::new(bound));
        let values = scope.returns.iter().take(8).flat_map(|(value, block)| {
            let inner = View {
                spot,
                block: *block,
                at: usize::MAX,
                is_direct: false,
                depth: view.depth,
            };
            self.values(value, inner)
        });
        let values = values.map(|value| value.by(Resolution::Constant)).collect();
        self.bound.borrow_mut().pop();
        values
    }

    /// The arguments of a call by the parameters of the function.
    pub(super) fn bind(&self, spot: Spot, call: &'a ExprCall, view: View) -> Bound<'a> {
        let mut bound = Bound {
            spot,
            arguments: Vec::new(),
            options: Vec::new(),
            is_used: std::cell::Cell::new(false),
        };
        let Some(module) = self.module(spot.module) else {
            return bound;
        };
        let parameters = match module
            .scopes
            .scopes
            .get(spot.scope)
            .map(|scope| scope.owner)
        {
            Some(Owner::Function(function)) => &*function.parameters,
            Some(Owner::Lambda(parameters)) => parameters,
            _ => return bound,
        };
        let is_method = {
            let parent = module
                .scopes
                .scopes
                .get(spot.scope)
                .and_then(|scope| scope.parent);
            let parent = parent.and_then(|parent| module.scopes.scopes.get(parent));
            let owner = module
                .scopes
                .scopes
                .get(spot.scope)
                .map(|scope| scope.owner);
            parent.is_some_and(|parent| matches!(parent.owner, Owner::Class(_)))
                && !owner.is_some_and(Owner::is_static)
        };
        let names = parameters
            .iter_non_variadic_params()
            .map(|one| one.parameter.name.as_str());
        let mut names = names.skip(usize::from(is_method));
        for argument in &call.arguments.args {
            if argument.is_starred_expr() {
                break;
            }
            if let Some(name) = names.next() {
                bound
                    .arguments
                    .push((name.to_owned(), self.argument(argument, view)));
            }
        }
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else { continue };
            let values = self.argument(&keyword.value, view);
            let mut all = parameters.iter_non_variadic_params();
            let is_known = all.any(|one| one.parameter.name.as_str() == name.as_str());
            let list = if is_known {
                &mut bound.arguments
            } else {
                &mut bound.options
            };
            list.push((name.as_str().to_owned(), values));
        }
        bound
    }

    /// An argument that a function gets.
    fn argument(&self, expr: &'a Expr, view: View) -> Vec<Known<'a>> {
        let values = self.values(expr, view).into_iter();
        values
            .map(|value| match value {
                Known::Text(Given {
                    value: Value::Text(text),
                    place,
                    ..
                }) => Known::Text(Given {
                    value: Value::Text(text),
                    resolution: Resolution::Wrapper,
                    place,
                }),
                other => other,
            })
            .collect()
    }
}

fn is_config_reader(path: &str) -> bool {
    matches!(
        path,
        "yaml.safe_load"
            | "yaml.load"
            | "yaml.full_load"
            | "json.load"
            | "json.loads"
            | "toml.load"
            | "toml.loads"
            | "tomllib.load"
            | "tomllib.loads"
            | "tomli.load"
            | "omegaconf.OmegaConf.load"
    )
}
