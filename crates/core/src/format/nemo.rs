//! The configuration in an archive of NVIDIA NeMo (`.nemo`: a tar archive, compressed or not, of
//! `model_config.yaml` and a checkpoint).
//!
//! NeMo reads it with OmegaConf and makes an object of each class that a `target` or `_target_` names
//! (`nemo/core/classes/common.py`, `Serialization.from_config_dict`; Hydra's `instantiate`), so that a name
//! is as good as a call. What is here is no reader of YAML: it takes only text of which it is plain what
//! every reader makes of it.

use crate::source::{Source, read_up_to};
use std::io;

/// How long a configuration may be.
const MOST: usize = 1 << 20;

/// Classes that models of NeMo are made of: their parameters are numbers, words and names of files that
/// are read as data. The names are those that `nemo/collections/asr/models/__init__.py` and
/// `nemo/collections/asr/modules/__init__.py` import.
const KNOWN: &[&str] = &[
    "nemo.collections.asr.models.aed_multitask_models.EncDecMultiTaskModel",
    "nemo.collections.asr.models.classification_models.EncDecClassificationModel",
    "nemo.collections.asr.models.ctc_bpe_models.EncDecCTCModelBPE",
    "nemo.collections.asr.models.ctc_models.EncDecCTCModel",
    "nemo.collections.asr.models.hybrid_rnnt_ctc_bpe_models.EncDecHybridRNNTCTCBPEModel",
    "nemo.collections.asr.models.hybrid_rnnt_ctc_models.EncDecHybridRNNTCTCModel",
    "nemo.collections.asr.models.label_models.EncDecSpeakerLabelModel",
    "nemo.collections.asr.models.rnnt_bpe_models.EncDecRNNTBPEModel",
    "nemo.collections.asr.models.rnnt_models.EncDecRNNTModel",
    "nemo.collections.asr.modules.AudioToMFCCPreprocessor",
    "nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor",
    "nemo.collections.asr.modules.ConformerEncoder",
    "nemo.collections.asr.modules.ConvASRDecoder",
    "nemo.collections.asr.modules.ConvASRDecoderClassification",
    "nemo.collections.asr.modules.ConvASREncoder",
    "nemo.collections.asr.modules.LSTMDecoder",
    "nemo.collections.asr.modules.RNNTDecoder",
    "nemo.collections.asr.modules.RNNTJoint",
    "nemo.collections.asr.modules.SpeakerDecoder",
    "nemo.collections.asr.modules.SpectrogramAugmentation",
    "nemo.collections.asr.modules.StatelessTransducerDecoder",
];
/// Keys that let a program fetch or run something else.
const ELSEWHERE: &[&str] = &["trust_remote_code", "init_from", "restore_from"];

/// Whether a member with this name is the configuration.
pub(crate) fn is_config(name: &[u8]) -> bool {
    name.strip_prefix(b"./").unwrap_or(name) == b"model_config.yaml"
}

/// What a configuration asks for that is not known, if anything.
///
/// # Errors
/// What reading the source reports.
pub(crate) fn unknown(source: &dyn Source) -> io::Result<Option<String>> {
    let bytes = read_up_to(source, 0, MOST + 1)?;
    if bytes.len() > MOST {
        return Ok(Some("it is longer than a megabyte".to_owned()));
    }
    Ok(match std::str::from_utf8(&bytes) {
        Ok(text) => text.lines().find_map(line),
        Err(_) => Some("it is no text".to_owned()),
    })
}

/// What a line has that is not plain or not known.
fn line(line: &str) -> Option<String> {
    let tells = |words: &str| {
        Some(format!(
            "{words}: “{}”",
            crate::escape::visible(line.trim())
        ))
    };
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\\' | '!' | '&' | '*' | '%');
    if !line.chars().all(is_plain) || line.contains("<<") {
        return tells("a line of it is not plain");
    }
    let is_reference = |rest: &str| {
        let end = rest.find('}').unwrap_or(0);
        let inner = rest.get(..end).unwrap_or_default();
        !inner.is_empty() && inner.chars().all(is_path)
    };
    if line.split("${").skip(1).any(|rest| !is_reference(rest)) {
        return tells("a line of it is computed");
    }
    if ELSEWHERE.iter().any(|key| line.contains(key)) {
        return tells("it asks for something elsewhere");
    }
    let mut words = line.split(|c: char| !is_word(c));
    if !words.any(|word| matches!(word, "target" | "_target_")) {
        return None;
    }
    let entry = line.trim_start().trim_start_matches("- ");
    let class = entry
        .strip_prefix("target: ")
        .or(entry.strip_prefix("_target_: "));
    match class.map(str::trim) {
        Some(class) if KNOWN.contains(&class) => None,
        _ => tells("it makes an object of a class that is not known"),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_path(c: char) -> bool {
    is_word(c) || c == '.'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_and_known_is_told_from_the_rest() {
        let known = KNOWN[0];
        for text in [
            "sample_rate: 16000\nlabels: [' ', a, b]\n",
            &format!("encoder:\n  _target_: {known}\n  feat_in: ${{preprocessor.features}}\n"),
            &format!("target: {known}\nnemo_version: 1.23.0\ntarget_length: 5\n"),
            "",
        ] {
            assert_eq!(unknown(&text.as_bytes()).unwrap(), None, "{text}");
        }
        for text in [
            "_target_: os.system",
            "a: {_target_: os.system}",
            "'_target_': os.system",
            "? _target_\n: os.system",
            "\"\\x5ftarget_\": os.system",
            "a: !!python/object/apply:os.system [x]",
            "a: ${oc.env:HOME}",
            "a: ${",
            "a: &b 1",
            "a: 1\u{85}_target_: os.system",
            "trust_remote_code: true",
            &format!("target: {known}.more"),
            &format!("x target: {known}"),
        ] {
            assert!(unknown(&text.as_bytes()).unwrap().is_some(), "{text}");
        }
        assert!(unknown(&b"\xff".as_slice()).unwrap().is_some());
        assert!(is_config(b"./model_config.yaml") && !is_config(b"a/model_config.yaml"));
    }
}
