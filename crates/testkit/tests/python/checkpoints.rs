//! The pickles of checkpoints against `pickle`, their archives against `zipfile`.

use weighbridge_testkit::torch::{
    Storage, Style, legacy_checkpoint, legacy_pickles, state_dict, zip_checkpoint,
};

use crate::archives::zipfile;
use crate::{hex, python};

/// Writes what `torch.save` would pickle, with stand-ins for the classes of PyTorch.
const TORCH: &str = r#"
import collections, io, pickle, sys, types
class Stand:
    pass
def module(name):
    made = sys.modules[name] = types.ModuleType(name)
    return made
torch, utils = module("torch"), module("torch._utils")
FloatStorage = torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
def _rebuild_tensor_v2(*arguments): pass
_rebuild_tensor_v2.__module__ = "torch._utils"
utils._rebuild_tensor_v2 = _rebuild_tensor_v2
class Storage:
    def __init__(self, *names): self.names = names
class Tensor:
    def __init__(self, *arguments): self.arguments = arguments
    def __reduce_ex__(self, protocol): return _rebuild_tensor_v2, self.arguments
def dump(value, legacy):
    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, Storage):
                key, count = value.names
                return ("storage", FloatStorage, key, "cpu", count) + ((None,) if legacy else ())
    file = io.BytesIO()
    Pickler(file, 2).dump(value)
    return file.getvalue().hex()
def fresh(text): return "".join(list(text)) if len(text) > 1 else (text + "  ")[:1]
def tensor(key, count, shape, strides):
    return Tensor(Storage(fresh(key), count), 0, shape, strides, False, collections.OrderedDict())
for legacy in (False, True):
    value = collections.OrderedDict()
    value["layer.weight"] = tensor("k0", 6, (2, 3), (3, 1))
    value["layer.bias"] = tensor("k1", 70000, (70000,), (1,))
    value["scale"] = tensor("k2", 1, (), ())
    value["kernel"] = tensor("k3", 256, (1, 2, 2, 64), (256, 128, 64, 1))
    print(dump(value, legacy))
for value in (0x1950a86a20f9469cfc6c, 1001,
              dict(protocol_version=1001, little_endian=True, type_sizes=dict(short=2, int=4, long=4)),
              ["k0", "k1"], ["k0"], []):
    print(pickle.dumps(value, 2).hex())
"#;

#[test]
fn checkpoints_hold_the_pickles_that_torch_writes() {
    let found = python(TORCH, "");
    let floats = |key: &str, count| Storage::raw(key, count, &[]);
    let (k0, k1, k2, k3) = (
        floats("k0", 6),
        floats("k1", 70000),
        floats("k2", 1),
        floats("k3", 256),
    );
    let tensors: [(&str, &[u64], &Storage); 4] = [
        ("layer.weight", &[2, 3], &k0),
        ("layer.bias", &[70000], &k1),
        ("scale", &[], &k2),
        ("kernel", &[1, 2, 2, 64], &k3),
    ];
    assert_eq!(hex(&state_dict(Style::Zip, &tensors)), found[0]);
    assert_eq!(hex(&state_dict(Style::Legacy, &tensors)), found[1]);
    let two = [k0.clone(), k1];
    let pickles = legacy_pickles(b"N.", &two);
    assert_eq!(
        [hex(&pickles[0]), hex(&pickles[1]), hex(&pickles[2])],
        found[2..5]
    );
    assert_eq!(hex(&pickles[3]), hex(b"N."));
    assert_eq!(hex(&pickles[4]), found[5]);
    assert_eq!(hex(&legacy_pickles(b"N.", &two[..1])[4]), found[6]);
    assert_eq!(hex(&legacy_pickles(b"N.", &[])[4]), found[7]);
}

#[test]
fn checkpoints_hold_their_storages() {
    let storages = [
        Storage::of_floats("0", &[1.0, 2.0]),
        Storage::of_floats("1", &[0.5]),
    ];
    let legacy = legacy_checkpoint(b"N.", &storages);
    let tail = [
        &[2, 0, 0, 0, 0, 0, 0, 0][..],
        &storages[0].bytes,
        &[1, 0, 0, 0, 0, 0, 0, 0],
        &storages[1].bytes,
    ]
    .concat();
    assert!(legacy.ends_with(&tail));
    let archive = zip_checkpoint("archive", b"N.", &storages).build();
    assert!(archive.data_offsets.iter().all(|offset| offset % 64 == 0));
    assert_eq!(
        zipfile(zip_checkpoint("archive", b"N.", &storages)),
        "archive/data.pkl=4e2e archive/byteorder=6c6974746c65 archive/data/0=0000803f00000040 \
         archive/data/1=0000003f archive/version=330a"
    );
}
