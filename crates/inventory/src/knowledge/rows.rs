//! The rows of the tables.
#![expect(
    dead_code,
    reason = "the readers of configuration and commands take the rest"
)]

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::reference::{Hub, Kind, Purpose, Service};

/// The language of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Language {
    Python,
    Javascript,
}

/// What an id looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Form {
    /// `owner/name`, or a path.
    #[default]
    HubId,
    /// `hf_hub:owner/name@revision`, or a name of the library.
    Prefixed,
    /// `owner/name:revision` on GitHub.
    GitHub,
    /// `name:tag`.
    NameTag,
    /// A name of the library, a path, or `owner/name`.
    Library,
    /// An address, or a path.
    Url,
    /// `provider:model`.
    Provider,
    /// `local:owner/name`: what is run on this machine; anything else says who does.
    Placed,
    /// `models/owner/name`, `spaces/owner/name`.
    Folder,
    /// A handle of Kaggle, with a version or without.
    Kaggle,
    /// `owner/name:version`.
    Versioned,
    /// Any word.
    Name,
}

/// Which argument it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Argument {
    /// Its position, from 0.
    pub(crate) position: Option<usize>,
    /// Its keywords; in JavaScript the keys of an object that is an argument.
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
}

/// A call that loads something, or makes or uses a client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallRow {
    pub(crate) language: Language,
    /// The modules that it may be imported from.
    pub(crate) modules: Vec<String>,
    /// Its dotted names there; see [`super::call`].
    pub(crate) names: Vec<String>,
    pub(crate) hub: Option<Hub>,
    pub(crate) service: Option<Service>,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) form: Form,
    /// The id; without, the call tells only that a service is used.
    pub(crate) id: Option<Argument>,
    /// The argument that holds the revision.
    pub(crate) revision: Option<Argument>,
    /// The flags that it takes, by their keywords.
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    /// The argument whose value tells the kind: `repo_type="dataset"`.
    pub(crate) kind_from: Option<String>,
    /// What it takes where no id is given.
    pub(crate) default_id: Option<String>,
    /// What it takes then by another argument: the model that a task has.
    pub(crate) default_by: Option<DefaultBy>,
    /// Names that it takes instead of an id and that fetch nothing: `load_dataset("json")`.
    #[serde(default)]
    pub(crate) builtin_ids: Vec<String>,
    /// Arguments that are an id besides.
    #[serde(default)]
    pub(crate) also: Vec<Also>,
    pub(crate) purpose: Option<Purpose>,
    /// Whether another machine runs the model.
    #[serde(default)]
    pub(crate) hosted: bool,
    /// The argument, and where it stands, without which a name of the library fetches nothing: `pretrained=True`.
    pub(crate) fetches_with: Option<Argument>,
    /// Whether it takes an object as often as a name, so that what is not known tells of nothing.
    #[serde(default)]
    pub(crate) only_text: bool,
    /// When it loads any pickle.
    pub(crate) unpickles: Option<Unpickles>,
    /// Where that is known from.
    pub(crate) source: String,
}

/// Ids by the value of an argument.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefaultBy {
    pub(crate) position: Option<usize>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    pub(crate) ids: BTreeMap<String, String>,
}

/// When a call loads any pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unpickles {
    /// Whatever is given.
    Always,
    /// With `allow_pickle=True`.
    IfAllowed,
    /// Without `weights_only=True`.
    UnlessWeightsOnly,
}

/// An argument that is an id besides the one of the call: `pipeline(…, tokenizer="…")`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Also {
    pub(crate) keyword: String,
    pub(crate) kind: Kind,
    /// The keyword of its revision.
    pub(crate) revision: Option<String>,
}

/// How a service is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceRow {
    pub(crate) service: Service,
    /// Who runs it.
    pub(crate) provider: String,
    pub(crate) hosts: Vec<String>,
    /// Environment variables that hold its keys and addresses.
    pub(crate) environment: Vec<String>,
    /// Prefixes of `provider/model` that name it.
    #[serde(default)]
    pub(crate) provider_prefixes: Vec<String>,
    /// Those of them that no organization of the hub is called by: what follows is a model of the service.
    #[serde(default)]
    pub(crate) sure_prefixes: Vec<String>,
    /// How names of its models begin.
    #[serde(default)]
    pub(crate) model_prefixes: Vec<String>,
    pub(crate) source: String,
}

/// A key of a configuration that holds an id.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRow {
    /// The keys; compared without case, and with `-` for `_`.
    pub(crate) keys: Vec<String>,
    /// Names of the files that it counts in; empty for all. `*` stands for any characters.
    #[serde(default)]
    pub(crate) files: Vec<String>,
    pub(crate) hub: Option<Hub>,
    pub(crate) service: Option<Service>,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) form: Form,
    /// The keys around it that it counts in; empty for all.
    #[serde(default)]
    pub(crate) within: Vec<String>,
    /// The keys beside it that hold the revision, the first that is there.
    #[serde(default)]
    pub(crate) revisions: Vec<String>,
    /// Whether the keys of the map that it holds are the ids.
    #[serde(default)]
    pub(crate) keyed: bool,
    /// Whether the key alone is no evidence: the value has to be an `owner/name`.
    #[serde(default)]
    pub(crate) weak: bool,
    /// Whether nothing is fetched by it: where a model was made from, or goes to.
    #[serde(default)]
    pub(crate) named_only: bool,
    pub(crate) source: String,
}

/// Addresses of a hub.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UrlRow {
    pub(crate) hub: Hub,
    pub(crate) kind: Kind,
    pub(crate) hosts: Vec<String>,
    /// Shapes of the path. `{owner}`, `{name}` and such are the id, `{revision}` the revision, `{}` any
    /// part, `{*}` any rest.
    pub(crate) shapes: Vec<String>,
    /// Shapes that count only where the hub knows the name without an owner: others are pages of owners.
    #[serde(default)]
    pub(crate) known: Vec<String>,
    /// Whether only files that are models by their endings count.
    #[serde(default)]
    pub(crate) weights: bool,
    /// Whether another machine runs the model.
    #[serde(default)]
    pub(crate) hosted: bool,
    /// First parts of an id that are pages of the hub instead.
    #[serde(default)]
    pub(crate) reserved: Vec<String>,
    pub(crate) source: String,
}

/// A command that fetches or serves a model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandRow {
    /// The program and its subcommands.
    pub(crate) command: Vec<String>,
    pub(crate) hub: Option<Hub>,
    pub(crate) service: Option<Service>,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) form: Form,
    /// Which operand the id is, from 0, options not counted.
    pub(crate) operand: Option<usize>,
    /// The options that hold it.
    #[serde(default)]
    pub(crate) options: Vec<String>,
    /// `name=` within an option that holds it: `--model_args pretrained=…`.
    pub(crate) within: Option<String>,
    /// The options that hold the revision.
    #[serde(default)]
    pub(crate) revision: Vec<String>,
    /// A variable of the environment that makes it load from another hub.
    pub(crate) elsewhere: Option<(String, Hub)>,
    /// Parts of names of container images that run this command.
    #[serde(default)]
    pub(crate) images: Vec<String>,
    /// The option that tells the kind.
    pub(crate) kind_from: Option<String>,
    /// Options that take no value, so that the next word is an operand.
    #[serde(default)]
    pub(crate) switches: Vec<String>,
    /// Flags: the option, and the flag that it switches on.
    #[serde(default)]
    pub(crate) flags: Vec<(String, String)>,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) source: String,
}

/// What the default export of a module is called in the rows of its calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefaultRow {
    pub(crate) module: String,
    pub(crate) name: String,
}

/// Names without an owner that the hub knows: what has one in the value of a weak key is an id.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameRow {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) names: Vec<String>,
    pub(crate) source: String,
}

/// Container images that hold a model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImageRow {
    /// How their names begin.
    pub(crate) prefix: String,
    /// What is no part of the id.
    pub(crate) strip: String,
    pub(crate) hub: Hub,
    pub(crate) source: String,
}

/// An advisory about a package that loads models.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdvisoryRow {
    /// The package on PyPI, normalized.
    pub(crate) package: String,
    pub(crate) id: String,
    /// Versions from this one on; all where it is not given.
    pub(crate) introduced: Option<String>,
    /// The first version without it; none where it is not fixed.
    pub(crate) fixed: Option<String>,
    pub(crate) severity: String,
    /// When it was published, as `YYYY-MM-DD`.
    pub(crate) published: String,
    /// What it allows, as a sentence.
    pub(crate) summary: String,
    pub(crate) source: String,
}

/// What code does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PurposeRow {
    pub(crate) purpose: Purpose,
    /// What it imports.
    pub(crate) modules: Vec<String>,
    /// Words of the name of its file, or of its folder.
    pub(crate) words: Vec<String>,
    pub(crate) source: String,
}

/// Every table; each file holds some.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tables {
    #[serde(rename = "call")]
    pub(crate) calls: Vec<CallRow>,
    #[serde(rename = "service")]
    pub(crate) services: Vec<ServiceRow>,
    #[serde(rename = "key")]
    pub(crate) keys: Vec<KeyRow>,
    #[serde(rename = "url")]
    pub(crate) urls: Vec<UrlRow>,
    #[serde(rename = "command")]
    pub(crate) commands: Vec<CommandRow>,
    #[serde(rename = "default")]
    pub(crate) defaults: Vec<DefaultRow>,
    #[serde(rename = "name")]
    pub(crate) names: Vec<NameRow>,
    #[serde(rename = "image")]
    pub(crate) images: Vec<ImageRow>,
    #[serde(rename = "advisory")]
    pub(crate) advisories: Vec<AdvisoryRow>,
    #[serde(rename = "purpose")]
    pub(crate) purposes: Vec<PurposeRow>,
}

impl Tables {
    /// Puts the rows of another behind these.
    pub(crate) fn add(&mut self, other: Tables) {
        self.calls.extend(other.calls);
        self.services.extend(other.services);
        self.keys.extend(other.keys);
        self.urls.extend(other.urls);
        self.commands.extend(other.commands);
        self.defaults.extend(other.defaults);
        self.names.extend(other.names);
        self.images.extend(other.images);
        self.advisories.extend(other.advisories);
        self.purposes.extend(other.purposes);
    }
}
