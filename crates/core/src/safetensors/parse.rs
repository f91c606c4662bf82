//! Reading a header as the reference does: by serde, which takes a list in the place of an object
//! and an object in the place of an enumeration's name.

use super::json::{Event, JsonProblem, Reader, Str};
use super::{
    Dtype, Header, HeaderError, HeaderErrorKind, LENGTH, METADATA, Metadata, Shape, Tensor,
    TensorProblem,
};
use crate::escape;

/// How much of a tensor's name an error tells, in characters.
const NAME: usize = 200;

type Result<T> = std::result::Result<T, HeaderError>;

fn error(offset: u64, kind: HeaderErrorKind) -> HeaderError {
    HeaderError { offset, kind }
}

pub(super) fn len_of(prefix: &[u8]) -> Result<u64> {
    let len = prefix.first_chunk::<8>();
    let len = len.ok_or_else(|| error(0, HeaderErrorKind::NoLength))?;
    match u64::from_le_bytes(*len) {
        len @ ..=Header::MAX_LEN => Ok(len + LENGTH),
        len => Err(error(0, HeaderErrorKind::TooLong(len))),
    }
}

/// The text of a header.
pub(crate) fn text(prefix: &[u8], file_len: u64) -> Result<&str> {
    let end = len_of(prefix)?;
    let bytes = usize::try_from(end).ok().filter(|_| end <= file_len);
    let bytes = bytes.and_then(|end| prefix.get(8..end)).ok_or_else(|| {
        let there = file_len.min(prefix.len() as u64).saturating_sub(LENGTH);
        let len = end - LENGTH;
        error(0, HeaderErrorKind::Truncated { len, there })
    })?;
    std::str::from_utf8(bytes).map_err(|wrong| {
        let offset = LENGTH + wrong.valid_up_to() as u64;
        error(offset, HeaderErrorKind::NotUtf8)
    })
}

pub(super) fn header(prefix: &[u8], file_len: u64) -> Result<Header<'_>> {
    let text = text(prefix, file_len)?;
    let count = members(text)?;
    let mut fields = Fields {
        reader: Reader::new(text),
        text,
    };
    let mut header = Header {
        tensors: Vec::with_capacity(count),
        shadowed: Vec::new(),
        metadata: None,
        len: LENGTH + text.len() as u64,
    };
    let (mut is_object, mut has_metadata) = (false, false);
    while let Some(event) = fields.next()? {
        match event {
            Event::BeginObject if !is_object => is_object = true,
            Event::Key(key) if key.is(METADATA) => {
                if std::mem::replace(&mut has_metadata, true) {
                    return Err(fields.error(HeaderErrorKind::MetadataTwice));
                }
                header.metadata = fields.metadata()?;
            }
            Event::Key(name) => header.tensors.push(fields.tensor(name)?),
            Event::EndObject => {}
            _ => return Err(fields.error(HeaderErrorKind::NotAnObject)),
        }
    }
    forget_shadowed(&mut header);
    check(&mut header, file_len)?;
    Ok(header)
}

/// How many names the header of a file has, of which the first bytes are given.
pub(crate) fn count(prefix: &[u8], file_len: u64) -> Result<usize> {
    members(text(prefix, file_len)?)
}

/// How many names the outermost object has; this reads all of the text.
fn members(text: &str) -> Result<usize> {
    let mut reader = Reader::new(text);
    let mut count = 0;
    loop {
        match reader.next() {
            Ok(None) => return Ok(count),
            Ok(Some(Event::Key(_))) if reader.depth() == 1 => count += 1,
            Ok(Some(_)) => {}
            Err(problem) => return Err(not_json(&reader, problem)),
        }
    }
}

fn not_json(reader: &Reader<'_>, problem: JsonProblem) -> HeaderError {
    let offset = LENGTH + reader.at() as u64;
    error(offset, HeaderErrorKind::NotJson(problem.to_string()))
}

/// Reads the fields of a header.
struct Fields<'a> {
    reader: Reader<'a>,
    text: &'a str,
}

/// What is known of a tensor so far.
#[derive(Default)]
struct Info<'a> {
    dtype: Option<Dtype>,
    shape: Option<Shape<'a>>,
    offsets: Option<(u64, u64)>,
}

type Told<T> = std::result::Result<T, TensorProblem>;

impl<'a> Fields<'a> {
    fn next(&mut self) -> Result<Option<Event<'a>>> {
        let next = self.reader.next();
        next.map_err(|problem| not_json(&self.reader, problem))
    }

    /// The next event where the text is known to be JSON.
    fn event(&mut self) -> Option<Event<'a>> {
        self.reader.next().ok().flatten()
    }

    fn offset(&self) -> u64 {
        LENGTH + self.reader.start() as u64
    }

    fn error(&self, kind: HeaderErrorKind) -> HeaderError {
        error(self.offset(), kind)
    }

    fn metadata(&mut self) -> Result<Option<Metadata<'a>>> {
        let begin = match self.event() {
            Some(Event::Null) => return Ok(None),
            Some(Event::BeginObject) => self.reader.start(),
            _ => return Err(self.error(HeaderErrorKind::Metadata)),
        };
        loop {
            match self.event() {
                Some(Event::Key(_)) => {}
                Some(Event::EndObject) => break,
                _ => return Err(self.error(HeaderErrorKind::Metadata)),
            }
            if !matches!(self.event(), Some(Event::Str(_))) {
                return Err(self.error(HeaderErrorKind::Metadata));
            }
        }
        let text = self.text.get(begin..self.reader.at());
        Ok(Some(Metadata {
            text: text.unwrap_or_default(),
            at: LENGTH + begin as u64,
        }))
    }

    fn tensor(&mut self, name: Str<'a>) -> Result<Tensor<'a>> {
        let at = self.offset();
        let info = self.info().map_err(|problem| {
            let name = escape::cut(&name.decode(), NAME).into_owned();
            self.error(HeaderErrorKind::Tensor { name, problem })
        })?;
        let (dtype, shape, (begin, end)) = info;
        Ok(Tensor {
            name: name.decode(),
            at,
            dtype,
            shape,
            begin,
            end,
        })
    }

    fn info(&mut self) -> Told<(Dtype, Shape<'a>, (u64, u64))> {
        let info = match self.event() {
            Some(Event::BeginObject) => self.info_of_object()?,
            Some(Event::BeginArray) => self.info_of_list()?,
            _ => return Err(TensorProblem::NotAnObject),
        };
        Ok((
            info.dtype.ok_or(TensorProblem::Missing("dtype"))?,
            info.shape.ok_or(TensorProblem::Missing("shape"))?,
            info.offsets.ok_or(TensorProblem::Missing("data_offsets"))?,
        ))
    }

    fn info_of_object(&mut self) -> Told<Info<'a>> {
        let mut info = Info::default();
        while let Some(Event::Key(key)) = self.event() {
            if key.is("dtype") {
                once("dtype", &mut info.dtype, self.dtype()?)?;
            } else if key.is("shape") {
                once("shape", &mut info.shape, self.shape()?)?;
            } else if key.is("data_offsets") {
                once("data_offsets", &mut info.offsets, self.offsets()?)?;
            } else if let Some(first) = self.event() {
                // A text that is known to be JSON.
                let _read = self.reader.skip(first);
            }
        }
        Ok(info)
    }

    fn info_of_list(&mut self) -> Told<Info<'a>> {
        let info = Info {
            dtype: Some(self.dtype()?),
            shape: Some(self.shape()?),
            offsets: Some(self.offsets()?),
        };
        match self.event() {
            Some(Event::EndArray) => Ok(info),
            _ => Err(TensorProblem::NotAnObject),
        }
    }

    /// A name, or an object with the name as its only key and null behind it.
    fn dtype(&mut self) -> Told<Dtype> {
        let name = match self.event() {
            Some(Event::Str(name)) => name,
            Some(Event::BeginObject) => {
                let Some(Event::Key(name)) = self.event() else {
                    return Err(TensorProblem::Dtype);
                };
                let is_nothing = self.event() == Some(Event::Null);
                if !is_nothing || self.event() != Some(Event::EndObject) {
                    return Err(TensorProblem::Dtype);
                }
                name
            }
            _ => return Err(TensorProblem::Dtype),
        };
        let mut dtypes = Dtype::ALL.iter().copied();
        dtypes
            .find(|dtype| name.is(dtype.as_str()))
            .ok_or(TensorProblem::Dtype)
    }

    fn shape(&mut self) -> Told<Shape<'a>> {
        if self.event() != Some(Event::BeginArray) {
            return Err(TensorProblem::Shape);
        }
        let begin = self.reader.at();
        let mut rank = 0;
        loop {
            match self.event() {
                Some(Event::Number(number)) if number.parse::<u64>().is_ok() => rank += 1,
                Some(Event::EndArray) => break,
                _ => return Err(TensorProblem::Shape),
            }
        }
        let text = self.text.get(begin..self.reader.start());
        Ok(Shape {
            text: text.unwrap_or_default(),
            rank,
        })
    }

    fn offsets(&mut self) -> Told<(u64, u64)> {
        let number = |event| match event {
            Some(Event::Number(number)) => {
                number.parse::<u64>().map_err(|_| TensorProblem::Offsets)
            }
            _ => Err(TensorProblem::Offsets),
        };
        if self.event() != Some(Event::BeginArray) {
            return Err(TensorProblem::Offsets);
        }
        let offsets = (number(self.event())?, number(self.event())?);
        match self.event() {
            Some(Event::EndArray) => Ok(offsets),
            _ => Err(TensorProblem::Offsets),
        }
    }
}

fn once<T>(field: &'static str, place: &mut Option<T>, value: T) -> Told<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(TensorProblem::Twice(field)),
    }
}

/// Of tensors with the same name, the reference keeps the last.
fn forget_shadowed(header: &mut Header<'_>) {
    let tensors = &mut header.tensors;
    let by_name = |a: &Tensor<'_>, b: &Tensor<'_>| (&a.name, a.at).cmp(&(&b.name, b.at));
    tensors.sort_unstable_by(by_name);
    let is_twice = tensors.windows(2).any(|pair| match pair {
        [a, b] => a.name == b.name,
        _ => false,
    });
    if !is_twice {
        return;
    }
    // A later one follows its namesakes.
    let mut kept: Vec<Tensor<'_>> = Vec::with_capacity(tensors.len());
    for tensor in std::mem::take(tensors) {
        if let Some(last) = kept.last_mut().filter(|last| last.name == tensor.name) {
            header.shadowed.push(std::mem::replace(last, tensor));
        } else {
            kept.push(tensor);
        }
    }
    header.tensors = kept;
}

/// Whether the tensors lie one behind the other, to the end of the file; they are ordered so.
fn check(header: &mut Header<'_>, file_len: u64) -> Result<()> {
    let tensors = &mut header.tensors;
    tensors.sort_unstable_by_key(|tensor| (tensor.begin, tensor.end, tensor.at));
    let mut end = 0;
    for tensor in tensors.iter() {
        check_one(tensor, end).map_err(|problem| {
            let name = escape::cut(&tensor.name, NAME).into_owned();
            error(tensor.at, HeaderErrorKind::Tensor { name, problem })
        })?;
        end = tensor.end;
    }
    let there = file_len.saturating_sub(header.len);
    if end == there {
        Ok(())
    } else {
        let kind = HeaderErrorKind::NotCovered {
            tensors: end,
            there,
        };
        Err(error(header.len.saturating_add(end.min(there)), kind))
    }
}

fn check_one(tensor: &Tensor<'_>, expected: u64) -> Told<()> {
    let (begin, end) = (tensor.begin, tensor.end);
    if begin != expected {
        return Err(TensorProblem::Gap { begin, expected });
    }
    let there = end.checked_sub(begin).ok_or(TensorProblem::Backwards)?;
    // In the order of the dimensions: what comes behind a zero cannot overflow.
    let elements = tensor.shape.iter().try_fold(1_u64, u64::checked_mul);
    let bits = elements.and_then(|elements| elements.checked_mul(tensor.dtype.bits()));
    let bits = bits.ok_or(TensorProblem::Overflow)?;
    if bits % 8 != 0 {
        return Err(TensorProblem::PartOfByte);
    }
    match bits / 8 {
        size if size == there => Ok(()),
        expected => Err(TensorProblem::Size { there, expected }),
    }
}
