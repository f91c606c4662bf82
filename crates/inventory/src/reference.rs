//! Model references: which model, dataset or service is used, where, and how that was found out.

use std::sync::Arc;

use crate::place::Place;

/// An enumeration whose values have fixed names in reports.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$about])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The fixed name used in reports and in the data.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The value of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<$name> {
                match name { $($text => Some($name::$variant),)* _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let name = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                $name::from_name(&name).ok_or_else(|| {
                    serde::de::Error::custom(format!("no {}: {name:?}", stringify!($name)))
                })
            }
        }
    };
}
pub(crate) use named;

named! {
    /// Where models are fetched from.
    Hub {
        /// The Hugging Face Hub.
        HuggingFace => "huggingface",
        /// The Ollama library, or a registry that Ollama pulls from.
        Ollama => "ollama",
        /// `torch.hub` and what it fetches from GitHub.
        TorchHub => "torchhub",
        /// A repository or a release on GitHub.
        GitHub => "github",
        /// ModelScope.
        ModelScope => "modelscope",
        /// Kaggle.
        Kaggle => "kaggle",
        /// The catalog of NVIDIA.
        Ngc => "ngc",
        /// TensorFlow Hub.
        TfHub => "tfhub",
        /// The Docker registry of models.
        Docker => "docker",
        /// Weights that a library names itself: spaCy, Whisper, timm, torchvision.
        Library => "library",
        /// Any other address.
        Url => "url",
        /// A path of this machine or of the tree.
        Local => "local",
    }
}

named! {
    /// What is referred to.
    Kind {
        /// A model.
        Model => "model",
        /// Data to train or evaluate with.
        Dataset => "dataset",
        /// An adapter on top of a model.
        Adapter => "adapter",
        /// A tokenizer, a processor or a feature extractor.
        Tokenizer => "tokenizer",
        /// A Space.
        Space => "space",
        /// A service that is called; the id is the model that is asked for.
        Service => "service",
        /// A server of the Model Context Protocol.
        McpServer => "mcp-server",
    }
}

named! {
    /// How far a revision pins what is loaded.
    Pin {
        /// A whole commit hash: always the same content.
        Commit => "commit",
        /// The beginning of a commit hash.
        ShortCommit => "short-commit",
        /// Something that is named like a version; it can be moved.
        Tag => "tag",
        /// A branch: whatever is there at the time.
        Branch => "branch",
        /// A pull request: code that nobody may have accepted.
        PullRequest => "pull-request",
        /// It is given, but not what.
        Dynamic => "dynamic",
        /// No revision is given: whatever is there at the time.
        None => "none",
    }
}

named! {
    /// How the id was found out.
    Resolution {
        /// It stands there.
        Literal => "literal",
        /// A name that is assigned once.
        Constant => "constant",
        /// An attribute of a class.
        ClassAttribute => "class-attribute",
        /// The default of a parameter.
        DefaultArgument => "default-argument",
        /// The default of a command line option.
        ArgparseDefault => "argparse-default",
        /// The default of an environment variable.
        EnvironmentDefault => "environment-default",
        /// A value of a dictionary.
        Dictionary => "dictionary",
        /// A string with known parts.
        FormattedString => "f-string",
        /// A name that stands for another.
        Alias => "alias",
        /// An argument of a wrapper that hands it on.
        Wrapper => "wrapper",
        /// A value of a configuration file.
        ConfigValue => "config-value",
        /// An argument of a command.
        ShellArgument => "shell-argument",
        /// An address.
        Url => "url",
        /// What the library takes where nothing is given.
        LibraryDefault => "library-default",
        /// It is not known: only that something is loaded here.
        Unresolved => "unresolved",
    }
}

named! {
    /// What it is used for.
    Purpose {
        /// Training from scratch.
        Train => "train",
        /// Training further.
        FineTune => "fine-tune",
        /// Measuring.
        Evaluate => "evaluate",
        /// Answering.
        Serve => "serve",
        /// Making vectors.
        Embed => "embed",
        /// Changing the format.
        Convert => "convert",
        /// Fetching only.
        Download => "download",
    }
}

named! {
    /// What kind of code uses it.
    Scope {
        /// Code that runs in production, as far as its place tells.
        Production => "production",
        /// A test.
        Test => "test",
        /// An example, a notebook or documentation.
        Example => "example",
        /// Continuous integration.
        Ci => "ci",
    }
}

named! {
    /// A service that is called over the network.
    Service {
        /// OpenAI.
        OpenAi => "openai",
        /// Anthropic.
        Anthropic => "anthropic",
        /// The Gemini API of Google.
        Google => "google",
        /// Vertex AI of Google Cloud.
        Vertex => "vertex",
        /// Amazon Bedrock.
        Bedrock => "bedrock",
        /// Amazon SageMaker.
        SageMaker => "sagemaker",
        /// Azure OpenAI and Azure AI.
        Azure => "azure",
        /// Mistral.
        Mistral => "mistral",
        /// Cohere.
        Cohere => "cohere",
        /// Groq.
        Groq => "groq",
        /// Together.
        Together => "together",
        /// Fireworks.
        Fireworks => "fireworks",
        /// Replicate.
        Replicate => "replicate",
        /// `DeepSeek`.
        DeepSeek => "deepseek",
        /// xAI.
        XAi => "xai",
        /// Perplexity.
        Perplexity => "perplexity",
        /// OpenRouter.
        OpenRouter => "openrouter",
        /// LiteLLM; the provider is in the id.
        LiteLlm => "litellm",
        /// The inference providers of Hugging Face.
        HuggingFace => "huggingface-inference",
        /// Voyage.
        Voyage => "voyage",
        /// ElevenLabs.
        ElevenLabs => "elevenlabs",
        /// Stability.
        Stability => "stability",
        /// A server of one's own that speaks such a protocol.
        LocalServer => "local-server",
        /// A server of the Model Context Protocol.
        Mcp => "mcp",
    }
}

/// A flag that is given or not, by a value that is known or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Switch {
    /// `True`.
    On,
    /// `False`.
    Off,
    /// It is given, but not what.
    Dynamic,
}

/// A revision and how far it pins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Revision {
    /// What is given, where that is known.
    pub text: Option<String>,
    /// How far it pins.
    pub pin: Pin,
}

/// What is given along with an id that makes loading it more or less safe; `None` where it is not given.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Flags {
    /// Code of the repository is run.
    pub trust_remote_code: Option<Switch>,
    /// The revision of that code.
    pub code_revision: Option<Revision>,
    /// Only safetensors are taken.
    pub use_safetensors: Option<Switch>,
    /// Pickles are restricted to weights.
    pub weights_only: Option<Switch>,
    /// Pickles are taken.
    pub allow_pickle: Option<Switch>,
    /// Nothing is fetched.
    pub local_files_only: Option<Switch>,
    /// Code of a GitHub repository is run without asking.
    pub trust_repo: Option<Switch>,
}

impl Flags {
    /// The switches, by their names.
    #[must_use]
    pub fn switches(&self) -> [(&'static str, Option<Switch>); 6] {
        [
            ("trust_remote_code", self.trust_remote_code),
            ("use_safetensors", self.use_safetensors),
            ("weights_only", self.weights_only),
            ("allow_pickle", self.allow_pickle),
            ("local_files_only", self.local_files_only),
            ("trust_repo", self.trust_repo),
        ]
    }

    /// Takes from others what is not given here.
    #[cfg(feature = "python")]
    pub(crate) fn fill(&mut self, others: &Flags) {
        for (name, other) in others.switches() {
            if let Some(switch) = self.switch_mut(name) {
                *switch = switch.or(other);
            }
        }
        if self.code_revision.is_none() {
            self.code_revision.clone_from(&others.code_revision);
        }
    }

    /// The switch of that name; `code_revision` is none.
    pub fn switch_mut(&mut self, name: &str) -> Option<&mut Option<Switch>> {
        Some(match name {
            "trust_remote_code" => &mut self.trust_remote_code,
            "use_safetensors" => &mut self.use_safetensors,
            "weights_only" => &mut self.weights_only,
            "allow_pickle" => &mut self.allow_pickle,
            "local_files_only" => &mut self.local_files_only,
            "trust_repo" => &mut self.trust_repo,
            _ => return None,
        })
    }
}

/// Where it comes from: a hub, or a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// A hub.
    Hub(Hub),
    /// A service.
    Service(Service),
}

/// One place that uses a model, a dataset or a service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The tree that it is in, as its path was given.
    pub repository: Arc<str>,
    /// Where.
    pub location: Place,
    /// Where the model comes from.
    pub origin: Origin,
    /// What it is.
    pub kind: Kind,
    /// Its id, without a revision; `None` where it is not known.
    pub id: Option<String>,
    /// Its revision.
    pub revision: Revision,
    /// What uses it: `AutoModel.from_pretrained`, the key `base_model`, `ollama pull`.
    pub call: String,
    /// How the id was found out.
    pub resolution: Resolution,
    /// What is given along with it.
    pub flags: Flags,
    /// How sure it is that it is one.
    pub confidence: weighbridge::Confidence,
    /// What it is used for, where that is known.
    pub purpose: Option<Purpose>,
    /// What kind of code it is.
    pub scope: Scope,
    /// The application that the file belongs to: the index in [`crate::Inventory::applications`].
    pub application: usize,
}
