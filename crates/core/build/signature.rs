//! The little language in which `data/known` says what arguments and states may be, turned into
//! expressions of `knowledge::model`.

/// Finds the module and the name that a dotted path stands for.
pub(crate) type Resolve<'r> = &'r dyn Fn(&str) -> Result<String, String>;

/// A list of signatures as an expression of type `Calls`.
pub(crate) fn calls(texts: &[&str], resolve: Resolve<'_>) -> Result<String, String> {
    if texts == ["any"] {
        return Ok("Calls::Any".to_owned());
    }
    let signatures = texts
        .iter()
        .map(|text| whole(text, resolve, Parser::signature))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(format!("Calls::With(&[{}])", signatures.join(", ")))
}

/// A type as an expression of type `Type`.
pub(crate) fn type_of(text: &str, resolve: Resolve<'_>) -> Result<String, String> {
    whole(text, resolve, Parser::one_of)
}

fn whole<'t>(
    text: &'t str,
    resolve: Resolve<'t>,
    parse: impl Fn(&mut Parser<'t>) -> Result<String, String>,
) -> Result<String, String> {
    let mut parser = Parser {
        rest: text,
        resolve,
    };
    let parsed = parse(&mut parser).map_err(|error| format!("{text:?}: {error}"))?;
    if parser.rest.trim().is_empty() {
        Ok(parsed)
    } else {
        Err(format!("{text:?}: left over: {:?}", parser.rest))
    }
}

struct Parser<'t> {
    rest: &'t str,
    resolve: Resolve<'t>,
}

impl<'t> Parser<'t> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) {
            Ok(())
        } else {
            Err(format!("{token:?} expected before {:?}", self.rest))
        }
    }

    fn take_while(&mut self, holds: impl Fn(char) -> bool) -> &'t str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c| !holds(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// `(type, type?, *type)`.
    fn signature(&mut self) -> Result<String, String> {
        self.expect("(")?;
        let (mut params, mut required, mut rest) = (Vec::new(), 0, "None".to_owned());
        while !self.take(")") {
            if self.take("*") {
                rest = format!("Some({})", self.one_of()?);
                self.expect(")")?;
                break;
            }
            params.push(self.one_of()?);
            if !self.take("?") {
                if required + 1 < params.len() {
                    return Err("a required parameter behind an optional one".to_owned());
                }
                required = params.len();
            }
            if !self.take(",") {
                self.expect(")")?;
                break;
            }
        }
        let params = params.join(", ");
        Ok(format!(
            "Signature {{ params: &[{params}], required: {required}, rest: {rest} }}"
        ))
    }

    /// `type|type`.
    fn one_of(&mut self) -> Result<String, String> {
        let mut types = vec![self.one()?];
        while self.take("|") {
            types.push(self.one()?);
        }
        Ok(match types.as_slice() {
            [one] => one.clone(),
            _ => format!("Type::OneOf(&[{}])", types.join(", ")),
        })
    }

    fn one(&mut self) -> Result<String, String> {
        if self.take("(") {
            return self.tuple();
        }
        if self.take("[") {
            let item = self.one_of()?;
            self.expect("]")?;
            return Ok(format!("Type::ListAll(&{item})"));
        }
        if self.rest.trim_start().starts_with('"') {
            return Ok(format!("Type::Word({:?})", self.quoted()?));
        }
        if self.take("{") {
            return self.dict();
        }
        if self.take("letters<=") {
            let max = self.take_while(|c| c.is_ascii_digit());
            self.expect("(")?;
            let letters = self.quoted()?;
            self.expect(")")?;
            return Ok(format!("Type::Letters({letters:?}, {max})"));
        }
        if self.take("template(") {
            let text = self.quoted()?;
            self.expect(")")?;
            return Ok(format!("Type::Template({text:?})"));
        }
        if self.take("=") {
            return Ok(format!("Type::This({})", self.path()?));
        }
        if self.take("<") {
            let path = self.path()?;
            self.expect(">")?;
            return Ok(format!("Type::Of({path})"));
        }
        let word = self.take_while(|c| c.is_ascii_alphanumeric());
        if word == "int" && self.take("<=") {
            let max = self.take_while(|c| c.is_ascii_digit());
            return Ok(format!("Type::IntMax({max})"));
        }
        if word == "text" {
            self.expect("<=")?;
            let max = self.take_while(|c| c.is_ascii_digit());
            return Ok(format!("Type::TextMax({max})"));
        }
        named(word).map(str::to_owned)
    }

    /// What follows `(`: a tuple of these types, or of any number of one.
    fn tuple(&mut self) -> Result<String, String> {
        let mut types = Vec::new();
        while !self.take(")") {
            types.push(self.one_of()?);
            if self.take("*") {
                self.expect(")")?;
                return Ok(format!("Type::TupleAll(&{})", types.join(", ")));
            }
            if !self.take(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(format!("Type::TupleOf(&[{}])", types.join(", ")))
    }

    /// What follows `{`: the types of the values under some keys.
    fn dict(&mut self) -> Result<String, String> {
        let mut entries = Vec::new();
        while !self.take("}") {
            let key = self.quoted()?;
            self.expect(":")?;
            entries.push(format!("({key:?}, {})", self.one_of()?));
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(format!("Type::DictWith(&[{}])", entries.join(", ")))
    }

    /// A text in quotes, in which `\n` is a line end.
    fn quoted(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let end = self.rest.find('"').ok_or("a quote that does not end")?;
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.expect("\"")?;
        Ok(text.replace("\\n", "\n"))
    }

    fn path(&mut self) -> Result<String, String> {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':');
        let path = self.take_while(part);
        (self.resolve)(path)
    }
}

fn named(word: &str) -> Result<&'static str, String> {
    Ok(match word {
        "none" => "Type::None",
        "bool" => "Type::Bool",
        "int" => "Type::Int",
        "float" => "Type::Float",
        "str" => "Type::Str",
        "bytes" => "Type::Bytes",
        "bytearray" => "Type::ByteArray",
        "tuple" => "Type::Tuple",
        "list" => "Type::List",
        "dict" => "Type::Dict",
        "set" => "Type::Set",
        "frozenset" => "Type::FrozenSet",
        "number" => "Type::OneOf(&[Type::Bool, Type::Int, Type::Float])",
        "scalar" => {
            "Type::OneOf(&[Type::None, Type::Bool, Type::Int, Type::Float, Type::Str, Type::Bytes])"
        }
        "global" => "Type::Global",
        "class" => "Type::Class",
        "instance" => "Type::Instance",
        "persistent" => "Type::Persistent",
        "buffer" => "Type::Buffer",
        "pickle" => "Type::Pickle",
        "any" => "Type::Any",
        "never" => "Type::Never",
        _ => return Err(format!("no type is called {word:?}")),
    })
}
