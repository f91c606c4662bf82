//! What NumPy 2.4 and PyTorch 2.15 refuse though it could be read, and what they take though it is odd: each was
//! given to them.

use weighbridge::{Checkpoint, Opening};
use weighbridge_testkit::pkasm;
use weighbridge_testkit::torch::{Storage, Style, state_dict, zip_checkpoint};
use weighbridge_testkit::zip::Entry;

/// An array of the state that is given, whose type is `<f4`.
fn array(state: &str) -> Checkpoint {
    let dtype = "GLOBAL 'numpy' 'dtype'\nBINUNICODE 'f4'\nNEWFALSE\nNEWTRUE\nTUPLE3\nREDUCE\nMARK\nBININT1 3\n\
                 BINUNICODE '<'\nNONE\nNONE\nNONE\nBININT -1\nBININT -1\nBININT1 0\nTUPLE\nBUILD";
    let state = state.replace("DTYPE", dtype);
    let text = format!(
        "PROTO 4\nEMPTY_DICT\nBINUNICODE 'a'\nGLOBAL 'numpy._core.multiarray' '_reconstruct'\n\
         GLOBAL 'numpy' 'ndarray'\nBININT1 0\nTUPLE1\nSHORT_BINBYTES 'b'\nTUPLE3\nREDUCE\n\
         MARK\n{state}\nTUPLE\nBUILD\nSETITEM\nSTOP\n"
    );
    let pickle = pkasm::assemble(&text).unwrap().bytes;
    Checkpoint::from_bytes(pickle, "x.pkl", &Opening::default()).unwrap()
}

#[test]
fn states_of_arrays_are_taken_as_numpy_takes_them() {
    for (state, shape) in [
        (
            "BININT1 1\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            &[2][..],
        ),
        (
            "BININT1 0\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            &[2],
        ),
        (
            "NEWTRUE\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            &[2],
        ),
        (
            "BININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            &[2],
        ),
        (
            "BININT1 1\nBININT1 2\nTUPLE1\nDTYPE\nBININT1 5\nSHORT_BINBYTES 'abcdefgh'",
            &[2],
        ),
        (
            "BININT1 1\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nBINUNICODE 'abcdefgh'",
            &[2],
        ),
        (
            "BININT1 1\nBININT1 1\nBININT1 2\nTUPLE2\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            &[1, 2],
        ),
    ] {
        let checkpoint = array(state);
        let [tensor] = checkpoint.tensors() else {
            panic!("{state}: {:?}", checkpoint.refused());
        };
        assert_eq!(tensor.shape(), shape, "{state}");
        assert_eq!(checkpoint.to_vec(tensor).unwrap(), b"abcdefgh", "{state}");
    }
    let not_taken = "its state is not what NumPy takes";
    for (state, why) in [
        (
            "BININT1 1\nBININT1 1\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            "its shape takes 4 bytes, and it is given 8",
        ),
        (
            "BININT1 1\nBININT1 0\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            "its shape takes 0 bytes, and it is given 8",
        ),
        (
            "BININT1 1\nEMPTY_TUPLE\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            "its shape takes 4 bytes, and it is given 8",
        ),
        (
            "BININT1 2\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            not_taken,
        ),
        (
            "BININT -1\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            not_taken,
        ),
        (
            "BININT1 1\nBININT1 1\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            not_taken,
        ),
        (
            "BININT1 1\nEMPTY_LIST\nBININT1 2\nAPPEND\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            not_taken,
        ),
        (
            "BININT1 1\nBININT1 2\nTUPLE1\nDTYPE\nNONE\nSHORT_BINBYTES 'abcdefgh'",
            not_taken,
        ),
        (
            "BININT1 1\nBININT1 2\nTUPLE1\nDTYPE\nBINFLOAT 1.5\nSHORT_BINBYTES 'abcdefgh'",
            not_taken,
        ),
        (
            "BININT1 1\nBININT1 2\nTUPLE1\nDTYPE\nNEWFALSE\nBYTEARRAY8 'abcdefgh'",
            "its elements are not bytes that lie in the pickle",
        ),
        (
            "BININT1 1\nBININT -2\nTUPLE1\nDTYPE\nNEWFALSE\nSHORT_BINBYTES 'abcdefgh'",
            "its shape is not what a tensor has",
        ),
    ] {
        let checkpoint = array(state);
        let [refused] = checkpoint.refused() else {
            panic!("{state}: {:?}", checkpoint.tensors());
        };
        assert_eq!((&*refused.name, &*refused.why), ("a", why), "{state}");
        assert!(refused.is_lie, "{state}");
    }
}

fn checkpoint(storage: &Storage, more: &[(&str, &[u8])]) -> Result<Checkpoint, String> {
    let declared = Storage::of_floats("0", &[1.0, 2.0]);
    let pickle = state_dict(Style::Zip, &[("weight", &[2], &declared)]);
    let mut builder = zip_checkpoint("m", &pickle, std::slice::from_ref(storage));
    for (name, content) in more {
        builder = builder.entry(Entry::stored(name, content));
    }
    let opened = Checkpoint::from_bytes(builder.bytes(), "x.pt", &Opening::default());
    opened.map_err(|error| error.to_string())
}

#[test]
fn a_storage_is_as_long_as_it_is_said_to_be() {
    let fitting = checkpoint(&Storage::of_floats("0", &[1.0, 2.0]), &[]).unwrap();
    assert_eq!(fitting.refused(), []);
    for len in [0, 4, 7, 9, 12, 16] {
        let other = checkpoint(&Storage::raw("0", 2, &vec![0; len]), &[]).unwrap();
        let [refused] = other.refused() else {
            panic!("{len}")
        };
        let why =
            format!("its storage \"0\" is to have 8 bytes, and the archive holds {len} of it");
        assert_eq!((&*refused.name, &refused.why), ("weight", &why));
        assert!(refused.is_lie);
    }
}

#[test]
fn every_member_is_in_the_folder_of_the_first() {
    let storage = Storage::of_floats("0", &[1.0, 2.0]);
    let more = checkpoint(&storage, &[("m/extra/words.txt", b"words")]).unwrap();
    assert_eq!(more.tensors().len(), 1);
    for name in ["other/data/9", "words.txt", "M/words.txt", "mm/words.txt"] {
        let why = format!(
            "x.pt: its member {name:?} is not in the folder \"m/\" of the first: PyTorch does not load it"
        );
        assert_eq!(checkpoint(&storage, &[(name, b"words")]).unwrap_err(), why);
    }
}
