//! Pickles that change what tensors are made of, before or after they are made, and keys that are equal.

use weighbridge::{Checkpoint, Opening};
use weighbridge_testkit::pkasm;
use weighbridge_testkit::torch::{Storage, zip_checkpoint};

/// A storage of four floats.
const STORAGE: &str = "MARK\nBINUNICODE 'storage'\nGLOBAL 'torch' 'FloatStorage'\nBINUNICODE '0'\nBINUNICODE 'cpu'\n\
                       BININT1 4\nTUPLE\nBINPERSID";
/// What is put into a container of floats.
const PUT: &str = "BININT1 0\nBINFLOAT 9.0\nSETITEM";

fn assembled(text: &str) -> Vec<u8> {
    pkasm::assemble(text).unwrap().bytes
}

/// What `_rebuild_tensor_v2` is given.
fn args(storage: &str) -> String {
    format!(
        "MARK\n{storage}\nBININT1 0\nBININT1 4\nTUPLE1\nBININT1 1\nTUPLE1\nNEWFALSE\nGLOBAL 'collections' 'OrderedDict'\n\
         EMPTY_TUPLE\nREDUCE\nTUPLE"
    )
}

fn tensor(storage: &str) -> String {
    let args = args(storage);
    format!("GLOBAL 'torch._utils' '_rebuild_tensor_v2'\n{args}\nREDUCE")
}

fn item(key: &str, value: &str) -> String {
    format!("BINUNICODE '{key}'\n{value}\nSETITEM")
}

/// A checkpoint whose pickle gives a dict with these items, after other lines.
fn checkpoint(before: &str, items: &[String]) -> Checkpoint {
    let items = items.join("\n");
    let pickle = assembled(&format!("PROTO 2\n{before}\nEMPTY_DICT\n{items}\nSTOP\n"));
    let floats = |key| Storage::of_floats(key, &[1.0, 2.0, 3.0, 4.0]);
    let file = zip_checkpoint("archive", &pickle, &[floats("0"), floats("1")]).bytes();
    Checkpoint::from_bytes(file, "x.pt", &Opening::default()).unwrap()
}

fn names(checkpoint: &Checkpoint) -> Vec<&str> {
    let tensors = checkpoint.tensors().iter();
    tensors.map(weighbridge::Tensor::name).collect()
}

fn refused(checkpoint: &Checkpoint) -> Vec<&str> {
    let refused = checkpoint.refused().iter();
    refused.map(|one| one.name.as_str()).collect()
}

#[test]
fn a_storage_that_is_changed_gives_no_tensor() {
    let known = format!("{STORAGE}\nBINPUT 7");
    let plain = [item("a", &tensor(STORAGE))];
    assert_eq!(names(&checkpoint("", &plain)), ["a"]);
    let got = [item("a", &tensor("BINGET 7"))];
    assert_eq!(names(&checkpoint(&format!("{known}\nPOP"), &got)), ["a"]);
    let dtype = item("dtype", "GLOBAL 'torch' 'int32'");
    let build = format!("EMPTY_DICT\n{dtype}\nBUILD");
    let other = tensor(STORAGE);
    for (before, items) in [
        // What is asked for changes before the tensor is made, by its elements or by its type.
        (format!("{known}\n{PUT}\nPOP"), &got),
        (format!("{known}\n{build}\nPOP"), &got),
        // So does what is asked for once more, and a tensor of the same storage.
        (format!("{STORAGE}\n{PUT}\nPOP"), &plain),
        (format!("{other}\n{PUT}\nPOP"), &plain),
    ] {
        let checkpoint = checkpoint(&before, items);
        assert_eq!(names(&checkpoint), [""; 0], "{before}");
        assert_eq!(refused(&checkpoint), ["a"], "{before}");
        assert!(!checkpoint.refused()[0].is_lie);
    }
}

#[test]
fn bytes_that_are_changed_give_no_array() {
    let array = "GLOBAL 'numpy._core.numeric' '_frombuffer'\nMARK\nBINGET 7\nGLOBAL 'numpy' 'dtype'\nBINUNICODE 'u1'\n\
                 TUPLE1\nREDUCE\nBININT1 4\nTUPLE1\nBINUNICODE 'C'\nTUPLE\nREDUCE";
    let open = |change: &str| {
        let a = item("a", array);
        let text =
            format!("PROTO 5\nBYTEARRAY8 'abcd'\nBINPUT 7\n{change}\nPOP\nEMPTY_DICT\n{a}\nSTOP\n");
        Checkpoint::from_bytes(assembled(&text), "x.pkl", &Opening::default()).unwrap()
    };
    assert_eq!(names(&open("")), ["a"]);
    for change in ["BININT1 0\nBININT1 9\nSETITEM", "BININT1 9\nAPPEND"] {
        assert_eq!(refused(&open(change)), ["a"], "{change}");
    }
}

/// A parameter with attributes, and a tensor of another class with them.
fn with_attributes(given: &str) -> [String; 2] {
    let data = tensor(STORAGE);
    let args = args(STORAGE);
    [
        format!(
            "GLOBAL 'torch._utils' '_rebuild_parameter_with_state'\nMARK\n{data}\nNEWTRUE\n\
             GLOBAL 'collections' 'OrderedDict'\nEMPTY_TUPLE\nREDUCE\n{given}\nTUPLE\nREDUCE"
        ),
        format!(
            "GLOBAL 'torch._tensor' '_rebuild_from_type_v2'\nMARK\nGLOBAL 'torch._utils' '_rebuild_tensor_v2'\n\
             GLOBAL 'torch' 'Tensor'\n{args}\n{given}\nTUPLE\nREDUCE"
        ),
    ]
}

#[test]
fn attributes_of_a_tensor_are_taken_unless_they_are_its_elements() {
    let other = tensor(&STORAGE.replace("'0'", "'1'"));
    for key in ["extra", "data", "real", "__class__"] {
        let given = format!("EMPTY_DICT\n{}", item(key, &other));
        for given in [given.clone(), format!("NONE\n{given}\nTUPLE2")] {
            for made in with_attributes(&given) {
                let checkpoint = checkpoint("", &[item("a", &made)]);
                match key {
                    "extra" => {
                        assert_eq!(names(&checkpoint), ["a", "a.extra"]);
                        let values = checkpoint.values().unwrap();
                        assert!(
                            values.contains(r#""extra":{"$tensor":"a.extra"}"#),
                            "{values}"
                        );
                    }
                    _ => assert_eq!(refused(&checkpoint), ["a"], "{made}"),
                }
            }
        }
    }
}

#[test]
fn a_tensor_that_is_made_in_an_unknown_way_is_refused() {
    let inner = tensor(STORAGE);
    let made = format!(
        "GLOBAL 'torch._tensor' '_rebuild_from_type_v2'\nMARK\nGLOBAL 'torch' 'neg'\nGLOBAL 'torch' 'Tensor'\n\
         {inner}\nTUPLE1\nEMPTY_DICT\nTUPLE\nREDUCE"
    );
    assert_eq!(refused(&checkpoint("", &[item("a", &made)])), ["a"]);
}

#[test]
fn keys_are_equal_as_python_s_are() {
    let (first, second) = (
        tensor(STORAGE),
        tensor(&STORAGE.replace("'0'", "'1'")).replace("BININT1 4\nTUPLE1", "BININT1 3\nTUPLE1"),
    );
    let open = |keys: [&str; 2]| {
        let items = [
            format!("{}\n{first}\nSETITEM", keys[0]),
            format!("{}\n{second}\nSETITEM", keys[1]),
        ];
        checkpoint("", &items)
    };
    // The first key stays, with the last value.
    for (keys, name) in [
        (["BININT1 1", "NEWTRUE"], "1"),
        (["NEWTRUE", "BININT1 1"], "True"),
        (["BINFLOAT 2.0", "BININT1 2"], "2.0"),
        (["BINUNICODE 'a'", "BINUNICODE 'a'"], "a"),
        (["NONE", "NONE"], "None"),
    ] {
        let checkpoint = open(keys);
        assert_eq!(names(&checkpoint), [name]);
        assert_eq!(checkpoint.tensors()[0].shape(), [3], "{name}");
    }
    assert_eq!(names(&open(["BININT -1", "BINFLOAT 2.5"])), ["-1", "2.5"]);
    // Two keys, and one name.
    let checkpoint = open(["BININT1 1", "BINUNICODE '1'"]);
    assert_eq!(
        (names(&checkpoint), refused(&checkpoint)),
        (vec!["1"], vec!["1"])
    );
}

#[test]
fn every_state_of_an_object_counts() {
    let state = |key: &str| format!("EMPTY_DICT\n{}\nBUILD", item(key, &tensor(STORAGE)));
    let (a, b) = (state("a"), state("b"));
    let object = format!("GLOBAL 'argparse' 'Namespace'\nEMPTY_TUPLE\nNEWOBJ\n{a}\n{b}\n{a}");
    let given = format!("EMPTY_DICT\n{}", item("c", &tensor(STORAGE)));
    let named = format!("GLOBAL 'argparse' 'Namespace'\nEMPTY_TUPLE\n{given}\nNEWOBJ_EX");
    let checkpoint = checkpoint("", &[item("x", &object), item("y", &named)]);
    assert_eq!(names(&checkpoint), ["x.a", "x.b", "y.0.c"]);
}

#[test]
fn the_names_of_a_module_are_those_of_its_state() {
    let weight = format!("{}\nBINPUT 7", tensor(STORAGE));
    let state = [
        item("_flat_weights", "EMPTY_LIST\nBINGET 7\nAPPEND"),
        item(
            "_parameters",
            &format!("EMPTY_DICT\n{}", item("weight", "BINGET 7")),
        ),
    ];
    let state = state.join("\n");
    let module = format!(
        "GLOBAL 'torch.nn.modules.rnn' 'LSTM'\nEMPTY_TUPLE\nNEWOBJ\nEMPTY_DICT\n{state}\nBUILD"
    );
    let pickle = assembled(&format!("PROTO 2\n{weight}\nPOP\n{module}\nSTOP\n"));
    let storage = Storage::of_floats("0", &[1.0, 2.0, 3.0, 4.0]);
    let scratch = crate::Scratch::new();
    let path = scratch.file(
        "x.pt",
        &zip_checkpoint("archive", &pickle, &[storage]).bytes(),
    );
    let done = crate::converted(
        &path,
        &scratch.path("out"),
        &weighbridge::convert::Request::default(),
    )
    .unwrap();
    assert_eq!(
        done.aliases,
        [("_flat_weights.0".to_owned(), "weight".to_owned())]
    );
}
