//! TOR101: a PyTorch file that holds a whole object, not only its parameters.

use super::sense::Identity;
use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;
use crate::observer::Role;

pub(super) static RULE: Rule = Rule {
    code: "TOR101",
    check,
    tell: |act, sense| {
        let class = match act {
            Act::Stop(value) => sense.called(*value),
            _ => String::new(),
        };
        words::structure(&format!(
            "the file holds a whole object, {class}, not only parameters: loading it needs its classes and weights_only=False"
        ))
    },
};

/// Classes of what `torch.save` is given where that is no whole model.
const PARTS: &[&str] = &[
    "collections.OrderedDict",
    "collections.defaultdict",
    "torch.Tensor",
    "torch.nn.parameter.Parameter",
];

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Stop(value) = act else { return None };
    let main = match sense.place.role {
        Role::TorchPickle | Role::TorchTarPickle => sense.effect.stream == 0,
        Role::TorchLegacy => sense.effect.stream == 3,
        _ => false,
    };
    if !main {
        return None;
    }
    let is_whole = match sense.identity(*value) {
        Identity::Fresh(Some(name), permissions) => {
            let path = format!("{}.{}", name.module, name.name);
            permissions.build.is_some() && !PARTS.contains(&path.as_str())
        }
        Identity::Fresh(None, _) | Identity::Stranger => true,
        _ => false,
    };
    is_whole.then(|| Hit::new(Severity::Info, "object"))
}
