//! The inputs of the goldens that are safetensors or indexes of shards.

use weighbridge_testkit::zip::{Entry, ZipBuilder};

use crate::support::call_of;

/// The input of a golden, by the name of its file without the ending; `None` where there is no recipe.
pub(crate) fn build(name: &str) -> Option<Vec<u8>> {
    Some(match name {
        "safetensors" => file(
            r#"{"__metadata__":{"format":"pt"},"w":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}} "#,
            &[0; 8],
        ),
        "safetensors-odd" => file(ODD, &[0; 4]),
        "safetensors-rejected" => file(
            r#"{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
            &[0; 8],
        ),
        "safetensors-polyglot" => {
            let data = ZipBuilder::new()
                .entry(Entry::stored("a.pkl", &call_of("inert")))
                .bytes();
            let len = data.len();
            let header =
                format!(r#"{{"w":{{"dtype":"U8","shape":[{len}],"data_offsets":[0,{len}]}}}}"#);
            file(&header, &data)
        }
        "safetensors-misnamed" => b"\x80\x02N.".to_vec(),
        "shard-index-odd" => INDEX.as_bytes().to_vec(),
        _ => return None,
    })
}

/// What the reference takes, and each of the rules that tell of it; the large metadata are left out.
const ODD: &str = concat!(
    " {\"__metadata__\":{\"a\":\"hf_0inert1word2inert3word4inert5\",\"a\":\"2\"},",
    "\"../e\":{\"dtype\":\"U8\",\"shape\":[0,9223372036854775807,3],\"data_offsets\":[0,0],\"more\":1},",
    "\"w\\u0000\u{202e}\":[\"U16\",[2],[0,4]]}",
);

const INDEX: &str = concat!(
    "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"w\":\"../w.safetensors\",",
    "\"a/b\":\"x.bin\",\"a/b\":\"y.safetensors\"}}\n",
);

/// A file of a header and bytes.
pub(crate) fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let len = header.len() as u64;
    [&len.to_le_bytes(), header.as_bytes(), data].concat()
}
