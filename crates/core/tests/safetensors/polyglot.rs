//! Files that are something besides safetensors, and strings that are pickles.

use weighbridge::{Report, Scanner, Verdict};
use weighbridge_testkit::zip::{Entry, ZipBuilder};

use super::mutate::file;
use super::support::{call_of, details, rules};

fn scan(bytes: &[u8]) -> Report {
    Scanner::new().scan_bytes("model.safetensors", bytes)
}

fn one_tensor(data: &[u8]) -> Vec<u8> {
    let len = data.len();
    let header =
        format!("{{\"w\":{{\"dtype\":\"U8\",\"shape\":[{len}],\"data_offsets\":[0,{len}]}}}}");
    [file(&header, 0), data.to_vec()].concat()
}

fn sorted(report: &Report) -> Vec<&str> {
    let mut rules = rules(report);
    rules.sort_unstable();
    rules
}

#[test]
fn an_archive_in_the_last_tensor_is_examined() {
    let archive = ZipBuilder::new()
        .entry(Entry::stored("m/data.pkl", &call_of("x")))
        .bytes();
    let report = scan(&one_tensor(&archive));
    assert_eq!(report.formats, ["safetensors", "torch-zip"]);
    assert_eq!(sorted(&report), ["PKL101", "SFT111", "TOR101"]);
    assert_eq!(
        (report.verdict, details(&report)),
        (Verdict::Malicious, vec![])
    );
    // Behind the tensors, it makes a file that no loader of safetensors takes.
    let report = scan(&[one_tensor(b"ab"), archive].concat());
    assert_eq!(report.verdict, Verdict::Malicious);
    assert_eq!(sorted(&report), ["PKL101", "TOR101"]);
    assert!(
        details(&report)[0].contains("the tensors take 2 bytes"),
        "{:?}",
        details(&report)
    );
}

/// The length reads as the opcode of a string, and so on through a name up to the tensors' bytes.
#[test]
fn a_length_and_a_header_that_read_as_opcodes_are_followed() {
    // U is SHORT_BINSTRING: the byte behind it is the string's length.
    let (before, behind) = (
        "{\"",
        "\":{\"dtype\":\"U8\",\"shape\":[LEN],\"data_offsets\":[0,LEN]}}",
    );
    let call = call_of("x");
    let call = call.strip_prefix(b"\x80\x02").unwrap_or(&call);
    let data = [call, b"        "].concat();
    let behind = behind.replace("LEN", &data.len().to_string());
    // 0x2055: a string of 32 bytes from the third byte on, that ends in the name.
    let len = 0x2055_usize;
    let mut name = "a".repeat(2 + 32 - 8 - before.len());
    while len - before.len() - name.len() > 256 {
        name.push_str("U~");
        name.push_str(&"a".repeat(126));
    }
    // The last two reach the end of the header together.
    let left = len - before.len() - name.len();
    let first = left / 2;
    name.push('U');
    name.push(char::from(u8::try_from(first).unwrap()));
    name.push_str(&"a".repeat(first));
    let second = left - first - 4;
    name.push('U');
    name.push(char::from(u8::try_from(second).unwrap()));
    name.push_str(&"a".repeat(len - before.len() - name.len() - behind.len()));
    let header = format!("{before}{name}{behind}");
    assert_eq!(header.len(), len);
    let bytes = [file(&header, 0), data].concat();
    weighbridge::safetensors::Header::parse(&bytes).unwrap();
    let report = scan(&bytes);
    assert_eq!(report.formats, ["pickle", "safetensors"]);
    assert_eq!(sorted(&report), ["PKL101", "SFT111"]);
    assert_eq!(report.verdict, Verdict::Malicious);
}

/// Lengths that read as a pickle which does nothing are no pickles.
#[test]
fn a_length_that_reads_as_a_plain_pickle_is_a_length() {
    for len in [0x2e88_usize, 0x2e5d, 0x2e7d] {
        let bytes = file(&format!("{{{:1$}}}", "", len - 2), 0);
        let report = scan(&bytes);
        assert_eq!(
            (report.formats.as_slice(), report.verdict),
            (&["safetensors"][..], Verdict::Clean)
        );
        assert_eq!(details(&report), [""; 0]);
    }
}

#[test]
fn strings_of_the_header_that_are_pickles_are_examined() {
    let pickle = "cos\\nsystem\\n(S'inert words'\\ntR.";
    let base64 = "Y29zCnN5c3RlbQooUydpbmVydCB3b3JkcycKdFIu";
    for (place, string) in [
        ("{\"__metadata__\":{\"note\":\"X\"}}", pickle),
        ("{\"__metadata__\":{\"note\":\"X\"}}", base64),
        ("{\"__metadata__\":{\"X\":\"note\"}}", base64),
        (
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"more\":[\"X\"]}}",
            base64,
        ),
        (
            "{\"X\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            base64,
        ),
    ] {
        let report = scan(&file(&place.replace('X', string), 0));
        let found = rules(&report);
        assert!(
            found.contains(&"PKL101") && found.contains(&"PKL201"),
            "{place}: {found:?}"
        );
        assert_eq!(report.verdict, Verdict::Malicious);
        let hidden = report
            .findings
            .iter()
            .find(|finding| finding.rule == "PKL201")
            .unwrap();
        assert!(
            hidden
                .message
                .starts_with("a string of the header holds another pickle")
        );
    }
}

#[test]
fn a_name_that_lies_is_told() {
    let report = scan(b"\x80\x04N.");
    assert_eq!(
        (rules(&report), report.verdict),
        (vec!["SFT112"], Verdict::Suspicious)
    );
    let report = Scanner::new().scan_bytes("model.pkl", b"\x80\x04N.");
    assert_eq!((rules(&report), report.verdict), (vec![], Verdict::Clean));
}

#[test]
fn members_of_archives_are_read_too() {
    let tensors = one_tensor(b"abcdefgh");
    let archive = ZipBuilder::new()
        .entry(Entry::deflated("a/b.safetensors", &tensors))
        .bytes();
    let report = Scanner::new().scan_bytes("models.zip", &archive);
    assert_eq!((report.verdict, rules(&report)), (Verdict::Clean, vec![]));
    assert_eq!(report.members[1].format, "safetensors");
}
