//! Checkpoints, opened without executing them: the tensors that a loader would give, each where its elements
//! lie in the file.

mod collect;
mod elements;
mod error;
mod held;
mod open;
mod pending;
mod room;
mod shards;
mod spool;
mod tensor;
mod values;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::by_name::ByName;
use crate::control::{Control, Watch};
use crate::element_type::ElementType;
use crate::escape;
use crate::format::Format;
use crate::limits::Limits;
use crate::source::{FileSource, MappedSource, Source};
use elements::Blocks;
use open::{Contents, How};
use room::Room;
use spool::Bytes;
use tensor::Dimensions;

pub use error::CheckpointError;
pub(crate) use shards::files;
pub use tensor::{Refused, Tensor};

/// How a checkpoint is opened.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Opening {
    /// Bounds on what opening may take.
    pub limits: Limits,
    /// Whether files are mapped, so that elements are read in place; see [`MappedSource`] for what that
    /// asks of everybody else.
    pub mapped: bool,
    /// Whether they are mapped so that whoever is given their memory may write to it, which changes no
    /// file; see [`MappedSource::private`].
    pub private: bool,
    /// Whether only the tensors are wanted, so that [`Checkpoint::values`] is none. Then less than 64 MB of
    /// memory are taken, and what would take more is refused: some 130,000 tensors.
    pub tensors_only: bool,
    /// Whether it takes as little for values, too.
    is_tight: bool,
}

impl Opening {
    /// The same, with other bounds.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Opening {
        Opening { limits, ..self }
    }

    /// The same, mapping files privately or not.
    #[must_use]
    pub fn with_private(self, private: bool) -> Opening {
        Opening { private, ..self }
    }

    /// The same, for the tensors only or not.
    #[must_use]
    pub fn with_tensors_only(self, tensors_only: bool) -> Opening {
        Opening {
            tensors_only,
            ..self
        }
    }

    /// The same, taking less than 64 MB even with values.
    pub(crate) fn tight(self) -> Opening {
        Opening {
            is_tight: true,
            ..self
        }
    }

    /// The same, mapping files or not.
    #[must_use]
    pub fn with_mapped(self, mapped: bool) -> Opening {
        Opening { mapped, ..self }
    }

    /// The limits within which it is scanned in as little memory as it is opened in.
    pub(crate) fn scanning(&self) -> Limits {
        let pickle = self.room().within(&self.limits.pickle);
        self.limits.clone().with_pickle(pickle)
    }

    fn room(&self) -> Room {
        match self.tensors_only || self.is_tight {
            true => Room::TIGHT,
            false => Room::WIDE,
        }
    }

    fn how<'h>(&'h self, watch: &'h Watch<'h>) -> How<'h> {
        How {
            limits: &self.limits,
            is_mapped: self.mapped,
            is_bare: self.tensors_only,
            room: self.room(),
            watch,
        }
    }

    fn source(&self, path: &Path) -> Result<Bytes, CheckpointError> {
        let opened: Result<Bytes, _> = match (self.mapped, self.private) {
            (true, true) => {
                MappedSource::open_private(path).map(|source| Arc::new(source) as Bytes)
            }
            (true, false) => MappedSource::open(path).map(|source| Arc::new(source) as Bytes),
            (false, _) => FileSource::open(path).map(|source| Arc::new(source) as Bytes),
        };
        opened.map_err(|why| CheckpointError::Open {
            path: path.to_owned(),
            why,
        })
    }
}

/// The tensors of a model, whatever holds them: PyTorch's files of every age, NumPy's, joblib's, bare
/// pickles, safetensors, or several of them with an index. Nothing is executed, and no elements are read
/// before they are asked for.
///
/// ```
/// use weighbridge::{Checkpoint, ElementType, Opening};
///
/// let mut file = 56_u64.to_le_bytes().to_vec();
/// file.extend(br#"{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#);
/// file.extend([0, 0, 0, 0, 0, 0, 128, 63]);
/// let checkpoint = Checkpoint::from_bytes(file, "model.safetensors", &Opening::default())?;
/// let tensor = checkpoint.tensor("w").unwrap();
/// assert_eq!((tensor.dtype(), tensor.shape()), (ElementType::F32, &[1, 2][..]));
/// assert_eq!(checkpoint.in_place(tensor).unwrap()[4..], 1.0_f32.to_le_bytes());
/// # Ok::<(), weighbridge::CheckpointError>(())
/// ```
pub struct Checkpoint {
    name: String,
    contents: Contents,
    /// Which of the tensors has which name.
    by_name: ByName,
    /// Which entry of the metadata has which key.
    by_key: ByName,
}

impl Checkpoint {
    /// Opens a file, an index of shards (`*.index.json`), or a directory that holds one or the other.
    ///
    /// # Errors
    /// Where a file cannot be opened, where no loader of tensors would take it, where loaders differ about
    /// what it holds, and where a bound is met. What is wrong with a single tensor is told by
    /// [`Checkpoint::refused`].
    pub fn open(path: &Path, opening: &Opening) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::open_with(path, opening, &Control::new())
    }

    /// As [`Checkpoint::open`]; `control` may end it. Nobody is told how far it is, since it is not known
    /// how much of a file has to be read.
    ///
    /// # Errors
    /// As [`Checkpoint::open`], and [`CheckpointError::Cancelled`].
    pub fn open_with(
        path: &Path,
        opening: &Opening,
        control: &Control<'_>,
    ) -> Result<Checkpoint, CheckpointError> {
        let watch = Watch::new(control, None, 0);
        let path = shards::locate(path)?;
        let name = path.to_string_lossy().into_owned();
        let mut contents = Contents::default();
        if shards::is_index(&path) {
            shards::open(&mut contents, &path, opening, &watch)?;
        } else {
            let source = opening.source(&path)?;
            let opened = contents.open(source, opening.how(&watch));
            opened.map_err(|trouble| trouble.of(&name))?;
            contents.paths.push(path);
        }
        Ok(Checkpoint::of(contents, name))
    }

    /// Opens the content of a file. `name` is for messages.
    ///
    /// # Errors
    /// As [`Checkpoint::open`].
    pub fn from_bytes(
        bytes: Vec<u8>,
        name: &str,
        opening: &Opening,
    ) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::from_source(Arc::new(bytes), name, opening)
    }

    /// Opens a source. `name` is for messages.
    ///
    /// # Errors
    /// As [`Checkpoint::open`].
    pub fn from_source(
        source: Arc<dyn Source + Send + Sync>,
        name: &str,
        opening: &Opening,
    ) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::from_source_with(source, name, opening, &Control::new())
    }

    /// As [`Checkpoint::from_source`]; `control` may end it, as [`Checkpoint::open_with`] has it.
    ///
    /// # Errors
    /// As [`Checkpoint::open_with`].
    pub fn from_source_with(
        source: Arc<dyn Source + Send + Sync>,
        name: &str,
        opening: &Opening,
        control: &Control<'_>,
    ) -> Result<Checkpoint, CheckpointError> {
        let watch = Watch::new(control, None, 0);
        let mut contents = Contents::default();
        let opened = contents.open(source, opening.how(&watch));
        opened.map_err(|trouble| trouble.of(name))?;
        Ok(Checkpoint::of(contents, name.to_owned()))
    }

    fn of(mut contents: Contents, name: String) -> Checkpoint {
        let (mut by_name, mut by_key) = (ByName::default(), ByName::default());
        let mut is_again = vec![false; contents.tensors.len()];
        for (at, tensor) in contents.tensors.iter().enumerate() {
            match find(&by_name, &contents.tensors, &tensor.name) {
                Some(_) => is_again[at] = true,
                None => by_name.add(&tensor.name, at),
            }
        }
        if is_again.contains(&true) {
            let (mut marks, refused) = (is_again.into_iter(), &mut contents.refused);
            contents.tensors.retain(|tensor| {
                let is_again = marks.next().unwrap_or(false);
                if is_again {
                    refused.push(Refused {
                        name: tensor.name.to_string(),
                        why: "another tensor has the same name".to_owned(),
                        is_lie: false,
                    });
                }
                !is_again
            });
            by_name = ByName::default();
            for (at, tensor) in contents.tensors.iter().enumerate() {
                by_name.add(&tensor.name, at);
            }
        }
        for (at, (key, _)) in contents.metadata.iter().enumerate() {
            // The first of each counts.
            let is_it = |at: usize| {
                contents
                    .metadata
                    .get(at)
                    .is_some_and(|(known, _)| known == key)
            };
            if by_key.find(key, is_it).is_none() {
                by_key.add(key, at);
            }
        }
        Checkpoint {
            name,
            contents,
            by_name,
            by_key,
        }
    }

    /// The name that messages have for it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is read as, the outermost first.
    #[must_use]
    pub fn formats(&self) -> &[Format] {
        &self.contents.formats
    }

    /// The tensors, in the order in which a loader would come to them.
    #[must_use]
    pub fn tensors(&self) -> &[Tensor] {
        &self.contents.tensors
    }

    /// The tensor of that name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        let tensors = &self.contents.tensors;
        tensors.get(find(&self.by_name, tensors, name)?)
    }

    /// The tensor of that name, or the one that the metadata say it is another name of.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Tensor> {
        let kept = || {
            let entries = &self.contents.metadata;
            let is_it = |at: usize| entries.get(at).is_some_and(|(key, _)| key == name);
            let (_, kept) = entries.get(self.by_key.find(name, is_it)?)?;
            self.tensor(kept)
        };
        self.tensor(name).or_else(kept)
    }

    /// The names of the tensors, and those that the metadata say are other names of them: what
    /// [`Checkpoint::named`] finds.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let aliases = self.contents.metadata.iter();
        let aliases = aliases
            .filter(|(alias, kept)| self.tensor(alias).is_none() && self.tensor(kept).is_some());
        let aliases = aliases.map(|(alias, _)| alias.as_str());
        self.tensors().iter().map(Tensor::name).chain(aliases)
    }

    /// What would be tensors, and is not given as such.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.contents.refused
    }

    /// The metadata of safetensors.
    #[must_use]
    pub fn metadata(&self) -> &[(String, String)] {
        &self.contents.metadata
    }

    /// Everything in a pickle that is no tensor, as one line of JSON: plain values as they are, a tensor as
    /// `{"$tensor": name}` with its attributes as `state`, a global as `{"$global": name}`, and what a call would make, which is not made,
    /// as `{"$call": name, "args": …, "state": …}`. What is more than 128 MiB of text, or lies deeper than 64
    /// levels, is `{"$omitted": why}`. `None` for formats without pickles.
    #[must_use]
    pub fn values(&self) -> Option<&str> {
        let values = self.contents.values.as_ref();
        values.and_then(|values| values.json.as_deref())
    }

    /// Whether there is more in it than tensors in dicts and lists.
    pub(crate) fn has_more(&self) -> bool {
        let values = self.contents.values.as_ref();
        values.is_some_and(|values| values.is_more)
    }

    /// The bytes of the storage from a tensor's first element to its last, where they lie in memory, or in
    /// a mapped file, as they are; its strides say where the others are.
    #[must_use]
    pub fn in_place(&self, tensor: &Tensor) -> Option<&[u8]> {
        let from = usize::try_from(tensor.offset).ok()?;
        self.storage_in_place(tensor.storage())?
            .get(from..)?
            .get(..usize::try_from(tensor.span()).ok()?)
    }

    /// The bytes of the storage of that number, where they lie in memory, or in a mapped file, as they are.
    #[must_use]
    pub fn storage_in_place(&self, storage: usize) -> Option<&[u8]> {
        let extent = self.contents.storages.get(storage)?;
        if extent.unit > 1 {
            return None;
        }
        let bytes = self.contents.file(extent.file)?.as_slice()?;
        let from = usize::try_from(extent.offset).ok()?;
        bytes.get(from..)?.get(..usize::try_from(extent.len).ok()?)
    }

    /// The bytes of the storage of that number, read from wherever they lie, each element with the smaller
    /// byte first.
    ///
    /// # Errors
    /// What reading reports; a storage that is not there.
    pub fn storage_to_vec(&self, storage: usize) -> io::Result<Vec<u8>> {
        let extent = self.contents.storages.get(storage);
        let extent = extent.ok_or_else(|| io::Error::other("there is no such storage"))?;
        self.to_vec(&Tensor {
            name: "".into(),
            dtype: ElementType::U8,
            dimensions: Dimensions::line(extent.len),
            is_aside: false,
            storage: u32::try_from(storage).unwrap_or(u32::MAX),
            offset: 0,
        })
    }

    /// What [`Checkpoint::in_place`] gives, read from wherever it lies, each element with the smaller byte
    /// first. That is never more than the storage, however large the tensor says that it is.
    ///
    /// # Errors
    /// What reading reports.
    pub fn span_to_vec(&self, tensor: &Tensor) -> io::Result<Vec<u8>> {
        let elements = tensor.span() / tensor.dtype.bytes();
        self.to_vec(&Tensor {
            name: "".into(),
            dimensions: Dimensions::line(elements),
            ..tensor.clone()
        })
    }

    /// Gives the elements of a tensor in the order of its indices, each with the smaller byte first, in
    /// blocks of at most 4 MiB.
    ///
    /// # Errors
    /// What reading reports, and what `each` reports.
    pub fn read(
        &self,
        tensor: &Tensor,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut blocks = self.blocks(tensor)?;
        while let Some(block) = blocks.next()? {
            each(block)?;
        }
        Ok(())
    }

    /// The elements of a tensor, a block at a time.
    pub(crate) fn blocks<'c>(&'c self, tensor: &'c Tensor) -> io::Result<Blocks<'c>> {
        let missing = || io::Error::other("the tensor is of another checkpoint");
        let extent = self
            .contents
            .storages
            .get(tensor.storage())
            .ok_or_else(missing)?;
        let source = self.contents.file(extent.file).ok_or_else(missing)?;
        Ok(Blocks::new(source, extent, tensor))
    }

    /// The elements of a tensor, as [`Checkpoint::read`] gives them.
    ///
    /// # Errors
    /// What reading reports.
    pub fn to_vec(&self, tensor: &Tensor) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read(tensor, &mut |block| {
            bytes.extend_from_slice(block);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// What tells whether two tensors are the same elements of the same storage, in the same order, and
    /// brings such together; `None` for one without elements.
    pub(crate) fn place<'t>(&self, tensor: &'t Tensor) -> Option<impl Ord + use<'t>> {
        let extent = self.contents.storages.get(tensor.storage())?;
        let at = (extent.file, extent.offset + tensor.offset, extent.unit);
        (tensor.elements() > 0).then_some((at, tensor.dtype, &tensor.dimensions))
    }

    /// The files that were opened, where they have paths.
    #[must_use]
    pub fn paths(&self) -> &[PathBuf] {
        &self.contents.paths
    }

    /// Whether PyTorch wrote its tensors.
    pub(crate) fn is_torch(&self) -> bool {
        self.contents.is_torch
    }

    /// How long the files are together, in bytes.
    pub(crate) fn source_len(&self) -> u64 {
        self.contents.source_len
    }
}

/// Which of the tensors has a name.
fn find(by_name: &ByName, tensors: &[Tensor], name: &str) -> Option<usize> {
    let is_it = |at: usize| tensors.get(at).is_some_and(|tensor| tensor.name() == name);
    by_name.find(name, is_it)
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint")
            .field("name", &self.name)
            .field("formats", &self.contents.formats)
            .field("tensors", &self.contents.tensors.len())
            .finish_non_exhaustive()
    }
}
