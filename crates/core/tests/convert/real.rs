//! Files of the real libraries: what is converted is what the libraries load, bit by bit.

use std::path::Path;

use safetensors::SafeTensors;
use weighbridge::convert::{Request, Tied};
use weighbridge::{Control, ElementType, Opening, diff};

use crate::{Scratch, converted, files, open};

/// The files beside which there is what the libraries make of them.
fn expected() -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(files()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "expected")
        {
            let source = path.with_extension("");
            if source.exists() {
                found.push((source, std::fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    assert_eq!(found.len(), 34);
    found
}

fn assert_same(name: &Path, made: &[u8], expected: &[u8]) {
    let made = SafeTensors::deserialize(made).unwrap();
    let expected = SafeTensors::deserialize(expected).unwrap();
    let mut names = [made.names(), expected.names()];
    names.iter_mut().for_each(|names| names.sort());
    assert_eq!(names[0], names[1], "{}", name.display());
    for tensor in made.names() {
        let (ours, theirs) = (
            made.tensor(tensor).unwrap(),
            expected.tensor(tensor).unwrap(),
        );
        let told = format!("{}: {tensor}", name.display());
        assert_eq!(ours.dtype(), theirs.dtype(), "{told}");
        assert_eq!(ours.shape(), theirs.shape(), "{told}");
        assert!(ours.data() == theirs.data(), "{told}");
    }
}

#[test]
fn what_is_converted_is_what_the_libraries_load() {
    let request = Request::default().with_tied(Tied::Duplicate);
    let scratch = Scratch::new();
    for (at, (source, expected)) in expected().into_iter().enumerate() {
        let out = scratch.path(&format!("{at}.safetensors"));
        let done = converted(&source, &out, &request);
        done.unwrap_or_else(|error| panic!("{}: {error}", source.display()));
        let made = std::fs::read(&out).unwrap();
        assert_same(&source, &made, &expected);
        // The reference writes the same file, where its metadata are those that loaders of PyTorch want.
        if source.extension().is_some_and(|ending| ending == "pt") {
            assert!(made == expected, "{}", source.display());
        }
        let difference = diff(&open(&source), &open(&out), &Control::new()).unwrap();
        assert!(difference.is_none(), "{}: {difference:?}", source.display());
    }
}

#[test]
fn mapped_files_give_the_same() {
    let opening = Opening::default().with_mapped(true);
    for (source, expected) in expected() {
        let checkpoint = weighbridge::Checkpoint::open(&source, &opening).unwrap();
        let expected = SafeTensors::deserialize(&expected).unwrap();
        for tensor in checkpoint.tensors() {
            let told = format!("{}: {}", source.display(), tensor.name());
            let theirs = expected.tensor(tensor.name()).unwrap();
            assert!(
                checkpoint.to_vec(tensor).unwrap() == theirs.data(),
                "{told}"
            );
            let in_place = checkpoint.in_place(tensor);
            if tensor.is_contiguous() && !told.contains("big") {
                assert!(in_place.unwrap() == theirs.data(), "{told}");
            }
        }
    }
}

#[test]
fn a_tensor_of_several_names_is_written_once() {
    let scratch = Scratch::new();
    let (source, out) = (files().join("tied.pt"), scratch.path("tied.safetensors"));
    let done = converted(&source, &out, &Request::default()).unwrap();
    let alias = ("head.weight".to_owned(), "embed.weight".to_owned());
    assert_eq!(done.aliases, [alias]);
    let bytes = std::fs::read(&out).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let told = metadata.metadata().clone().unwrap();
    assert_eq!(told["head.weight"], "embed.weight");
    assert_eq!(told["format"], "pt");
    let made = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = made.names();
    names.sort();
    assert_eq!(names, ["embed.weight", "part"]);
    // Whoever knows of aliases finds all three.
    let difference = diff(&open(&source), &open(&out), &Control::new()).unwrap();
    assert_eq!((difference.same, difference.is_none()), (3, true));

    let twice = scratch.path("twice.safetensors");
    converted(
        &source,
        &twice,
        &Request::default().with_tied(Tied::Duplicate),
    )
    .unwrap();
    let bytes = std::fs::read(&twice).unwrap();
    assert_eq!(SafeTensors::deserialize(&bytes).unwrap().len(), 3);
}

#[test]
fn a_key_takes_a_part() {
    let scratch = Scratch::new();
    let out = scratch.path("state.safetensors");
    let request = Request::default().with_key("state_dict");
    let done = converted(&files().join("training.pt"), &out, &request).unwrap();
    assert_eq!((done.tensors.len(), done.elsewhere), (9, 18));
    let state = std::fs::read(&out).unwrap();
    let names = SafeTensors::deserialize(&state).unwrap();
    assert_eq!(names.tensor("0.weight").unwrap().shape(), [16, 8]);
    let request = Request::default().with_key("model");
    let error = converted(&files().join("training.pt"), &out, &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no tensor is under the key \"model\"; the first keys are state_dict, optimizer"
    );
}

#[test]
fn no_two_tensors_get_the_same_name() {
    let scratch = Scratch::new();
    let (source, out) = (scratch.path("source"), scratch.path("out"));
    // Under the key `w`, both would be `w`.
    let header = br#"{"w":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"w.w":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}}"#;
    let file = [&(header.len() as u64).to_le_bytes(), &header[..], &[1, 2]].concat();
    std::fs::write(&source, file).unwrap();
    let request = Request::default().with_key("w");
    let error = converted(&source, &out, &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "safetensors cannot hold all of it\n  tensor \"w\": another tensor has the same name"
    );
    assert!(!out.exists());
    let done = converted(&source, &out, &request.with_skip(true)).unwrap();
    assert_eq!((done.tensors.len(), done.refused.len()), (1, 1));
    let written = std::fs::read(&out).unwrap();
    let tensors = SafeTensors::deserialize(&written).unwrap();
    assert_eq!(tensors.tensor("w").unwrap().data(), [1]);
}

#[test]
fn floats_are_cast_as_pytorch_casts_them() {
    let scratch = Scratch::new();
    for dtype in [ElementType::F16, ElementType::BF16, ElementType::F64] {
        let out = scratch.path(dtype.as_str());
        let request = Request::default().with_dtype(Some(dtype));
        converted(&files().join("floats.pt"), &out, &request).unwrap();
        let expected = std::fs::read(files().join(format!("floats.{dtype}.expected"))).unwrap();
        assert!(std::fs::read(&out).unwrap() == expected, "{dtype}");
    }
    let request = Request::default().with_dtype(Some(ElementType::I8));
    let error = converted(&files().join("floats.pt"), &scratch.path("i8"), &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "floats cannot become int8: float16, bfloat16, float32 or float64"
    );
}

#[test]
fn shards_hold_the_same_and_their_index_leads_to_them() {
    let scratch = Scratch::new();
    let (source, out) = (files().join("state.pt"), scratch.path("model.safetensors"));
    let request = Request::default().with_shard_size(Some(400));
    let done = converted(&source, &out, &request).unwrap();
    assert_eq!(
        done.index,
        Some(scratch.path("model.safetensors.index.json"))
    );
    assert_eq!(
        scratch.names(),
        [
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors",
            "model.safetensors.index.json"
        ]
    );
    let sizes: Vec<u64> = (0..3)
        .map(|file| {
            let tensors = done.tensors.iter().filter(|tensor| tensor.file() == file);
            tensors.map(|tensor| tensor.bytes()).sum()
        })
        .collect();
    // A tensor that is longer has a file for itself.
    assert_eq!(sizes, [512, 328, 272]);
    let difference = diff(&open(&source), &open(&scratch.path("")), &Control::new()).unwrap();
    assert!(difference.is_none(), "{difference:?}");
    let index = std::fs::read_to_string(done.index.unwrap()).unwrap();
    assert!(index.contains(r#""total_size": 1112"#), "{index}");
}

#[test]
fn what_cannot_be_held_is_refused_or_left_out() {
    let scratch = Scratch::new();
    let (source, out) = (files().join("odd.pt"), scratch.path("odd.safetensors"));
    let error = converted(&source, &out, &Request::default()).unwrap_err();
    let words = error.to_string();
    for name in ["sparse", "quantized", "complex128", "conjugated", "meta"] {
        assert!(words.contains(&format!("tensor {name:?}")), "{words}");
    }
    assert_eq!(scratch.names(), [""; 0]);
    let done = converted(&source, &out, &Request::default().with_skip(true)).unwrap();
    assert_eq!(done.refused.len(), 5);
    assert_eq!(done.tensors.len(), 1);
    assert_eq!(done.elsewhere, 0);
}

#[test]
fn values_are_told_beside_tensors() {
    let values = open(&files().join("training.pt"));
    let values: serde_json::Value = serde_json::from_str(values.values().unwrap()).unwrap();
    assert_eq!(values["epoch"], 3);
    assert_eq!(values["lr"], 0.1);
    assert_eq!(values["name"], "x");
    assert_eq!(
        values["state_dict"]["0.weight"]["$tensor"],
        "state_dict.0.weight"
    );
    assert_eq!(values["optimizer"]["param_groups"][0]["betas"][0], 0.9);
}
